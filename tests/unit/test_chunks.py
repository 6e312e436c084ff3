"""Chunks: all speech in them, none twice, none too long, and every word finds its way back."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.timeline import Span
from pipeline.transcribe.chunks import OVERLAP_MS, Chunk, Chunker, Rule, Stretch

rules = st.builds(
    Rule,
    longest_ms=st.sampled_from([3_000, 12_000, 28_000]),
    kept_ms=st.sampled_from([0, 100, 700]),
    longest_pause_ms=st.sampled_from([1_000, 20_000]),
    reach_ms=st.sampled_from([30_000, 120_000]),
    search_ms=st.sampled_from([0, 4_000]),
)
pauses = st.one_of(st.just(0), st.integers(1, 800), st.integers(1, 30_000))


@st.composite
def speech(draw: st.DrawFn, longest_ms: int = 30_000, shortest_ms: int = 1) -> list[Stretch]:
    """Stretches as they are found: 0 before one says that it touches the one before it."""
    found: list[Stretch] = []
    at = draw(st.integers(0, 3_000))
    lengths = st.one_of(
        st.integers(shortest_ms, longest_ms), st.integers(shortest_ms, min(longest_ms, 900))
    )
    for _ in range(draw(st.integers(0, 25))):
        pause_ms = draw(pauses) if found else draw(st.integers(98, 500))
        at += pause_ms if found else 0
        length = draw(lengths)
        found.append(Stretch(Span(start_ms=at, end_ms=at + length), pause_ms))
        at += length
    return found


def never(start_ms: int, end_ms: int) -> bool:
    return False


def cut(stretches: list[Stretch], rule: Rule, *, early: bool = True, barred=never) -> list[Chunk]:
    """With `early`, each time as much is settled as can be known by then."""
    chunker = Chunker(rule, barred)
    found: list[Chunk] = []
    for at, stretch in enumerate(stretches):
        last = at + 1 == len(stretches)
        following = stretch.span.end_ms if last else stretches[at + 1].span.start_ms
        found += chunker.feed([stretch], following if early else 0)
    return found + list(chunker.finish())


def suited(rule: Rule) -> st.SearchStrategy[list[Stretch]]:
    return speech(longest_ms=rule.longest_ms - 2 * OVERLAP_MS)


def ms_of(spans) -> set[int]:
    return {ms for span in spans for ms in range(span.start_ms, span.end_ms)}


@given(speech(), rules)
def test_every_stretch_is_in_exactly_one_chunk_in_order(stretches, rule):
    chunks = cut(stretches, rule)
    assert [stretch for chunk in chunks for stretch in chunk.stretches] == stretches
    assert all(before.own.end_ms <= after.own.start_ms for before, after in pairwise(chunks))


@given(speech(), rules)
def test_a_chunk_s_pieces_are_in_order_and_hold_its_stretches_whole(stretches, rule):
    for chunk in cut(stretches, rule):
        assert all(a.end_ms + rule.kept_ms < b.start_ms for a, b in pairwise(chunk.pieces))
        for stretch in chunk.stretches:
            within = [
                piece
                for piece in chunk.pieces
                if piece.start_ms <= stretch.span.start_ms and stretch.span.end_ms <= piece.end_ms
            ]
            assert len(within) == 1


@given(speech(), rules)
def test_no_sound_is_in_two_chunks_but_for_the_overlap_where_a_cut_had_no_pause(stretches, rule):
    chunks = cut(stretches, rule)
    for before, after in pairwise(chunks):
        tail = before.pieces[-1].end_ms - before.own.end_ms
        lead = after.own.start_ms - after.pieces[0].start_ms
        if after.stretches[0].pause_ms:
            assert tail == lead == 0
        else:
            wanted = min(OVERLAP_MS, after.stretches[0].span.duration_ms)
            assert tail == max(0, min(wanted, rule.longest_ms - before.duration_ms + tail))
            assert lead == min(OVERLAP_MS, before.stretches[-1].span.duration_ms)
    if chunks:
        assert chunks[0].pieces[0].start_ms == chunks[0].own.start_ms
        assert chunks[-1].pieces[-1].end_ms == chunks[-1].own.end_ms


@given(speech(longest_ms=5_000), rules)
def test_silence_that_is_heard_is_short(stretches, rule):
    for chunk in cut(stretches, rule):
        own = ms_of(stretch.span for stretch in chunk.stretches)
        gaps = ms_of(chunk.pieces) - own
        inside = {ms for ms in gaps if chunk.own.start_ms <= ms < chunk.own.end_ms}
        kept = [
            range(a.span.end_ms, b.span.start_ms)
            for a, b in pairwise(chunk.stretches)
            if b.span.start_ms - a.span.end_ms <= rule.kept_ms
        ]
        assert inside == {ms for gap in kept for ms in gap}


@given(rules.flatmap(lambda rule: st.tuples(st.just(rule), suited(rule))))
def test_no_chunk_is_longer_than_allowed_with_its_overlaps(both):
    rule, stretches = both
    assert all(chunk.duration_ms <= rule.longest_ms for chunk in cut(stretches, rule))


@given(speech(longest_ms=27_000), rules)
def test_a_chunk_reaches_no_further_than_it_may_and_over_no_longer_pause(stretches, rule):
    for chunk in cut(stretches, rule):
        assert len(chunk.stretches) == 1 or chunk.own.duration_ms <= rule.reach_ms
        gaps = [b.span.start_ms - a.span.end_ms for a, b in pairwise(chunk.stretches)]
        assert all(gap <= rule.longest_pause_ms for gap in gaps)


@given(speech(), rules)
def test_chunks_do_not_depend_on_when_silence_is_known(stretches, rule):
    assert cut(stretches, rule) == cut(stretches, rule, early=False)
    chunker = Chunker(rule, never)
    assert [*chunker.feed(stretches, 0), *chunker.finish()] == cut(stretches, rule)


@given(speech(), rules, st.integers(1, 4_000))
def test_nothing_is_joined_over_what_is_barred(stretches, rule, least):
    def barred(start_ms: int, end_ms: int) -> bool:
        assert start_ms < end_ms
        return end_ms - start_ms >= least

    for chunk in cut(stretches, rule, barred=barred):
        assert not any(
            barred(a.span.end_ms, b.span.start_ms)
            for a, b in pairwise(chunk.stretches)
            if a.span.end_ms < b.span.start_ms
        )


@given(speech(longest_ms=4_000), rules)
def test_every_moment_of_a_chunk_s_sound_leads_to_the_recording_s_clock_and_back(stretches, rule):
    for chunk in cut(stretches, rule):
        offset = 0
        for piece in chunk.pieces:
            for step in {0, piece.duration_ms // 2, piece.duration_ms - 1}:
                there = chunk.place(offset + step, offset + step + 1)
                assert there == Span(
                    start_ms=piece.start_ms + step, end_ms=piece.start_ms + step + 1
                )
                assert chunk.heard_at(there.start_ms) == offset + step
            offset += piece.duration_ms
        assert offset == chunk.duration_ms
        for before, after in pairwise(chunk.pieces):
            assert chunk.heard_at(before.end_ms) is None
            assert chunk.heard_at(after.start_ms - 1) is None
        assert chunk.heard_at(chunk.pieces[-1].end_ms) is None


@given(speech(longest_ms=4_000), rules, st.data())
def test_whatever_an_engine_says_is_placed_inside_a_piece(stretches, rule, data):
    for chunk in cut(stretches, rule)[:3]:
        start = data.draw(st.integers(0, chunk.duration_ms + 30))
        end = data.draw(st.integers(start, chunk.duration_ms + 60))
        span = chunk.place(start, end)
        assert any(p.start_ms <= span.start_ms and span.end_ms <= p.end_ms for p in chunk.pieces)
        assert span.duration_ms <= max(1, end - start)


@given(speech(longest_ms=4_000), rules, st.data())
def test_parts_of_a_chunk_share_out_its_stretches_and_hear_nothing_else(stretches, rule, data):
    for chunk in cut(stretches, rule)[:3]:
        count = len(chunk.stretches)
        borders = data.draw(st.sets(st.integers(1, count), max_size=3)) | {0, count}
        parts = [chunk.part(a, b) for a, b in pairwise(sorted(borders))]
        assert [s for part in parts for s in part.stretches] == list(chunk.stretches)
        assert all(a.pieces[-1].end_ms <= b.pieces[0].start_ms for a, b in pairwise(parts))
        assert parts[0].pieces[0].start_ms == chunk.pieces[0].start_ms
        assert parts[-1].pieces[-1].end_ms == chunk.pieces[-1].end_ms
        for piece in (piece for part in parts for piece in part.pieces):
            begin, last = chunk.heard_at(piece.start_ms), chunk.heard_at(piece.end_ms - 1)
            assert begin is not None
            assert last == begin + piece.duration_ms - 1


def says(text: str) -> list[Stretch]:
    """From a picture: a letter is a second of speech, a blank 0.2 s of pause, a bar a bare cut."""
    found: list[Stretch] = []
    at = 0
    for blanks, letters in re.findall(r"([ |]*)(\w+)", text):
        pause_ms = 200 * blanks.count(" ")
        span = Span(start_ms=at + pause_ms, end_ms=at + pause_ms + 1_000 * len(letters))
        found.append(Stretch(span, pause_ms))
        at = span.end_ms
    return found


def picture(text: str, rule: Rule, barred=never) -> list[list[int]]:
    """How long the stretches of each chunk are, in seconds."""
    return [
        [stretch.span.duration_ms // 1000 for stretch in chunk.stretches]
        for chunk in cut(says(text), rule, barred=barred)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("aaa aaa aaa", [[3, 3, 3]]),
        ("aaa aaa aaa a", [[3, 3, 3], [1]]),  # of two that are equal, the later pause
        ("aaa aaa  aaa a", [[3, 3], [3, 1]]),  # a longer one is better
        ("aa   aaaa aaa a", [[2, 4, 3], [1]]),  # but not one that is too far back
        ("aaaaaaaaa", [[9]]),
        ("aaaaaaaaa|aaa", [[9], [3]]),
    ],
)
def test_a_full_chunk_is_cut_at_the_longest_of_its_last_pauses(text, expected):
    assert picture(text, Rule(longest_ms=9_500, kept_ms=100, search_ms=4_000)) == expected


def test_music_and_long_pauses_end_a_chunk():
    rule = Rule(kept_ms=100, longest_pause_ms=1_000)
    assert picture("aa     bb", rule) == [[2, 2]]
    assert picture("aa      bb", rule) == [[2], [2]]
    assert picture("aa     bb", rule, barred=lambda a, b: (a, b) == (2_000, 3_000)) == [[2], [2]]


def test_long_pauses_are_left_out_and_short_ones_are_heard():
    (chunk,) = cut(says("aa bb      cc"), Rule(kept_ms=200))
    assert [(piece.start_ms, piece.end_ms) for piece in chunk.pieces] == [
        (0, 4_200),
        (5_400, 7_400),
    ]
    assert chunk.duration_ms == 6_200
    assert chunk.place(4_100, 4_600) == Span(start_ms=5_400, end_ms=5_800), "over the join"


def test_a_cut_without_a_pause_is_heard_from_both_sides():
    first, second = cut(says("aaaaaaaaa|bbb"), Rule(longest_ms=10_000))
    assert first.pieces == (Span(start_ms=0, end_ms=9_500),)
    assert second.pieces == (Span(start_ms=8_500, end_ms=12_000),)
    assert (first.own.end_ms, second.own.start_ms) == (9_000, 9_000)


def test_the_chunker_lets_go_of_what_cannot_grow_any_more():
    chunker = Chunker(Rule(longest_pause_ms=1_000), never)
    (stretch,) = says("aaa")
    assert list(chunker.feed([stretch], 4_000)) == []
    assert chunker.holds_from_ms == 0
    assert [chunk.stretches for chunk in chunker.feed([], 4_001)] == [(stretch,)]
    assert chunker.holds_from_ms is None
