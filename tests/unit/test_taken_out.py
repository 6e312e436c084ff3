"""Words that are taken out of a chunk, and those of its neighbours: what stays, and where."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.timeline import Gap, Sound, Span
from pipeline.transcribe.chunks import Chunk, Rule, Stretch, chunk
from pipeline.transcribe.coverage import lines
from tests.unit.test_coverage_lines import noise, of, silent, words_of


def removed(made) -> list[str]:
    return [line.removed for line in made if isinstance(line, Gap) and line.removed]


def test_what_is_taken_out_stands_where_it_was_heard():
    stretches = [
        Stretch(Span(start_ms=0, end_ms=2_000), 300),
        Stretch(Span(start_ms=2_400, end_ms=4_000), 400, is_doubtful=True),
    ]
    one = of(
        chunk(stretches, Rule()),
        *((300, 1_500, "да"), (2_500, 3_500, "спасибо.")),
        empty=(stretches[1].span,),
    )
    made = list(lines([one], Span(start_ms=0, end_ms=4_000), noise))
    (gap,) = [line for line in made if isinstance(line, Gap) and line.removed]
    assert (gap.start_ms, gap.end_ms, gap.removed) == (2_400, 4_000, "спасибо.")
    assert made[-1] == gap


@st.composite
def emptied(draw: st.DrawFn):
    """A chunk of stretches with words in each, some of which say nothing alone."""
    at, stretches = 0, []
    for _ in range(draw(st.integers(1, 4))):
        pause = draw(st.integers(200, 900))
        length = draw(st.integers(1_000, 2_500))
        span = Span(start_ms=at + pause, end_ms=at + pause + length)
        stretches.append(Stretch(span, pause, is_doubtful=draw(st.booleans())))
        at = span.end_ms
    where = chunk(stretches, Rule())
    told = []
    for each in stretches:
        begin = where.heard_at(each.span.start_ms)
        text = draw(st.sampled_from(["да.", "и", "Нет", "дом"]))
        told.append((begin + 100, begin + 600, text))
    empty = tuple(each.span for each in stretches if each.is_doubtful)
    return of(where, *told, empty=empty), Span(start_ms=0, end_ms=at + draw(st.integers(0, 2_000)))


@given(emptied(), st.sampled_from([Sound.NOISE, Sound.SILENCE, Sound.MUSIC]))
def test_lines_fill_the_recording_where_words_are_taken_out(given_result, sound):
    one, whole = given_result
    made = list(lines([one], whole, lambda *_: sound))
    assert (made[0].start_ms, made[-1].end_ms) == (whole.start_ms, whole.end_ms)
    assert all(before.end_ms == after.start_ms for before, after in pairwise(made))
    kept = " ".join(word.text for word in words_of(made))
    assert sorted(f"{kept} {' '.join(removed(made))}".split()) == sorted(one.heard.text.split())
    gaps = [line for line in made if isinstance(line, Gap) and line.removed]
    assert all(line.end_ms > line.start_ms + 1 for line in gaps)


def test_what_goes_on_with_words_that_were_kept_is_kept():
    stretches = [
        Stretch(Span(start_ms=0, end_ms=800), 300, is_doubtful=True),
        Stretch(Span(start_ms=1_200, end_ms=2_000), 400, is_doubtful=True),
        Stretch(Span(start_ms=2_400, end_ms=4_000), 400),
    ]
    where = chunk(stretches, Rule())
    begins = [where.heard_at(each.span.start_ms) for each in stretches]
    told = [
        (begin + 200, begin + 600, word)
        for begin, word in zip(begins, ["В", "городе", "живут"], strict=True)
        if begin is not None
    ]
    one = of(where, *told, empty=tuple(each.span for each in stretches[:2]))
    made = list(lines([one], Span(start_ms=0, end_ms=4_000), silent))
    assert [word.text for word in words_of(made)] == ["В", "городе", "живут"]
    assert removed(made) == []


def test_a_word_after_a_cut_stays_where_the_next_chunk_heard_nothing():
    before, after = Span(start_ms=0, end_ms=6_000), Span(start_ms=6_000, end_ms=9_000)
    first = Chunk((Stretch(before, 300),), (Span(start_ms=0, end_ms=6_500),))
    second = Chunk((Stretch(after, 0),), (Span(start_ms=5_500, end_ms=9_000),))
    words = (5_500, 5_800, "раз"), (6_050, 6_400, "да!")
    for both in (
        [of(first, *words), of(second)],
        [of(first), of(second, *((a - 5_500, b - 5_500, text) for a, b, text in words))],
    ):
        made = list(lines(both, Span(start_ms=0, end_ms=9_000), noise))
        found = [(word.start_ms, word.end_ms, word.text) for word in words_of(made)]
        assert found == list(words)
        assert all(before.end_ms == after.start_ms for before, after in pairwise(made))
        others = [line for line in made if isinstance(line, Gap)]
        assert {line.sound for line in others} == {Sound.UNINTELLIGIBLE}
