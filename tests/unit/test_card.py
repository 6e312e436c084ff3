"""Cards beside weights."""

import pytest

from pipeline.core.errors import InputError
from pipeline.engines import card


def write(folder, text):
    (folder / "card.toml").write_text(text, "utf-8")
    return folder


def test_a_card_says_what_the_weights_know(tmp_path):
    text = """
        name = "demo"
        demo = true
        knows = "голоса espeak"
        languages = ["ru", "es"]
        longest_chunk_ms = 12_000
        no_speech_threshold = 0.4
        seeds = [1, 2]
        [table]
        ru = 0.08
    """
    assert card.read(write(tmp_path, text)) == card.Card(
        name="demo",
        demo=True,
        knows="голоса espeak",
        longest_chunk_ms=12_000,
        no_speech_threshold=0.4,
    )


def test_weights_without_a_card_have_none(tmp_path):
    assert card.read(tmp_path) is None
    (tmp_path / "file").touch()
    assert card.read(tmp_path / "file") is None


@pytest.mark.parametrize(
    "text", ["name =", "demo = true", 'name = "a"\nlongest_chunk_ms = "long"', 'name = "\\x"']
)
def test_a_card_that_cannot_be_understood_is_named(tmp_path, text):
    with pytest.raises(InputError, match=r"card\.toml(, line 1)?: ") as caught:
        card.read(write(tmp_path, text))
    assert caught.value.hint


def test_a_card_that_is_no_text_is_named(tmp_path):
    (tmp_path / "card.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match=r"card\.toml"):
        card.read(tmp_path)
