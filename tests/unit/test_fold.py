"""From words and decisions to reviewed words: nothing that people decided is lost."""

from __future__ import annotations

import time
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.payloads import Segments, Transcript
from pipeline.core.timeline import Gap, Item, Phrase, Sound, Span, Turn, Word
from pipeline.review.chains import knots
from pipeline.review.decisions import (
    Anchor,
    Approve,
    Delete,
    Insert,
    Merge,
    Piece,
    Speaker,
    Split,
    Text,
    Time,
)
from pipeline.review.fold import Conflict, Fate, Reviewed, reviewed
from tests.strategies import TEXTS, bounds, segments, transcripts

UNHEARD = st.text("QWXZ ", min_size=1, max_size=20).filter(str.strip)
NO_SEGMENTS = Segments(turns=(), items=())


def spoken(text: str, start_ms: int = 0, each_ms: int = 300) -> tuple[Word, ...]:
    return tuple(
        Word(
            start_ms=start_ms + at * each_ms,
            end_ms=start_ms + (at + 1) * each_ms,
            text=word,
            probability=0.5,
        )
        for at, word in enumerate(text.split())
    )


def transcript(*lines: str | Gap, language: str = "ru") -> Transcript:
    """Phrases of words of 300 ms each, one after another."""
    found: list[Phrase | Gap] = []
    at = 0
    for line in lines:
        if isinstance(line, Gap):
            found.append(msgspec.structs.replace(line, start_ms=at, end_ms=at + line.duration_ms))
        else:
            words = spoken(line, at)
            found.append(
                Phrase(start_ms=at, end_ms=words[-1].end_ms, language=language, words=words)
            )
        at = found[-1].end_ms
    return Transcript(duration_ms=at, lines=tuple(found))


def gap(length_ms: int = 3_000, sound: Sound = Sound.UNINTELLIGIBLE) -> Gap:
    return Gap(start_ms=0, end_ms=length_ms, sound=sound)


def on(text: str, start_ms: int, end_ms: int | None = None, track: str = "orig") -> Anchor:
    """Where `text` stands in a transcript of words of 300 ms."""
    end_ms = start_ms + 300 * len(text.split()) if end_ms is None else end_ms
    return Anchor(track=track, start_ms=start_ms, end_ms=end_ms, text=text)


def fold(given_transcript: Transcript, *decisions) -> Reviewed:
    return reviewed(given_transcript, NO_SEGMENTS, decisions)


def words(result: Reviewed | Transcript) -> tuple[Word, ...]:
    return tuple(word for phrase in result.phrases for word in phrase.words)


def text(result: Reviewed | Transcript) -> str:
    return " ".join(word.text for word in words(result))


def fates(result: Reviewed) -> list[Fate]:
    return [outcome.fate for outcome in result.by_decision]


SAID = transcript("раз два три", gap(), "четыре пять шесть семь")


def test_a_text_replaces_the_words_of_its_span():
    found = fold(SAID, Text(at=on("раз два три", 0), text="раз ДВЕ три"))
    assert text(found) == "раз ДВЕ три четыре пять шесть семь"
    assert fates(found) == [Fate.APPLIED]
    assert found.conflicts == ()
    assert found.by_decision[0].words == words(found)[:3]


def test_what_was_cut_short_is_cut_short_again_where_it_was_said_a_little_earlier():
    cut = Text(at=on("раз два три", 250), text="два три")
    assert text(fold(SAID, cut)) == "два три четыре пять шесть семь"


def test_words_that_were_left_alone_keep_their_times_and_probabilities():
    found = words(fold(SAID, Text(at=on("раз два три", 0), text="раз нет три")))
    assert found[0] == words(SAID)[0]
    assert found[2:] == words(SAID)[2:]
    assert found[1] == Word(start_ms=300, end_ms=600, text="нет", probability=1.0)


def test_where_only_signs_changed_the_times_stay():
    found = words(fold(SAID, Text(at=on("раз два три", 0), text="Раз, два. Три!")))
    assert [word.text for word in found[:3]] == ["Раз,", "два.", "Три!"]
    assert [word.start_ms for word in found[:3]] == [0, 300, 600]


