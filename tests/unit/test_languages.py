"""The language of a chunk: its own opinion where it has one, its neighbours' where it has not."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.timeline import Span
from pipeline.transcribe.languages import Certainty, Chooser

ALLOWED = ("ru", "es", "en")


def posterior(**shares: float) -> dict[str, float]:
    rest = [language for language in ALLOWED if language not in shares]
    left = 1 - sum(shares.values())
    return {language: shares.get(language, left / max(1, len(rest))) for language in ALLOWED}


def choose(*posteriors: dict[str, float], length_ms: int = 3_000, pause_ms: int = 500) -> list[str]:
    chooser, chosen, at = Chooser(), [], 0
    for each in posteriors:
        span = Span(start_ms=at, end_ms=at + length_ms)
        at = span.end_ms + pause_ms
        chosen += chooser.feed(span, each)
    return chosen + list(chooser.finish())


def test_a_chunk_that_is_sure_keeps_its_language_between_others():
    assert choose(posterior(ru=1.0), posterior(es=0.9), posterior(ru=1.0)) == ["ru", "es", "ru"]


def test_a_doubtful_chunk_is_in_the_language_around_it():
    assert choose(posterior(ru=0.99), posterior(es=0.5, ru=0.4), posterior(ru=0.99))[1] == "ru"
    assert choose(posterior(es=0.99), posterior(ru=0.5, es=0.4), posterior(es=0.99))[1] == "es"


def test_what_comes_after_counts_as_much_as_what_came_before():
    assert choose(posterior(ru=0.5, es=0.45), posterior(es=0.99))[0] == "es"


def test_neighbours_far_away_say_nothing():
    chunks = posterior(ru=0.99), posterior(es=0.5, ru=0.4), posterior(ru=0.99)
    assert choose(*chunks, pause_ms=60_000)[1] == "es"


def test_a_short_chunk_must_be_surer_than_a_long_one():
    chunks = posterior(ru=1.0), posterior(es=0.9), posterior(ru=1.0)
    assert choose(*chunks, length_ms=600) == ["ru", "ru", "ru"]


def test_of_equals_the_first_of_the_info_file_is_taken():
    assert choose({"es": 0.5, "ru": 0.5}) == ["es"]


@given(
    st.lists(
        st.tuples(
            st.lists(st.floats(0, 1), min_size=3, max_size=3),
            st.integers(1, 28_000),
            st.integers(0, 9_000),
        ),
        max_size=20,
    )
)
def test_every_chunk_gets_one_of_the_allowed_languages_in_order(given_chunks):
    chooser, at, chosen = Chooser(Certainty()), 0, []
    for shares, length, pause in given_chunks:
        total = sum(shares) or 1.0
        span = Span(start_ms=at, end_ms=at + length)
        at = span.end_ms + pause
        chosen += chooser.feed(span, dict(zip(ALLOWED, (s / total for s in shares), strict=True)))
    chosen += chooser.finish()
    assert len(chosen) == len(given_chunks)
    assert set(chosen) <= set(ALLOWED)
