"""What was recognised before: the transcript's journal, one line per chunk."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import msgspec

from pipeline.core import files, reading
from pipeline.engines import Heard

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipeline.core.decoding import Samples

log = logging.getLogger(__name__)

_encode = msgspec.json.Encoder(order="deterministic").encode


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One chunk as it was recognised; times are the chunk's own.

    `key` is a digest of the samples and of all that decides the text, the language included;
    `sound` one of the samples and of all that decides which language is how likely. Where the chunk
    stood is for people and part of neither: a chunk is the same chunk wherever it stands.
    """

    key: str
    sound: str
    at_ms: int
    language: str
    languages: dict[str, float]
    hotwords: str
    heard: Heard


class Keys:
    """Names for chunks: equal names, equal results."""

    def __init__(self, *decided_by: object) -> None:
        """`decided_by` is what all chunks have in common: version, weights, how they are used."""
        self._common = [*decided_by]

    def sound(self, samples: Samples, allowed: tuple[str, ...]) -> str:
        """What decides how likely each language is."""
        return self._digest("sound", _of(samples), list(allowed))

    def text(self, samples: Samples, language: str, hotwords: str) -> str:
        """What decides the text."""
        return self._digest("text", _of(samples), language, hotwords)

    def _digest(self, *parts: Any) -> str:  # noqa: ANN401 - whatever JSON takes
        return files.digest(_encode([*self._common, *parts]))


class Memory:
    """The journal, to look chunks up in and to add to."""

    def __init__(self, journal: files.Journal) -> None:
        self._journal = journal
        self._heard: dict[str, Heard] = {}
        self._languages: dict[str, dict[str, float]] = {}
        for number, line in enumerate(journal.lines(), 1):
            try:
                self._keep(msgspec.json.decode(line, type=Entry))
            except reading.NOT_JSON as error:
                log.warning("line %d of the journal is damaged, passed over: %s", number, error)

    def languages(self, sound: str) -> Mapping[str, float] | None:
        """How likely each language is, if that was found before."""
        return self._languages.get(sound)

    def heard(self, key: str) -> Heard | None:
        """What was heard, if that was found before."""
        return self._heard.get(key)

    def add(self, entry: Entry) -> None:
        """Keep a chunk for good."""
        self._journal.append(_encode(entry))
        self._keep(entry)

    def _keep(self, entry: Entry) -> None:
        self._heard[entry.key] = entry.heard
        self._languages[entry.sound] = entry.languages


def _of(samples: Samples) -> str:
    return files.digest(samples.tobytes())