def test_new_words_share_the_time_of_speech_by_length():
    said = Transcript(
        duration_ms=10_000,
        lines=(
            Phrase(
                start_ms=0,
                end_ms=10_000,
                language="ru",
                words=(
                    Word(start_ms=0, end_ms=1_000, text="аа"),
                    Word(start_ms=9_000, end_ms=10_000, text="бб"),
                ),
            ),
        ),
    )
    found = words(fold(said, Text(at=on("аа бб", 0, 10_000), text="ввввв г дддддддд")))
    assert [word.text for word in found] == ["ввввв", "г", "дддддддд"]
    assert all(word.end_ms <= 1_000 or word.start_ms >= 9_000 for word in found)
    assert found[2].start_ms >= 9_000


def test_a_word_put_between_two_takes_time_from_one_of_them():
    found = words(fold(SAID, Text(at=on("раз два три", 0), text="раз и два три")))
    assert [word.text for word in found[:4]] == ["раз", "и", "два", "три"]
    assert all(one.end_ms <= two.start_ms for one, two in pairwise(found))
    assert found[3] == words(SAID)[2]


def test_a_deletion_leaves_a_gap_that_says_what_was_there():
    found = fold(SAID, Delete(at=on("раз два три", 0)))
    assert text(found) == "четыре пять шесть семь"
    assert found.transcript.lines[0] == Gap(
        start_ms=0,
        end_ms=900,
        sound=Sound.NOISE,
        removed="раз два три",
        reason="deleted in review",
    )


def test_a_part_of_a_phrase_can_be_deleted():
    found = fold(SAID, Delete(at=on("пять шесть", 4_200)))
    assert text(found) == "раз два три четыре семь"


def test_what_is_inserted_is_a_phrase_of_its_own_in_the_gap():
    found = fold(SAID, Insert(at=on("", 1_500, 2_500), text="и ещё"))
    assert text(found) == "раз два три и ещё четыре пять шесть семь"
    assert fates(found) == [Fate.APPLIED]
    _, before, new, after, _ = found.transcript.lines
    assert isinstance(new, Phrase)
    assert (new.start_ms, new.end_ms, new.language) == (1_500, 2_500, "ru")
    assert (before.start_ms, before.end_ms, after.start_ms, after.end_ms) == (
        (900, 1_500, 2_500, 3_900)
    )


def test_an_insertion_into_speech_shares_its_time_and_loses_nothing():
    found = fold(SAID, Insert(at=on("", 300, 600), text="уже"))
    assert sorted(text(found).split()) == sorted([*text(SAID).split(), "уже"])


def test_an_inserted_language_makes_a_phrase_of_its_own():
    said = transcript("раз два три", "четыре пять")
    cut = msgspec.structs.replace(said.phrases[0], words=words(said)[:1] + words(said)[2:3])
    said = msgspec.structs.replace(said, lines=(cut, said.lines[1]))
    found = fold(said, Insert(at=on("", 300, 600), text="sí", language="es"))
    assert [(p.language, p.words[0].text) for p in found.phrases] == [
        ("ru", "раз"),
        ("es", "sí"),
        ("ru", "три"),
        ("ru", "четыре"),
    ]


def test_the_language_of_what_is_inserted_is_that_of_its_turn():
    lines = (
        *transcript("раз два").lines,
        Gap(start_ms=600, end_ms=3_000, sound=Sound.NOISE),
        Phrase(start_ms=3_000, end_ms=3_600, language="es", words=spoken("uno dos", 3_000)),
    )
    turns = (Turn(start_ms=0, end_ms=700), Turn(start_ms=800, end_ms=3_600))
    said = Transcript(duration_ms=3_600, lines=lines)
    new = Insert(at=on("", 900, 1_500), text="hola")
    assert fold(said, new).phrases[1].language == "ru", "the nearest"
    found = reviewed(said, Segments(turns=turns, items=()), [new])
    assert found.phrases[1].language == "es"


