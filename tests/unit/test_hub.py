"""What a choice of weights means."""

import pytest

from pipeline.core.errors import UsageError
from pipeline.engines import hub


@pytest.mark.engine
def test_the_sizes_are_those_of_faster_whisper():
    from faster_whisper import utils

    assert utils._MODELS == hub.SIZES


def test_a_size_is_its_repository_and_the_defaults_are_pinned():
    small = hub.repository("small")
    assert small.repo == "Systran/faster-whisper-small"
    assert small.revision == hub.PINNED[small.repo]
    assert hub.repository("large-v3-turbo").revision == hub.PINNED[hub.SIZES["turbo"]]
    assert hub.repository("tiny").revision == "main"


def test_a_name_on_the_hub_may_carry_a_revision():
    assert hub.repository("me/mine") == hub.Repository("me/mine", "me/mine", "main")
    assert hub.repository("me/mine@v1").revision == "v1"
    assert hub.repository("Systran/faster-whisper-small@main").revision == "main"


@pytest.mark.parametrize("choice", ["smal", "", "a/b/c", "me/mine@", "me/", "ё/ж", "me /mine"])
def test_what_is_neither_is_a_wrong_command_line(choice):
    with pytest.raises(UsageError) as caught:
        hub.repository(choice)
    assert caught.value.hint


def test_a_folder_says_what_it_lacks(tmp_path):
    (tmp_path / "config.json").touch()
    (tmp_path / "vocabulary.txt").touch()
    assert hub.missing_parts(tmp_path) == ["model.bin", "tokenizer.json"]
