"""All that people should look at before others read the subtitles: findings.md."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Final

from pipeline.core import catalogue
from pipeline.core.workspace import ORIGINAL
from pipeline.emit.choosing import too_fast
from pipeline.emit.guide import clock, literal
from pipeline.emit.tables import MOST_ROWS, page, row
from pipeline.subtitles.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from pipeline.core.catalogue import Texts
    from pipeline.core.payloads import Transcript, TranslatedSentence, Translation
    from pipeline.subtitles.profile import Profile

TOO_FAST: Final = "too_fast"
SUGGESTION: Final = "suggestion"
DISAGREES: Final = "disagrees"

_ONE: Final = "({first})"  # what a flag tells is added so, where the catalogue says nothing else
_TWO: Final = "({first}: {second})"
_ABOUT: Final = ("findings.heading", "findings.intro")
_HEADS: Final = tuple(
    f"findings.{head}" for head in ("time", "track", "why", "spoken", "translation", "other")
)
_LONGEST: Final = 300  # characters of a cell; nobody reads more in a table
_LONGEST_DETAIL: Final = 80
_LINK: Final = re.compile(r"(?i)(?<=[a-z])(?=://)|(?<=\bwww)(?=\.)|(?=@)")
_DIRECTIONS: Final = dict.fromkeys([0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])


# How often a place of that kind needs a correction: our judgement until reviews have told us.
DOUBTS: Final = {
    "conflict": 0.95,
    "cut_short": 0.8,
    "untranslated": 0.9,
    "loop": 0.9,
    "left_over": 0.8,
    "term_forbidden": 0.8,
    "wrong_script": 0.7,
    "wrong_language": 0.7,
    "numbers": 0.7,
    "source_changed": 0.7,
    "length": 0.6,
    "term_missing": 0.6,
    "near_miss": 0.5,
    "low_confidence": 0.5,
    DISAGREES: 0.5,
    "name_varies": 0.5,
    "gender_check": 0.4,
    TOO_FAST: 0.4,
    "pronoun_check": 0.3,
    "made_consistent": 0.3,
    SUGGESTION: 0.2,
}
_DOUBT: Final = 0.3  # of what a newer stage told


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A place people should look at, and why.

    `track` is the one it is in, `kind` one of DOUBTS or what a newer stage told, `detail` what that
    is about. `source` is what was spoken, in `language`; `text` its translation into `target`,
    `offered` other words for that.
    """

    start_ms: int
    end_ms: int
    track: str
    kind: str
    detail: str = ""
    source: str = ""
    text: str = ""
    offered: str = ""
    language: str = ""
    target: str = ""

    @property
    def doubt(self) -> float:
        """How likely a person would correct the place because of it, from 0 to 1."""
        return DOUBTS.get(self.kind, _DOUBT)


def findings(
    transcript: Transcript, translations: Mapping[str, Translation], profile: Profile
) -> list[Finding]:
    """Every doubt of the stages before, and what nobody can read in its time, in time order."""
    found = list(_of_transcript(transcript))
    for target, translation in translations.items():
        speeds = too_fast(translation, profile.rules(target))
        for index, sentence in enumerate(translation.sentences):
            found += _of_sentence(sentence, target, speeds.get(index))
    return sorted(found, key=lambda one: (one.start_ms, one.end_ms))  # stable: kinds in their order


def places(found: Iterable[Finding]) -> list[list[Finding]]:
    """The findings of each sentence."""
    return [list(same) for _, same in groupby(found, key=_place)]


def text(found: Sequence[Finding], texts: Texts | None = None) -> str:
    """The findings as a Markdown table, a sentence a row; "" where there are none.

    It is in the language of `texts`, English without.
    """
    texts = texts or catalogue.load(catalogue.DEFAULT)
    rows = places(found)
    if not rows:
        return ""
    shown = [_row(same, texts) for same in rows[:MOST_ROWS]]
    return page(_ABOUT, _HEADS, shown, len(rows) - len(shown), texts)


def said(finding: Finding, texts: Texts) -> str:
    """What one finding says, as plain text of any length: it is to be escaped where it is shown."""
    return _said(finding, texts, lambda part: part)