def test_with_no_speech_at_all_the_item_tells_the_language():
    item = Item(start_ms=0, end_ms=3_000, languages=("es",))
    segments = Segments(turns=(), items=(item,))
    found = reviewed(transcript(gap()), segments, [Insert(at=on("", 0, 900), text="hola")])
    assert found.phrases[0].language == "es"


def test_a_text_can_say_that_the_language_was_another():
    decision = Text(at=on("раз два три", 0), text="más de tres", language="es")
    assert fold(SAID, decision).phrases[0].language == "es"


@pytest.mark.parametrize(
    "decision",
    [
        Time(at=on("раз два три", 0), to=Span(start_ms=100, end_ms=800)),
        Split(
            at=on("раз два три", 0),
            into=(
                Piece(start_ms=0, end_ms=300, text="раз"),
                Piece(start_ms=300, end_ms=900, text="два три"),
            ),
        ),
        Merge(
            at=on("раз два три", 0),
            of=(
                Piece(start_ms=0, end_ms=300, text="раз"),
                Piece(start_ms=300, end_ms=900, text="два три"),
            ),
        ),
        Approve(at=on("раз два три", 0)),
        Speaker(at=on("раз два три", 0), name="Анна"),
        Text(at=on("раз два три", 0, track="en"), text="one"),
    ],
)
def test_other_kinds_and_other_tracks_change_no_words(decision):
    found = fold(SAID, decision)
    assert found.transcript is SAID
    assert fates(found) == [Fate.NO_WORDS]


def test_the_later_of_two_on_one_cue_holds():
    first, second = (Text(at=on("раз два три", 0), text=new) for new in ("а", "б в"))
    found = fold(SAID, first, second)
    assert text(found).startswith("б в четыре")
    assert fates(found) == [Fate.SUPERSEDED, Fate.APPLIED]
    assert text(fold(SAID, first, Delete(at=first.at))).startswith("четыре")
    assert text(fold(SAID, Delete(at=first.at), first)).startswith("а четыре")
    assert text(fold(SAID, first, Text(at=first.at, text="раз два три"))) == text(SAID)


def test_a_decision_on_what_an_earlier_one_wrote_holds():
    first = Text(at=on("раз два три", 0), text="раз два")
    second = Text(at=on("раз два", 0, 900), text="раз два и три")
    third = Delete(at=on("раз два и три", 0, 900))
    assert text(fold(SAID, first, second)).startswith("раз два и три четыре")
    assert fates(fold(SAID, first, second)) == [Fate.SUPERSEDED, Fate.APPLIED]
    assert text(fold(SAID, first, second, third)) == "четыре пять шесть семь"


def test_what_was_inserted_and_is_heard_by_now_is_there_once():
    anew = transcript("раз два три", gap(600), "и ещё", gap(1_800), "четыре")
    found = fold(anew, Insert(at=on("", 1_500, 2_300), text="и ещё"))
    assert found.transcript is anew
    assert fates(found) == [Fate.CONFIRMED]


def test_what_was_inserted_can_be_changed_and_taken_back():
    new = Insert(at=on("", 1_500, 2_500), text="и ещё")
    changed = Text(at=on("и ещё", 1_500, 2_500), text="и уже")
    gone = Delete(at=on("и уже", 1_500, 2_500))
    found = fold(SAID, new, changed)
    assert text(found) == "раз два три и уже четыре пять шесть семь"
    assert found.conflicts == ()
    assert fold(SAID, new, changed, gone).transcript is SAID
    assert fold(SAID, new, changed, gone).conflicts == ()


def test_a_correction_across_two_cut_anew_builds_on_both():
    first = Text(at=on("четыре пять", 3_900), text="четыре ПЯТЬ!")
    second = Text(at=on("ПЯТЬ! шесть", 4_200, 4_800), text="ПЯТЬ! ШЕСТЬ!")
    found = fold(SAID, first, second)
    assert text(found) == "раз два три четыре ПЯТЬ! ШЕСТЬ! семь"


