"""Scores of who speaks when and of the programme's items, for people and for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from pipeline.cli.scores import Signature, made_by, percent, table
from pipeline.measure import der
from pipeline.measure.borders import BorderScore, border_score, inner_borders
from pipeline.measure.der import SpeakerErrors
from pipeline.measure.rttm import Stretch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.core.payloads import Segments
    from pipeline.core.timeline import Turn

    Spans = Sequence[tuple[int, int]]

_JER: Final = "JER|collar:none|overlap:scored|mapping:best"


class TurnEvaluation(msgspec.Struct, frozen=True, kw_only=True):
    """All scores of one recording's segments; what has no reference is None or missing."""

    speakers: tuple[SpeakerErrors, ...]  # with overlap scored, and with overlap skipped
    uem: bool  # whether only a part was compared
    items: BorderScore | None
    signature: Signature


class TurnReference(msgspec.Struct, frozen=True, kw_only=True):
    """What is known to be right of one recording; None where there is no such file."""

    spoken: tuple[Stretch, ...] | None = None
    scored: tuple[Stretch, ...] | None = None
    items: tuple[tuple[int, int], ...] | None = None


def compare(segments: Segments, right: TurnReference, by: Signature) -> TurnEvaluation:
    """The scores of `segments`, made as `by` says."""
    found = [_labelled(turn) for turn in segments.turns]
    ways = (True, False) if right.spoken is not None else ()
    return TurnEvaluation(
        speakers=tuple(
            der.speaker_errors(
                right.spoken or (), found, with_overlap=with_overlap, scored=right.scored
            )
            for with_overlap in ways
        ),
        uem=right.scored is not None,
        items=None if right.items is None else _borders(segments, right.items),
        signature=by,
    )


def lines(found: TurnEvaluation) -> Iterator[str]:
    """The scores for people."""
    if found.speakers:
        yield from table(_speakers(found.speakers))
        jaccard = percent(found.speakers[0].jaccard_rate)
        told = f"{found.speakers[0].voices_found} found, {found.speakers[0].voices_true} true"
        yield f"voices      {told}; Jaccard error rate {jaccard}"
        yield ""
    if found.items is not None:
        yield from table(_items(found.items))
        yield ""
    yield "; ".join(_measures(found))
    yield made_by(found.signature)


def plain(found: TurnEvaluation) -> dict[str, Any]:
    """The scores for programs: everything counted, and the rates."""
    told: dict[str, Any] = msgspec.to_builtins(found)
    told["speakers"] = [
        {
            **counted,
            "diarization_error_rate": each.rate,
            "missed": each.share(each.missed_ms),
            "false_alarm": each.share(each.false_alarm_ms),
            "confused": each.share(each.confused_ms),
            "jaccard_error_rate": each.jaccard_rate,
            "voices_true": each.voices_true,
        }
        for counted, each in zip(told["speakers"], found.speakers, strict=True)
    ]
    if (items := found.items) is not None:
        told["items"] |= {"precision": items.precision, "recall": items.recall, "f1": items.f1}
    return told | {"signatures": _measures(found)}


def _labelled(turn: Turn) -> Stretch:
    """A turn as it is compared: the number of its voice is the label, else the name it has."""
    label = f"voice {turn.voice}" if turn.voice else turn.speaker
    return Stretch(file="", start_ms=turn.start_ms, end_ms=turn.end_ms, speaker=label)


def _borders(segments: Segments, right: Spans) -> BorderScore:
    items = [(item.start_ms, item.end_ms) for item in segments.items]
    duration_ms = max((end_ms for _, end_ms in items), default=0)
    return border_score(inner_borders(right, duration_ms), inner_borders(items, duration_ms))


def _speakers(ways: Sequence[SpeakerErrors]) -> Iterator[list[str]]:
    yield ["speakers", "DER", "missed", "false alarm", "confused", "speech"]
    for each in ways:
        parts = (each.missed_ms, each.false_alarm_ms, each.confused_ms)
        yield [
            f"overlap {_overlap(each)}",
            percent(each.rate),
            *(percent(each.share(part)) for part in parts),
            f"{each.speech_ms / 1_000:.1f} s",
        ]


def _items(score: BorderScore) -> Iterator[list[str]]:
    yield ["items", "precision", "recall", "F1", "matched", "found", "true"]
    yield [
        "borders",
        *map(percent, (score.precision, score.recall, score.f1)),
        *map(str, (score.matched, score.found, score.true)),
    ]


def _measures(found: TurnEvaluation) -> list[str]:
    """Which measures exactly: equal signatures, comparable figures."""
    part = "|part:UEM" if found.uem else ""
    ways = [
        f"DER|collar:{each.collar_ms}ms each side|overlap:{_overlap(each)}|mapping:best{part}"
        for each in found.speakers
    ]
    jaccard = [f"{_JER}{part}"] if found.speakers else []
    if found.items is None:
        return [*ways, *jaccard]
    return [*ways, *jaccard, f"borders|tolerance:{found.items.tolerance_ms}ms|one to one"]


def _overlap(each: SpeakerErrors) -> str:
    return "scored" if each.with_overlap else "skipped"
