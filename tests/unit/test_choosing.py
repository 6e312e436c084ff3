"""Which hypothesis is shown: the first, or one as good that can be read in its time."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from pipeline.core.payloads import Hypothesis, TranslatedSentence, Translation
from pipeline.core.timeline import Word
from pipeline.emit.choosing import chosen, too_fast
from pipeline.subtitles import profile as profiles
from tests.strategies import translations

RULES = profiles.load("default").rules("en")
LONG = "In the year 2024 our dear friends came to us from the city of Kazan."
SHORT = "In 2024 our friends came to us from Kazan, the city."


def sentence(*texts: tuple[str, float], ms: int = 2_000, at_ms: int = 0) -> TranslatedSentence:
    word = Word(start_ms=at_ms, end_ms=at_ms + ms, text="x")
    hypotheses = tuple(
        Hypothesis(text=text, score=score, words=(word,) if text else ()) for text, score in texts
    )
    return TranslatedSentence(
        start_ms=at_ms,
        end_ms=at_ms + ms,
        language="ru",
        source="В 2024 году к нам приехали друзья из Казани.",
        words=(word,),
        hypotheses=hypotheses,
    )


def shown(*sentences: TranslatedSentence) -> list[str]:
    made = chosen(Translation(target="en", sentences=sentences), RULES)
    return [each.hypotheses[0].text for each in made.sentences]


def test_a_shorter_one_nearly_as_likely_is_shown_where_the_first_is_too_fast():
    assert shown(sentence((LONG, -0.5), (SHORT, -0.7))) == [SHORT]


def test_the_first_stays_where_there_is_time_to_read_it():
    assert shown(sentence((LONG, -0.5), (SHORT, -0.5), ms=9_000)) == [LONG]


def test_time_to_linger_after_the_last_word_counts_as_far_as_the_next_sentence_lets_it():
    first = sentence((LONG, -0.5), (SHORT, -0.55), ms=4_100)
    late = sentence(("Yes.", -0.1), at_ms=9_000)
    soon = sentence(("Yes.", -0.1), at_ms=4_100)
    assert shown(first, late)[0] == LONG
    assert shown(first, soon)[0] == SHORT


LOSING = [
    "In 2024 our friends came to us from the city.",  # without the name
    "Our friends came to us that year from Kazan city.",  # without the number
    "In 2024 our friends came to us from городa Kazan.",  # in another script
    "In 2024: from Kazan.",  # without much
    LONG.replace("dear", "dear and beloved"),  # longer still
]


@pytest.mark.parametrize("text", LOSING)
def test_one_that_lost_something_is_never_shown(text: str):
    assert shown(sentence((LONG, -0.5), (text, -0.5))) == [LONG]


def test_one_that_is_much_less_likely_is_not_shown():
    assert shown(sentence((LONG, -0.5), (SHORT, -0.81))) == [LONG]


def test_one_that_was_put_behind_though_it_is_likelier_is_not_shown():
    """The translator puts those it doubts behind; nothing after them is known to be undoubted."""
    assert shown(sentence((LONG, -0.5), (SHORT, -0.4))) == [LONG]
    assert shown(sentence((LONG, -0.5), (LONG + "!", -0.4), (SHORT, -0.6))) == [LONG]


def test_what_a_person_wrote_is_never_exchanged():
    recalled = replace(sentence((LONG, -0.5), (SHORT, -0.5)), is_recalled=True)
    assert shown(recalled) == [LONG]


def test_what_says_nothing_is_passed_over():
    assert too_fast(Translation(target="en", sentences=(sentence(),)), RULES) == {}
    assert shown(sentence(("", -0.1), (LONG, -0.5), (SHORT, -0.6)))[0] == SHORT


def test_what_nobody_can_read_is_told_with_its_speed():
    fast = sentence((LONG, -0.5), ms=1_000)
    after = sentence(("Yes.", -0.1), at_ms=1_000)
    translation = Translation(target="en", sentences=(fast, after))
    assert too_fast(translation, RULES) == {0: len(LONG)}
    alone = Translation(target="en", sentences=(fast,))
    assert too_fast(alone, RULES) == {0: len(LONG) / 2}  # a second longer on screen
    slow = Translation(target="en", sentences=(sentence((LONG, -0.5), ms=3_000),))
    assert too_fast(slow, RULES) == {}


@given(translations(), st.sampled_from(profiles.names()))
def test_nothing_is_lost_and_choosing_again_changes_nothing(translation: Translation, name: str):
    rules = profiles.load(name).rules(translation.target)
    made = chosen(translation, rules)
    assert chosen(made, rules) == made
    assert len(made.sentences) == len(translation.sentences)
    for before, after in zip(translation.sentences, made.sentences, strict=True):
        assert sorted(map(repr, before.hypotheses)) == sorted(map(repr, after.hypotheses))
        assert replace(after, hypotheses=before.hypotheses) == before
        rest = [each for each in before.hypotheses if each is not after.hypotheses[0]]
        assert list(after.hypotheses[1:]) == rest
    for index, speed in too_fast(made, rules).items():
        assert speed > rules.speed_limit
        assert made.sentences[index].hypotheses
    assert all(one < other for one, other in pairwise(too_fast(made, rules)))
