"""Terms of the glossary that a translated track lacks where they were said."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Final

from pipeline.programme import terms
from pipeline.subtitles.checks import Finding, Rule, at, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.core.payloads import TranslatedSentence
    from pipeline.programme.glossary import Term
    from pipeline.programme.terms import Finders
    from pipeline.subtitles.checks import Shown

_AROUND_MS: Final = 1_500  # people move words to the cue before or after


def term_misses(
    cues: Sequence[Shown], sentences: Sequence[TranslatedSentence], glossary: Sequence[Term]
) -> Iterator[Finding]:
    """Terms that are in a spoken sentence and not in the cues that give it; forbidden forms.

    Args:
        cues: the track, in time order.
        sentences: what was said, and when; those that stand as spoken are passed over.
        glossary: what each term becomes.
    """
    if not glossary:
        return
    starts = [cue.start_ms for cue in cues]
    finders: dict[str, Finders] = {}
    for sentence in sentences:
        if not any(hypothesis.words for hypothesis in sentence.hypotheses):
            continue
        if sentence.language not in finders:
            finders[sentence.language] = terms.finders(glossary, sentence.language)
        said = terms.occurrences(sentence.source, finders[sentence.language])
        if not said:
            continue
        first = max(bisect_right(starts, sentence.start_ms - _AROUND_MS) - 1, 0)
        end = bisect_left(starts, sentence.end_ms + _AROUND_MS)
        near = [number for number in range(first, end) if _is_near(cues[number], sentence)]
        where = _place(cues, near, sentence)
        text = " ".join(plain(cues[number]) for number in near)
        for message in _messages(text, terms.wanted(said)):
            if where is None:
                yield Finding(rule=Rule.TERM, start_ms=sentence.start_ms, message=message)
            else:
                yield at(Rule.TERM, where + 1, cues[where], message)


def _place(cues: Sequence[Shown], near: Sequence[int], sentence: TranslatedSentence) -> int | None:
    """The cue that gives most of a sentence; None where half of its time has none.

    Its own was taken out then, and those beside it are of others.
    """
    from_ms, to_ms = sentence.start_ms, sentence.end_ms
    shared_ms = {n: min(cues[n].end_ms, to_ms) - max(cues[n].start_ms, from_ms) for n in near}
    most = max(near, key=lambda n: shared_ms[n], default=None)
    shown_ms = sum(max(0, ms) for ms in shared_ms.values())
    return most if most is not None and 2 * shown_ms > to_ms - from_ms else None


def _is_near(cue: Shown, sentence: TranslatedSentence) -> bool:
    from_ms, to_ms = sentence.start_ms - _AROUND_MS, sentence.end_ms + _AROUND_MS
    return cue.start_ms < to_ms and cue.end_ms > from_ms


def _messages(text: str, wanted: Sequence[tuple[Term, int]]) -> Iterator[str]:
    for term in terms.missing(text, wanted):
        yield f"{term.source} should be {term.target} here"
    for term, form in terms.forbidden(text, wanted):
        yield f"{form} is not how the glossary has {term.source}: {term.target}"
