"""The transcript's lines: every millisecond is in exactly one of them, and every word."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.timeline import CUT_SHORT, Gap, Phrase, Sound, Span, Word
from pipeline.engines import Heard
from pipeline.engines.wording import settled
from pipeline.transcribe.chunks import Chunk, Rule, Stretch, chunk
from pipeline.transcribe.coverage import lines
from pipeline.transcribe.results import Result
from tests.unit.test_chunks import cut, speech

LOOP = "it repeats itself"
POSTERIOR = {"ru": 0.9, "es": 0.1}
RULE = Rule(longest_ms=6_000, kept_ms=100)

# Speech that is cut at 6 s without a pause: both sides hear half a second of the other.
BEFORE_THE_CUT = Chunk(
    (Stretch(Span(start_ms=0, end_ms=6_000), 300),), (Span(start_ms=0, end_ms=6_500),)
)
BEHIND_THE_CUT = Chunk(
    (Stretch(Span(start_ms=6_000, end_ms=9_000), 0),), (Span(start_ms=5_500, end_ms=9_000),)
)


def silent(start_ms: int, end_ms: int) -> Sound:
    return Sound.SILENCE


def noise(start_ms: int, end_ms: int) -> Sound:
    return Sound.NOISE


def heard(*words: tuple[int, int, str]) -> Heard:
    return Heard(
        text=" ".join(text for _, _, text in words),
        words=tuple(Word(start_ms=a, end_ms=b, text=text) for a, b, text in words),
        log_probability=-0.3,
        no_speech=0.1,
    )


def of(where: Chunk, *words: tuple[int, int, str], **more) -> Result:
    return Result(chunk=where, language="ru", languages=POSTERIOR, heard=heard(*words), **more)


def result(start_ms: int, end_ms: int, *words: tuple[int, int, str], **more) -> Result:
    return of(chunk([Stretch(Span(start_ms=start_ms, end_ms=end_ms), 300)], RULE), *words, **more)


def words_of(made) -> list[Word]:
    return [word for line in made if isinstance(line, Phrase) for word in line.words]


@st.composite
def results(draw: st.DrawFn) -> list[Result]:
    """Chunks as they are cut, with words anywhere in them; neighbours need not agree."""
    found = []
    for each in cut(draw(speech(longest_ms=5_000, shortest_ms=12)), RULE):  # 1 ms for each word
        length = each.duration_ms
        times = sorted(draw(st.sets(st.integers(0, length), max_size=12)))
        timed = [(a, b, draw(st.sampled_from("абв")), 0.5) for a, b in pairwise(times)]
        words = settled(timed, length)
        text = " ".join(word.text for word in words) or draw(st.sampled_from(["", "сто"]))
        found.append(
            Result(
                chunk=each,
                language="ru",
                languages=POSTERIOR,
                heard=Heard(text=text, words=words),
                fault=draw(st.sampled_from(["", "", LOOP])),
            )
        )
    return found


@given(results(), st.integers(0, 4_000), st.integers(0, 9_000), st.randoms())
def test_every_millisecond_is_in_exactly_one_line(given_results, lead_ms, tail_ms, random):
    first = given_results[0].chunk.own.start_ms if given_results else 500
    last = given_results[-1].chunk.own.end_ms if given_results else 900
    whole = Span(start_ms=max(0, first - lead_ms), end_ms=last + tail_ms)
    random.shuffle(given_results)
    made = list(lines(given_results, whole, lambda *_: random.choice(list(Sound))))
    assert made[0].start_ms == whole.start_ms
    assert made[-1].end_ms == whole.end_ms
    assert all(before.end_ms == after.start_ms for before, after in pairwise(made))


@given(results())
def test_words_and_removed_texts_are_there_once_and_where_they_belong(given_results):
    made = list(lines(given_results, Span(start_ms=0, end_ms=10**6), silent))
    for line in made:
        if isinstance(line, Phrase):
            assert line.words
            assert line.start_ms == line.words[0].start_ms
            assert line.end_ms >= line.words[-1].end_ms
    words = words_of(made)
    assert all(before.end_ms <= after.start_ms for before, after in pairwise(words))
    removed = [line for line in made if isinstance(line, Gap) and line.removed]
    out = [r for r in given_results if r.heard.text and (r.fault or not r.heard.words)]
    assert [gap.removed for gap in removed] == [r.heard.text for r in out]
    for gap, one in zip(removed, out, strict=True):
        assert gap.reason == one.fault or (gap.reason and not one.fault)
        own = one.chunk.own
        assert own.start_ms <= gap.start_ms < gap.end_ms <= own.end_ms


@given(results())
def test_a_word_of_a_chunk_whose_cuts_have_pauses_stands_where_somebody_spoke(given_results):
    made = words_of(lines(given_results, Span(start_ms=0, end_ms=10**6), silent))
    for each in given_results:
        own = each.chunk.own
        is_alone = (each.chunk.pieces[0].start_ms, each.chunk.pieces[-1].end_ms) == (
            own.start_ms,
            own.end_ms,
        )
        if is_alone and not each.fault:
            inside = [w for w in made if own.start_ms <= w.start_ms < own.end_ms]
            assert [w.text for w in inside] == [word.text for word in each.heard.words]
            in_speech = [s.span for s in each.chunk.stretches]
            for word, heard_word in zip(inside, each.heard.words, strict=True):
                heard_at = each.chunk.place(heard_word.start_ms, heard_word.end_ms)
                near = (s for s in in_speech if s.start_ms - 1 <= word.start_ms <= s.end_ms + 20)
                assert word.start_ms == heard_at.start_ms or any(near)


@st.composite
def spoken(draw: st.DrawFn) -> tuple[list[Chunk], list[tuple[int, int, str]]]:
    """Chunks, many of them cut without a pause, and what is said all along their speech."""
    stretches, at = [], 0
    for _ in range(draw(st.integers(1, 8))):
        pause_ms = draw(st.sampled_from([0, 0, 700])) if stretches else 500
        span = Span(start_ms=at + pause_ms, end_ms=at + pause_ms + draw(st.integers(1_000, 5_000)))
        stretches.append(Stretch(span, pause_ms))
        at = span.end_ms
    said, at = [], 0
    for _ in range(draw(st.integers(0, 60))):
        at += draw(st.sampled_from([0, 0, 40, 300, 1_500]))
        end = at + draw(st.integers(40, 400))
        said.append((at, end, f"w{len(said)}"))
        at = end
    regions: list[list[int]] = []
    for each in stretches:
        if regions and each.pause_ms == 0:
            regions[-1][1] = each.span.end_ms
        else:
            regions.append([each.span.start_ms, each.span.end_ms])
    inside = [w for w in said if any(a <= w[0] and w[1] <= b for a, b in regions)]
    return cut(stretches, RULE), inside


@st.composite
def heard_by_all(draw: st.DrawFn) -> tuple[list[Result], list[tuple[int, int, str]]]:
    """Each chunk hears each word that its sound holds whole, a little early or late."""
    chunks, said = draw(spoken())
    found = []
    for each in chunks:
        timed = []
        for start, end, text in said:
            begin, last = each.heard_at(start), each.heard_at(end - 1)
            if begin is not None and last is not None:
                off = draw(st.integers(-30, 30))
                timed.append((max(0, begin + off), last + 1 + off, text, 0.9))
        words = settled(timed, each.duration_ms)
        text = " ".join(word.text for word in words)
        given_heard = Heard(text=text, words=words)
        found.append(Result(chunk=each, language="ru", languages=POSTERIOR, heard=given_heard))
    return found, said


@given(heard_by_all())
def test_every_word_is_there_once_though_two_chunks_heard_it(both):
    given_results, said = both
    made = list(lines(given_results, Span(start_ms=0, end_ms=10**5), silent))
    assert [word.text for word in words_of(made)] == [text for _, _, text in said]
    for word, (start, _, _) in zip(words_of(made), said, strict=True):
        assert abs(word.start_ms - start) <= 450
    assert not any(isinstance(line, Gap) and line.removed for line in made)


@given(heard_by_all(), st.data())
def test_what_is_taken_out_of_one_chunk_takes_nothing_out_of_its_neighbours(both, data):
    given_results, said = both
    bad = [replace(r, fault=data.draw(st.sampled_from(["", LOOP]))) for r in given_results]
    made = [word.text for word in words_of(lines(bad, Span(start_ms=0, end_ms=10**5), silent))]
    assert len(made) == len(set(made))
    for each in bad:
        own, heard_here = each.chunk.own, {word.text for word in each.heard.words}
        for start, end, text in said:
            is_own = own.start_ms + 50 <= (start + end) // 2 < own.end_ms - 50
            if not each.fault and is_own and text in heard_here:
                assert text in made


def seam(first: str, second: str, shift_ms: int = 0) -> list[str]:
    """A cut at 6 s, words of 200 ms there; each letter stands for a word, a blank for none."""
    results = [
        of(
            where,
            *((at * 200 + off, at * 200 + 200 + off, x) for at, x in enumerate(said) if x != " "),
        )
        for where, said, off in (
            (BEFORE_THE_CUT, " " * 27 + first, 100),
            (BEHIND_THE_CUT, second, shift_ms),
        )
    ]
    return [w.text for w in words_of(lines(results, Span(start_ms=0, end_ms=9_000), silent))]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("abcde", "abcdefg", "abcdefg"),
        ("abcde", "bcdefg", "abcdefg"),  # all heard a little earlier
        ("dadad", "dadadada", "dadadada"),
        ("xxcyy", "zzczz", "xxczz"),  # one word in common: the first's up to it
        ("abc  ", "  cde", "abcde"),
        ("xxxxx", "zzzzz", "xxzzz"),  # nothing in common: each its own side
        ("abc", "   zz", "abczz"),  # nothing is lost where the other heard nothing
        ("ab", "  xyz", "abxyz"),
    ],
)
def test_what_two_chunks_heard_around_a_cut_is_put_together(first, second, expected):
    assert "".join(seam(first, second)) == expected


RAZ = (5_300, 5_700, "раз")


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ([RAZ], [(5_650, 6_000, "два")], [RAZ, (5_700, 6_000, "два")]),
        ([(6_000, 6_300, "раз")], [(6_250, 6_490, "два")], [(6_000, 6_250), (6_250, 6_490)]),
        ([RAZ], [(5_600, 6_000, "два")], [RAZ]),  # a quarter of it was heard as something else
        ([RAZ], [(5_650, 6_000, "два", 0.09)], [RAZ]),  # made of the end of the word before
        ([RAZ], [(5_665, 5_725, "два")], [RAZ]),  # more than half of it was
        (  # what stands alone is kept beside what both heard in other words
            [(5_000, 5_400, "раз"), (6_300, 6_480, "Ах")],
            [(5_650, 5_900, "два"), (6_100, 6_490, "три")],
            [(5_000, 5_400), (5_650, 5_900), (6_100, 6_490)],
        ),
        (
            [(5_300, 5_600, "раз"), (6_050, 6_350, "два")],
            [(5_530, 5_800, "рас"), (6_600, 6_900, "три")],
            [(5_300, 5_600), (6_050, 6_350), (6_600, 6_900)],
        ),
        ([(5_980, 6_380, "раз")], [(5_640, 5_920, "два")], [(5_980, 6_380)]),  # one, not none
    ],
)
def test_what_only_one_heard_beyond_the_cut_is_kept(first, second, expected):
    both = [
        replace(of(where), heard=Heard(text="x", words=tuple(word(at, *x) for x in words)))
        for where, at, words in ((BEFORE_THE_CUT, 0, first), (BEHIND_THE_CUT, 5_500, second))
    ]
    made = words_of(lines(both, Span(start_ms=0, end_ms=9_000), silent))
    assert [(w.start_ms, w.end_ms) for w in made] == [times[:2] for times in expected]


def word(offset_ms: int, start_ms: int, end_ms: int, text: str, probability: float = 1.0) -> Word:
    times = {"start_ms": start_ms - offset_ms, "end_ms": end_ms - offset_ms}
    return Word(**times, text=text, probability=probability)


def test_a_word_that_ends_early_does_not_last_into_the_next_chunk_s_words():
    full = replace(BEFORE_THE_CUT, pieces=(Span(start_ms=0, end_ms=6_000),))
    both = [of(full, (5_000, 5_200, "раз")), of(BEHIND_THE_CUT, (0, 300, "два"))]
    made = words_of(lines(both, Span(start_ms=0, end_ms=9_000), silent))
    assert [(w.start_ms, w.end_ms) for w in made] == [(5_000, 5_500), (5_500, 5_800)]


def test_a_word_is_the_same_whatever_its_marks_and_capitals():
    first = Chunk((Stretch(Span(start_ms=0, end_ms=6_000), 9),), (Span(start_ms=0, end_ms=6_500),))
    both = [
        of(first, (5_900, 6_200, "Здравствуйте.")),
        of(BEHIND_THE_CUT, (450, 700, "здравствуйте,"), (800, 900, "друзья")),
    ]
    made = words_of(lines(both, Span(start_ms=0, end_ms=9_000), silent))
    assert [(w.text, w.start_ms) for w in made] == [("Здравствуйте.", 5_900), ("друзья", 6_300)]


def test_a_chunk_whose_words_the_one_before_it_keeps_is_not_taken_out():
    first = Chunk((Stretch(Span(start_ms=0, end_ms=6_000), 9),), (Span(start_ms=0, end_ms=6_400),))
    second = Chunk(
        (Stretch(Span(start_ms=6_000, end_ms=6_400), 0),), (Span(start_ms=5_500, end_ms=6_400),)
    )
    both = [of(first, (5_950, 6_300, "да")), of(second, (450, 800, "да"))]
    made = list(lines(both, Span(start_ms=0, end_ms=6_400), silent))
    assert [word.text for word in words_of(made)] == ["да"]
    assert not any(isinstance(line, Gap) and line.removed for line in made)


@pytest.mark.parametrize(
    ("words", "ends"),
    [
        ([(0, 500, "а")], [850]),  # until nobody speaks
        ([(0, 500, "а"), (500, 600, "б")], [500, 850]),
        ([(0, 900, "а")], [850]),  # not over the pause, where nothing was heard behind it
        ([(0, 500, "а"), (1_200, 1_300, "б")], [850, 3_200]),
        ([(1_100, 1_200, "а")], [3_200]),
        (
            [(0, 100, "а"), (1_000, 1_050, "б")],
            [850, 3_200],
        ),  # it begins what follows
    ],
)
def test_the_last_word_before_a_pause_lasts_until_nobody_speaks(words, ends):
    stretches = [
        Stretch(Span(start_ms=0, end_ms=1_000), 300),
        Stretch(Span(start_ms=1_500, end_ms=3_350), 500),
    ]
    made = words_of(
        lines([of(chunk(stretches, RULE), *words)], Span(start_ms=0, end_ms=3_350), silent)
    )
    assert [word.end_ms for word in made] == ends


def test_a_long_pause_parts_a_chunk_into_phrases_and_a_short_one_does_not():
    one = result(1_000, 9_000, (0, 400, "раз"), (900, 1_300, "два"), (3_000, 3_400, "три"))
    made = list(lines([one], Span(start_ms=0, end_ms=9_000), silent))
    texts = [
        [word.text for word in line.words] if isinstance(line, Phrase) else line.sound
        for line in made
    ]
    assert texts == [Sound.SILENCE, ["раз", "два"], Sound.SILENCE, ["три"], Sound.SILENCE]
    assert (made[1].start_ms, made[1].end_ms) == (1_150, 2_300)


def test_a_pause_that_the_engine_was_spared_is_there_again():
    where = chunk(
        [
            Stretch(Span(start_ms=0, end_ms=1_000), 300),
            Stretch(Span(start_ms=5_000, end_ms=6_000), 3_600),
        ],
        RULE,
    )
    made = list(lines([of(where, (0, 990, "раз"), (1_010, 1_900, "два"))], where.own, silent))
    assert [(line.start_ms, line.end_ms, type(line)) for line in made] == [
        (0, 150, Gap),
        (150, 850, Phrase),
        (850, 5_150, Gap),
        (5_150, 5_850, Phrase),
        (5_850, 6_000, Gap),
    ]


def test_loud_speech_between_quiet_words_stays_between_them():
    quiet = chunk(
        [
            Stretch(Span(start_ms=0, end_ms=1_000), 300),
            Stretch(Span(start_ms=1_400, end_ms=2_400), 400),
        ],
        RULE,
    )
    both = [
        of(quiet, (500, 990, "а"), (1_010, 1_900, "в"), is_quiet=True),
        result(1_000, 1_400, (0, 390, "б")),
    ]
    made = words_of(lines(both, Span(start_ms=0, end_ms=2_400), silent))
    assert [(w.text, w.start_ms) for w in made] == [("а", 150), ("б", 1_150), ("в", 1_550)]


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
    assert [(p.start_ms, p.end_ms) for p in made[1:3]] == [(150, 1_150), (1_150, 1_850)]
    assert all(isinstance(line, Phrase) for line in made[1:3])


def test_speech_without_words_is_unintelligible_and_what_was_removed_is_kept():
    both = [result(0, 1_000), result(2_000, 3_000, (0, 500, "ла ла"), fault=LOOP)]
    made = list(lines(both, Span(start_ms=0, end_ms=3_000), silent))
    assert made == [
        Gap(start_ms=0, end_ms=1_000, sound=Sound.UNINTELLIGIBLE),
        Gap(start_ms=1_000, end_ms=2_000, sound=Sound.SILENCE),
        Gap(start_ms=2_000, end_ms=3_000, sound=Sound.UNINTELLIGIBLE, removed="ла ла", reason=LOOP),
    ]


def test_what_only_a_low_threshold_took_for_speech_and_has_no_words_is_what_it_sounds_like():
    whole = Span(start_ms=0, end_ms=2_000)
    assert list(lines([result(0, 2_000, is_quiet=True)], whole, noise)) == [
        Gap(start_ms=0, end_ms=2_000, sound=Sound.NOISE)
    ]
    (gap,) = lines([result(0, 2_000, (0, 9, "э"), is_quiet=True, fault=LOOP)], whole, noise)
    assert (gap.removed, gap.reason) == ("э", LOOP)


def test_speech_that_the_words_leave_out_is_unintelligible():
    one = result(0, 6_000, (100, 600, "раз"), (700, 1_200, "два"))
    made = list(lines([one], Span(start_ms=0, end_ms=8_000), noise))
    assert [(line.end_ms, getattr(line, "sound", None)) for line in made] == [
        (150, Sound.NOISE),
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
    one = replace(result(0, 3_000), heard=Heard(text="сто сорок два", words=()))
    (gap,) = lines([one], Span(start_ms=0, end_ms=3_000), silent)
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


def test_a_word_that_two_chunks_heard_is_there_once_though_only_the_second_overlaps():
    first = chunk([Stretch(Span(start_ms=0, end_ms=6_000), 9)], RULE)
    both = [
        of(first, (5_000, 5_400, "раз"), (5_500, 5_800, "товарищи")),
        of(BEHIND_THE_CUT, (20, 320, "товарищи"), (700, 1_100, "вперёд")),
    ]
    made = words_of(lines(both, Span(start_ms=0, end_ms=9_000), silent))
    assert [word.text for word in made] == ["раз", "товарищи", "вперёд"]


@pytest.mark.parametrize(("is_empty", "said"), [(True, "да"), (False, "да о нет")])
def test_words_where_nobody_speaks_when_it_is_heard_alone_are_taken_out(is_empty, said):
    stretches = [
        Stretch(Span(start_ms=0, end_ms=1_000), 300),
        Stretch(Span(start_ms=1_500, end_ms=3_000), 500, is_doubtful=True),
    ]
    told = (0, 800, "да"), (1_700, 2_000, "о"), (2_000, 2_800, "нет")
    empty = (stretches[1].span,) if is_empty else ()
    one = of(chunk(stretches, RULE), *told, empty=empty)
    made = list(lines([one], Span(start_ms=0, end_ms=3_000), silent))
    assert " ".join(word.text for word in words_of(made)) == said
    removed = [line.removed for line in made if isinstance(line, Gap) and line.removed]
    assert removed == (["о нет"] if is_empty else [])
    assert made[-1].end_ms == 3_000


@pytest.mark.parametrize(
    ("told", "gone"),
    [
        (["Nuestro", "museo trabaja"], ""),  # seen: heard where noise begins, said right after it
        (["Nuestro.", "museo trabaja"], "Nuestro."),
        (["Nuestro", "Museo trabaja"], "Nuestro"),  # another sentence
        (["Nuestro", ""], "Nuestro"),
        (["En", "2026 fue"], ""),
        (["Nuestro", "«museo» trabaja"], ""),
    ],
)
def test_words_in_nothing_that_speech_goes_on_with_stand_before_it(told, gone):
    stretches = [
        Stretch(Span(start_ms=0, end_ms=1_000), 300, is_doubtful=True),
        Stretch(Span(start_ms=1_500, end_ms=4_000), 500),
    ]
    led, rest = told
    after = [(1_300 + 900 * at, 2_200 + 900 * at, word) for at, word in enumerate(rest.split())]
    one = of(chunk(stretches, RULE), (200, 500, led), *after, empty=(stretches[0].span,))
    made = list(lines([one], Span(start_ms=0, end_ms=4_000), silent))
    kept = words_of(made)
    assert " ".join(word.text for word in kept) == (rest if gone else f"{led} {rest}")
    assert all(word.start_ms >= 1_500 for word in kept)
    assert "".join(line.removed for line in made if isinstance(line, Gap)) == gone


def test_what_is_gone_on_with_in_nothing_is_nothing():
    stretches = [
        Stretch(Span(start_ms=0, end_ms=1_000), 300, is_doubtful=True),
        Stretch(Span(start_ms=1_500, end_ms=3_000), 500, is_doubtful=True),
        Stretch(Span(start_ms=3_500, end_ms=5_000), 500),
    ]
    told = (200, 500, "¡Aló,"), (1_300, 2_200, "adiós!"), (3_000, 3_900, "museo")
    empty = tuple(stretch.span for stretch in stretches[:2])
    one = of(chunk(stretches, RULE), *told, empty=empty)
    made = lines([one], Span(start_ms=0, end_ms=5_000), silent)
    assert [word.text for word in words_of(made)] == ["museo"]


@pytest.mark.parametrize(
    ("led", "after_ms", "is_kept"),
    [
        ("y nos", 1_500, True),
        ("y nos vamos todos", 1_500, False),  # a sentence that somebody made up
        ("y nos", 3_500, False),  # too long ago
    ],
)
def test_only_few_words_go_on_right_after_them(led, after_ms, is_kept):
    stretches = [
        Stretch(Span(start_ms=0, end_ms=1_000), 300, is_doubtful=True),
        Stretch(Span(start_ms=after_ms, end_ms=after_ms + 2_000), after_ms - 1_000),
    ]
    where = chunk(stretches, RULE)
    begin = where.heard_at(after_ms + 200)
    assert begin is not None
    told = [(200 + 100 * at, 300 + 100 * at, word) for at, word in enumerate(led.split())]
    one = of(where, *told, (begin, begin + 900, "museo"), empty=(stretches[0].span,))
    made = words_of(lines([one], Span(start_ms=0, end_ms=9_000), silent))
    assert " ".join(word.text for word in made) == (f"{led} museo" if is_kept else "museo")


@pytest.mark.parametrize(
    ("room_ms", "music_ms", "said"),
    [
        (500, 2_000, "да"),  # seen: five words in a quarter of a second, each of them sure
        (500, 9_000, "да Алло, Лима!"),  # no music is near
        (800, 2_000, "да Алло, Лима!"),  # that can be said
    ],
)
def test_words_beside_music_that_no_mouth_can_say_are_taken_out(room_ms, music_ms, said):
    stretches = [
        Stretch(Span(start_ms=0, end_ms=1_000), 300),
        Stretch(Span(start_ms=1_500, end_ms=1_500 + room_ms), 500),
    ]
    middle_ms = 1_280
    told = (0, 800, "да"), (1_200, middle_ms, "Алло,"), (middle_ms, 1_360, "Лима!")
    one = of(chunk(stretches, RULE), *told)

    def listen(start: int, end: int) -> Sound:
        return Sound.MUSIC if end > music_ms + 1_000 else Sound.NOISE

    made = list(lines([one], Span(start_ms=0, end_ms=3_000), listen))
    assert " ".join(word.text for word in words_of(made)) == said
    reasons = [line.reason for line in made if isinstance(line, Gap) and line.removed]
    assert reasons == ([] if "Алло" in said else ["nobody speaks that fast"])


@pytest.mark.parametrize(
    ("first_ms", "ends", "said"),
    [
        (1_100, "", ""),  # seen: "habla Bilbao, al micrófono maratón" where music begins
        (1_100, ".", "habla."),  # that sentence was over
        (3_100, "", "habla"),  # a sentence so long was begun by somebody
    ],
)
def test_what_is_gone_on_with_in_words_that_nobody_can_say_goes_with_them(first_ms, ends, said):
    long = chunk([Stretch(Span(start_ms=0, end_ms=4_000), 300)], RULE)
    wild = (3_850, 3_900, "al"), (3_900, 4_000, "micrófono")
    one = of(long, (4_000 - first_ms, 3_700, f"habla{ends}"), *wild)

    def listen(start: int, end: int) -> Sound:
        return Sound.MUSIC if start >= 4_000 else Sound.NOISE

    made = list(lines([one], Span(start_ms=0, end_ms=9_000), listen))
    assert " ".join(word.text for word in words_of(made)) == said
    (gone,) = (line.removed for line in made if isinstance(line, Gap) and line.removed)
    assert gone.endswith("al micrófono")


def test_where_speech_was_cut_no_word_is_drawn_to_the_cut():
    parted = chunk([Stretch(Span(start_ms=0, end_ms=4_000), 300)], RULE).split(2_000)
    assert parted is not None
    told = (200, 1_500, "раз"), (2_300, 3_500, "два")
    made = words_of(lines([of(parted[0], *told)], Span(start_ms=0, end_ms=4_000), silent))
    assert [word.start_ms for word in made] == [150, 2_300]


def test_words_of_a_short_stretch_that_are_heard_alone_too_keep_their_times():
    stretches = [
        Stretch(Span(start_ms=0, end_ms=1_000), 300, is_doubtful=True),
        Stretch(Span(start_ms=1_500, end_ms=3_000), 500),
    ]
    told = [(200, 500, "Что"), (1_200, 1_600, "думают"), (1_600, 2_300, "о")]  # pauses left out
    made = lines([of(chunk(stretches, RULE), *told)], Span(start_ms=0, end_ms=3_000), silent)
    first, *_ = words_of(made)  # seen: whole sentences were moved to the next word's place
    assert (first.start_ms, first.end_ms) == (150, 850)


@pytest.mark.parametrize(
    ("late_ms", "starts"),
    [
        (0, [150, 500]),
        (80, [150, 500]),  # seen: "В" of a tenth of a second, its middle before the phrase
        (400, [150, 700]),
        (401, [551, 701]),  # that is no fault of the alignment's
    ],
)
def test_the_first_word_after_a_pause_begins_when_somebody_speaks(late_ms, starts):
    begin = 150 + late_ms
    told = (begin, begin + 150, "В"), (max(begin + 150, 500), 1_500, "Москве")
    made = words_of(lines([result(0, 2_000, *told)], Span(start_ms=0, end_ms=2_000), silent))
    assert [word.start_ms for word in made] == starts


def test_music_begins_and_ends_where_it_is_heard():
    def listen(start_ms, end_ms):
        loud = max(0, min(end_ms, 9_100) - max(start_ms, 2_700))
        if loud * 2 <= end_ms - start_ms:
            return Sound.SILENCE
        is_long = loud >= 1_536
        return Sound.MUSIC if is_long or loud == end_ms - start_ms else Sound.NOISE

    found = tuple(lines([], Span(start_ms=0, end_ms=12_000), listen))
    music = [line for line in found if isinstance(line, Gap) and line.sound is Sound.MUSIC]
    assert len(music) == 1
    assert abs(music[0].start_ms - 2_700) <= 256
    assert abs(music[0].end_ms - 9_100) <= 256
    assert {line.sound for line in found} == {Sound.SILENCE, Sound.MUSIC}
