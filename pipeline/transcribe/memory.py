"""What was recognised before: the transcript's journal, a line for each answer of the engine."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import msgspec

from pipeline.core import files, reading
from pipeline.engines import Heard

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pipeline.core.decoding import Samples
    from pipeline.transcribe.results import Result

log = logging.getLogger(__name__)

_encode = msgspec.json.Encoder(order="deterministic").encode
_pack = msgspec.msgpack.Encoder().encode


class Sounding(msgspec.Struct, frozen=True, kw_only=True, tag="sound"):
    """How likely each language is in a chunk, and in each window of it.

    `key` is a digest of the samples and of all that decides the answer. `pieces` says where on the
    recording's clock the chunk stood, for people: a chunk is the same chunk wherever it stands.
    """

    key: str
    pieces: tuple[tuple[int, int], ...]
    languages: dict[str, float]
    windows: tuple[dict[str, float], ...] = ()


class Entry(msgspec.Struct, frozen=True, kw_only=True, tag="text"):
    """What was heard in a chunk, in one language and one way; times are the chunk's own.

    `key` is a digest of the samples and of all that decides the text: language, hotwords, way.
    `pieces` is as in `Sounding`; `own` is what of them the chunk answers for.
    """

    key: str
    pieces: tuple[tuple[int, int], ...]
    own: tuple[int, int]
    language: str
    hotwords: str
    way: str
    heard: Heard


class Accepted(msgspec.Struct, frozen=True, kw_only=True, tag="accepted"):
    """Which answer counts for a chunk, for those who look while recognition goes on.

    `run` is the same for all that one set of weights and options heard; `recording` the digest of
    what they heard; `text` the answer's key; `empty` where, on the recording's clock, its words
    were heard and nobody speaks.
    """

    run: str
    recording: str = ""
    own: tuple[int, int]
    text: str
    fault: str = ""
    empty: tuple[tuple[int, int], ...] = ()


Line = Sounding | Entry | Accepted


class Keys:
    """Names for chunks: equal names, equal results."""

    def __init__(self, *decided_by: object) -> None:
        """`decided_by` is what all chunks have in common: version, weights, how they are used."""
        self._common = [*decided_by]

    def sound(self, samples: str, allowed: tuple[str, ...], windows: object) -> str:
        """What decides how likely each language is; `samples` is their digest."""
        return self._digest("sound", samples, list(allowed), windows)

    def text(self, samples: str, language: str, hotwords: str, way: str) -> str:
        """What decides the text; `samples` is their digest."""
        return self._digest("text", samples, language, hotwords, way)

    def run(self, *asked: object) -> str:
        """A name for all that one set of weights hears where this was asked of it."""
        return self._digest("run", *asked)

    def _digest(self, *parts: Any) -> str:  # noqa: ANN401 - whatever JSON takes
        return files.digest(_encode([*self._common, *parts]))


class Memory:
    """The journal, to look chunks up in and to add to.

    Texts share their words with the results; soundings are packed, which is a fifth.
    """

    def __init__(self, journal: files.Journal, run: str = "", recording: str = "") -> None:
        """`run` names what all answers of this run have in common, `recording` what is heard."""
        self._journal, self._run, self._recording = journal, run, recording
        self._accepted: set[Accepted] = set()  # of the last run
        self._last_run = ""
        self._texts: dict[str, Heard] = {}
        self._soundings: dict[str, bytes] = {}  # of each key a packed `Sounding`
        for line in entries(journal.lines()):
            self._keep(line)

    def sounding(self, key: str) -> Sounding | None:
        """How likely each language is, if that was found before."""
        packed = self._soundings.get(key)
        return None if packed is None else msgspec.msgpack.decode(packed, type=Sounding)

    def heard(self, key: str) -> Heard | None:
        """What was heard, if that was found before."""
        return self._texts.get(key)

    def unknown(self, keys: Sequence[str]) -> list[int]:
        """Which of these have no answer yet; of those with one name the first."""
        first = {key: at for at, key in reversed([*enumerate(keys)])}
        return [
            at
            for at, key in enumerate(keys)
            if first[key] == at and key not in self._texts and key not in self._soundings
        ]

    def accept(self, result: Result) -> None:
        """Note that a result counts."""
        own = result.chunk.own
        line = Accepted(
            run=self._run,
            recording=self._recording,
            own=(own.start_ms, own.end_ms),
            text=result.key,
            fault=result.fault,
            empty=tuple((span.start_ms, span.end_ms) for span in result.empty),
        )
        if line not in self._accepted:
            self.add(line)

    def add(self, line: Line) -> None:
        """Keep an answer for good."""
        data = _encode(line)
        self._journal.append(data + b" " + _check(data))
        self._keep(line)

    def _keep(self, line: Line) -> None:
        if isinstance(line, Accepted):
            if line.run != self._last_run:  # what is accepted again then is said again
                self._accepted, self._last_run = set(), line.run
            self._accepted.add(line)
        elif isinstance(line, Sounding):
            self._soundings[line.key] = _pack(line)
        else:
            self._texts[line.key] = line.heard


def entries(lines: Iterable[bytes]) -> Iterator[Line]:
    """The journal's lines, those that are damaged passed over; at the end it is said how many."""
    damaged: list[tuple[int, Exception]] = []
    for number, line in enumerate(lines, 1):
        try:
            yield msgspec.json.decode(_checked(line), type=Line)
        except (ValueError, *reading.NOT_JSON) as error:
            damaged.append((number, error))
    if damaged:
        log.warning(
            "lines of the journal that are damaged and passed over: %d; the first is line %d: %s",
            *(len(damaged), *damaged[0]),
        )


def _checked(line: bytes) -> bytes:
    data, _, check = line.rpartition(b" ")
    if check != _check(data):
        raise ValueError("it does not hold what was written")
    return data


def _check(data: bytes) -> bytes:
    """What tells a line that was changed from one that was not."""
    return files.digest(data)[:8].encode()


def digest(samples: Samples) -> str:
    """A name for a chunk's sound."""
    return files.digest(samples.tobytes())
