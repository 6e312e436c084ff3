"""The results of the speakers' benchmark, and their table in Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from tests.bench.speakers_cost import Clustering, Embedding
from tests.bench.speakers_items import Placed, Proposed
from tests.bench.speakers_meetings import Meeting
from tests.bench.speakers_names import AtThreshold, Named
from tests.bench.speakers_turns import Extra, Rate, Way


class Results(msgspec.Struct, frozen=True, kw_only=True):
    """A results file: one way and one threshold for all, and what came out."""

    way: str
    threshold: float
    processor: str
    processors: int
    releases: dict[str, str]
    people: int
    speech_s: int
    music: tuple[str, ...]  # in broadcasts
    ways: tuple[Way, ...]
    chosen: dict[str, Rate]
    extra: tuple[Extra, ...]
    named: tuple[Named, ...]
    thresholds: tuple[AtThreshold, ...]
    meetings: tuple[Meeting, ...]
    placed: tuple[Placed, ...]
    proposed: tuple[Proposed, ...]
    clustering: tuple[Clustering, ...]
    embedding: tuple[Embedding, ...]


def lines(results: Results) -> Iterator[str]:
    """The table, in Markdown."""
    yield (
        f"{results.people} people with {results.speech_s} s of speech in all; {results.way} at "
        f"{results.threshold:g} everywhere; {results.processor}, {results.processors} processors"
    )
    for title, told in (
        ("Who speaks when", _turns(results)),
        ("Other sets, at the same threshold", _extra(results)),
        ("Meetings, overlap counted", _meetings(results)),
        ("Names from one clip each", _named(results)),
        ("Names at thresholds", _thresholds(results)),
        ("Items: the rundown is up to 20 s off", _placed(results)),
        ("Items without a rundown, at 5 s", _proposed(results)),
        ("Cost", _costs(results)),
    ):
        yield from ("", f"## {title}", "")
        yield from told


def _turns(results: Results) -> Iterator[str]:
    yield (
        "DER in percent, collar 0.25 s; in brackets 95 % of redrawn sets, and voices found for one."
        " Thresholds left one out were chosen on mixes without the person."
    )
    yield ""
    rows: list[Sequence[Any]] = []
    for way in results.ways:
        low, high = min(way.thresholds), max(way.thresholds)
        told = [_rate(way.left_out[condition]) for condition in way.left_out]
        best = [f"{rate.rate:.1f}" for rate in way.at_best.values()]
        rows.append((way.name, f"{low:g} to {high:g}", *told, f"{way.threshold:g}", *best))
    rows.append(
        ("**ours**", f"{results.threshold:g}", *map(_rate, results.chosen.values()), *"   ")
    )
    conditions = tuple(results.chosen)
    yield from _table(("vectors", "left one out", *conditions, "for all", *conditions), rows)
    yield ""
    yield "Ours, of speech: " + "; ".join(
        f"{condition}: missed {rate.missed:.1f}, false alarm {rate.false_alarm:.1f}, confused "
        f"{rate.confused:.1f}"
        for condition, rate in results.chosen.items()
    )


def _rate(rate: Rate) -> str:
    return f"{rate.rate:.1f} [{rate.low:.1f} to {rate.high:.1f}; {rate.found:.2f}]"


def _extra(results: Results) -> Iterator[str]:
    rows = [
        (e.name, e.condition, f"{e.minutes:g}", e.people, f"{e.found:g}", _rate(e.rate))
        for e in results.extra
    ]
    yield from _table(("set", "condition", "minutes", "people", "found", "DER"), rows)


def _meetings(results: Results) -> Iterator[str]:
    titles = (
        "recording",
        "people",
        "seconds",
        "floor",
        "floor of our pieces",
        "DER",
        "without overlap",
        "told how many",
        "found",
    )
    rows = [
        (
            meeting.name,
            meeting.people,
            f"{meeting.seconds:.0f}",
            *(
                f"{percent:.1f}"
                for percent in (
                    meeting.floor,
                    meeting.floor_of_pieces,
                    meeting.rate,
                    meeting.alone,
                    meeting.told_count,
                )
            ),
            meeting.found,
        )
        for meeting in results.meetings
    ]
    yield from _table(titles, rows)


def _named(results: Results) -> Iterator[str]:
    titles = (
        "by",
        "of",
        "phrases",
        "right, closed set %",
        "own cosine, median",
        "own, 5 %",
        "strangers, 95 %",
        "strangers, most",
        "equal error %",
        "at",
    )
    rows = [
        (
            row.unit,
            row.condition,
            row.phrases,
            f"{row.closed_set:.1f}",
            f"{row.own_median:.2f}",
            f"{row.own_p5:.2f}",
            f"{row.strangers_p95:.2f}",
            f"{row.strangers_most:.2f}",
            f"{row.equal_error:.1f}",
            f"{row.equal_error_at:.2f}",
        )
        for row in results.named
    ]
    yield from _table(titles, rows)


def _thresholds(results: Results) -> Iterator[str]:
    conditions = tuple(results.chosen)
    titles = ("by", "margin", "cosine", "left out")
    shares = [f"{what} %, {c}" for what in ("right", "wrong", "strangers") for c in conditions]
    rows = [
        (
            row.unit,
            f"{row.margin:g}",
            " ".join(f"{one:.2f}" for one in sorted(row.thresholds)),
            "yes" if row.left_out else "no",
            *(
                f"{part[condition]:.1f}"
                for part in (row.right, row.wrong, row.strangers)
                for condition in conditions
            ),
        )
        for row in results.thresholds
    ]
    yield from _table((*titles, *shares), rows)


def _placed(results: Results) -> Iterator[str]:
    titles = ("border with", "borders", "within 1 s %", "in the rundown %", "without evidence %")
    rows = [
        (p.kind, p.borders, f"{p.near:.1f}", f"{p.near_in_rundown:.1f}", f"{p.unplaced:.1f}")
        for p in results.placed
    ]
    yield from _table(titles, rows)


def _proposed(results: Results) -> Iterator[str]:
    titles = ("borders with", "borders", "proposed", "precision", "recall", "F1")
    rows = [
        (p.programme, p.borders, p.proposed, f"{p.precision:.2f}", f"{p.recall:.2f}", f"{p.f1:.2f}")
        for p in results.proposed
    ]
    yield from _table(titles, rows)


def _costs(results: Results) -> Iterator[str]:
    rows: list[Sequence[Any]] = [
        (
            f"cluster {c.phrases} phrases",
            c.threads,
            f"{c.seconds:.1f}",
            "",
            f"{c.peak_mb:.0f}",
            c.digest,
        )
        for c in results.clustering
    ]
    rows += [
        (
            f"{e.engine}, {e.speech_s / 60:.0f} min of speech",
            e.threads,
            f"{e.seconds:.1f}",
            f"{e.four_hours_s:.0f}",
            f"{e.peak_mb:.0f}",
            e.digest,
        )
        for e in results.embedding
    ]
    titles = ("work", "threads", "seconds", "scaled to 4 h of speech", "peak MB", "digest")
    yield from _table(titles, rows)


def _table(titles: Sequence[str], rows: Sequence[Sequence[Any]]) -> Iterator[str]:
    yield "| " + " | ".join(titles) + " |"
    yield "|---|" + "---:|" * (len(titles) - 1)
    for row in rows:
        yield "| " + " | ".join(map(str, row)) + " |"
