"""Put words back into a transcript whose lines account for every millisecond."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

import msgspec

from pipeline.core.payloads import Transcript
from pipeline.core.timeline import Gap, Phrase, Sound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.review.placing import Said

DELETED: Final = "deleted in review"


def rebuilt(transcript: Transcript, words: Sequence[Said]) -> Transcript:
    """The transcript with these words in its lines; a line with the same words is the same.

    A phrase that lost all its words is a gap that tells them. Words in another language than the
    rest of their line, and words where there were none, are phrases of their own.
    """
    by_line: dict[int, list[Said]] = {}
    for said in words:
        by_line.setdefault(said.line, []).append(said)
    lines: list[Phrase | Gap] = []
    for number, line in enumerate(transcript.lines):
        inside = by_line.get(number, [])
        lines += _in_phrase(line, inside) if isinstance(line, Phrase) else _in_gap(line, inside)
    return msgspec.structs.replace(transcript, lines=tuple(lines))


def _in_phrase(phrase: Phrase, inside: Sequence[Said]) -> list[Phrase | Gap]:
    if not inside:
        return [_emptied(phrase) if phrase.words else phrase]
    rows = _rows(inside, by_decision=False)
    middles = [(one[-1].word.end_ms + two[0].word.start_ms) // 2 for one, two in pairwise(rows)]
    borders = [phrase.start_ms, *middles, phrase.end_ms]
    if any(end_ms <= start_ms for start_ms, end_ms in pairwise(borders)):
        rows, borders = [list(inside)], [phrase.start_ms, phrase.end_ms]  # no room for two
    return [
        _phrase(phrase, row, start_ms, end_ms)
        for row, (start_ms, end_ms) in zip(rows, pairwise(borders), strict=True)
    ]


def _phrase(phrase: Phrase, row: Sequence[Said], start_ms: int, end_ms: int) -> Phrase:
    words, language = tuple(said.word for said in row), row[0].language
    span = (start_ms, end_ms)
    if (words, language, span) == (phrase.words, phrase.language, (phrase.start_ms, phrase.end_ms)):
        return phrase
    heard = phrase.languages if language == phrase.language else {}
    return msgspec.structs.replace(
        phrase,
        start_ms=start_ms,
        end_ms=end_ms,
        words=words,
        language=language,
        languages=heard,
    )


def _emptied(phrase: Phrase) -> Gap:
    removed = " ".join(word.text for word in phrase.words)
    return Gap(
        start_ms=phrase.start_ms,
        end_ms=phrase.end_ms,
        sound=Sound.NOISE,
        removed=removed,
        reason=DELETED,
    )


def _in_gap(gap: Gap, inside: Sequence[Said]) -> list[Phrase | Gap]:
    if not inside:
        return [gap]
    found: list[Phrase | Gap] = []
    at_ms = gap.start_ms
    for row in _rows(inside, by_decision=True):
        start_ms, end_ms = row[0].word.start_ms, max(said.word.end_ms for said in row)
        words = tuple(said.word for said in row)
        last = found[-1] if found else None
        if end_ms <= at_ms and isinstance(last, Phrase):  # no time of its own: with those before
            found[-1] = msgspec.structs.replace(last, words=last.words + words)
            continue
        start_ms = max(start_ms, at_ms)
        if start_ms > at_ms:
            found.append(msgspec.structs.replace(gap, start_ms=at_ms, end_ms=start_ms))
        found.append(
            Phrase(start_ms=start_ms, end_ms=end_ms, language=row[0].language, words=words)
        )
        at_ms = end_ms
    if at_ms < gap.end_ms:
        found.append(msgspec.structs.replace(gap, start_ms=at_ms))
    return found


def _rows(inside: Sequence[Said], *, by_decision: bool) -> list[list[Said]]:
    """Neighbours of one language and, where asked for, of one decision."""
    rows: list[list[Said]] = []
    for said in inside:
        last = rows[-1][-1] if rows else None
        same = last and last.language == said.language
        if last and same and (not by_decision or last.by == said.by):
            rows[-1].append(said)
        else:
            rows.append([said])
    return rows
