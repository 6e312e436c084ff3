"""Tables of what people should look at, in Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipeline.core.catalogue import Texts

MOST_ROWS: Final = 500


def page(
    about: Sequence[str], heads: Iterable[str], rows: Sequence[str], more: int, texts: Texts
) -> str:
    """A heading, what the table is about, and the table.

    Args:
        about: the names in the catalogue of its heading, and of the paragraphs beneath.
        heads: the columns' names in the catalogue.
        rows: as `row` makes them.
        more: how many rows there would be besides.
        texts: the catalogue.
    """
    names = [texts(head) for head in heads]
    heading, *paragraphs = map(texts, about)
    lines = [f"# {heading}", ""]
    for paragraph in paragraphs:
        lines += [paragraph, ""]
    lines += [row(names), "|---" * len(names) + "|", *rows]
    if more > 0:
        lines += ["", texts("findings.more", count=more)]
    return "\n".join([*lines, ""])


def row(cells: Iterable[str]) -> str:
    """Cells, of which none has a sign that means something in a table."""
    return f"| {' | '.join(cells)} |"
