"""Pieces hold every word once, and none is long; their sounds are the recording's."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.timeline import Phrase, Word
from pipeline.segment.pieces import LONGEST_MS, pieces, sounds

LENGTHS = st.tuples(st.integers(1, 3_000), st.integers(0, 900))  # of a word, of the pause behind it
PHRASES = st.lists(st.lists(LENGTHS, min_size=1, max_size=30), max_size=5)


def phrases(shape):
    found, at = [], 0
    for row in shape:
        words = []
        for length, pause in row:
            words.append(Word(start_ms=at, end_ms=at + length, text="да"))
            at += length + pause
        span = {"start_ms": words[0].start_ms, "end_ms": words[-1].end_ms}
        found.append(Phrase(**span, language="ru", words=tuple(words)))
    return found


@given(PHRASES)
def test_every_word_is_in_one_piece_and_none_is_long(shape):
    made = phrases(shape)
    words = [word for phrase in made for word in phrase.words]
    found = pieces(made)
    assert [at for piece in found for at in range(piece.first, piece.last)] == [*range(len(words))]
    for piece in found:
        own = words[piece.first : piece.last]
        assert (piece.start_ms, piece.end_ms) == (own[0].start_ms, own[-1].end_ms)
        assert piece.duration_ms <= LONGEST_MS or len(own) == 1
        assert all(after.start_ms - before.end_ms < 350 for before, after in pairwise(own))


def test_a_long_run_is_cut_at_its_longest_pause():
    row = [(700, 10), (700, 10), (700, 200), (700, 10), (700, 10), (700, 10), (700, 0)]
    assert [(p.first, p.last) for p in pieces(phrases([row]))] == [(0, 3), (3, 7)]


@given(
    st.lists(st.integers(1, 400), max_size=8),
    st.lists(st.tuples(st.integers(0, 60), st.integers(1, 30)), max_size=8),
)
def test_what_is_heard_in_a_span_is_the_recordings(lengths, spans):
    whole = np.arange(sum(lengths) * 7, dtype=np.float32)
    blocks = np.split(whole, np.cumsum(lengths)[:-1] * 7) if lengths else []
    spans = sorted((start, start + length) for start, length in spans)
    for (start, end), sound in zip(spans, sounds(iter(blocks), spans), strict=True):
        assert np.array_equal(sound, whole[start * 16 : end * 16])


def test_a_piece_ends_with_its_sentence_and_says_where_one_goes_on():
    words = "Да. А потом мы поедем туда".split()
    made = [Word(start_ms=at * 400, end_ms=at * 400 + 300, text=w) for at, w in enumerate(words)]
    made[3:] = [
        Word(start_ms=w.start_ms + 400, end_ms=w.end_ms + 400, text=w.text) for w in made[3:]
    ]
    made[5:] = [
        Word(start_ms=w.start_ms + 900, end_ms=w.end_ms + 900, text=w.text) for w in made[5:]
    ]
    phrase = Phrase(start_ms=0, end_ms=made[-1].end_ms, language="ru", words=tuple(made))
    found = pieces([phrase])
    assert [(p.first, p.last, p.goes_on) for p in found] == [
        (0, 1, False),
        (1, 3, False),
        (3, 5, True),
        (5, 6, False),
    ]
