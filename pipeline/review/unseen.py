"""What a decision is about, and whether who decided it had seen what stands there by now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from pipeline.review.chains import common, text_key
from pipeline.review.decisions import Delete, Merge, Piece, Split, Text, Time
from pipeline.review.labelling import renamed
from pipeline.review.units import Joined, Live, Unit, key_of, lines_of, place

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pipeline.review.decisions import Decision, Insert, Speaker

_SAME: Final = 0.5  # as in chains: with so much of their time in common, one cue edited again


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

    def also(self, index: int, part: Piece, source: str) -> Apart:
        """The same with one more of them."""
        return Apart(max(self.until, index), {**self.parts, part: source})


def is_unlike(live: Live, piece: Piece, decision: Decision) -> bool:
    """Whether a cue is not as it was given to who decided about it.

    Who changes a text need not know the times; and who changes the times need not know the text.
    """
    if not live.lines:
        return True
    if isinstance(decision, Time) and not live.is_recut:
        return place(live) != place(piece)
    if not _says(live, piece):
        return True
    is_about_all = isinstance(decision, Time | Split | Merge | Delete)
    return is_about_all and place(live) != place(piece)


def is_approved_unseen(at: Piece, source: str, lives: Sequence[Live]) -> bool:
    """Whether what somebody calls right is something else by now, in another file."""
    return bool(lives) and all(live.source != source and not _says(live, at) for live in lives)


def _says(live: Live, piece: Piece) -> bool:
    """Whether it is the same to the letter, but for blanks at the ends of lines."""
    one, other = live.lines, lines_of(piece.text)
    return [line.rstrip() for line in one] == [line.rstrip() for line in other]


def is_work_of(live: Live, source: str) -> bool:
    """Whether a cue is what it is, or is one cue, by what was decided in a file."""
    return bool(source) and (
        live.source == source or any(one.source == source for one in live.joined.values())
    )


def split_off(at: Part, decision: Decision) -> Iterator[tuple[int, Joined, Piece]]:
    """The merges of which something was decided about a part as if it stood by itself."""
    said = text_key(at.piece.text)
    of = {*map(key_of, decision.of)} if isinstance(decision, Merge) else set()
    for live in at.lives:
        for number, joined in live.joined.items() if key_of(live) != key_of(at.piece) else ():
            if of == {*map(key_of, joined.parts)}:
                continue  # it is the same merge
            for part, keys in joined.parts.items():
                if any(key[2] == said and common(at.piece, *key[:2]) >= _SAME for key in keys):
                    yield number, joined, part
                    break


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
