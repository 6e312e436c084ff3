"""The figures as tables in Markdown, beside what is wanted of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tests.bench.translation_figures import Ratios, Results, Row, wanted

_NOTES: Final = (
    "Argos' own function gets this text from its `translate`, with its beam of 4, in the same",
    "release, with the same package and as many threads; spaCy is not installed beside it, which",
    "its import allows and which makes its start shorter. The package brings a rule that splits",
    "sentences, in place of the network that Argos fetches for it. Random weights say 22 pieces",
    "for 24, whatever the words are. Ours begins with the words of the cues and ends with words on",
    "the clock. The floor is one call of CTranslate2 with the same sentences, tokenised and sorted",
    "beforehand. Cues are two lines of 42: full ones go on across ends of sentences, others end",
    "with them. Memory is counted from where the weights are loaded. Where others work on the",
    "machine too, seconds scatter (each round's are in the JSON file), CPU seconds less.",
)


def lines(results: Results) -> list[str]:
    """All tables, in Markdown."""
    return [*_speed(results), *_programmes(results), *_qualities(results), *_limits(results)]


def _speed(results: Results) -> list[str]:
    turns = max((len(row.rounds) for row in results.rows), default=0)
    releases = ", ".join(f"{name} {release}" for name, release in results.releases.items())
    head = (
        f"Russian to English: {results.lines} lines of {results.text} ({results.letters} letters, "
        f"{results.cues} cues); {results.processor}, {results.threads} threads, {turns} rounds; "
        f"{releases}"
    )
    peers = _peers(results)
    titles = ("way", "strings", "seconds", "CPU s", "x floor's time", "its CPU")
    ratios = [title for name in peers for title in (f"x as fast as {name}", "x less CPU")]
    sizes = ("pieces in", "pieces out", "peak MB", "above weights MB")
    return [
        head,
        "",
        *_NOTES,
        "",
        "## Speed, random weights in the true shape",
        "",
        *_head((*titles, *ratios, *sizes)),
        *(_line(_speed_cells(row, peers)) for row in results.rows),
    ]


def _peers(results: Results) -> list[str]:
    return [*dict.fromkeys(name for row in results.rows for name in row.against)]


def _speed_cells(row: Row, peers: Sequence[str]) -> tuple[str, ...]:
    return (
        row.name,
        f"{row.strings}",
        f"{row.seconds:.1f}",
        f"{row.cpu_s:.1f}",
        *_pair(row.over_floor),
        *(cell for name in peers for cell in _pair(row.against.get(name))),
        f"{row.source_pieces}",
        f"{row.target_pieces}",
        f"{row.peak_mb:.0f}",
        f"{row.above_weights_mb:.0f}",
    )


def _pair(ratios: Ratios | None) -> tuple[str, str]:
    return (f"{ratios.seconds:.2f}", f"{ratios.cpu_s:.2f}") if ratios else ("", "")


def _programmes(results: Results) -> list[str]:
    titles = ("weights", "cues", "sentences", "seconds", "loaded MB", "above weights MB")
    return [
        "",
        "## Start, and a programme of four hours",
        "",
        "From the start of a process to its first text: "
        + ", ".join(f"{s.name} {s.seconds:.2f} s ({s.cpu_s:.2f} CPU s)" for s in results.starts),
        "",
        *_head(titles),
        *(
            _line(
                (
                    each.name,
                    f"{each.cues}",
                    f"{each.sentences}",
                    f"{each.seconds:.1f}",
                    f"{each.loaded_mb:.0f}",
                    f"{each.above_weights_mb:.0f}",
                )
            )
            for each in results.wholes
        ),
    ]


def _qualities(results: Results) -> list[str]:
    return [
        "",
        "## Quality, demo package, held-out sentences",
        "",
        *_head(("way", "strings", "chrF")),
        *(_line((each.name, f"{each.strings}", f"{each.chrf:.1f}")) for each in results.quality),
    ]


def _limits(results: Results) -> list[str]:
    return [
        "",
        "## Wanted",
        "",
        *_head(("figure", "measured", "wanted", "reached")),
        *(
            _line(
                (
                    each.what,
                    f"{each.figure:g}",
                    f"{'at most' if each.is_most else 'at least'} {each.limit:g}",
                    "yes" if each.is_reached else "**no**",
                )
            )
            for each in wanted(results)
        ),
    ]


def _head(titles: Sequence[str]) -> list[str]:
    return [_line(titles), "|---|" + "---:|" * (len(titles) - 1)]


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"
