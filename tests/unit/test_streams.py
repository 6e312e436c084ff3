"""Which of several audio streams is listened to."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from pipeline.cli import group
from pipeline.core import media, streams
from pipeline.core.errors import InputError
from tests.sounds import Sound, tones, write_streams, write_wav


@pytest.fixture(scope="module")
def sounds() -> dict[str, Sound]:
    return {tag: tones(2.0 + seed, seed=seed) for seed, tag in enumerate(["eng", "rus", "", "qaa"])}


@pytest.fixture(scope="module")
def film(sounds: dict[str, Sound], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_streams(tmp_path_factory.mktemp("streams") / "film.mkv", sounds)


@pytest.mark.parametrize(
    ("wanted", "languages", "number"),
    [
        ("", ("ru", "es", "en"), 2),
        ("", ("es", "en", "ru"), 1),  # nobody speaks Spanish here
        ("", ("es-MX", "ru-RU"), 2),
        ("", ("fr",), 1),
        ("", (), 1),
        ("3", ("ru",), 3),
        ("rus", ("en",), 2),
        ("ru", ("en",), 2),
        ("Russian", ("en",), 2),
        ("EN", ("ru",), 1),
        ("qaa", ("ru",), 4),
    ],
)
def test_it_is_the_one_asked_for_or_the_likeliest(film, wanted, languages, number):
    assert streams.find(film, wanted, languages) == number


@pytest.mark.parametrize("wanted", ["0", "5", "spa", "klingon", "-1", "2.0", "9" * 5_000])
def test_an_unknown_one_names_those_that_are_there(film, wanted):
    there = r"there are: 1 \(eng\), 2 \(rus\), 3, 4 \(qaa\)"
    with pytest.raises(InputError, match=rf"film\.mkv: has no audio stream {wanted}; {there}") as e:
        streams.find(film, wanted, ("ru",))
    assert "--stream" in e.value.hint


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_its_samples_are_heard_and_no_others(film, sounds, number):
    heard = np.concatenate(list(media.blocks(film, stream=number)))
    assert np.abs(heard - [*sounds.values()][number - 1]).max() < 1e-4
    media.try_out(film, stream=number)


def test_a_stream_that_cannot_be_decoded_stands_in_nobody_s_way(film, tmp_path):
    data = bytearray(film.read_bytes())
    path = tmp_path / "odd.mkv"
    path.write_bytes(data.replace(b"A_PCM/INT/LIT", b"A_ODD/INT/LIT", 1))
    assert streams.find(path, "rus", ()) == 2
    assert len(np.concatenate(list(media.blocks(path, stream=2)))) == 3 * 16_000
    with pytest.raises(InputError, match="not known here"):
        next(media.blocks(path, stream=1))


@pytest.mark.parametrize("command", ["transcribe", "run"])
def test_an_unknown_one_is_bad_input_and_nothing_is_written(command, tmp_path):
    path = write_wav(tmp_path / "a.wav", tones(1))
    done = CliRunner().invoke(group, [command, str(path), "--demo", "--stream", "spa"])
    assert done.exit_code == 3
    assert "has no audio stream spa; there are: 1\n" in done.stderr
    assert [*tmp_path.iterdir()] == [path]
