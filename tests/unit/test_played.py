"""Where music plays: singing, rhythm and a piece's noisy edges are music too."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.payloads import Transcript
from pipeline.core.timeline import Gap, Phrase, Sound, Turn, Word
from pipeline.programme import rundown
from pipeline.segment.items import place
from pipeline.segment.played import Played, played, stretches
from tests.strategies import transcripts

M, N, S, W = "music", "noise", "silence", "words"


def heard(*parts: tuple[str, int]) -> Transcript:
    """What is heard, one after another, with how many milliseconds; words of half a second."""
    lines: list[Phrase | Gap] = []
    at = 0
    for what, long_ms in parts:
        end = at + long_ms
        if what == W:
            words = tuple(
                Word(start_ms=start, end_ms=min(start + 500, end), text="la")
                for start in range(at, end, 500)
            )
            lines.append(Phrase(start_ms=at, end_ms=end, language="ru", words=words))
        else:
            lines.append(Gap(start_ms=at, end_ms=end, sound=Sound(what)))
        at = end
    return Transcript(duration_ms=at, lines=tuple(lines))


def music_in(recording: Transcript, *voices: tuple[int, str]) -> Played:
    """`voices` are who speaks from a time on."""
    words = [word for phrase in recording.phrases for word in phrase.words]
    whose = [next((v for at, v in voices[::-1] if at <= word.start_ms), "") for word in words]
    return played(recording, list(zip(words, whose, strict=True)))


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        (((M, 9_000), (W, 4_000), (M, 9_000)), ((0, 22_000),)),  # sung
        (((M, 9_000), (W, 1_000), (N, 1_500), (W, 3_000), (M, 9_000)), ((0, 23_500),)),
        (((M, 9_000), (N, 7_000), (M, 9_000)), ((0, 25_000),)),  # rhythm
        (((M, 9_000), (N, 9_000), (M, 9_000)), ((0, 9_000), (18_000, 27_000))),  # applause
        (((M, 9_000), (W, 9_000), (M, 9_000)), ((0, 9_000), (18_000, 27_000))),  # spoken
        (((M, 9_000), (S, 1_200), (M, 9_000)), ((0, 9_000), (10_200, 19_200))),  # two pieces
        (((M, 9_000), (S, 900), (M, 9_000)), ((0, 18_900),)),
        (((W, 9_000), (N, 2_000), (M, 9_000), (N, 2_000)), ((9_000, 22_000),)),  # its edges
        (((W, 9_000), (N, 9_000), (M, 9_000)), ((18_000, 27_000),)),
    ],
)
def test_what_is_music(parts, whole):
    assert music_in(heard(*parts)).whole == whole


def test_a_voice_that_is_heard_beside_music_alone_sings():
    recording = heard((W, 32_000), (M, 20_000), (S, 2_000), (W, 20_000))
    singer = ((0, "Anna"), (30_000, "voice 2"), (40_000, "Anna"))
    assert music_in(recording, *singer).whole == ((30_000, 52_000),)
    assert music_in(recording, *singer).sung == {60, 61, 62, 63}
    also_speaks = ((0, "voice 2"), (5_000, "Anna"), (30_000, "voice 2"), (40_000, "Anna"))
    assert music_in(recording, *also_speaks).whole == ((32_000, 52_000),)
    assert not music_in(recording).sung


def begins(recording: Transcript, *lines: str, turns: tuple[Turn, ...] = ()) -> list[int]:
    entries = rundown.parse("\n".join(["start,title,kind", *lines]), "r.csv")
    items = place(entries, recording, turns, window_ms=20_000, pause_ms=700)
    return [item.start_ms for item in items]


def test_a_pause_between_words_and_music_is_one_place_with_its_edge():
    recording = heard((W, 40_000), (S, 2_000), (M, 38_000), (S, 2_000), (W, 40_000))
    assert begins(recording, "0,A,", "0:50,Song,music", "1:10,B,") == [0, 41_000, 81_800]


def test_a_song_goes_on_where_somebody_sings_in_it():
    recording = heard((W, 40_000), (M, 30_000), (W, 3_000), (M, 10_000), (N, 2_000), (W, 40_000))
    assert begins(recording, "0,A,", "0:42,Song,music", "1:11,B,") == [0, 40_000, 85_000]


def test_two_songs_may_be_parted_by_a_few_words():
    recording = heard((W, 40_000), (M, 60_000), (W, 3_000), (M, 60_000), (W, 40_000))
    rows = ("0,A,", "0:42,Song,music", "1:45,Another,music", "2:41,B,")
    assert begins(recording, *rows) == [0, 40_000, 103_000, 163_000]


@given(transcripts(max_lines=14), st.data())
def test_all_music_that_is_heard_lies_in_what_is_played(recording: Transcript, data: st.DataObject):
    words = [word for phrase in recording.phrases for word in phrase.words]
    found = played(
        recording, [(word, data.draw(st.sampled_from(["", "1", "2"]))) for word in words]
    )
    assert all(start_ms < end_ms for start_ms, end_ms in found.whole)
    assert all(before[1] < after[0] for before, after in pairwise(found.whole))
    inside = [*stretches(recording), *((words[at].start_ms, words[at].end_ms) for at in found.sung)]
    for start_ms, end_ms in inside:
        assert any(first <= start_ms and end_ms <= last for first, last in found.whole)


def test_hardly_a_word_between_noise_and_music_is_sung_whosever_voice_it_seems():
    recording = heard((W, 9_000), (N, 2_000), (W, 200), (M, 9_000))
    found = music_in(recording, (0, "1"), (11_000, "1"))
    assert found.whole == ((9_000, 20_200),)
    longer = heard((W, 9_000), (N, 2_000), (W, 1_000), (M, 9_000))
    assert music_in(longer, (0, "1"), (11_000, "1")).whole == ((12_000, 21_000),)