def test_a_decision_finds_its_words_in_a_transcript_made_anew():
    anew = transcript("ну раз тва три", gap(2_700), "четыре пять шезть семь")
    found = fold(
        anew,
        Text(at=on("раз два три", 0), text="раз, два, три"),
        Delete(at=on("шесть", 4_500)),
    )
    assert text(found) == "ну раз, два, три четыре пять семь"
    assert fates(found) == [Fate.DIFFERS, Fate.DIFFERS]
    first, second = found.conflicts
    assert [word.text for word in first.found] == ["раз", "тва", "три"]
    assert [word.text for word in second.found] == ["шезть"]
    assert second.is_held


def test_a_transcript_made_anew_may_agree():
    anew = transcript("раз нет три", gap(), "четыре")
    found = fold(anew, Text(at=on("раз два три", 0), text="раз нет три"))
    assert found.transcript is anew
    assert fates(found) == [Fate.CONFIRMED]
    assert found.by_decision[0].words == words(anew)[:3]


def test_what_people_wrote_stands_where_all_else_is_new():
    anew = transcript("совсем другое тут", gap(), "четыре пять шесть семь")
    found = fold(anew, Text(at=on("раз два три", 0), text="раз и два"))
    assert text(found) == "раз и два четыре пять шесть семь"
    [conflict] = found.conflicts
    assert conflict == Conflict(decision=0, fate=Fate.DIFFERS, found=words(anew)[:3])


def test_what_people_wrote_stands_where_nothing_is_heard_any_more():
    anew = transcript(gap(3_900), "четыре пять шесть семь")
    found = fold(anew, Text(at=on("раз два три", 0), text="раз и два"))
    assert text(found) == "раз и два четыре пять шесть семь"
    assert [(c.fate, c.is_held, c.found) for c in found.conflicts] == [(Fate.MISSING, True, ())]


def test_a_deletion_takes_no_words_but_its_own():
    anew = transcript("совсем другое тут", gap(), "четыре")
    found = fold(anew, Delete(at=on("раз два три", 0)))
    assert found.transcript is anew
    [conflict] = found.conflicts
    assert conflict == Conflict(decision=0, fate=Fate.MISSING, found=words(anew)[:3], is_held=False)
    gone = fold(transcript(gap(3_900), "четыре"), Delete(at=on("раз два три", 0)))
    assert (fates(gone), gone.conflicts) == ([Fate.CONFIRMED], ())


def test_a_text_behind_the_end_of_the_recording_is_a_conflict():
    found = fold(
        SAID, Text(at=on("раз", 90_000), text="да"), Insert(at=on("", 99_000, 99_900), text="а")
    )
    assert found.transcript is SAID
    assert [(c.fate, c.is_held) for c in found.conflicts] == [(Fate.MISSING, False)] * 2


def test_the_nearer_of_two_equal_places_is_meant():
    said = transcript("да", gap(500), "да", gap(500), "да")
    found = fold(said, Text(at=on("да", 780, 1_150), text="нет"))
    assert text(found) == "да нет да"


def test_what_was_deleted_takes_nobody_beside_it_along():
    said = transcript("да да да")
    gone = Delete(at=on("да", 300))
    once = fold(said, gone)
    assert words(once) == words(said)[::2]
    assert fold(once.transcript, gone).transcript == once.transcript


@st.composite
def cued(draw: st.DrawFn, *, max_lines: int = 5):
    """A transcript, and disjoint rows of its words as the cues that were made of it."""
    said = draw(transcripts(max_lines=max_lines))
    cues = []
    for phrase in said.phrases:
        cuts = sorted(draw(st.sets(st.integers(0, len(phrase.words)), max_size=4)))
        for first, last in pairwise(cuts):
            row = phrase.words[first:last]
            cues.append(
                Anchor(
                    track="orig",
                    start_ms=row[0].start_ms,
                    end_ms=row[-1].end_ms,
                    text=" ".join(word.text for word in row),
                )
            )
    return said, cues


