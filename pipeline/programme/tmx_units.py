"""The units of a TMX file, read as a stream.

The file may come from anybody: it is read with limits, declares no entities, and nothing that it
names is fetched.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NoReturn
from xml.parsers import expat

from pipeline.core.errors import InputError
from pipeline.core.plain import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST: Final = 20_000  # characters of a segment
BEFORE: Final = ("x-context-pre", "prev")
AFTER: Final = ("x-context-post", "next")
RECORDING: Final = "x-recording"
WHEN: Final = "x-when"
CHANGED: Final = ("changedate", "creationdate")
CHANGED_BY: Final = ("changeid", "creationid")
_PROPS: Final = frozenset({*BEFORE, *AFTER, RECORDING, WHEN})  # others are not kept
_ATTRIBUTES: Final = frozenset({*CHANGED, *CHANGED_BY})
_DEEPEST: Final = 32
_MOST_VARIANTS: Final = 500_000
_MOST_UNITS: Final = 500_000
_CODES: Final = frozenset({"bpt", "ept", "ph", "it", "ut"})  # what is in them is no text
_UNIT: Final = ("tmx", "body", "tu")
_VARIANT: Final = (*_UNIT, "tuv")
_SEGMENT: Final = (*_VARIANT, "seg")
_HINT: Final = "save it as TMX 1.4 in UTF-8 from the program that it comes from"


@dataclass(slots=True)
class Variant:
    """A text in one language; `language` is as the file writes it."""

    language: str
    attributes: Mapping[str, str]
    text: str = ""
    is_too_long: bool = False
    props: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Unit:
    """Texts that say the same; `source_language` is the unit's own or else the file's."""

    source_language: str
    attributes: Mapping[str, str]
    variants: list[Variant] = field(default_factory=list)
    props: dict[str, str] = field(default_factory=dict)


def units(data: bytes, name: str) -> list[Unit]:
    """The units of the file called `name`, in its order.

    Of a segment with codes (`bpt`, `ept`, `ph`, `it`, `ut`) the text beside them is taken; that of
    `hi` is text.

    Raises:
        InputError: it is no TMX, or declares entities; says in which line.
    """
    return _Reader(name).units_of(data)


class _Reader:
    def __init__(self, name: str) -> None:
        self._name = name
        self._units: list[Unit] = []
        self._source_language = ""
        self._path: tuple[str, ...] = ()
        self._pieces: list[str] = []  # of the segment or prop that is open
        self._prop = ""
        self._length = self._codes = self._variants = 0
        self._has_codes = False
        self._parser = parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._begin
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.EntityDeclHandler = self._refuse
        parser.SkippedEntityHandler = self._refuse
        parser.ExternalEntityRefHandler = self._refuse

    def units_of(self, data: bytes) -> list[Unit]:
        try:
            self._parser.Parse(data, True)  # noqa: FBT003 - it takes no keywords
        except expat.ExpatError as error:
            reason = expat.ErrorString(error.code) or "unknown"
            message = f"{self._name}, line {error.lineno}: not XML: {reason}"
            raise InputError(message, hint=_HINT) from error
        except (ValueError, LookupError) as error:  # an encoding that nobody knows
            raise self._wrong(f"cannot be read: {one_line(error)}") from error
        return self._units

    def _wrong(self, fault: str) -> InputError:
        line = self._parser.CurrentLineNumber
        return InputError(f"{self._name}, line {line}: {fault}", hint=_HINT)

    def _refuse(self, *_: object) -> NoReturn:
        raise self._wrong("entities are not read, they can make a small file huge")

    def _begin(self, tag: str, attributes: dict[str, str]) -> None:
        if not self._path and tag != "tmx":
            raise self._wrong(f"not TMX: it begins with <{one_line(tag[:40])}>")
        self._path = (*self._path, tag)
        if len(self._path) > _DEEPEST:
            raise self._wrong("nested too deeply")
        if self._path == ("tmx", "header"):
            self._source_language = attributes.get("srclang", "")
        elif self._path == _UNIT:
            self._begin_unit(attributes)
        elif self._path == _VARIANT:
            self._begin_variant(attributes)
        elif self._path == _SEGMENT or self._is_prop():
            self._pieces, self._length, self._has_codes = [], 0, False
            self._prop = attributes.get("type", "")
        elif self._path[:5] == _SEGMENT and tag in _CODES:
            self._codes += 1
            self._has_codes = True

    def _begin_unit(self, attributes: dict[str, str]) -> None:
        if len(self._units) == _MOST_UNITS:
            raise self._wrong(f"more than {_MOST_UNITS} units in one file")
        source = attributes.get("srclang", self._source_language)
        self._units.append(Unit(source, _kept(attributes)))

    def _begin_variant(self, attributes: dict[str, str]) -> None:
        self._variants += 1
        if self._variants > _MOST_VARIANTS:
            raise self._wrong(f"more than {_MOST_VARIANTS} texts in one file")
        language = attributes.get("xml:lang") or attributes.get("lang", "")  # TMX 1.1 has `lang`
        self._units[-1].variants.append(Variant(language, _kept(attributes)))

    def _is_prop(self) -> bool:
        return self._path in {(*_UNIT, "prop"), (*_VARIANT, "prop")}

    def _text(self, text: str) -> None:
        if self._codes or not (self._path[:5] == _SEGMENT or self._is_prop()):
            return
        self._length += len(text)
        if self._length <= LONGEST:
            self._pieces.append(text)

    def _end(self, tag: str) -> None:
        if self._path == _SEGMENT:
            text = "".join(self._pieces)
            variant = self._units[-1].variants[-1]
            variant.text = " ".join(text.split()) if self._has_codes else text
            variant.is_too_long = self._length > LONGEST
        elif self._is_prop() and self._prop in _PROPS and self._length <= LONGEST:
            unit = self._units[-1]
            of = unit if len(self._path) == len(_VARIANT) else unit.variants[-1]
            of.props[self._prop] = "".join(self._pieces)
        elif self._path[:5] == _SEGMENT and tag in _CODES:
            self._codes -= 1
        self._path = self._path[:-1]


def _kept(attributes: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in attributes.items() if name in _ATTRIBUTES}
