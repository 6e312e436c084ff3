"""An engine's answers, kept on disk as they come: what was translated once is not translated again.

The journal is a cache of one recording: a line that is damaged or torn is passed over, and its
sentence translated anew. The caller holds the recording's lock.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final, Self

import msgspec

from pipeline.core import checked, files, reading

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from types import TracebackType

    from pipeline.engines import Translator

log = logging.getLogger(__name__)

_MOST_BYTES: Final = 256 << 20  # of a journal; twelve hours of talk make some 10 MB
_LINE_BYTES: Final = 1 << 20

Texts = list[tuple[str, float]]


class _Entry(msgspec.Struct, frozen=True, omit_defaults=True):
    """One answer: the texts for a sentence, or how many tokens it has (-1: that was not asked)."""

    key: str
    texts: tuple[tuple[str, float], ...] = ()
    tokens: int = -1


_encode: Final = msgspec.json.Encoder(order="deterministic").encode
_decode: Final = msgspec.json.Decoder(_Entry).decode


class Remembering:
    """A `Translator` that asks an engine only what the journal does not know.

    `new` says how many different sentences the engine translated since this was built. Used as a
    context, it is finished at the end, unless that is an error.
    """

    def __init__(
        self,
        load: Callable[[], Translator],
        identity: str,
        setting: str,
        path: Path,
        *,
        forgets: bool = False,
    ) -> None:
        """`load` builds the engine when it is needed, till then `identity` and `setting` are given.

        Each engine has a journal of its own, at `path`. One that `forgets` begins it anew.
        """
        self.identity, self.setting = identity, setting
        self.new = 0
        self._load = load
        self._engine: Translator | None = None
        self._path, self._journal = path, files.Journal.open(path)
        self._known: dict[str, _Entry] = {}
        self._written: set[str] = set()
        self._stale = 0  # lines that are damaged, or that later ones stand for
        self._used: set[str] = set()
        self._waiting: list[_Entry] = []  # counts of tokens, not worth a line at once
        if forgets:
            files.remove(path)
        self._read()

    def tokens(self, sentence: str) -> int:
        """How many tokens the weights make of a sentence."""
        key = _key("tokens", self.identity, sentence)
        found = self._known.get(key)
        if found is None:
            engine = self._loaded()
            key = _key("tokens", self.identity, sentence)
            found = _Entry(key, tokens=engine.tokens(sentence))
            self._known[key] = found
            self._waiting.append(found)
        self._used.add(key)
        return found.tokens

    def translate(
        self, sentences: Sequence[str], *, beginnings: Sequence[str] | None = None
    ) -> list[Texts]:
        """As the engine does; what it could not translate, it is asked again the next time.

        Raises:
            EngineError: the engine gave up; what it gave before is kept.
            EnvironmentGaveOutError: the disk is full or gone.
        """
        asked = [*zip(sentences, beginnings or [""] * len(sentences), strict=True)]
        if not self._missing(asked):
            return [self._remembered(one) or [] for one in asked]
        engine = self._loaded()
        missing = self._missing(asked)  # under the names of the engine that really came
        found = dict(zip(missing, self._ask(engine, missing), strict=True))
        self.new += len(missing)
        self._keep([self._entry(one, texts) for one, texts in found.items()])
        return [found[one] if one in found else self._remembered(one) or [] for one in asked]

    def finish(self) -> None:
        """All was asked that a run asks: what is not yet written is, and what it did not use goes.

        The journal is only rewritten where more than half of it goes.
        """
        self._keep([])
        kept = [key for key in self._known if key in self._used & self._written]
        if len(kept) * 2 < self._stale + len(self._written):
            self._journal.close()
            files.replace(self._path, b"".join(_line(self._known[key]) + b"\n" for key in kept))
            self._written, self._stale = {*kept}, 0
        self.close()

    def close(self) -> None:
        """Close the journal; it is opened again where there is something to write."""
        self._journal.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self.finish()
        self.close()

    def _loaded(self) -> Translator:
        if self._engine is None:
            self._engine = self._load()
            self.identity, self.setting = self._engine.identity, self._engine.setting
        return self._engine

    def _ask(self, engine: Translator, asked: Sequence[tuple[str, str]]) -> list[Texts]:
        if not asked:
            return []
        sentences = [sentence for sentence, _ in asked]
        if not any(beginning for _, beginning in asked):
            return engine.translate(sentences)
        return engine.translate(sentences, beginnings=[beginning for _, beginning in asked])

    def _missing(self, asked: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        return [one for one in dict.fromkeys(asked) if self._remembered(one) is None]

    def _remembered(self, one: tuple[str, str]) -> Texts | None:
        key = self._key(one)
        found = self._known.get(key)
        if found is None:
            return None
        self._used.add(key)
        return [*found.texts]

    def _key(self, one: tuple[str, str]) -> str:
        return _key("text", self.identity, self.setting, *one)

    def _entry(self, one: tuple[str, str], texts: Texts) -> _Entry:
        return _Entry(self._key(one), texts=tuple((text, score) for text, score in texts))

    def _keep(self, entries: Iterable[_Entry]) -> None:
        """Keep on disk too what can be kept: an engine may fail, or say what is no text."""
        lines: dict[str, bytes] = {}
        for entry in [*self._waiting, *entries]:
            try:
                line = _line(entry)
            except (ValueError, *reading.NOT_JSON):  # half a surrogate pair
                continue
            if _is_sound(entry) and len(line) <= _LINE_BYTES:
                lines[entry.key] = line
                self._known[entry.key] = entry
        self._waiting = []
        if lines:
            self._journal.append(*lines.values())
            self._stale += len(self._written & lines.keys())
            self._written |= lines.keys()
            self._used |= lines.keys()

    def _read(self) -> None:
        try:
            if self._path.stat().st_size > _MOST_BYTES:
                log.warning("%s: too large to be of any use, begun anew", self._path)
                files.remove(self._path)
        except OSError:
            return  # there is none; what else is wrong, the journal says
        for line in self._journal.lines():
            entry = _entry(line)
            if entry is None:
                self._stale += 1
                continue
            self._stale += entry.key in self._written
            self._known[entry.key] = entry
            self._written.add(entry.key)


def _line(entry: _Entry) -> bytes:
    return checked.sealed(_encode(entry))


def _entry(line: bytes) -> _Entry | None:
    """What a line holds; None where it is damaged, and its sentence has to be translated again."""
    if len(line) > _LINE_BYTES:
        return None
    try:
        body = checked.opened(line)
        entry = None if body is None else _decode(body)
    except (ValueError, *reading.NOT_JSON):
        return None
    return entry if entry and _is_sound(entry) else None


def _is_sound(entry: _Entry) -> bool:
    """Whether it says something: none where the engine failed, which it need not do again."""
    if entry.tokens >= 0:
        return True
    return bool(entry.texts) and all(math.isfinite(score) for _, score in entry.texts)


def _key(*parts: str) -> str:
    text = "".join(f"{len(part)}:{part}" for part in parts)
    return files.digest(text.encode("utf-8", "surrogatepass"))
