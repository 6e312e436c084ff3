"""What a decision is about, and whether who decided it had seen what stands there by now."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pipeline.review.decisions import Delete, Merge, Piece, Split, Text, Time
from pipeline.review.labelling import renamed
from pipeline.review.units import Joined, Live, Unit, key_of, lines_of, part_of, place

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pipeline.review.decisions import Decision, Insert, Speaker


class Part(NamedTuple):
    """A cue that something was decided about: as it was given, its lock, and what it is by now."""

    piece: Piece
    unit: Unit | None
    lives: list[Live]


class Apart(NamedTuple):
    """A merge in spite of which other files decided about its parts: whose each of these is.

    `until` is the place in the log of the last decision of that kind.
    """

    until: int
    parts: Mapping[Piece, str]

    def also(self, more: Apart) -> Apart:
        """The same with more of them."""
        return Apart(max(self.until, more.until), {**self.parts, **more.parts})


def is_unlike(live: Live, piece: Piece, decision: Decision) -> bool:
    """Whether a cue is not as it was given to who decided about it.

    Who changes a text need not know the times; and who changes the times need not know the text.
    """
    if not live.lines:
        return True
    if isinstance(decision, Time) and not live.is_recut:
        return place(live) != place(piece)
    if is_unread(live, piece):
        return True
    is_about_all = isinstance(decision, Time | Split | Merge | Delete)
    return is_about_all and place(live) != place(piece)


def is_approved_unseen(at: Piece, source: str, lives: Sequence[Live]) -> bool:
    """Whether what somebody calls right is something else by now, in another file."""
    return bool(lives) and all(live.source != source and is_unread(live, at) for live in lives)


def whose(live: Live, decision: Decision) -> str:
    """The file whose a cue is from a decision on; who only moves a text need not know it."""
    is_moved_unread = isinstance(decision, Time) and is_unread(live, decision.at)
    return live.source if is_moved_unread else decision.source


def is_unread(live: Live, piece: Piece) -> bool:
    """Whether its text is not what was given, to the letter but for blanks at ends of lines."""
    one, other = live.lines, lines_of(piece.text)
    return [line.rstrip() for line in one] != [line.rstrip() for line in other]


def is_work_of(live: Live, source: str) -> bool:
    """Whether a cue is what it is, or is one cue, by what was decided in a file."""
    return bool(source) and (
        live.source == source or any(one.source == source for one in live.joined.values())
    )


def split_off(at: Part, decision: Decision) -> Iterator[tuple[int, Joined, Piece]]:
    """The merges of which something was decided about a part as if it stood by itself."""
    of = {*map(key_of, decision.of)} if isinstance(decision, Merge) else set()
    for live in at.lives:
        for number, joined in live.joined.items() if key_of(live) != key_of(at.piece) else ():
            if of == {*map(key_of, joined.parts)}:
                continue  # it is the same merge
            if part := part_of(joined, at.piece):
                yield number, joined, part


def relabelled(lives: Sequence[Live], decision: Speaker) -> Text | None:
    """The text of a person's cue with another speaker's name in its label."""
    text = renamed(lives[0].text, decision.name) if len(lives) == 1 and decision.name else ""
    if not text or text == lives[0].text or key_of(lives[0]) != key_of(decision.at):
        return None
    return Text(at=decision.at, text=text, when=decision.when, source=decision.source)


def is_put(live: Live, decision: Insert) -> bool:
    """Whether a cue was put in by the same decision before; who puts in two at once wants both."""
    is_twin = bool(live.when) and (live.when, live.source) == (decision.when, decision.source)
    return live.at == key_of(decision.at) and not is_twin