def decided(draw: st.DrawFn, cues: list[Anchor], kinds: str = "text delete approve"):
    made = []
    for at in cues:
        kind = draw(st.sampled_from(["none", *kinds.split()]))
        if kind == "text":
            made.append(Text(at=at, text=draw(TEXTS | st.just(at.text + " и ещё"))))
        elif kind == "delete":
            made.append(Delete(at=at))
        elif kind == "approve":
            made.append(Approve(at=at))
    return made


def whole(result: Transcript) -> bool:
    """Whether the lines account for every millisecond."""
    at = 0
    for line in result.lines:
        if line.start_ms != at:
            return False
        at = line.end_ms
    return at == result.duration_ms


@given(transcripts(), segments())
def test_without_decisions_it_is_the_transcript_itself(said, parts):
    found = reviewed(said, parts, ())
    assert found.transcript is said
    assert (found.conflicts, found.by_decision) == ((), ())


@given(cued(), st.data())
def test_every_word_of_every_decision_is_there_once_and_no_other_is_touched(given_cues, data):
    said, cues = given_cues
    made = decided(data.draw, cues)
    found = fold(said, *made)
    changed = {one.at: one for one in made if not isinstance(one, Approve)}
    expected: list[str] = []
    left: list[Word] = []
    starts = {(at.start_ms, at.end_ms): at for at in changed}
    for word in words(said):
        at = next((a for a in starts.values() if a.start_ms <= word.start_ms < a.end_ms), None)
        if at is None:
            expected.append(word.text)
            left.append(word)
        elif word.start_ms == at.start_ms:
            decision = changed[at]
            expected += decision.text.split() if isinstance(decision, Text) else []
    assert text(found).split() == expected
    assert found.conflicts == ()
    mine = {id(word) for outcome in found.by_decision for word in outcome.words}
    assert [word for word in words(found) if id(word) not in mine] == left
    for one, outcome in zip(made, found.by_decision, strict=True):
        if isinstance(one, Text):
            assert " ".join(word.text for word in outcome.words).split() == one.text.split()
            assert all(
                one.at.start_ms <= word.start_ms and word.end_ms <= one.at.end_ms
                for word in outcome.words
            )


@given(cued(), st.data())
def test_times_never_run_backward_and_every_millisecond_is_accounted_for(given_cues, data):
    said, cues = given_cues
    found = fold(said, *decided(data.draw, cues)).transcript
    assert whole(found)
    assert all(one.start_ms <= two.start_ms for one, two in pairwise(words(found)))
    assert all(
        phrase.start_ms <= word.start_ms and word.end_ms <= phrase.end_ms
        for phrase in found.phrases
        for word in phrase.words
    )


@given(cued(), st.data())
def test_what_was_reviewed_stays_as_it_is(given_cues, data):
    said, cues = given_cues
    made = decided(data.draw, cues)
    once = fold(said, *made)
    assert fold(said, *made, *made).transcript == once.transcript
    again = fold(once.transcript, *made)
    assert text(again) == text(once)
    assert again.transcript == once.transcript


@given(cued(), st.data(), st.randoms())
def test_decisions_on_disjoint_spans_may_come_in_any_order(given_cues, data, random):
    said, cues = given_cues
    made = decided(data.draw, cues)
    shuffled = list(made)
    random.shuffle(shuffled)
    assert fold(said, *shuffled).transcript == fold(said, *made).transcript


@given(transcripts(), cued(), st.data(), st.randoms())
def test_in_any_other_transcript_nothing_is_lost_and_the_order_means_nothing(
    anew, given_cues, data, random
):
    _, cues = given_cues
    cues = [at for at in cues if at.end_ms <= anew.duration_ms]
    made = decided(data.draw, cues)
    found = fold(anew, *made)
    assert whole(found.transcript)
    for one, outcome in zip(made, found.by_decision, strict=True):
        if isinstance(one, Text):
            assert " ".join(word.text for word in outcome.words).split() == one.text.split()
        if isinstance(one, Delete) and outcome.fate is Fate.MISSING:
            assert any(one is made[conflict.decision] for conflict in found.conflicts)
    random.shuffle(made)
    assert fold(anew, *made).transcript == found.transcript


