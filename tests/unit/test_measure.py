"""Scores: against published definitions and values that anyone can count."""

from __future__ import annotations

import jiwer
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.errors import InputError
from pipeline.core.payloads import Transcript
from pipeline.core.timeline import Cue, Gap, Phrase, Sound
from pipeline.measure import cer, coverage, wer
from pipeline.measure.cer import CharacterErrors, character_errors
from pipeline.measure.chrf import SIGNATURE, chrf, spread
from pipeline.measure.coverage import covered, invented
from pipeline.measure.languages import language_errors
from pipeline.measure.reference import as_transcript, from_cues, parse_words
from pipeline.measure.times import cue_times
from pipeline.measure.wer import WordErrors, errors_of, paired
from pipeline.measure.word_times import word_times
from pipeline.measure.words import SpokenWord, fold


def spoken(text: str, language: str = "ru", start_ms: int = 0) -> list[SpokenWord]:
    """One word a second."""
    return [
        SpokenWord(
            start_ms=start_ms + k * 1_000,
            end_ms=start_ms + k * 1_000 + 800,
            text=word,
            language=language,
        )
        for k, word in enumerate(text.split())
    ]


def cue(start_ms: int, end_ms: int, *lines: str) -> Cue:
    return Cue(start_ms=start_ms, end_ms=end_ms, lines=lines or ("x",), language="en")


def test_case_punctuation_and_yo_are_folded():
    assert fold("«Ещё-то,»") == "ещето"
    assert fold("E\u0301l") == fold("él") == "él"
    assert fold("—") == ""


def test_words_are_wrong_missing_or_too_many():
    reference = spoken("Ещё раз добрый вечер, друзья!")
    hypothesis = spoken("еще раз доброе утро вам всем, друзья")
    assert errors_of(paired(reference, hypothesis)) == {
        "ru": WordErrors(words=5, substituted=2, missing=0, invented=2)
    }
    assert wer.total(errors_of(paired(reference, hypothesis)).values()).rate == pytest.approx(0.8)
    assert errors_of(paired(reference, spoken("раз вечер")))["ru"].missing == 3


def test_errors_belong_to_the_language_that_was_spoken():
    reference = [*spoken("раз два"), *spoken("uno dos tres", "es", 5_000)]
    hypothesis = [*spoken("раз два ещё"), *spoken("uno doce tres", "es", 5_000)]
    assert errors_of(paired(reference, hypothesis)) == {
        "ru": WordErrors(words=2, invented=1),
        "es": WordErrors(words=3, substituted=1),
    }


def test_without_a_reference_there_is_no_rate():
    assert errors_of(paired([], [])) == {}
    assert wer.total([]).rate is None


some_words = st.lists(st.sampled_from("раз два три uno dos".split()), max_size=12).map(" ".join)


@given(some_words.filter(bool), some_words)
def test_words_are_counted_as_jiwer_counts_them(reference: str, hypothesis: str):
    found = wer.total(errors_of(paired(spoken(reference), spoken(hypothesis))).values())
    theirs = jiwer.process_words(reference, hypothesis)
    assert found.rate == pytest.approx(theirs.wer)
    # of equally short ways there may be several: substitutions alone may differ
    assert found.missing - found.invented == theirs.deletions - theirs.insertions
    assert found.words == theirs.hits + theirs.substitutions + theirs.deletions


@given(some_words.filter(bool), some_words)
def test_characters_of_one_language_are_counted_as_jiwer_counts_them(
    reference: str, hypothesis: str
):
    found = character_errors(paired(spoken(reference), spoken(hypothesis)))
    assert found["ru"].rate == pytest.approx(jiwer.cer(reference, hypothesis))


def test_character_errors_belong_to_the_language_that_was_spoken():
    reference = [*spoken("Ещё раз, —"), *spoken("uno dos", "es", 5_000)]
    hypothesis = [*spoken("еще рас"), *spoken("uno doce", "es", 5_000)]
    found = character_errors(paired(reference, hypothesis))
    assert found == {
        "ru": CharacterErrors(characters=7, wrong=1),
        "es": CharacterErrors(characters=7, wrong=2),
    }
    assert cer.total(found.values()).rate == pytest.approx(3 / 14)
    assert character_errors(paired([], hypothesis)) == {}
    assert cer.total([]).rate is None


def test_long_texts_are_cut_where_words_agree_and_nothing_is_lost():
    reference = spoken("раз два три " * 200)
    found = character_errors(paired(reference, [*reference[:300], *reference[301:]]))
    assert found["ru"].characters + 11 == 600 * 4 - 1  # no blanks where it is cut
    assert found["ru"].wrong == 4


def test_words_that_were_heard_right_say_how_far_times_are_off():
    reference = spoken("раз два три")
    heard = [
        SpokenWord(start_ms=start, end_ms=end, text=text, language="ru")
        for start, end, text in [(100, 700, "Раз"), (1_900, 1_950, "дна"), (1_970, 2_000, "три")]
    ]
    found = word_times(paired(reference, heard))
    assert found is not None
    assert found.words == 2
    assert (found.starts.median_ms, found.starts.ninth_tenth_ms) == (65, 100)
    assert (found.ends.median_ms, found.ends.ninth_tenth_ms) == (450, 800)
    assert word_times(paired(reference, [])) is None


