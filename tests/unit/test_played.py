"""Where music plays: singing, rhythm and a piece's noisy edges are music too."""

from __future__ import annotations

from itertools import pairwise

import msgspec
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


def over(recording: Transcript, *music: tuple[int, int]) -> Transcript:
    """The same recording, with music by its tones."""
    return msgspec.structs.replace(recording, music=music)


@pytest.mark.parametrize(
    ("parts", "music", "whole"),
    [
        # words in a row over a signal, parted from speech by a breath
        (
            ((W, 9_000), (S, 400), (W, 4_000), (N, 400), (W, 9_000)),
            (9_400, 13_800),
            (9_400, 13_800),
        ),
        # their first letters stand before it
        (((W, 9_000), (S, 400), (W, 4_000), (M, 9_000)), (10_000, 22_000), (9_400, 22_400)),
        # somebody goes on speaking over it
        (((W, 9_000), (S, 200), (W, 4_000), (M, 9_000)), (9_200, 22_000), (13_200, 22_200)),
        (((W, 9_000), (S, 400), (W, 8_500), (M, 9_000)), (9_400, 26_900), (17_900, 26_900)),
        # most of the words stand before it
        (((W, 9_000), (S, 400), (W, 4_000), (M, 9_000)), (12_000, 22_000), (13_400, 22_400)),
        # the beginning of what is said next was not heard as speech
        (((M, 9_000), (W, 9_000)), (0, 7_400), (0, 7_400)),
        (((W, 9_000), (M, 9_000)), (11_000, 18_000), (11_000, 18_000)),
        # music that ends without tones: far from the end, or where nobody speaks
        (((M, 9_000), (W, 9_000)), (0, 5_000), (0, 9_000)),
        (((M, 9_000), (N, 400), (W, 9_000)), (0, 7_400), (0, 9_400)),
    ],
)
def test_tones_tell_what_is_sung_and_where_music_ends(parts, music, whole):
    recording = heard(*parts)
    found = music_in(over(recording, music), (0, "1"))  # whosever voice it seems
    assert found.whole == (whole,)
    words = [word for phrase in recording.phrases for word in phrase.words]
    assert found.sung == {
        at for at, word in enumerate(words) if whole[0] <= word.start_ms < whole[1]
    }


def test_a_voice_that_is_tonal_by_itself_is_no_music():
    # seen: the tones of a synthetic voice last for four seconds
    recording = heard((W, 9_000), (S, 400), (W, 4_000), (S, 400), (W, 9_000))
    found = music_in(over(recording, (9_400, 13_600)))
    assert (found.whole, found.sung) == ((), frozenset())


def test_somebody_who_goes_on_over_music_with_no_more_than_breaths_speaks():
    bed = [part for _ in range(6) for part in ((W, 4_500), (S, 400))]
    recording = over(heard((W, 9_000), (S, 900), *bed, (M, 5_000)), (9_900, 44_000))
    found = music_in(recording, (0, "1"))
    assert found.sung == frozenset()
    assert found.whole == ((38_900, 44_300),)


def test_a_border_stands_where_a_signal_over_words_begins():
    parts = (W, 40_000), (S, 600), (W, 6_000), (N, 300), (S, 500), (W, 40_000)
    recording = over(heard(*parts), (40_700, 46_900))
    assert begins(recording, "0,A,", "0:52,B,") == [0, 40_300]


@pytest.mark.parametrize("has_tones", [False, True])
@given(transcripts(max_lines=14), st.data())
def test_all_music_that_is_heard_lies_in_what_is_played(
    has_tones: bool, recording: Transcript, data: st.DataObject
):
    words = [word for phrase in recording.phrases for word in phrase.words]
    times = sorted(data.draw(st.sets(st.integers(0, recording.duration_ms), max_size=8)))
    music = tuple(zip(times[::2], times[1::2], strict=False)) if has_tones else ()
    recording = over(recording, *music)
    found = played(
        recording, [(word, data.draw(st.sampled_from(["", "1", "2"]))) for word in words]
    )
    assert all(start_ms < end_ms for start_ms, end_ms in found.whole)
    assert all(before[1] < after[0] for before, after in pairwise(found.whole))
    inside = [*found.parts, *((words[at].start_ms, words[at].end_ms) for at in found.sung)]
    if not has_tones:
        assert found.parts == tuple(stretches(recording.lines))
    for start_ms, end_ms in inside:
        assert any(first <= start_ms and end_ms <= last for first, last in found.whole)


def test_hardly_a_word_between_noise_and_music_is_sung_whosever_voice_it_seems():
    recording = heard((W, 9_000), (N, 2_000), (W, 200), (M, 9_000))
    found = music_in(recording, (0, "1"), (11_000, "1"))
    assert found.whole == ((9_000, 20_200),)
    longer = heard((W, 9_000), (N, 2_000), (W, 1_000), (M, 9_000))
    assert music_in(longer, (0, "1"), (11_000, "1")).whole == ((12_000, 21_000),)
