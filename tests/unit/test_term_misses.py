"""The glossary against a translated track: terms that were said and are not there."""

from __future__ import annotations

from pipeline.core.payloads import Hypothesis, TranslatedSentence
from pipeline.core.timeline import Cue, Word
from pipeline.programme.glossary import Term
from pipeline.review.term_misses import term_misses
from pipeline.subtitles.checks import Rule

TERMS = (
    Term(source="Лев Толстой", target="Leo Tolstoy", type="person"),
    Term(source="солидарность", target="solidarity", forbidden=("unity",)),
)


def said(source: str, start_ms: int, *, is_shown: bool = True) -> TranslatedSentence:
    word = Word(start_ms=start_ms, end_ms=start_ms + 2_000, text="x")
    return TranslatedSentence(
        start_ms=start_ms,
        end_ms=start_ms + 2_000,
        language="ru",
        source=source,
        words=(word,),
        hypotheses=(Hypothesis(text="x", score=0, words=(word,)),) if is_shown else (),
    )


def cue(text: str, start_ms: int) -> Cue:
    return Cue(start_ms=start_ms, end_ms=start_ms + 2_000, lines=(text,), language="en")


def messages(cues: list[Cue], *sentences: TranslatedSentence) -> list[tuple[int, str]]:
    return [(one.cue, one.message) for one in term_misses(cues, sentences, TERMS)]


def test_a_term_that_is_there_is_no_finding_in_whatever_case():
    assert messages([cue("Books of Leo Tolstoy", 0)], said("книги Льва Толстого", 0)) == []
    assert messages([cue("books", 0)], said("книги", 0)) == []


def test_a_term_that_is_missing_is_told_where_its_sentence_begins():
    cues = [cue("Good evening.", 0), cue("Books of Tolstoi.", 10_000)]
    [finding] = term_misses(cues, [said("книги Льва Толстого", 10_100)], TERMS)
    assert (finding.rule, finding.cue, finding.start_ms) == (Rule.TERM, 2, 10_000)
    assert finding.message == "Лев Толстой should be Leo Tolstoy here"


def test_a_forbidden_form_is_told():
    found = messages([cue("Our unity!", 0)], said("Наша солидарность!", 0))
    assert (1, "unity is not how the glossary has солидарность: solidarity") in found


def test_words_that_went_to_the_cue_beside_are_found():
    cues = [cue("Books of", 0), cue("Leo Tolstoy.", 2_500)]
    assert messages(cues, said("книги Льва Толстого", 0)) == []
    far = [cue("Books of", 0), cue("Leo Tolstoy.", 9_000)]
    assert len(messages(far, said("книги Льва Толстого", 0))) == 1


def test_what_stands_as_it_was_spoken_wants_no_terms():
    assert messages([cue("x", 0)], said("книги Льва Толстого", 0, is_shown=False)) == []


def test_a_sentence_without_a_cue_is_told_by_its_time():
    [finding] = term_misses([], [said("Лев Толстой", 5_000)], TERMS)
    assert (finding.cue, finding.start_ms) == (0, 5_000)


def test_where_its_cue_was_taken_out_no_cue_beside_it_is_blamed():
    cues = [cue("Good evening.", 7_900), cue("And now the news.", 12_200)]
    [finding] = term_misses(cues, [said("книги Льва Толстого", 10_000)], TERMS)
    assert (finding.cue, finding.start_ms) == (0, 10_000)


def test_a_long_sentence_is_told_at_the_cue_that_gives_most_of_it():
    cues = [cue("Well, the", 8_100), cue("books of Tolstoi.", 10_200)]
    assert [number for number, _ in messages(cues, said("книги Льва Толстого", 10_000))] == [2]
