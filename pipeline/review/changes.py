"""What a reviewer decided, by the file that came back and the cues as they were emitted.

The fewest decisions that make the reviewer's cues of ours: played on ours they give those again.
What an editor did to the whole file is none, and what could not be read decides nothing: the cue
that it stood for stays as it was, and is told of.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final, NamedTuple, TypedDict

from pipeline.core.language import script_share, scripts
from pipeline.core.timeline import Span
from pipeline.core.workspace import ORIGINAL
from pipeline.review import rewrites
from pipeline.review.align import Group, align
from pipeline.review.decisions import (
    Anchor,
    Delete,
    Insert,
    Merge,
    Piece,
    Speaker,
    Split,
    Text,
    Time,
)
from pipeline.review.given import Given, Held, given, held
from pipeline.review.labelling import relabelled, renamed
from pipeline.review.rewrites import Rewriting, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipeline.core.timeline import Cue
    from pipeline.review.decisions import Decision
    from pipeline.subtitles.reader import Read

_FOREIGN: Final = 0.2  # of its letters at most are of a language's scripts: it is none of its texts
_OWN: Final = 0.8  # of them at least: it may be


class Changes(NamedTuple):
    """What was decided, in time order; what waits for its reviewer; what the editor did to all."""

    decisions: tuple[Decision, ...]
    held: tuple[Held, ...]
    rewriting: Rewriting


def decisions(
    base: Sequence[Cue], read: Read, *, track: str, who: str, when: str, source: str
) -> tuple[Decision, ...]:
    """The decisions alone, see `changes`."""
    return changes(base, read, track=track, who=who, when=when, source=source).decisions


def changes(
    base: Sequence[Cue], read: Read, *, track: str, who: str, when: str, source: str
) -> Changes:
    """What a file that came back changes of the cues that were given out.

    All that was done to one cue has that cue as its anchor: a `Split`, then a `Text` where its
    words changed too; a `Text`, then a `Time`. What became of a `Merge` other than its texts and
    times laid together is a `Text` and a `Time` at the merge's anchor. A cue left without text is
    deleted.

    Args:
        base: the cues as emitted, in time order.
        read: the file as it came back.
        track: whose cues they are.
        who: changed them.
        when: an ISO time.
        source: of the decisions.
    """
    human = given(read, base)
    groups = [pair for group in align(base, human) for pair in _in_pairs(group)]
    waiting = held(groups, human, read)
    pairs = [
        (base[group.base[0]], human[group.human[0]])
        for group in groups
        if len(group.base) == len(group.human) == 1 and not human[group.human[0]].is_broken
    ]
    rewriting = rewrites.found(pairs, read.encoding)
    making = _Making(base, track, _By(who=who, when=when, source=source), rewriting)
    made: list[Decision] = []
    left: list[Held] = []
    for number, group in enumerate(groups):
        ours = [base[i] for i in group.base]
        theirs = [human[j] for j in group.human]
        if why := waiting.get(number):
            line = theirs[0].line if theirs else 0
            stay = [Held(why, line, making.anchor([cue])) for cue in ours]
            left += stay or [Held(why, line, None)]
        else:
            made += making.of(ours, theirs)
    made.sort(key=lambda one: one.at.start_ms)  # all at one anchor stay in their order
    return Changes(tuple(made), tuple(left), rewriting)


def replayed(base: Sequence[Cue], decisions: Iterable[Decision]) -> tuple[Piece, ...]:
    """The reviewer's cues: those of `base` with what `changes` made, in time order."""
    made: dict[Piece, list[Decision]] = defaultdict(list)
    starts: dict[Piece, Piece | None] = {}  # of a merge: its first cue stands for all
    found: list[Piece] = []
    for decision in decisions:
        at = _piece(decision.at)
        if isinstance(decision, Insert):
            found.append(Piece(start_ms=at.start_ms, end_ms=at.end_ms, text=decision.text))
            continue
        made[at].append(decision)
        if isinstance(decision, Merge):
            starts |= dict.fromkeys(decision.of) | {decision.of[0]: at}
    for cue in base:
        piece = Piece(start_ms=cue.start_ms, end_ms=cue.end_ms, text=text_of(cue))
        at_all = starts.get(piece, piece)
        if at_all:
            found += _played(at_all, made[at_all])
    return tuple(sorted(found, key=lambda piece: (piece.start_ms, piece.end_ms)))


class _By(TypedDict):
    who: str
    when: str
    source: str