def track_name(track: str, texts: Texts) -> str:
    """How people call a track: `English`, `Russian + English`, `as spoken`."""
    if track == ORIGINAL:
        return texts("track.spoken")
    return " + ".join(texts.language(tag) for tag in track.split("+"))


def _place(finding: Finding) -> tuple[int, int, str, str]:
    return finding.start_ms, finding.end_ms, finding.track, finding.source


def _of_transcript(transcript: Transcript) -> Iterator[Finding]:
    for phrase in transcript.phrases:
        for flag in phrase.flags:
            kind, _, detail = flag.partition(":")
            yield Finding(
                start_ms=phrase.start_ms,
                end_ms=phrase.end_ms,
                track=ORIGINAL,
                kind=kind,
                detail=detail,
                source=" ".join(word.text for word in phrase.words),
                language=phrase.language,
            )


def _of_sentence(
    sentence: TranslatedSentence, target: str, speed: float | None
) -> Iterator[Finding]:
    shown = next((each.text for each in sentence.hypotheses if each.words), "")
    for kind, detail, offered in _told(sentence, shown, speed):
        yield Finding(
            start_ms=sentence.start_ms,
            end_ms=sentence.end_ms,
            track=target,
            kind=kind,
            detail=detail,
            source=sentence.source,
            text=shown,
            offered=offered,
            language=sentence.language,
            target=target,
        )


def _told(
    sentence: TranslatedSentence, shown: str, speed: float | None
) -> Iterator[tuple[str, str, str]]:
    """Kind, detail and other words of each finding about a sentence."""
    kinds = [(kind, detail) for kind, _, detail in (flag.partition(":") for flag in sentence.flags)]
    for kind, detail in kinds:
        yield kind, detail, sentence.opinion if kind == DISAGREES else ""
    if sentence.opinion and not any(kind == DISAGREES for kind, _ in kinds):
        yield DISAGREES, "", sentence.opinion
    if speed is not None:
        yield TOO_FAST, str(round(speed)), ""
    for suggestion in sentence.suggestions:
        if not sentence.is_recalled and _folded(suggestion.text) != _folded(shown):
            yield SUGGESTION, f"{suggestion.likeness:.0%}", suggestion.text


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _row(same: Sequence[Finding], texts: Texts) -> str:
    one = same[0]
    reasons = dict.fromkeys(_said(finding, texts, _detail) for finding in same)
    offered = dict.fromkeys(_cell(finding.offered) for finding in same if finding.offered)
    cells = [
        clock(one.start_ms),
        literal(track_name(one.track, texts)),
        " ".join(reasons),
        _cell(one.source),
        _cell(one.text),
        " / ".join(offered),
    ]
    return row(cells)


def _said(finding: Finding, texts: Texts, shown: Callable[[str], str]) -> str:
    """What one finding says; what its flag tells is put in as it is shown, never read."""
    is_known = finding.kind in DOUBTS
    base = texts(f"finding.{finding.kind}.text") if is_known else texts("findings.unknown")
    detail = finding.detail if is_known else f"{finding.kind} {finding.detail}"
    parts = [shown(part) for part in re.split("[=|]", detail, maxsplit=1)]
    parts = [part for part in parts if part]
    if not parts:
        return base
    form, otherwise = ("two", _TWO) if len(parts) > 1 else ("single", _ONE)
    more = texts.of(f"finding.{finding.kind}", form, otherwise) if is_known else otherwise
    fields = dict(zip(("first", "second"), parts, strict=False))
    return f"{base} {more.format(**fields)}"


def _detail(text: str) -> str:
    return _cell(text, _LONGEST_DETAIL)


def _cell(text: str, longest: int = _LONGEST) -> str:
    r"""Text as it is read, in one line and in its own direction: nothing in it is markup or a link.

    >>> print(_cell("<b>a|b</b> http://c.d"))
    \<b>a\|b\</b> http\://c.d
    """
    text = clean(text[: 4 * longest].translate(_DIRECTIONS))
    if len(text) > longest:
        text = text[: longest - 1] + "…"
    return _LINK.sub(r"\\", literal(text))
