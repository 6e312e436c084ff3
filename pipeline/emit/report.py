"""report.html: what was done with a recording, what is doubtful, what to look at first.

For `sheets`: `Sheet("report.html", GUIDE, html(subject, texts).encode())`. It is made from values
only: the same values give the same bytes. It has no script, and a policy that forbids any; it asks
for nothing, neither of the network nor of other files.
"""

from __future__ import annotations

import base64
import hashlib
import os
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from pipeline.emit import counting, report_bars, report_parts
from pipeline.emit.guide import Entry, clock, entries
from pipeline.emit.markup import Html, join, tag, words
from pipeline.emit.ranking import Place, Shown, ranked

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from pipeline.core.catalogue import Texts
    from pipeline.core.payloads import Segments, Transcript
    from pipeline.emit.counting import Count
    from pipeline.emit.findings import Finding
    from pipeline.subtitles.profile import Profile

__all__ = ["Shown", "Subject", "html", "media_link"]

_LONGEST_TITLE: Final = 160


@dataclass(frozen=True, kw_only=True)
class Subject:
    """All that is told of a recording.

    `media` is `media_link`'s, "" where nothing can be linked; as it depends on where the folder
    lies, it belongs into emit's origin, as does the language of the texts.
    """

    title: str
    date: str
    media: str
    transcript: Transcript
    segments: Segments
    tracks: Sequence[Shown]
    findings: Sequence[Finding]
    profile: Profile

    @cached_property
    def places(self) -> list[Place]:
        """Where to look, what is worth most first."""
        return ranked(self.findings, self.tracks)

    @cached_property
    def counts(self) -> list[Count]:
        """How far the review of each track is."""
        return [counting.count(one.track, one.cues, one.states) for one in self.tracks]


def html(subject: Subject, texts: Texts) -> str:
    """The whole page, complete in itself, in the language of `texts`."""
    folder = files("pipeline.emit")
    style = (folder / "report.css").read_text(encoding="utf-8")
    title = subject.title or texts("guide.untitled")
    sections = list(_sections(subject, texts))
    links = (tag("li", tag("a", heading, href=f"#{name}")) for name, heading, _ in sections)
    notes = [texts("report.foot"), texts("report.foot_media") if subject.media else ""]
    return Template((folder / "report.html").read_text(encoding="utf-8")).substitute(
        language=texts.tag,
        style=style,
        style_hash=_hash(style),
        page_title=tag("title", texts("report.title", title=title[:_LONGEST_TITLE])),
        title=_heading(title, subject.date),
        lead=join([texts("report.lead")]),
        tiles=_tiles(subject, texts),
        contents=join([texts("report.contents")]),
        links=tag("ul", *links),
        sections=join((_section(*section) for section in sections), "\n"),
        foot=join(tag("p", note) for note in notes if note),
    )


def media_link(folder: Path, recording: Path) -> str:
    """The recording as a link from the folder beside it, percent-encoded; "" from anywhere else.

    A folder elsewhere (`--out`) is moved and sent about without the recording.
    """
    if recording.parent != folder.parent:
        return ""
    return f"../{quote(os.fsencode(recording.name))}"


def _hash(style: str) -> str:
    """What the page's policy knows its own style sheet by."""
    return f"sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}"


def _heading(title: str, date: str) -> Html:
    when = tag("span", date, class_="when") if date else ""
    return join([words(title, longest=_LONGEST_TITLE), when], " ")


def _tiles(subject: Subject, texts: Texts) -> Html:
    """The figures that people ask for first."""
    cues = sum(count.cues for count in subject.counts)
    places = len(subject.places)
    left = counting.minutes(sum(count.left_ms for count in subject.counts))
    tiles = [
        (clock(subject.transcript.duration_ms), texts("report.length")),
        (str(cues), texts("report.cues", count=cues)),
        (str(places), texts("report.places", count=places)),
        (texts("report.minutes", count=left), texts("report.left")),
    ]
    return tag(
        "dl",
        *(tag("div", tag("dt", said), tag("dd", figure)) for figure, said in tiles),
        class_="tiles",
    )


def _section(name: str, heading: str, content: Html) -> Html:
    label = f"{name}-heading"
    return tag("section", tag("h2", heading, id=label), content, id=name, aria_labelledby=label)


def _sections(subject: Subject, texts: Texts) -> Iterator[tuple[str, str, Html]]:
    """The id, heading and content of each part of the page."""
    listed = list(entries(subject.transcript, subject.segments, texts))
    yield "heard", texts("report.heard"), _heard(subject, listed, texts)
    yield "first", texts("report.first"), report_parts.places(subject.places, subject.media, texts)
    yield "review", texts("report.review"), report_parts.review(subject.counts, texts)
    if listed:
        programme = report_parts.programme(listed, subject.media, texts)
        yield "programme", texts("report.programme"), programme
    yield (
        "speeds",
        texts("report.speeds"),
        report_parts.speeds(subject.tracks, subject.profile, texts),
    )
    removed = report_parts.removed(subject.transcript, subject.media, texts)
    yield "removed", texts("report.removed"), removed


def _heard(subject: Subject, listed: Sequence[Entry], texts: Texts) -> Html:
    known = report_bars.heard(subject.transcript, texts)
    starts = [place.findings[0].start_ms for place in subject.places]
    bar = (
        report_bars.programme(subject.transcript, known, listed, starts, texts)
        if subject.transcript.duration_ms
        else ""
    )
    return join(
        [
            tag("p", texts("report.heard_lead")),
            tag("figure", bar) if bar else "",
            report_parts.legend(known, subject.transcript.duration_ms, texts),
        ]
    )