@given(st.lists(st.tuples(st.sampled_from([None, *Sound]), st.integers(1, 9_999))))
def test_what_is_heard_adds_up_to_the_duration(parts: list[tuple[Sound | None, int]]):
    lines: list[Phrase | Gap] = []
    at = 0
    for sound, length in parts:
        end = at + length
        lines.append(Gap(start_ms=at, end_ms=end, sound=sound) if sound else phrase(at, end, "ru"))
        at = end
    found = coverage.accounting(Transcript(duration_ms=at, lines=tuple(lines)))
    assert sum(found.heard_ms.values()) == found.duration_ms
    assert found.unlisted_ms == 0
    assert found.heard_ms["speech"] == sum(length for sound, length in parts if sound is None)
    assert coverage.accounting(Transcript(duration_ms=5, lines=())).unlisted_ms == 5


def test_words_of_a_track_share_the_time_of_their_cue():
    words = from_cues([cue(0, 900, "раз два", "три"), cue(5_000, 5_001, "a b")])
    assert [(word.text, word.start_ms, word.end_ms) for word in words] == [
        ("раз", 0, 300),
        ("два", 300, 600),
        ("три", 600, 900),
        ("a", 5_000, 5_000),
        ("b", 5_000, 5_001),
    ]


# Values of sacrebleu 2.6.0, signature nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no
PUBLISHED = [
    (["The cat sat on the mat."], ["The cat is on the mat."], 67.17273492330233),
    (
        ["Good evening, dear friends!", "We begin our marathon."],
        ["Good evening dear friends!", "We are starting our marathon now."],
        62.5633591850166,
    ),
    (["Доброе утро"], ["Добрый вечер"], 20.286411438505446),
    (["abc"], ["xyz"], 0.0),
    (["a"], ["a"], 100.0),
    ([""], ["a"], 0.0),
]


@pytest.mark.parametrize(("hypotheses", "references", "score"), PUBLISHED)
def test_chrf_is_what_sacrebleu_gives(hypotheses: list[str], references: list[str], score: float):
    assert chrf(hypotheses, references) == pytest.approx(score, abs=1e-9)
    assert SIGNATURE == "chrF2|case:mixed|eff:yes|nc:6|nw:0|space:no"


@given(st.lists(st.text(min_size=1).filter(str.strip), min_size=1))
def test_chrf_of_a_text_with_itself_is_full(texts: list[str]):
    assert chrf(texts, texts) == pytest.approx(100)


@given(st.lists(st.text("ab ", max_size=9)), st.lists(st.text("ab", min_size=1)))
def test_spreading_words_over_segments_loses_none(references: list[str], words: list[str]):
    found = spread(words, references)
    assert len(found) == len(references)
    assert " ".join(filter(None, found)).split() == (words if references else [])


def test_words_go_to_the_segment_they_belong_to():
    references = ["Good evening, friends.", "We begin now."]
    words = "Good morning friends. Well we begin.".split()
    assert spread(words, references) == ["Good morning friends. Well", "we begin."]


def phrase(start_ms: int, end_ms: int, language: str) -> Phrase:
    return Phrase(start_ms=start_ms, end_ms=end_ms, language=language, words=())


def test_the_language_is_right_word_by_word():
    reference = [
        *spoken("раз два три"),
        *spoken("uno dos", "es", 3_000),
        *spoken("en", "en", 9_000),
    ]
    phrases = [phrase(0, 2_900, "ru"), phrase(2_950, 3_900, "ru"), phrase(3_950, 5_000, "es")]
    found = language_errors(reference, phrases)
    assert found.heard == {"ru": {"ru": 3}, "es": {"ru": 1, "es": 1}, "en": {"": 1}}
    assert found.right == pytest.approx(4 / 6)
    assert found.unheard == 1


def test_a_word_beside_a_phrase_was_heard_in_it():
    assert language_errors(spoken("раз"), [phrase(700, 2_000, "ru")]).right == 1
    assert language_errors(spoken("раз"), [phrase(1_700, 2_000, "ru")]).right == 0
    assert language_errors([], []).right is None


def test_words_far_from_all_speech_are_invented():
    reference = spoken("раз два")
    near = spoken("почти", start_ms=2_700)
    far = spoken("музыка", start_ms=5_000)
    assert invented(reference, [*reference, *near, *far]) == far
    assert invented([], far) == far


def test_a_word_is_covered_where_a_cue_is_on_screen():
    reference = spoken("раз два три")
    assert covered(reference, [cue(0, 1_500), cue(300, 700)]) == pytest.approx(2 / 3)
    assert covered([], []) is None


def test_cue_times_are_medians_of_the_distance_to_the_nearest():
    reference = [cue(0, 1_000), cue(2_000, 3_000), cue(4_000, 5_000)]
    found = cue_times(reference, [cue(100, 1_000), cue(2_200, 3_300), cue(6_000, 9_000)])
    assert found.start_ms == 200
    assert found.end_ms == 300
    assert found.same_start == pytest.approx(2 / 3)
    assert (found.cues, found.reference_cues) == (3, 3)
    assert cue_times(reference, []).start_ms is None


def test_reference_words_become_phrases_and_turns():
    words = [*spoken("раз два"), *spoken("uno", "es", 2_000), *spoken("dos", "es", 9_000)]
    transcript, segments = as_transcript(words)
    assert [(each.language, len(each.words)) for each in transcript.phrases] == [
        ("ru", 2),
        ("es", 1),
        ("es", 1),
    ]
    assert [turn.start_ms for turn in segments.turns] == [0, 2_000, 9_000]
    assert as_transcript([])[0].lines == ()


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"{}", "not a list of words"),
        (b"[{}]", r"\$\[0\]"),
        (b'[{"start_ms": 5, "end_ms": 5, "text": "a", "language": "en"}]', r"word 1 \(a\)"),
        (b"\xff", "not a list"),
    ],
)
def test_a_faulty_reference_is_refused_with_the_place(data: bytes, fault: str):
    with pytest.raises(InputError, match=fault):
        parse_words(data, "x.words.json")