@given(transcripts(), st.integers(0, 4).flatmap(bounds), st.data())
def test_whatever_is_inserted_is_there_in_order_and_taken_back_is_gone(said, spans, data):
    spans = [span for span in spans if span[1] <= said.duration_ms]
    made = [
        Insert(
            at=on("", *span),
            text=data.draw(UNHEARD),
            language=data.draw(st.sampled_from(["", "es"])),
        )
        for span in spans
    ]
    found = fold(said, *made)
    assert whole(found.transcript)
    assert sorted(text(found).split()) == sorted(
        [*text(said).split(), *(word for one in made for word in one.text.split())]
    )
    for one, outcome in zip(made, found.by_decision, strict=True):
        assert " ".join(word.text for word in outcome.words).split() == one.text.split()
    gone = [
        Delete(
            at=Anchor(track="orig", start_ms=one.at.start_ms, end_ms=one.at.end_ms, text=one.text)
        )
        for one in made
    ]
    assert text(fold(said, *made, *gone)) == text(said)


@given(cued(), st.data())
def test_the_log_of_anybody_at_all_ends_in_a_transcript(given_cues, data):
    said, cues = given_cues
    odd = st.builds(
        lambda span, said: Anchor(track="orig", start_ms=span[0][0], end_ms=span[0][1], text=said),
        bounds(1),
        TEXTS | st.just(""),
    )
    again = st.sampled_from(cues or [on("а", 0)])
    made = [
        data.draw(
            st.builds(Text, at=st.just(at), text=TEXTS | st.just(" "))
            | st.builds(Insert, at=st.just(at), text=TEXTS)
            | st.builds(Delete, at=st.just(at))
        )
        for at in [*cues, *data.draw(st.lists(odd | again, max_size=6))]
    ]
    found = fold(said, *made)
    assert whole(found.transcript)
    assert len(found.by_decision) == len(made)
    assert msgspec.json.decode(msgspec.json.encode(found), type=Reviewed) == found


def test_a_long_broadcast_is_folded_in_no_time():
    said = transcript(*["один два три четыре пять шесть семь восемь"] * 4_000)
    made = [
        Text(at=on("один два три четыре", at * 2_400), text="один два три и четыре")
        for at in range(0, 4_000, 4)
    ]
    began = time.perf_counter()
    found = fold(said, *made)
    assert time.perf_counter() - began < 5
    assert found.conflicts == ()
    assert len(words(found)) == 33_000


def test_what_is_said_all_day_is_edited_in_no_time():
    made = [Text(at=on("да", at * 3_000), text="Да.") for at in range(4_000)]
    began = time.perf_counter()
    found = knots(made, "orig")
    assert time.perf_counter() - began < 2
    assert len(found) == 4_000


def test_one_cue_is_edited_often_in_no_time():
    made = [Text(at=on(f"а{at}", 0, 300), text=f"а{at + 1}") for at in range(8_000)]
    began = time.perf_counter()
    [knot] = knots(made, "orig")
    assert time.perf_counter() - began < 4
    assert len(knot.chains[0].earlier) == 7_999


def test_a_decision_on_all_of_a_long_broadcast_is_no_harder():
    said = transcript(*["один два три четыре пять шесть семь восемь"] * 6_000)
    at = Anchor(track="orig", start_ms=0, end_ms=said.duration_ms, text="шум и гам")
    began = time.perf_counter()
    found = fold(said, Text(at=at, text="раз два"))
    assert time.perf_counter() - began < 3
    assert fates(found) == [Fate.DIFFERS]
    assert text(found) == "раз два"


def test_in_a_transcript_made_anew_as_well():
    anew = transcript(*["один тва три читыре пять шесть семь восем"] * 4_000)
    made = [
        Text(at=on("один два три четыре", at * 2_400), text="один два три и четыре")
        for at in range(0, 4_000, 16)
    ]
    began = time.perf_counter()
    found = fold(anew, *made)
    assert time.perf_counter() - began < 10
    assert len(found.conflicts) == 250
    assert len(words(found)) == 32_250
