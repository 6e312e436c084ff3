"""The check set of the demo weights, and how figures are taken on it; no weights are needed."""

import json
from itertools import pairwise
from types import SimpleNamespace

import pytest

from pipeline.core.errors import ExitCode, UsageError
from pipeline.core.media import probe
from pipeline.measure.words import SpokenWord
from samples.training import check, check_set, corpus, grammar, held_out
from samples.training.check import Figure
from samples.training.check_set import Phrase, Programme, Stretch
from samples.training.held_out import FOLDER
from samples.training.listening import Heard, _by_stretch

SET = check_set.load(FOLDER)
TRUTH = json.loads((FOLDER / "truth.json").read_text("utf-8"))
HELD_OUT = {
    tag: {t.text(tag) for t in grammar.load().triples() if grammar.is_held_out(t)}
    for tag in grammar.LANGUAGES
}
PROGRAMMES = pytest.mark.parametrize("programme", SET.programmes, ids=lambda one: one.path.stem)


def word(text, start_ms, language="en"):
    return SpokenWord(start_ms=start_ms, end_ms=start_ms + 200, text=text, language=language)


def phrase(start_ms, end_ms, text="Stay with us!"):
    return Phrase(start_ms, end_ms, text, tuple(word(each, start_ms) for each in text.split()))


def programme(*phrases):
    return Programme(FOLDER / "a.opus", "en", "clean", 60_000, phrases)


def test_the_set_is_three_languages_in_three_conditions():
    found = {(one.language, one.condition) for one in SET.programmes}
    assert len(found) == len(SET.programmes) == 9
    assert {language for language, _ in found} == set(grammar.LANGUAGES)
    assert {condition for _, condition in found} == set(check.WER_BARS) == set(held_out.CONDITIONS)


def test_the_sound_of_the_set_is_at_most_three_megabytes():
    assert sum(path.stat().st_size for path in FOLDER.glob("*.opus")) <= 3_000_000
    assert len(list(FOLDER.glob("*.opus"))) == 10


@PROGRAMMES
def test_a_programme_holds_thirty_different_held_out_sentences(programme):
    texts = [one.text for one in programme.phrases]
    assert len(set(texts)) == len(texts) == 30
    assert set(texts) <= HELD_OUT[programme.language]
    assert sum(one.duration_ms >= 3_000 for one in programme.phrases) >= 10


@PROGRAMMES
def test_the_truth_fits_the_sound(programme):
    assert probe(programme.path).duration_ms == pytest.approx(programme.duration_ms, abs=20)
    assert programme.phrases[-1].end_ms <= programme.duration_ms
    for one in programme.phrases:
        assert one.start_ms <= one.words[0].start_ms
        assert one.words[-1].end_ms <= one.end_ms
        assert [each.text for each in one.words] == one.text.split()
        assert all(a.start_ms <= b.start_ms for a, b in pairwise(one.words))
    for before, after in pairwise(programme.phrases):
        assert after.start_ms - before.end_ms >= 450


@pytest.mark.parametrize("entry", TRUTH["programmes"], ids=lambda entry: entry["file"])
def test_unheard_voices_are_where_they_belong(entry):
    variants = {row["voice"].split("+")[1] for row in entry["phrases"]}
    if entry["condition"] == "unheard":
        assert variants == set(corpus.UNHEARD)
    else:
        assert len(variants) >= 8
        assert not variants & set(corpus.UNHEARD)


def test_ten_minutes_hold_no_speech():
    assert SET.no_speech_ms == 600_000
    assert probe(SET.no_speech).duration_ms == pytest.approx(600_000, abs=20)


@pytest.mark.parametrize(("longest_ms", "least"), [(12_500, 7), (28_000, 3)])
def test_there_are_enough_chunks_of_several_phrases_and_speakers(longest_ms, least):
    for one in SET.programmes:
        chunks = list(one.chunks(longest_ms))
        assert len(chunks) >= least
        for stretch, words in chunks:
            assert 0.6 * longest_ms < stretch.end_ms - stretch.start_ms <= longest_ms
            assert sum(each.text[-1] in ".!?" for each in words) >= 2
        assert sum(len({each.speaker for each in words}) > 1 for _, words in chunks) >= 3


def test_a_chunk_takes_as_many_phrases_as_fit_and_the_rest_is_left():
    one = programme(phrase(1_000, 3_000), phrase(4_000, 6_000), phrase(7_000, 9_000))
    (chunk,) = one.chunks(6_000)
    assert chunk[0] == Stretch(850, 6_250)
    assert len(chunk[1]) == 6


def test_a_missing_set_is_a_wrong_command_line(tmp_path):
    with pytest.raises(UsageError, match="no such file"):
        check_set.load(tmp_path)


@pytest.mark.parametrize(
    ("value", "bar", "side", "met"),
    [
        (10.0, 10.0, "at most", True),
        (10.1, 10.0, "at most", False),
        (98.0, 98.0, "at least", True),
        (97.9, 98.0, "at least", False),
        (99.0, None, "at most", True),
    ],
)
def test_a_bar_is_met_or_missed(value, bar, side, met):
    assert Figure(name="a", value=value, bar=bar, side=side).is_met is met


def test_the_language_of_a_phrase_is_that_of_the_stretch_with_most_of_it():
    long = programme(phrase(0, 3_200), phrase(4_000, 7_500), phrase(8_000, 9_000))
    heard = [
        Heard(Stretch(0, 3_400), "en", ()),
        Heard(Stretch(3_900, 4_500), "en", ()),
        Heard(Stretch(4_600, 7_600), "es", ()),
    ]
    assert list(check._languages(long, heard)) == [True, False]
    assert list(check._languages(long, [])) == [False, False]


def test_only_words_that_were_recognised_count_for_their_start():
    reference = [word("One,", 0), word("two", 500), word("three.", 900)]
    found = [word("one", 40), word("too", 700), word("three", 820)]
    assert list(check._start_errors(reference, found)) == [40, 80]


def test_words_go_to_the_stretch_they_were_asked_for():
    def segment(seek, *texts):
        words = [SimpleNamespace(start=1.0, end=1.2, word=f" {text}") for text in texts]
        return SimpleNamespace(seek=seek, words=words)

    stretches = [Stretch(100, 900), Stretch(1_203, 2_000), Stretch(2_500, 3_000)]
    heard = _by_stretch([segment(10, "a", "b"), segment(250, "c")], stretches, "ru")
    assert [[each.text for each in one.words] for one in heard] == [["a", "b"], [], ["c"]]
    assert heard[0].words[0].start_ms == 1_000


def test_missing_weights_end_with_their_own_code(tmp_path, capsys):
    assert check.main([str(tmp_path)]) == ExitCode.MISSING
    assert "make demo-weights" in capsys.readouterr().err


def test_a_missing_package_ends_with_the_same_code(tmp_path):
    assert check.main([str(tmp_path), "--only", "translation"]) == ExitCode.MISSING
