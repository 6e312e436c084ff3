"""What `marathon check` says: lines for people, a table for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections import Counter
from typing import TYPE_CHECKING, Final

import msgspec

from pipeline.core.clock import clock, exact
from pipeline.subtitles.checks import NOWHERE, Finding
from pipeline.subtitles.fixes import Change
from pipeline.subtitles.sync import Sync

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_COLUMNS: Final = ("file", "line", "cue", "time", "rule", "message", "text")
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would reckon with such a cell


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What was found in one file, or why it could not be looked at.

    `texts` are those of its cues. With `--fix`, `written` is the file that was written, and the
    findings are those left in it.
    """

    file: str
    cues: int = 0
    findings: tuple[Finding, ...] = ()
    error: str = ""
    texts: tuple[str, ...] = ()
    sync: Sync | None = None
    written: str = ""
    changes: tuple[Change, ...] = ()

    def plain(self) -> dict[str, object]:
        """For programs: all but the texts, which stand in the file."""
        return {
            name: msgspec.to_builtins(getattr(self, name))
            for name in self.__struct_fields__
            if name != "texts"
        }


def lines(reports: Iterable[Report], *, fix: bool) -> Iterator[str]:
    """A line for each finding, after those for each change."""
    for report in reports:
        if report.error:
            continue
        yield from _changes(report)
        if fix and not report.changes:
            yield f"{report.file}: nothing to fix"
        if report.sync is not None:
            yield f"{report.file}: {_figures(report.sync)}"
        name = report.written or report.file
        for finding in report.findings:
            yield f"{name}: {place(finding)}: {finding.rule}: {finding.message}"


def table(reports: Iterable[Report]) -> str:
    """The findings as CSV; no cell of it is a formula."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for report in reports:
        if report.error:
            writer.writerow(_cells((report.file, "", "", "", "error", report.error, "")))
        for finding in report.findings:
            said = report.texts[finding.cue - 1] if finding.cue else ""
            cells = (
                report.written or report.file,
                str(finding.line or ""),
                str(finding.cue or ""),
                "" if finding.start_ms == NOWHERE else exact(finding.start_ms),
                finding.rule,
                finding.message,
                said,
            )
            writer.writerow(_cells(cells))
    return text.getvalue()


def place(finding: Finding) -> str:
    """Where it is, for people."""
    if finding.cue:
        return f"cue {finding.cue} at {clock(finding.start_ms)}"
    if finding.line:
        return f"line {finding.line}"
    if finding.start_ms != NOWHERE:
        return f"at {clock(finding.start_ms)}"
    return "the whole file"


def _changes(report: Report) -> Iterator[str]:
    """Each change of a cue; what was done to many lines alike is one."""
    alike = Counter(change.reason for change in report.changes if not change.before)
    for reason, count in alike.items():
        yield f"{report.file}: fixed: {reason}{f' ({count} times)' if count > 1 else ''}"
    for change in report.changes:
        if change.before:
            what = f"{change.before} is now {change.after}"
            yield f"{report.file}: fixed: cue {change.cue}: {what}: {change.reason}"
    if report.written:
        yield f"{report.file}: written to {report.written}; the file itself is as it was"


def _figures(sync: Sync) -> str:
    side = "after" if sync.median_ms > 0 else "before"
    parts = [
        f"{sync.matched} of {sync.cues} cues found in what is said",
        f"in the median they come {abs(sync.median_ms) / 1_000:.2f} s {side} their words",
        f"95 % within {sync.p95_ms / 1_000:.2f} s",
    ]
    if sync.drift_ms is not None:
        parts.append(f"drift {sync.drift_ms:+d} ms an hour")
    return "; ".join(parts)


def _cells(cells: Sequence[str]) -> list[str]:
    flat = (" ".join(cell.split()) for cell in cells)
    return [f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in flat]
