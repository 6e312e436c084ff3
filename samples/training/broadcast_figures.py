"""What of a broadcast a result has right: pure functions of the truth and a transcript's lines."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import msgspec

from pipeline.measure.wer import WordErrors, errors_of, paired, total
from pipeline.measure.words import SpokenWord

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pipeline.core.payloads import Transcript
    from pipeline.core.timeline import Phrase as Line
    from samples.training.broadcast_set import Broadcast
    from samples.training.check_set import Phrase

ALL: Final = "all"
_LONG_PHRASE_MS: Final = 3_000
_EDGE_MS: Final = 300  # a word this near to speech is late or early, not invented
_UNHEARD: Final = "-"

Pair = tuple["Sequence[SpokenWord]", "Sequence[SpokenWord]"]  # reference, what was heard
Shares = dict[str, dict[str, float]]


def error_rates(pairs: Iterable[Pair], labels: Sequence[Sequence[str]]) -> dict[str, float]:
    """Word error rates in percent, over all and by label.

    Args:
        pairs: what was said and what was heard; the words of a pair belong together.
        labels: rows of labels, each with one for every reference word of all pairs together.
    """
    pairs = list(pairs)
    found: dict[str, WordErrors] = {}
    for row in labels:
        at, errors = 0, []
        for reference, heard in pairs:
            named = zip(reference, row[at : at + len(reference)], strict=True)
            here = [msgspec.structs.replace(word, language=label) for word, label in named]
            errors.append(errors_of(paired(here, heard)))
            at += len(reference)
        for label in sorted({label for each in errors for label in each}):
            found[label] = total(each[label] for each in errors if label in each)
        found[ALL] = total(error for each in errors for error in each.values())
    order = [ALL, *(label for label in found if label != ALL)]
    return {label: round(100 * (found[label].rate or 0.0), 2) for label in order}


def labels(broadcast: Broadcast) -> list[list[str]]:
    """For each word its language, its condition, and whether a switch is near."""
    return [
        [word.language for word in broadcast.words],
        [phrase.condition for phrase in broadcast.phrases for _ in phrase.words],
        broadcast.places(),
    ]


def words_in_language(reference: Sequence[SpokenWord], lines: Sequence[Line]) -> Shares:
    """By language spoken: words, and how many in percent are in a phrase of their language.

    `right` counts all words, `right_of_heard` only those that any phrase covers.
    """
    starts = [line.start_ms for line in lines]
    counts: dict[str, Counter[str]] = {}
    for word in reference:
        at = bisect_right(starts, word.middle_ms) - 1
        covered = at >= 0 and word.middle_ms < lines[at].end_ms
        heard = lines[at].language if covered else _UNHEARD
        for label in (ALL, word.language):
            row = counts.setdefault(label, Counter())
            row.update(words=1, heard=covered, right=heard == word.language)
    return {
        label: {
            "words": row["words"],
            "right": _percent(row["right"], row["words"]),
            "right_of_heard": _percent(row["right"], row["heard"]),
        }
        for label, row in sorted(counts.items())
    }


def phrases_in_language(phrases: Sequence[Phrase], heard: Sequence[SpokenWord]) -> Shares:
    """By language: phrases of 3 s and more, and how many in percent have mostly its words.

    A phrase in which nothing was heard is not right.
    """
    heard = sorted(heard, key=lambda word: word.middle_ms)
    middles = [word.middle_ms for word in heard]
    counts: dict[str, Counter[str]] = {}
    for phrase in phrases:
        if phrase.duration_ms < _LONG_PHRASE_MS:
            continue
        inside = heard[
            bisect_right(middles, phrase.start_ms) : bisect_right(middles, phrase.end_ms)
        ]
        most = Counter(word.language for word in inside).most_common(1)
        for label in (ALL, phrase.language):
            row = counts.setdefault(label, Counter())
            is_right = bool(most) and most[0][0] == phrase.language
            row.update(phrases=1, right=is_right, unheard=not most)
    return {
        label: {
            "phrases": row["phrases"],
            "right": _percent(row["right"], row["phrases"]),
            "unheard": row["unheard"],
        }
        for label, row in sorted(counts.items())
    }


def invented(broadcast: Broadcast, heard: Sequence[SpokenWord]) -> dict[str, int]:
    """Words where nobody speaks, by what is heard there."""
    found = dict.fromkeys(sorted({span.kind for span in broadcast.no_speech}), 0)
    for span in broadcast.no_speech:
        first_ms, last_ms = span.start_ms + _EDGE_MS, span.end_ms - _EDGE_MS
        found[span.kind] += sum(first_ms <= word.middle_ms < last_ms for word in heard)
    return found


def foreign(lines: Sequence[Line], allowed: Sequence[str]) -> dict[str, int]:
    """Words in a language that was not asked for."""
    found: Counter[str] = Counter()
    for line in lines:
        if line.language not in allowed:
            found[line.language] += len(line.words)
    return dict(found)


def holes(transcript: Transcript) -> list[str]:
    """Where the lines do not follow one another from the first to the last millisecond."""
    return list(_holes(transcript))


def _holes(transcript: Transcript) -> Iterator[str]:
    lines = transcript.lines
    if not lines:
        yield "there are no lines"
        return
    if lines[0].start_ms:
        yield f"begins at {lines[0].start_ms} ms"
    for before, after in pairwise(lines):
        if before.end_ms != after.start_ms:
            yield f"{before.end_ms} ms is followed by {after.start_ms} ms"
    if lines[-1].end_ms != transcript.duration_ms:
        yield f"ends at {lines[-1].end_ms} ms of {transcript.duration_ms} ms"


def _percent(part: float, whole: float) -> float:
    return round(100 * part / whole, 2) if whole else 0.0