class _Making:
    """Decisions of one reviewer about one track."""

    def __init__(self, base: Sequence[Cue], track: str, by: _By, rewriting: Rewriting) -> None:
        self._track, self._by, self._rewriting = track, by, rewriting
        spoken = dict.fromkeys(cue.language for cue in base if cue.language)
        own = track not in {ORIGINAL, ""} and "+" not in track
        self._languages = [track, *spoken] if own else [*spoken]
        self._at = base[0].language if base else ""  # of the cue before

    def of(self, ours: Sequence[Cue], theirs: Sequence[Given]) -> list[Decision]:
        """What became of some cues; on both sides of a group that `align` gave."""
        if not theirs:
            return [Delete(at=self.anchor([cue]), **self._by) for cue in ours]
        if not ours:
            return [self._insert(cue) for cue in theirs]
        self._at = ours[-1].language
        if len(ours) == len(theirs) == 1:
            return self._edited(ours, theirs[0])
        if len(ours) > 1:
            of = tuple(map(_piece, map(self.anchor, ([cue] for cue in ours))))
            merge = Merge(at=self.anchor(ours), of=of, **self._by)
            return [merge, *self._edited(ours, theirs[0])]
        return self._split(ours[0], theirs)

    def anchor(self, cues: Sequence[Cue]) -> Anchor:
        """Where cues stand, with what they say."""
        return Anchor(
            track=self._track,
            start_ms=min(cue.start_ms for cue in cues),
            end_ms=max(cue.end_ms for cue in cues),
            text="\n".join(map(text_of, cues)),
        )

    def _edited(self, ours: Sequence[Cue], to: Given) -> list[Decision]:
        """One cue, or several laid together, with another text or other times."""
        at = self.anchor(ours)
        text = self._rewriting.restored(text_of(to))
        made: list[Decision] = []
        if not self._rewriting.is_same_text(at.text, text):
            made += self._retold(ours, at, text)
        if not (
            self._rewriting.is_same_time(at.start_ms, to.start_ms)
            and self._rewriting.is_same_time(at.end_ms, to.end_ms)
        ):
            if made and isinstance(made[-1], Speaker):  # a cue that stands fixed has its label too
                made.append(Text(at=at, text=text, **self._by))
            span = Span(start_ms=to.start_ms, end_ms=to.end_ms)
            made.append(Time(at=at, to=span, **self._by))
        return made

    def _retold(self, ours: Sequence[Cue], at: Anchor, text: str) -> list[Decision]:
        made: list[Decision] = []
        name = relabelled(ours[0], text)
        if name:
            made.append(Speaker(at=at, name=name, **self._by))
        if not name or renamed(at.text, name) != text:
            language = self._language(ours[0].language, text)
            made.append(Text(at=at, text=text, language=language, **self._by))
        return made

    def _split(self, cue: Cue, theirs: Sequence[Given]) -> list[Decision]:
        at = self.anchor([cue])
        into = tuple(
            Piece(
                start_ms=to.start_ms,
                end_ms=to.end_ms,
                text=self._rewriting.restored(text_of(to)),
            )
            for to in theirs
        )
        made: list[Decision] = [Split(at=at, into=into, **self._by)]
        whole = "\n".join(piece.text for piece in into)
        if not self._rewriting.is_same_text(" ".join(at.text.split()), " ".join(whole.split())):
            language = self._language(cue.language, whole)
            made.append(Text(at=at, text=whole, language=language, **self._by))
        return made

    def _insert(self, cue: Given) -> Insert:
        text = self._rewriting.restored(text_of(cue))
        at = Anchor(track=self._track, start_ms=cue.start_ms, end_ms=cue.end_ms)
        return Insert(at=at, text=text, language=self._language(self._at, text), **self._by)

    def _language(self, before: str, text: str) -> str:
        """The language that a text must be in now; empty where it may be what it was.

        Scripts tell: a text without a letter of its cue's language is in the track's, or in the
        one that other cues are in.
        """
        shares = script_share(text)
        if "+" in self._track or not shares or _part(shares, before) > _FOREIGN:
            return ""
        likely = [tag for tag in self._languages if _part(shares, tag) >= _OWN]
        return likely[0] if likely and (likely[0] == self._track or len(likely) == 1) else ""


def _in_pairs(group: Group) -> list[Group]:
    """Two cues that became two are two edits, whatever words went over."""
    if len(group.base) != len(group.human):
        return [group]
    return [
        Group(range(i, i + 1), range(j, j + 1))
        for i, j in zip(group.base, group.human, strict=True)
    ]


def _part(shares: dict[str, float], tag: str) -> float:
    return sum(shares.get(script, 0) for script in scripts(tag))


def _piece(at: Anchor) -> Piece:
    return Piece(start_ms=at.start_ms, end_ms=at.end_ms, text=at.text)


def _played(piece: Piece, decisions: Sequence[Decision]) -> list[Piece]:
    for decision in decisions:
        start_ms, end_ms, text = piece.start_ms, piece.end_ms, piece.text
        match decision:
            case Delete():
                return []
            case Split():
                return [*decision.into]  # a text that comes with it is theirs
            case Text():
                text = decision.text
            case Speaker():
                text = renamed(text, decision.name)
            case Time():
                start_ms, end_ms = decision.to.start_ms, decision.to.end_ms
            case _:
                continue
        piece = Piece(start_ms=start_ms, end_ms=end_ms, text=text)
    return [piece]
