"""The script of the sample broadcast: who says which sentence, read from broadcast-script.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from samples.training import grammar
from samples.training.grammar import LANGUAGES, Grammar, Triple

SCRIPT: Final = Path(__file__).with_name("broadcast-script.toml")


class ScriptError(ValueError):
    """The script says something that cannot be spoken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """How one person sounds; `accents` gives the synthesiser's voice for a language."""

    variant: str
    pitch: int
    speed: int
    accents: dict[str, str]
    line: str = "studio"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One sentence: who says it, in which language, and what it is in all three."""

    who: str
    language: str
    text: str
    triple: Triple
    wait_ms: int = 0
    overlap_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Music:
    """A stretch of music of one kind."""

    kind: str
    seconds: int
    wait_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item of the rundown with all that is heard in it."""

    title: str
    kind: str
    events: tuple[Line | Music, ...]

    @property
    def lines(self) -> tuple[Line, ...]:
        """The sentences of the item."""
        return tuple(event for event in self.events if isinstance(event, Line))

    @property
    def speakers(self) -> tuple[str, ...]:
        """Who speaks in it, in the order of their first word."""
        return tuple(dict.fromkeys(line.who for line in self.lines))

    @property
    def languages(self) -> tuple[str, ...]:
        """What is spoken in it, in the order of the first word."""
        return tuple(dict.fromkeys(line.language for line in self.lines))


@dataclass(frozen=True, slots=True)
class Script:
    """The whole programme."""

    voices: dict[str, Role] = field(default_factory=dict)
    items: tuple[Item, ...] = ()

    @property
    def lines(self) -> tuple[Line, ...]:
        """All sentences in order."""
        return tuple(line for item in self.items for line in item.lines)


def load(path: Path = SCRIPT) -> Script:
    """Read the script at `path`.

    Raises:
        ScriptError: a sentence is not of the grammar, or a speaker has no voice for its language.
    """
    return parse(tomllib.loads(path.read_text(encoding="utf-8")), grammar.load())


def parse(document: dict[str, Any], book: Grammar) -> Script:
    """The script in a parsed document, its sentences found in the grammar `book`."""
    known: dict[tuple[str, str], Triple] = {
        (tag, triple.text(tag)): triple for triple in book.triples() for tag in LANGUAGES
    }
    voices = {name: Role(**voice) for name, voice in document["voices"].items()}
    items = []
    for part in document["part"]:
        events = tuple(_event(entry, voices, known) for entry in part["lines"])
        items.append(Item(title=part["title"], kind=part.get("kind", "talk"), events=events))
    return Script(voices, tuple(items))


def _event(
    entry: dict[str, Any], voices: dict[str, Role], known: dict[tuple[str, str], Triple]
) -> Line | Music:
    wait_ms = entry.get("wait_ms", 0)
    if "music" in entry:
        return Music(kind=entry["music"], seconds=entry["seconds"], wait_ms=wait_ms)
    who = entry["who"]
    language = next((tag for tag in LANGUAGES if tag in entry), None)
    if who not in voices or language not in voices[who].accents:
        raise ScriptError(f"no voice for {who} in {language}: {entry}")
    text = entry[language]
    triple = known.get((language, text))
    if triple is None:
        raise ScriptError(f"not a sentence of the grammar: {text}")
    overlap_ms = entry.get("overlap_ms", 0)
    return Line(
        who=who,
        language=language,
        text=text,
        triple=triple,
        wait_ms=wait_ms,
        overlap_ms=overlap_ms,
    )
