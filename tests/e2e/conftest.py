from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.e2e.driving import Done, Marathon, sound, write_wav

# Weights that are not part of the project yet can be put to the same tests.
_WEIGHTS = os.environ.get("WEIGHTS_TO_TEST")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def environment() -> dict[str, str]:
    return {"MARATHON_DEMO_WEIGHTS": _WEIGHTS} if _WEIGHTS else {}


@pytest.fixture
def marathon(tmp_path: Path, environment: dict[str, str]) -> Marathon:
    return Marathon(tmp_path, environment)


@pytest.fixture(scope="session")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty seconds: Russian, silence, music, Spanish; nine sentences."""
    return write_wav(
        tmp_path_factory.mktemp("talk") / "talk.wav",
        sound("ru-clean", 0, 16_200),
        sound("no-speech", 0, 6_000),
        sound("es-clean", 0, 13_000),
    )


@pytest.fixture(scope="session")
def sentence(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One Russian sentence."""
    return write_wav(
        tmp_path_factory.mktemp("sentence") / "sentence.wav", sound("ru-clean", 0, 2_600)
    )


@pytest.fixture(scope="session")
def undisturbed(
    talk: Path, tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]
) -> tuple[Path, Done]:
    """The folder of the talk after one run, and how the run ended. Not to be changed."""
    folder = tmp_path_factory.mktemp("undisturbed")
    done = Marathon(folder, environment)("run", talk, "--demo", "--out", folder)
    assert done.code == 0, done.err
    return folder / "talk", done
