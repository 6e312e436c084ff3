"""TMX 1.4, the form in which memories of translations go from program to program.

Only what a memory needs is read: source, targets, who, when, and the neighbours as OmegaT and
others write them down.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape, quoteattr

import msgspec

from pipeline.core import reading
from pipeline.core.errors import InputError
from pipeline.core.language import base, is_tag
from pipeline.programme import tmx_units
from pipeline.programme.pairs import Pair

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from pipeline.programme.tmx_units import Unit, Variant

_MOST_BYTES: Final = 256 << 20
_LONGEST_NAME: Final = 1_000
_FORM: Final = "%Y%m%dT%H%M%SZ"
_FIRST_YEAR: Final = 1000  # whose four digits strftime writes everywhere
_NO_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What a file holds; `passed_over` counts what could not be taken, by reason."""

    pairs: tuple[Pair, ...] = ()
    passed_over: dict[str, int] = {}


def read(path: Path) -> Found:
    """The pairs of a file.

    Raises:
        InputError: it cannot be read, is too large, or is no TMX; says in which line.
    """
    try:
        size = path.stat().st_size
        data = reading.regular(path) if size <= _MOST_BYTES else b""
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        message = f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}"
        raise InputError(message, hint="check its name, and who may read it") from error
    if size > _MOST_BYTES:
        message = f"{path}: larger than {_MOST_BYTES >> 20} MB"
        raise InputError(message, hint="export it in parts, then import one after another")
    return parse(data, str(path))


def parse(data: bytes, name: str) -> Found:
    """The pairs of the file called `name`: one for each language of a unit but the source.

    Raises:
        InputError: it is no TMX; says in which line.
    """
    passed_over: Counter[str] = Counter()
    pairs = [pair for unit in tmx_units.units(data, name) for pair in _pairs(unit, passed_over)]
    return Found(pairs=tuple(pairs), passed_over=dict(passed_over))


def compose(pairs: Sequence[Pair], release: str) -> Iterator[bytes]:
    """A file, piece by piece, made by that `release` of ours.

    What XML cannot hold, such as control characters, becomes blanks; all else comes back by
    `parse`.
    """
    languages = {pair.source_language for pair in pairs}
    one = languages.pop() if len(languages) == 1 else "*all*"
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n<tmx version="1.4">\n'
        f'<header creationtool="marathon" creationtoolversion={_quoted(release)}'
        ' segtype="sentence" o-tmf="marathon" adminlang="en"'
        f' srclang={_quoted(one)} datatype="plaintext"/>\n<body>\n'
    ).encode()
    for pair in pairs:
        yield "".join(_unit(pair)).encode()
    yield b"</body>\n</tmx>\n"


def _unit(pair: Pair) -> Iterator[str]:
    yield f"<tu srclang={_quoted(pair.source_language)}>\n"
    when = _to_tmx(pair.when)
    props = {
        tmx_units.BEFORE[0]: pair.before,
        tmx_units.AFTER[0]: pair.after,
        tmx_units.RECORDING: pair.recording,
        tmx_units.WHEN: "" if when and _from_tmx(when) == pair.when else pair.when,
    }
    for kind, text in props.items():
        if text:
            yield f'<prop type="{kind}">{_escaped(text)}</prop>\n'
    yield f"<tuv xml:lang={_quoted(pair.source_language)}>"
    yield f"<seg>{_escaped(pair.source)}</seg></tuv>\n"
    made = f" creationdate={_quoted(when)}" if when else ""
    made += f" creationid={_quoted(pair.who)}" if pair.who else ""
    yield f"<tuv xml:lang={_quoted(pair.target_language)}{made}>"
    yield f"<seg>{_escaped(pair.target)}</seg></tuv>\n</tu>\n"


def _escaped(text: str) -> str:
    return escape(_NO_XML.sub(" ", text), {"\r": "&#13;"})


def _quoted(text: str) -> str:
    return quoteattr(_NO_XML.sub(" ", text))


def _to_tmx(when: str) -> str:
    """An ISO time as TMX writes it; "" where it is none."""
    try:
        time = dt.datetime.fromisoformat(when)
        time = (time if time.tzinfo else time.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return ""
    return time.strftime(_FORM) if time.year >= _FIRST_YEAR else ""


def _from_tmx(when: str) -> str:
    """A time of TMX as an ISO time; "" where it is none."""
    try:
        return dt.datetime.strptime(when, _FORM).replace(tzinfo=dt.UTC).isoformat()
    except ValueError:
        return ""


def _pairs(unit: Unit, passed_over: Counter[str]) -> Iterator[Pair]:
    source = _source(unit)
    if source is None:
        passed_over["without a text in the language that it says it is from"] += 1
        return
    for target in unit.variants:
        if target is source:
            continue
        if reason := _fault(source) or _fault(target):
            passed_over[reason] += 1
        else:
            yield _pair(unit, source, target)


def _source(unit: Unit) -> Variant | None:
    """The text that was translated: the first where the file leaves open which it is."""
    wanted = unit.source_language.replace("_", "-").casefold()
    if not unit.variants or wanted in {"", "*all*"}:
        return unit.variants[0] if unit.variants else None
    said = [variant.language.replace("_", "-").casefold() for variant in unit.variants]
    for at, tag in enumerate(said):
        if tag == wanted:
            return unit.variants[at]
    for at, tag in enumerate(said):
        if base(tag) == base(wanted):
            return unit.variants[at]
    return None


def _fault(variant: Variant) -> str:
    """Why a text cannot be taken; "" where it can."""
    if variant.is_too_long:
        return f"with more than {tmx_units.LONGEST} characters in a segment"
    if not variant.text.strip():
        return "with an empty segment"
    return "" if _tag(variant.language) else "in a language that is not known"


def _pair(unit: Unit, source: Variant, target: Variant) -> Pair:
    props = {**unit.props, **target.props}

    def prop(*kinds: str) -> str:
        return next((props[kind] for kind in kinds if kind in props), "")

    def made(*names: str) -> str:
        found = (of.get(name) for of in (target.attributes, unit.attributes) for name in names)
        return next(filter(None, found), "")[:_LONGEST_NAME]

    when = _from_tmx(made(*tmx_units.CHANGED))
    return Pair(
        source_language=_tag(source.language),
        target_language=_tag(target.language),
        source=source.text,
        target=target.text,
        before=prop(*tmx_units.BEFORE),
        after=prop(*tmx_units.AFTER),
        who=made(*tmx_units.CHANGED_BY),
        when=prop(tmx_units.WHEN)[:_LONGEST_NAME] or when,
        recording=prop(tmx_units.RECORDING)[:_LONGEST_NAME],
    )


def _tag(written: str) -> str:
    """A language as we write it: `ru-RU` for `RU_ru`; "" where it is none that we know."""
    first, *rest = written.strip().replace("_", "-").split("-")
    parts = [first.casefold(), *(_SHAPES.get(len(part), str.upper)(part) for part in rest)]
    for tag in ("-".join(parts), parts[0]):
        if is_tag(tag):
            return tag
    return ""


_SHAPES: Final = {4: str.title}  # a script; all else is a region
