"""HTML from values: all text is escaped where it is put in, and nothing can be forgotten."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Final

from pipeline.core.language import is_tag
from pipeline.subtitles.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable

_LONGEST: Final = 240  # characters of one text; nobody reads more in a report
_EMPTY: Final = frozenset({"rect", "line"})  # SVG's, which may be closed at once
_NO_TEXT: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


class Html(str):
    """Markup that is ready; any other text is escaped."""

    __slots__ = ()


def tag(name: str, /, *inside: str, **attributes: str | float) -> Html:
    """An element. `class_` is `class`, `data_x` is `data-x`; attributes that are "" are left out.

    >>> print(tag("b", "1 < 2", title='"'))
    <b title="&quot;">1 &lt; 2</b>
    """
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_text(_number(value))}"'
        for key, value in attributes.items()
        if value != ""
    )
    if name in _EMPTY and not inside:
        return Html(f"<{name}{given}/>")
    return Html(f"<{name}{given}>{join(inside)}</{name}>")


def join(parts: Iterable[str], between: str = "") -> Html:
    """Parts one after another, what is no markup yet escaped."""
    return Html(_text(between).join(_text(part) for part in parts))


def words(text: str, language: str = "", longest: int = _LONGEST) -> Html:
    """What people said or wrote: in one line, cut where it is long, in its own direction."""
    text = clean(text[: 4 * longest])
    if len(text) > longest:
        text = text[: longest - 1] + "…"
    return tag("bdi", text, lang=language if is_tag(language) else "")


def percent(part: float, whole: float) -> str:
    """A length or a place as SVG takes it.

    >>> percent(1, 3), percent(1, 2)
    ('33.33%', '50%')
    """
    return f"{_number(round(100 * part / whole, 2))}%"


def _number(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:.2f}".rstrip("0").rstrip(".")


def _text(text: str) -> str:
    return text if isinstance(text, Html) else escape(_NO_TEXT.sub("\ufffd", text), quote=True)
