"""All that people should look at before others read the subtitles: findings.md."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Final, NamedTuple

from pipeline.core.language import name
from pipeline.core.workspace import ORIGINAL
from pipeline.emit.choosing import too_fast
from pipeline.emit.guide import clock, literal
from pipeline.subtitles.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pipeline.core.payloads import Transcript, TranslatedSentence, Translation
    from pipeline.subtitles.profile import Profile

TOO_FAST: Final = "too_fast"
SUGGESTION: Final = "suggestion"
DISAGREES: Final = "disagrees"

_MOST_ROWS: Final = 500
_LONGEST: Final = 300  # characters of a cell; nobody reads more in a table
_LONGEST_DETAIL: Final = 80
_LINK: Final = re.compile(r"(?i)(?<=[a-z])(?=://)|(?<=\bwww)(?=\.)|(?=@)")
_DIRECTIONS: Final = dict.fromkeys([0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])


class _Kind(NamedTuple):
    """What a finding says, and what it adds where its flag tells more: in one part, or in two."""

    text: str
    one: str = "({})"
    two: str = "({}: {})"


# Short sentences and common words: many readers have learnt English as a second or third language.
KINDS: Final = {
    "cut_short": _Kind("More is said here than the program could write. Listen again."),
    "near_miss": _Kind("A word here is almost a name of the glossary. Listen again."),
    "untranslated": _Kind("There is no translation. The spoken words stand there."),
    "wrong_script": _Kind(
        "Not translated: the words are not written in the letters of their language."
    ),
    "wrong_language": _Kind("Not translated: the words seem to be in another language."),
    "left_over": _Kind("Letters of the spoken language are in the translation."),
    "loop": _Kind("The translation says the same words again and again."),
    "length": _Kind("The translation is much longer or much shorter than the spoken words."),
    "term_missing": _Kind(
        "The glossary's word is not in the translation.", two="For “{}” write “{}”."
    ),
    "term_forbidden": _Kind(
        "The translation has a word that the glossary forbids.",
        "Do not write “{}”.",
        "For “{}” do not write “{}”.",
    ),
    "made_consistent": _Kind(
        "A name was changed so that it is the same everywhere. Is it right?",
        two="It was “{}”, it is now “{}”.",
    ),
    "name_varies": _Kind(
        "A name is written in more than one way.", two="In other places it is “{}”, here “{}”."
    ),
    "pronoun_check": _Kind("Is “he” or “she” right here?"),
    "gender_check": _Kind("The words do not fit a man or a woman, as the speaker is. Who speaks?"),
    "numbers": _Kind("A number is not the same as in the spoken words.", "It should be {}."),
    "low_confidence": _Kind("The program is not sure of this translation."),
    DISAGREES: _Kind("A second program translated this in quite another way."),
    SUGGESTION: _Kind("A person translated almost the same sentence before."),
    TOO_FAST: _Kind(
        "There is more text than people can read in this time. Say it with fewer words.",
        "({} characters a second)",
    ),
}
_UNKNOWN: Final = _Kind("Something may be wrong here.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A place people should look at, and why.

    `track` is the one it is in, `kind` one of KINDS or what a newer stage told, `detail` what that
    is about. `source` is what was spoken, `text` its translation, `offered` other words for it.
    """

    start_ms: int
    end_ms: int
    track: str
    kind: str
    detail: str = ""
    source: str = ""
    text: str = ""
    offered: str = ""


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


def text(found: Sequence[Finding]) -> str:
    """The findings as a Markdown table, a sentence a row; "" where there are none."""
    rows = places(found)
    if not rows:
        return ""
    lines = [
        "# Places to look at",
        "",
        "The program is not sure of these places. Look at them first when you correct subtitles.",
        "",
        "| time | track | why | spoken | translation | other words |",
        "|---|---|---|---|---|---|",
        *map(_row, rows[:_MOST_ROWS]),
    ]
    if more := len(rows) - _MOST_ROWS:
        lines += ["", f"There are {more} more places."] if more > 0 else []
    return "\n".join([*lines, ""])


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
            yield SUGGESTION, f"{suggestion.likeness:.0%} the same", suggestion.text


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _row(same: Sequence[Finding]) -> str:
    one = same[0]
    said = " ".join(dict.fromkeys(map(_said, same)))
    offered = dict.fromkeys(_cell(finding.offered) for finding in same if finding.offered)
    cells = [
        clock(one.start_ms),
        "as spoken" if one.track == ORIGINAL else literal(name(one.track)),
        said,
        _cell(one.source),
        _cell(one.text),
        " / ".join(offered),
    ]
    return f"| {' | '.join(cells)} |"


def _said(finding: Finding) -> str:
    """What one finding says; what its flag tells is put in as it is, never read."""
    kind = KINDS.get(finding.kind, _UNKNOWN)
    detail = finding.detail if kind is not _UNKNOWN else f"{finding.kind} {finding.detail}"
    parts = [_cell(part, _LONGEST_DETAIL) for part in re.split("[=|]", detail, maxsplit=1)]
    parts = [part for part in parts if part]
    if not parts:
        return kind.text
    more = kind.two if len(parts) > 1 else kind.one
    return f"{kind.text} {more.format(*parts)}"


def _cell(text: str, longest: int = _LONGEST) -> str:
    r"""Text as it is read, in one line and in its own direction: nothing in it is markup or a link.

    >>> print(_cell("<b>a|b</b> http://c.d"))
    \<b>a\|b\</b> http\://c.d
    """
    text = clean(text[: 4 * longest].translate(_DIRECTIONS))
    if len(text) > longest:
        text = text[: longest - 1] + "…"
    return _LINK.sub(r"\\", literal(text))
