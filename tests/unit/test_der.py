"""Diarization errors: an example to count by hand, every millisecond counted, and pyannote's."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.timeline import Span, Turn
from pipeline.measure import der
from pipeline.measure.der import SpeakerErrors, best_pairs, speaker_errors
from pipeline.measure.rttm import Stretch
from tests.optional import needs


def said(text: str) -> list[Stretch]:
    """`A 0 10` is A from 0 to 10 seconds."""
    return [
        Stretch(
            file="talk",
            start_ms=round(1_000 * float(start)),
            end_ms=round(1_000 * float(end)),
            speaker=speaker,
        )
        for speaker, start, end in map(str.split, text.split(", "))
    ]


# A and B speak at once from 8 to 10; x is A, y is B, z is nobody
TRUE = said("A 0 10, B 8 15")
FOUND = said("x 0 9, y 9 14, z 14 16")
HALF_OF_JACCARD = (1 - 9 / 10, 1 - 5 / 7)


@pytest.mark.parametrize(
    ("collar_ms", "with_overlap", "counted"),
    [
        # missed: one of two from 8 to 10; false alarm 15 to 16; confused 14 to 15
        (0, True, (17_000, 2_000, 1_000, 1_000)),
        # 0.25 s are left out after 0, around 8, 10 and 15: eight voices' quarters, or six
        (250, True, (15_000, 1_500, 750, 750)),
        (250, False, (12_000, 0, 750, 750)),
        (0, False, (13_000, 0, 1_000, 1_000)),
    ],
)
def test_an_example_counted_by_hand(
    collar_ms: int, with_overlap: bool, counted: tuple[int, int, int, int]
):
    found = speaker_errors(TRUE, FOUND, collar_ms=collar_ms, with_overlap=with_overlap)
    speech, missed, false_alarm, confused = counted
    assert found == SpeakerErrors(
        collar_ms=collar_ms,
        with_overlap=with_overlap,
        speech_ms=speech,
        missed_ms=missed,
        false_alarm_ms=false_alarm,
        confused_ms=confused,
        jaccard=pytest.approx(HALF_OF_JACCARD),
        voices_found=3,
    )
    assert found.rate == (missed + false_alarm + confused) / speech
    assert found.jaccard_rate == pytest.approx(sum(HALF_OF_JACCARD) / 2)
    assert found.voices_true == 2


def test_only_what_is_in_the_uem_is_compared():
    parts = [Span(start_ms=start, end_ms=end) for start, end in [(0, 4_000), (3_000, 8_000)]]
    found = speaker_errors(TRUE, FOUND, collar_ms=0, scored=parts)
    assert (found.speech_ms, found.rate, found.jaccard) == (8_000, 0, (0.0,))
    assert (found.voices_true, found.voices_found) == (1, 1)
    assert speaker_errors(TRUE, FOUND, scored=()).rate is None


def test_turns_are_compared_as_they_are():
    turns = [Turn(start_ms=0, end_ms=15_000)]
    found = speaker_errors(TRUE, turns, collar_ms=0)
    assert (found.missed_ms, found.confused_ms, found.voices_found) == (2_000, 5_000, 0)


def test_without_speech_there_is_no_rate():
    nothing = speaker_errors([], [])
    assert (nothing.rate, nothing.jaccard_rate) == (None, None)
    silent = speaker_errors(TRUE, [])
    assert (silent.rate, silent.jaccard_rate) == (1, 1)
    invented = speaker_errors([], FOUND)
    assert (invented.rate, invented.false_alarm_ms) == (None, 16_000)


def test_recordings_add_up():
    one, other = speaker_errors(TRUE, FOUND), speaker_errors(TRUE, [])
    both = der.total([one, other])
    assert (both.speech_ms, both.missed_ms) == (30_000, 16_500)
    assert both.jaccard == (*one.jaccard, 1.0, 1.0)
    assert der.total([]) == SpeakerErrors()
    with pytest.raises(ValueError, match="too many values"):
        der.total([one, speaker_errors(TRUE, FOUND, collar_ms=0)])


matrices = st.integers(1, 5).flatmap(
    lambda columns: st.lists(
        st.lists(st.integers(-20, 20), min_size=columns, max_size=columns), max_size=5
    )
)


@given(matrices)
def test_no_other_assignment_costs_less(costs: list[list[int]]):
    pairs = best_pairs(costs)
    rows, columns = len(costs), len(costs[0]) if costs else 0
    assert len(pairs) == min(rows, columns)
    for side in zip(*pairs, strict=True):
        assert len(set(side)) == len(pairs)
    if rows > columns:
        costs, rows, columns = [list(row) for row in zip(*costs, strict=True)], columns, rows
        pairs = [(column, row) for row, column in pairs]
    least = min(
        sum(costs[row][column] for row, column in enumerate(chosen))
        for chosen in itertools.permutations(range(columns), rows)
    )
    assert sum(costs[row][column] for row, column in pairs) == least


stretches = st.lists(
    st.builds(
        lambda start, length, speaker: Stretch(
            file="", start_ms=start, end_ms=start + length, speaker=speaker
        ),
        st.integers(0, 30),
        st.integers(1, 15),
        st.sampled_from("ABC"),
    ),
    max_size=5,
)


def counted_by_ms(
    reference: Sequence[Stretch], hypothesis: Sequence[Stretch], collar: int, with_overlap: bool
) -> tuple[int, int, int, int]:
    """The same by the definition: every millisecond, under every pairing of voices."""
    borders = [at for each in reference for at in (each.start_ms, each.end_ms)]
    moments = []
    for at in range(50):
        true, found = (
            {each.speaker for each in side if each.start_ms <= at < each.end_ms}
            for side in (reference, hypothesis)
        )
        if any(border - collar <= at < border + collar for border in borders):
            continue
        if len(true) < 2 or with_overlap:
            moments.append((true, found))
    right = max(
        sum(len(true & {pairing[name] for name in found}) for true, found in moments)
        for chosen in itertools.permutations("ABC")
        for pairing in [dict(zip("ABC", chosen, strict=True))]
    )
    return (
        sum(len(true) for true, _ in moments),
        sum(max(len(true) - len(found), 0) for true, found in moments),
        sum(max(len(found) - len(true), 0) for true, found in moments),
        sum(min(len(true), len(found)) for true, found in moments) - right,
    )


def covered(side: Sequence[Stretch], speaker: str) -> set[int]:
    of_speaker = [each for each in side if each.speaker == speaker]
    return {at for each in of_speaker for at in range(each.start_ms, each.end_ms)}


def jaccard_by_ms(reference: Sequence[Stretch], hypothesis: Sequence[Stretch]) -> float:
    """The sum of errors by the definition, under the pairing of voices with the least."""
    true, found = (
        {each.speaker: covered(side, each.speaker) for each in side}
        for side in (reference, hypothesis)
    )
    partners = [*found.values(), *({-1} for _ in true)]
    return min(
        sum(
            1 - len(here & there) / len(here | there)
            for here, there in zip(true.values(), chosen, strict=True)
        )
        for chosen in itertools.permutations(partners, len(true))
    )


@given(stretches, stretches)
def test_jaccard_is_that_of_the_best_pairing(reference: list[Stretch], hypothesis: list[Stretch]):
    found = speaker_errors(reference, hypothesis)
    assert sum(found.jaccard) == pytest.approx(jaccard_by_ms(reference, hypothesis))


@given(stretches, stretches, st.integers(0, 4), st.booleans())
def test_every_millisecond_is_counted_once(
    reference: list[Stretch], hypothesis: list[Stretch], collar: int, with_overlap: bool
):
    found = speaker_errors(reference, hypothesis, collar_ms=collar, with_overlap=with_overlap)
    counts = (found.speech_ms, found.missed_ms, found.false_alarm_ms, found.confused_ms)
    assert counts == counted_by_ms(reference, hypothesis, collar, with_overlap)
    assert all(0 <= error <= 1 for error in found.jaccard)


@given(stretches)
def test_a_result_has_no_errors_against_itself(reference: list[Stretch]):
    renamed = [
        Stretch(file="", start_ms=each.start_ms, end_ms=each.end_ms, speaker=f"x{each.speaker}")
        for each in reversed(reference)
    ]
    found = speaker_errors(reference, renamed, collar_ms=0)
    assert found.missed_ms == found.false_alarm_ms == found.confused_ms == sum(found.jaccard) == 0


def talk(random: Random, voices: str, turns: int) -> list[Stretch]:
    """Turns of several voices, each no sooner than its last one is over; many at once."""
    found, free = [], dict.fromkeys(voices, 0)
    for _ in range(turns):
        voice = random.choice(voices)
        start = free[voice] + random.randint(1, 4_000)
        free[voice] = start + random.randint(1, 6_000)
        found.append(Stretch(file="a", start_ms=start, end_ms=free[voice], speaker=voice))
    return found


@needs("pyannote")
@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("with_overlap", [True, False])
def test_errors_are_those_of_pyannote(seed: int, with_overlap: bool):
    from pyannote import core
    from pyannote.metrics import diarization as metrics

    random = Random(seed)
    reference, hypothesis = talk(random, "ABCD", 30), talk(random, "uvwxyz"[: seed % 6 + 1], 30)

    def annotated(side: list[Stretch]) -> object:
        found = core.Annotation()
        for track, each in enumerate(side):
            segment = core.Segment(each.start_ms / 1_000, each.end_ms / 1_000)
            found[segment, track] = each.speaker
        return found

    sides = annotated(reference), annotated(hypothesis)
    uem = core.Timeline([core.Segment(0, 1_000)])
    ours = speaker_errors(reference, hypothesis, with_overlap=with_overlap)
    # theirs is the width of the whole collar
    theirs = metrics.DiarizationErrorRate(collar=0.5, skip_overlap=not with_overlap)
    told = theirs(*sides, uem=uem, detailed=True)
    assert [
        ours.speech_ms, ours.missed_ms, ours.false_alarm_ms, ours.confused_ms,
    ] == pytest.approx(
        [1_000 * told[name] for name in ("total", "missed detection", "false alarm", "confusion")],
        abs=0.01,
    )  # fmt: skip
    assert ours.rate == pytest.approx(told["diarization error rate"], abs=1e-6)
    # theirs pairs voices by the time they share, DIHARD's own scorer by the error, as we do
    jaccard = metrics.JaccardErrorRate()(*sides, uem=uem)
    assert ours.jaccard_rate is not None
    assert ours.jaccard_rate <= jaccard + 1e-6
