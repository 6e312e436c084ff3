"""Speaker models of others: what the library would not survive is refused before it sees it."""

from __future__ import annotations

import os
import sys
from importlib import metadata
from pathlib import Path

import numpy as np
import pytest

from pipeline.core.errors import InputError, MissingError, UsageError
from pipeline.engines import embedders, sherpa
from pipeline.engines.sherpa import Sherpa
from tests.optional import needs
from tests.speaker_models import BANDS, NEMO, SPAN, WESPEAKER, metadata_of, model

Sound = np.ndarray

with_library = needs("sherpa_onnx")


def tone(hertz: int, samples: int = 32_000, level: float = 0.3) -> Sound:
    return (level * np.sin(2 * np.pi * hertz * np.arange(samples) / 16_000)).astype(np.float32)


def written(folder: Path, about: dict[str, str], **chosen: int) -> Path:
    path = folder / "model.onnx"
    path.write_bytes(model(about, **chosen))
    return path


@pytest.fixture
def released(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the library were installed."""
    monkeypatch.setattr(metadata, "version", {sherpa.LIBRARY: "2.0.1"}.__getitem__)


@pytest.fixture(params=[WESPEAKER, NEMO], ids=["wespeaker", "nemo"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Sherpa:
    return Sherpa(written(tmp_path, request.param))


def vectors(engine: Sherpa, pieces: list[Sound]) -> np.ndarray:
    return engine.vectors(lambda: iter(pieces))


@with_library
def test_the_library_tells_two_tones_apart(tmp_path: Path):
    engine = Sherpa(written(tmp_path, WESPEAKER))
    low, high = [tone(300), tone(300, 20_000, 0.1)], [tone(2_000), tone(2_000, 20_000, 0.1)]
    found = vectors(engine, [*low, *high])
    distances = 1 - found @ found.T
    assert distances[0, 1] < 0.1 < engine.threshold > distances[2, 3]
    assert distances[:2, 2:].min() > 1


@with_library
def test_nemo_too(tmp_path: Path):
    found = vectors(Sherpa(written(tmp_path, NEMO)), [tone(300), tone(310), tone(2_000)])
    distances = 1 - found @ found.T
    assert distances[0, 1] < 0.5 < distances[:2, 2].min()


@with_library
def test_rows_have_length_one_or_are_zeros(engine: Sherpa):
    silent, nothing = np.zeros(32_000, np.float32), np.zeros(0, np.float32)
    broken = np.full(32_000, np.nan, np.float32)
    shortest = engine._least
    pieces = [tone(300), silent, nothing, broken, tone(300, shortest - 1), tone(300, shortest)]
    found = vectors(engine, pieces)
    assert found.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), [1, 0, 0, 0, 0, 1], atol=1e-5)


@with_library
def test_no_pieces_are_no_rows(engine: Sherpa):
    assert vectors(engine, []).shape == (0, engine.dimension) == (0, BANDS)


@with_library
def test_it_is_the_same_on_any_number_of_threads(tmp_path: Path):
    path = written(tmp_path, WESPEAKER)
    pieces = [tone(100 + 10 * number, 10_000 + 100 * number) for number in range(30)]
    found = vectors(Sherpa(path, threads=1), pieces)
    np.testing.assert_array_equal(vectors(Sherpa(path, threads=3), pieces), found)


@with_library
def test_its_identity_names_the_release_of_the_library_and_the_file(tmp_path: Path):
    one = Sherpa(written(tmp_path, WESPEAKER)).identity
    assert one.startswith(f"sherpa-onnx {metadata.version('sherpa-onnx')} @")
    assert Sherpa(written(tmp_path, WESPEAKER | {"comment": "another"})).identity != one


def test_what_is_in_the_file_decides_without_the_library(tmp_path: Path, released: None):
    found = embedders.find(f"sherpa:{written(tmp_path, WESPEAKER)}")
    assert isinstance(found, Sherpa)
    assert (found.dimension, found._least) == (BANDS, SPAN * 160)
    nemo = Sherpa(written(tmp_path, NEMO))
    assert (nemo.dimension, nemo._least) == (BANDS, (SPAN - 1) * 160 + 400)
    assert nemo.identity.startswith("sherpa-onnx 2.0.1 @")


def test_without_the_library_it_says_what_to_type(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def missing(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    path = written(tmp_path, WESPEAKER)
    monkeypatch.setattr(metadata, "version", missing)
    with pytest.raises(MissingError, match="sherpa-onnx is not installed") as caught:
        Sherpa(path)
    assert "pip install sherpa-onnx==2.0.1" in caught.value.hint


def test_a_library_that_cannot_be_loaded_is_missing_too(
    tmp_path: Path, released: None, monkeypatch: pytest.MonkeyPatch
):
    engine = Sherpa(written(tmp_path, WESPEAKER))
    monkeypatch.setitem(sys.modules, "sherpa_onnx", None)
    with pytest.raises(MissingError, match="cannot be loaded") as caught:
        vectors(engine, [])
    assert "pip install sherpa-onnx==2.0.1" in caught.value.hint


@pytest.mark.parametrize("name", ["nowhere.onnx", "", "x" * 5_000, "a\0b"])
def test_a_file_that_is_not_there_is_a_wrong_command(name: str, tmp_path: Path):
    with pytest.raises(UsageError, match=r"no such file|cannot be read") as caught:
        embedders.find(f"sherpa:{tmp_path / name}")
    assert "sherpa:" in caught.value.hint


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names")
def test_a_pipe_is_not_waited_for(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UsageError):
        Sherpa(tmp_path / "pipe")


@pytest.mark.parametrize("data", [b"", b"no model\n" * 99, model(WESPEAKER)[:300]])
def test_a_file_of_another_kind_is_refused_by_its_name(data: bytes, tmp_path: Path):
    path = tmp_path / "foreign.onnx"
    path.write_bytes(data)
    with pytest.raises(InputError, match=r"foreign\.onnx: not such a speaker model"):
        Sherpa(path)


@pytest.mark.parametrize(("about", "name"), [
    *[(WESPEAKER, name) for name in WESPEAKER],
    *[(NEMO, name) for name in NEMO if name != "window_type"],
])  # fmt: skip
def test_a_model_that_lacks_metadata_is_refused(about: dict[str, str], name: str, tmp_path: Path):
    lacking = {key: value for key, value in about.items() if key != name}
    with pytest.raises(InputError, match=name):
        Sherpa(written(tmp_path, lacking))


@pytest.mark.parametrize(
    ("about", "name", "value"),
    [
        (WESPEAKER, "framework", "whisper"),
        (WESPEAKER, "sample_rate", "8000"),
        (WESPEAKER, "sample_rate", "0"),
        (WESPEAKER, "output_dim", "-1"),
        (WESPEAKER, "output_dim", "many"),
        (WESPEAKER, "feature_normalize_type", "per_feature"),
        (NEMO, "feature_normalize_type", "global-mean"),
        (NEMO, "window_stride_ms", "0"),
        (NEMO, "window_size_ms", "9" * 20),
        (NEMO, "window_type", "stained glass"),
    ],
)
def test_metadata_that_the_library_would_not_survive_are_refused(
    about: dict[str, str], name: str, value: str, tmp_path: Path
):
    with pytest.raises(InputError, match=f"{name} '{value}'"):
        Sherpa(written(tmp_path, about | {name: value}))


def test_a_model_of_another_shape_is_refused(tmp_path: Path):
    with pytest.raises(InputError, match="not such a speaker model"):
        Sherpa(written(tmp_path, WESPEAKER, bands=40))
    path = tmp_path / "other.onnx"
    path.write_bytes(model({}) + metadata_of(NEMO))
    with pytest.raises(InputError, match="not such a speaker model"):
        Sherpa(path)
