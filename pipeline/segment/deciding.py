"""Names that reviewers gave: read from the log of decisions, and written to it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from itertools import groupby, zip_longest
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from pipeline.core.errors import UsageError
from pipeline.review import decisions, speakers
from pipeline.review.decisions import Speaker
from pipeline.segment.names import SURE, Naming

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from pipeline.core.payloads import Segments
    from pipeline.core.timeline import Phrase, Turn, Word
    from pipeline.core.workspace import Workspace
    from pipeline.engines.speakers import Vectors
    from pipeline.segment.pieces import Piece
    from pipeline.segment.voicing import Voicing

EVIDENCE: Final = "decision"


def named(ws: Workspace) -> tuple[speakers.Named, ...]:
    """Who was said to speak where.

    Raises:
        ArtifactError: the log of decisions is damaged; says which line.
    """
    return speakers.named_spans(decisions.read(ws.decisions_path))


def digest(ws: Workspace) -> str:
    """What names the decisions about speakers; "" where there are none."""
    made = [one for one in decisions.read(ws.decisions_path) if isinstance(one, Speaker)]
    return decisions.digest(made) if made else ""


def namings(
    spans: Sequence[speakers.Named], pieces: Sequence[Piece], voicing: Voicing, identity: str
) -> dict[int, Naming]:
    """For each voice that people named: whose it is, if anybody's, or whose it cannot all be."""
    found = {}
    for one in speakers.resolve(spans, _heard(pieces, voicing), identity, sure=SURE):
        if one.name:
            found[one.number] = Naming(one.name, EVIDENCE)
        elif one.rivals:
            found[one.number] = Naming(rivals=one.rivals)
        elif one.is_nobody:
            found[one.number] = Naming("", EVIDENCE)
    return found


def pointed_at(
    turns: Sequence[Turn],
    spans: Sequence[speakers.Named],
    shared: Collection[int],
    phrases: Iterable[Phrase],
) -> tuple[Turn, ...]:
    """The turns, those that people named in a voice of several people with the names they gave.

    Where they named several in one, it is parted at the first word of each.

    Args:
        turns: in the order of their starts.
        spans: who was said to speak where, in time order and disjoint.
        shared: the voices of several people.
        phrases: the words that the turns are of.
    """
    words = [word for phrase in phrases for word in phrase.words] if shared else []
    found: list[Turn] = []
    for turn, following in zip_longest(turns, turns[1:]):
        inside = _inside(turn, spans) if turn.voice in shared else []
        if len({one.name for one in inside}) > 1:
            first = bisect_left(words, turn.start_ms, key=_start)
            until_ms = min(turn.end_ms, following.start_ms) if following else turn.end_ms
            last = bisect_left(words, until_ms, key=_start)
            found += _parts(turn, inside, words[first:last])
        else:
            found.append(replace(turn, speaker=inside[0].name) if inside else turn)
    return tuple(found)


def _inside(turn: Turn, spans: Sequence[speakers.Named]) -> list[speakers.Named]:
    """The spans that have half of themselves in a turn, or half of it in them."""
    first = bisect_right(spans, turn.start_ms, key=lambda one: one.end_ms)
    last = bisect_left(spans, turn.end_ms, key=_start)
    found = []
    for one in spans[first:last]:
        shared_ms = min(one.end_ms, turn.end_ms) - max(one.start_ms, turn.start_ms)
        if 2 * shared_ms >= min(one.end_ms - one.start_ms, turn.duration_ms):
            found.append(one)
    return found


def _parts(turn: Turn, spans: Sequence[speakers.Named], words: Sequence[Word]) -> list[Turn]:
    """A turn by who was named in it; words between two spans go with the one before."""
    starts = [one.start_ms for one in spans]

    def name(word: Word) -> str:
        at = bisect_right(starts, (word.start_ms + word.end_ms) // 2) - 1
        return spans[max(at, 0)].name

    rows = [(speaker, list(row)) for speaker, row in groupby(words, name)]
    return [
        replace(
            turn,
            start_ms=row[0].start_ms,
            end_ms=max(word.end_ms for word in row),
            speaker=speaker,
        )
        for speaker, row in rows
    ] or [turn]


def _start(span: Word | speakers.Named) -> int:
    return span.start_ms


def give(  # noqa: PLR0913 - a decision has that many parts
    ws: Workspace,
    names: Mapping[int, str],
    segments: Segments,
    centroids: Sequence[Vectors],
    identity: str,
    *,
    who: str,
    when: str,
) -> int:
    """Keep names for voices as decisions; how many were new. The caller holds the lock.

    Raises:
        UsageError: there is no such voice.
    """
    spoken: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for turn in segments.turns:
        spoken[turn.voice].append((turn.start_ms, turn.end_ms))
    known = {
        voice.number: speakers.Heard(
            voice.number,
            spoken[voice.number],
            centroids[voice.number - 1].tolist() if centroids else (),
        )
        for voice in segments.voices
        if voice.number in spoken
    }
    inside, _ = speakers.by_voice(named(ws), list(known.values()))
    told = {v.number for v in segments.voices if v.name or v.proposal or v.flags}
    made: list[Speaker] = []
    for number, name in names.items():
        if number not in known:
            count = len(segments.voices)
            there = f"voices 1 to {count}" if count else "none: marathon segment RECORDING"
            raise UsageError(f"there is no voice {number}", hint=f"there are {there}")
        made += speakers.naming(
            known[number],
            name,
            inside=inside.get(number, ()),
            is_named=number in told,
            identity=identity,
            who=who,
            when=when,
            source="marathon speakers",
        )
    decisions.append(ws.decisions_path, made)
    return len(made)


def _heard(pieces: Sequence[Piece], voicing: Voicing) -> list[speakers.Heard]:
    spans: dict[int, list[tuple[int, int]]] = {}
    for piece, number in zip(pieces, voicing.numbers, strict=True):
        if number:
            spans.setdefault(number, []).append((piece.start_ms, piece.end_ms))
    return [
        speakers.Heard(
            number,
            spans[number],
            voicing.centroids[number - 1].tolist() if voicing.centroids else (),
        )
        for number in sorted(spans)
    ]
