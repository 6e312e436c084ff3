"""Lists of mappings in YAML, each with its line; every value is the text that stands there.

YAML would make a number of `12:30` and a "false" of the language `no`; here nothing is guessed.
"""

from __future__ import annotations

import re
from typing import Any, Final

from pipeline.core.errors import InputError, MissingError

_LONGEST: Final = 1 << 18  # characters; the parser takes seconds for more
_DEEPEST: Final = 8
_NOTHING: Final = frozenset({"~", "null", "Null", "NULL"})
_HALF: Final = re.compile("[\ud800-\udfff]")  # half a character: it can be written nowhere


def entries(text: str, name: str, key: str, *, hint: str) -> list[tuple[str, dict[str, Any]]]:
    """The mappings of a list, each after its place: `file, line 7`.

    The list is the whole file, or stands under `key`. Values are texts, lists and mappings.

    Raises:
        InputError: it is not YAML or not of that form, holds an alias, one key twice, is too long
            or nested too deeply; the message names the line.
        MissingError: there is no reader of YAML.
    """
    if len(text) > _LONGEST:
        raise InputError(f"{name}: more than {_LONGEST} characters", hint="is this another file?")
    root = _root(text, name, hint)
    reader = _Reader(name, hint)
    if root is not None and root.id == "mapping":
        fields = reader.fields(root)
        unknown = next((other for other in fields if other != key), None)
        if unknown is not None:
            raise reader.wrong(fields[unknown], f"unknown key {unknown!r}")
        root = fields.get(key)
    if root is None or (root.id == "scalar" and not root.value):
        return []
    if root.id != "sequence" or any(node.id != "mapping" for node in root.value):
        raise reader.wrong(root, "not a list of items, each with its keys")
    return [(reader.place(node), reader.value(node)) for node in root.value]


class _Reader:
    """From what the parser composed to plain values, with the file's name for faults."""

    def __init__(self, name: str, hint: str) -> None:
        self._name = name
        self._hint = hint

    def place(self, node: Any) -> str:  # noqa: ANN401 - the parser is not typed
        return f"{self._name}, line {node.start_mark.line + 1}"

    def wrong(self, node: Any, fault: str) -> InputError:  # noqa: ANN401
        return InputError(f"{self.place(node)}: {fault}", hint=self._hint)

    def fields(self, node: Any) -> dict[str, Any]:  # noqa: ANN401
        """The nodes of a mapping by key."""
        found: dict[str, Any] = {}
        for key, value in node.value:
            if key.id != "scalar":
                raise self.wrong(key, "a key that is no text")
            if key.value in found:
                raise self.wrong(key, f"{key.value!r} stands here twice")
            found[key.value] = value
        return found

    def value(self, node: Any) -> Any:  # noqa: ANN401
        if node.id == "mapping":
            return {key: self.value(field) for key, field in self.fields(node).items()}
        if node.id == "sequence":
            return [self.value(each) for each in node.value]
        if _HALF.search(node.value):
            raise self.wrong(node, "half a character")
        return "" if node.style is None and node.value in _NOTHING else node.value


def _root(text: str, name: str, hint: str) -> Any:  # noqa: ANN401
    """The parser's tree; None where the file is empty."""
    try:
        import yaml  # type: ignore[import-untyped]
    except ModuleNotFoundError as error:
        message = f"{name}: YAML cannot be read: no module named yaml"
        raise MissingError(message, hint="pip install pyyaml, or save it as CSV or TOML") from error
    try:
        depth = 0
        for event in yaml.parse(text, Loader=yaml.BaseLoader):
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            fault = "an alias" if isinstance(event, yaml.AliasEvent) else ""
            fault = "nested too deeply" if depth > _DEEPEST else fault
            if fault:
                raise InputError(f"{name}, line {event.start_mark.line + 1}: {fault}", hint=hint)
        return yaml.compose(text, Loader=yaml.BaseLoader)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        message = f"{name}, line {line}: not YAML: a character that is not allowed"
        raise InputError(message, hint="save it as plain UTF-8 text") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = name if mark is None else f"{name}, line {mark.line + 1}"
        reason = error.problem or error.context
        raise InputError(f"{place}: not YAML: {reason}", hint=hint) from error
    except (ValueError, OverflowError, RecursionError) as error:  # odd escapes and versions
        raise InputError(f"{name}: not YAML: {error}", hint=hint) from error
