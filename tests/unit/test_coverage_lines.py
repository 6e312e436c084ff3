"""The transcript's lines: every millisecond is in exactly one of them."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.timeline import CUT_SHORT, Gap, Phrase, Sound, Span, Word
from pipeline.engines import Heard
from pipeline.engines.wording import settled
from pipeline.transcribe.coverage import Result, lines

LOOP = "it repeats itself"
POSTERIOR = {"ru": 0.9, "es": 0.1}


def silent(start_ms: int, end_ms: int) -> Sound:
    return Sound.SILENCE


def result(start_ms: int, end_ms: int, *words: tuple[int, int, str], fault: str = "") -> Result:
    heard = Heard(
        text=" ".join(text for _, _, text in words),
        words=tuple(Word(start_ms=a, end_ms=b, text=text) for a, b, text in words),
        log_probability=-0.3,
        no_speech=0.1,
    )
    span = Span(start_ms=start_ms, end_ms=end_ms)
    return Result(span=span, language="ru", languages=POSTERIOR, heard=heard, fault=fault)


@st.composite
def results(draw: st.DrawFn) -> list[Result]:
    found, at = [], draw(st.integers(0, 5_000))
    for _ in range(draw(st.integers(0, 8))):
        at += draw(st.integers(0, 9_000))
        length = draw(st.integers(200, 28_000))
        times = draw(st.lists(st.integers(0, length), max_size=12))
        words = settled([(a, b, "да", 0.5) for a, b in pairwise(sorted(times))], length)
        found.append(
            Result(
                span=Span(start_ms=at, end_ms=at + length),
                language="ru",
                languages=POSTERIOR,
                heard=Heard(text=" ".join(word.text for word in words), words=words),
                fault=draw(st.sampled_from(["", LOOP])),
            )
        )
        at += length
    return found


@given(results(), st.integers(0, 4_000), st.randoms())
def test_every_millisecond_is_in_exactly_one_line(given_results, tail_ms, random):
    first = given_results[0].span.start_ms if given_results else 500
    last = given_results[-1].span.end_ms if given_results else 900
    whole = Span(start_ms=max(0, first - random.randint(0, 9_000)), end_ms=last + tail_ms)
    made = list(lines(given_results, whole, lambda *_: random.choice(list(Sound))))
    assert made[0].start_ms == whole.start_ms
    assert made[-1].end_ms == whole.end_ms
    assert all(before.end_ms == after.start_ms for before, after in pairwise(made))


@given(results())
def test_every_word_that_was_kept_is_there_once_and_every_removed_text_too(given_results):
    whole = Span(start_ms=0, end_ms=300_000)
    made = list(lines(given_results, whole, silent))
    phrases = [line for line in made if isinstance(line, Phrase)]
    kept = [r for r in given_results if not r.fault]
    words = [word for phrase in phrases for word in phrase.words]
    assert [w.start_ms for w in words] == [
        word.start_ms + r.span.start_ms for r in kept for word in r.heard.words
    ]
    assert all(p.start_ms <= w.start_ms and w.end_ms <= p.end_ms for p in phrases for w in p.words)
    removed = [line.removed for line in made if isinstance(line, Gap) and line.removed]
    assert removed == [r.heard.text for r in given_results if r.fault and r.heard.text]


def test_a_long_pause_parts_a_chunk_into_phrases_and_a_short_one_does_not():
    one = result(1_000, 9_000, (0, 400, "раз"), (900, 1_300, "два"), (3_000, 3_400, "три"))
    made = list(lines([one], Span(start_ms=0, end_ms=9_000), silent))
    texts = [
        [word.text for word in line.words] if isinstance(line, Phrase) else line.sound
        for line in made
    ]
    assert texts == [Sound.SILENCE, ["раз", "два"], Sound.SILENCE, ["три"], Sound.SILENCE]
    assert (made[1].start_ms, made[1].end_ms) == (1_000, 2_300)


def test_phrases_carry_what_was_found_out_about_their_chunk():
    (phrase,) = [
        line
        for line in lines([result(0, 900, (0, 900, "да"))], Span(start_ms=0, end_ms=900), silent)
        if isinstance(line, Phrase)
    ]
    assert (phrase.language, phrase.languages) == ("ru", POSTERIOR)
    assert (phrase.log_probability, phrase.no_speech) == (-0.3, 0.1)


def test_a_moment_between_two_phrases_belongs_to_the_first():
    both = [result(0, 1_000, (0, 900, "раз")), result(1_000, 2_000, (100, 900, "два"))]
    made = list(lines(both, Span(start_ms=0, end_ms=1_900), silent))
    assert [(line.start_ms, line.end_ms) for line in made] == [(0, 1_100), (1_100, 1_900)]
    assert all(isinstance(line, Phrase) for line in made)


def test_speech_without_words_is_unintelligible_and_what_was_removed_is_kept():
    both = [result(0, 1_000), result(2_000, 3_000, (0, 500, "ла ла"), fault=LOOP)]
    made = list(lines(both, Span(start_ms=0, end_ms=3_000), silent))
    assert made == [
        Gap(start_ms=0, end_ms=1_000, sound=Sound.UNINTELLIGIBLE),
        Gap(start_ms=1_000, end_ms=2_000, sound=Sound.SILENCE),
        Gap(start_ms=2_000, end_ms=3_000, sound=Sound.UNINTELLIGIBLE, removed="ла ла", reason=LOOP),
    ]


def test_speech_that_the_words_leave_out_is_unintelligible():
    one = result(0, 6_000, (100, 600, "раз"), (700, 1_200, "два"))
    made = list(lines([one], Span(start_ms=0, end_ms=8_000), lambda *_: Sound.NOISE))
    assert [(line.end_ms, getattr(line, "sound", None)) for line in made] == [
        (100, Sound.NOISE),
        (1_200, None),
        (6_000, Sound.UNINTELLIGIBLE),
        (8_000, Sound.NOISE),
    ]


def test_a_chunk_of_music_without_words_is_music():
    made = list(lines([result(0, 4_000)], Span(start_ms=0, end_ms=4_000), lambda *_: Sound.MUSIC))
    assert made == [Gap(start_ms=0, end_ms=4_000, sound=Sound.MUSIC)]


def test_a_long_gap_tells_music_from_the_silence_around_it():
    def listen(start_ms: int, end_ms: int) -> Sound:
        return Sound.MUSIC if 20_000 <= (start_ms + end_ms) / 2 < 60_000 else Sound.SILENCE

    made = list(lines([], Span(start_ms=0, end_ms=80_000), listen))
    assert [line.sound for line in made] == [Sound.SILENCE, Sound.MUSIC, Sound.SILENCE]
    assert [line.end_ms for line in made] == [20_000, 60_000, 80_000]


def test_one_odd_moment_in_music_is_music():
    def listen(start_ms: int, _: int) -> Sound:
        return Sound.NOISE if start_ms == 8_000 else Sound.MUSIC

    (gap,) = lines([], Span(start_ms=0, end_ms=20_000), listen)
    assert gap.sound is Sound.MUSIC


def test_text_whose_words_have_no_times_is_kept_with_the_reason():
    heard = Heard(text="сто сорок два", words=())
    span = Span(start_ms=0, end_ms=3_000)
    one = Result(span=span, language="ru", languages=POSTERIOR, heard=heard)
    (gap,) = lines([one], span, silent)
    assert (gap.sound, gap.removed) == (Sound.UNINTELLIGIBLE, "сто сорок два")
    assert gap.reason


def test_where_the_engine_reached_its_limit_the_last_phrase_is_marked():
    one = result(0, 4_000, (0, 900, "раз"), (2_000, 4_000, "два"))
    full = replace(one, heard=msgspec.structs.replace(one.heard, is_full=True))
    whole = Span(start_ms=0, end_ms=4_000)
    found = [
        [line.flags for line in lines([each], whole, silent) if isinstance(line, Phrase)]
        for each in (one, full)
    ]
    assert found == [[(), ()], [(), (CUT_SHORT,)]]
