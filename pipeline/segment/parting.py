"""Voices that clustering took for one, parted where clips of people say that they are several."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pipeline.segment.names import likeness

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeline.engines.speakers import Vectors
    from pipeline.segment.pieces import Piece

_SURE_PIECES: Final = 2
_SURE_MS: Final = 3_000


def parted(
    pieces: Sequence[Piece],
    vectors: Vectors,
    numbers: Sequence[int],
    people: Mapping[str, Vectors],
) -> list[int]:
    """The number of each piece's voice; a voice of several of these people is one for each of them.

    It is taken for several people's where pieces of it, two at least and 3 s of them, are surely
    one's, and as many surely another's. Then each of its pieces is that one's whom it is most like.

    Args:
        pieces: in time order.
        vectors: theirs, [pieces, d].
        numbers: of their voices, from 1; 0 for none.
        people: the clips of each, [clips, d].
    """
    rows: dict[int, list[int]] = {}
    for row, number in enumerate(numbers):
        rows.setdefault(number, []).append(row)
    labels: list[tuple[int, str]] = [(number, "") for number in numbers]
    for number, own in rows.items():
        inside = _people_in(own, pieces, vectors, people)
        if number and len(inside) > 1:
            among = {name: people[name] for name in inside}
            for row in own:
                labels[row] = (number, likeness(vectors[row], among).name)
    order: dict[tuple[int, str], int] = {}
    return [order.setdefault(one, len(order) + 1) if one[0] else 0 for one in labels]


def _people_in(
    rows: Sequence[int],
    pieces: Sequence[Piece],
    vectors: Vectors,
    people: Mapping[str, Vectors],
) -> list[str]:
    sure: dict[str, list[int]] = {}
    for row in rows:
        like = likeness(vectors[row], people)
        if like.is_sure:
            sure.setdefault(like.name, []).append(pieces[row].duration_ms)
    return [
        name
        for name, lengths in sure.items()
        if len(lengths) >= _SURE_PIECES and sum(lengths) >= _SURE_MS
    ]
