"""The memory of translations: what people made of a sentence is used where it is said again.

The pairs lie in the archive's folder, see `pairs`. The same sentence between the same neighbours is
recalled; anything else is only shown to people, and never put in unseen.
"""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import logging
import re
import unicodedata
from typing import TYPE_CHECKING, Final

from pipeline.core.language import base
from pipeline.core.payloads import Suggestion
from pipeline.programme import pairs as keeping
from pipeline.programme.nearest import Index
from pipeline.programme.pairs import Kept, Pair

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from pipeline.programme.info import Info

__all__ = ["ALIKE", "NAME", "Memory", "Pair", "append", "bring", "load", "normal", "path"]

log = logging.getLogger(__name__)

NAME: Final = "translations.jsonl"
ALIKE: Final = 0.85  # from here on a sentence's translation is worth showing for another one
_MOST: Final = 3
_NOT_EQUAL: Final = 0.99  # what is as like as can be and yet not the same, such as in capitals
_HIDDEN: Final = "\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
_QUOTES: Final = "«»„“”‟‹›＂"
_APOSTROPHES: Final = "‘’‚‛ʼ`´"
_DASHES: Final = "‐‑‒–—―−"
_FOLDED: Final = (
    dict.fromkeys(_QUOTES, '"')
    | dict.fromkeys(_APOSTROPHES, "'")
    | dict.fromkeys(_DASHES, "-")
    | {"…": "..."}
)
_ODD: Final = re.compile(f"[{_HIDDEN}{''.join(_FOLDED)}]")


@functools.lru_cache(maxsize=256)  # a sentence is a neighbour of two others
def normal(text: str) -> str:
    """What two texts have in common that differ in nothing a translator would mind.

    Unicode's composed form; kinds of blanks, quotes and dashes are one; marks that cannot be seen
    are none. Capitals count, and so do ё and е: `Вера` is a name, `все` are not `всё`.
    """
    text = unicodedata.normalize("NFC", text)
    if _ODD.search(text):  # what is left may go together now
        folded = _ODD.sub(lambda found: _FOLDED.get(found[0], ""), text)
        text = unicodedata.normalize("NFC", folded)
    return " ".join(text.split())


class Memory:
    """Pairs to be looked up, in the order in which they were added: a later one beats an earlier.

    A place is a sentence between its neighbours. `newer` is how many lines of the file only a newer
    release understands. What was learned from the recording `own` is neither recalled nor shown:
    there it stands as a person's cue.
    """

    def __init__(self, pairs: Iterable[Pair] = (), newer: int = 0, own: str = "") -> None:
        self.newer = newer
        self._own = {own} - {""}
        self._standing: dict[bytes, Pair] = {}
        for pair in pairs:
            place = _place(pair)
            self._standing.pop(place, None)  # so that what was added last stands last
            self._standing[place] = pair
        self._indices: dict[tuple[str, str], _Alike] = {}

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """What stands: of each place the last."""
        return tuple(self._standing.values())

    def at(self, pair: Pair) -> Pair | None:
        """What stands in the place of `pair`."""
        return self._standing.get(_place(pair))

    def recalled(
        self, source_language: str, target_language: str, source: str, before: str, after: str
    ) -> str | None:
        """What a person made of this sentence between these two: that, and nothing only like it."""
        found = self.at(Pair(source_language, target_language, source, "", before, after))
        return found.target if found and found.recording not in self._own else None

    def similar(
        self, source_language: str, target_language: str, source: str
    ) -> tuple[Suggestion, ...]:
        """Up to three different targets of sentences like this one, the most like first.

        Likeness is 1 for the same sentence elsewhere, less for all others, never less than `ALIKE`.
        Scripts and regions of languages do not count: a person sees what it is.
        """
        asked = (base(source_language), base(target_language))
        if asked not in self._indices:
            own = (pair for pair in self.pairs if pair.recording not in self._own)
            self._indices[asked] = _Alike([pair for pair in own if _bases(pair) == asked])
        return self._indices[asked].find(source)


class _Alike:
    """Pairs of two languages, by their sources."""

    def __init__(self, pairs: Sequence[Pair]) -> None:
        self._of: dict[str, list[Pair]] = {}
        for pair in reversed(pairs):  # what was added last is shown first
            source = normal(pair.source)
            self._of.setdefault(pair.source if source == pair.source else source, []).append(pair)
        self._sources = [*self._of]
        self._index = Index([source.casefold() for source in self._sources])

    def find(self, source: str) -> tuple[Suggestion, ...]:
        wanted = normal(source)
        hits = [
            (self._sources[at], score) for at, score in self._index.find(wanted.casefold(), ALIKE)
        ]
        hits.sort(key=lambda hit: hit[0] != wanted)
        found: dict[str, Suggestion] = {}
        for near, score in hits:
            likeness = 1.0 if near == wanted else min(round(score, 4), _NOT_EQUAL)
            for pair in self._of[near]:
                made = Suggestion(source=pair.source, text=pair.target, likeness=likeness)
                found.setdefault(normal(pair.target), made)
                if len(found) == _MOST:
                    return tuple(found.values())
        return tuple(found.values())


def path(info: Info, folder: Path) -> Path:
    """Where what people translate is kept: with the archive, or else in a recording's `folder`."""
    return (info.archive or folder) / NAME


def load(path: Path, own: str = "") -> Memory:
    """The memory at `path`, for the recording `own`; empty where there is none.

    A line that a crash tore at the end is none.

    Raises:
        ArtifactError: it cannot be read, or a line in it is damaged; says which.
    """
    kept = keeping.read(path)
    if kept.newer:
        text = "%s: %d lines of a newer release are kept, and have no effect here"
        log.warning(text, path, kept.newer)
    return Memory(kept.pairs, kept.newer, own)


def append(path: Path, pairs: Iterable[Pair]) -> int:
    """Add pairs for good, but for what stands already; says how many were new.

    Other processes may add at the same time.

    Raises:
        PipelineError: as in `pairs.add`.
    """
    last = Memory(pairs).pairs  # one a place

    def new(kept: Kept) -> list[Pair]:
        memory = Memory(kept.pairs)
        standing = [(pair, memory.at(pair)) for pair in last]
        return [pair for pair, other in standing if not other or other.target != pair.target]

    return keeping.add(path, last, new)


def bring(path: Path, pairs: Iterable[Pair]) -> int:
    """Like `append`, for pairs from elsewhere: what people did here since then is not undone.

    What was known once is not added again, nor what is older than what stands in its place.
    """
    last = Memory(pairs).pairs

    def new(kept: Kept) -> list[Pair]:
        memory = Memory(kept.pairs)
        known = {(_place(pair), pair.target) for pair in kept.pairs}
        brought = [pair for pair in last if (_place(pair), pair.target) not in known]
        standing = [(pair, memory.at(pair)) for pair in brought]
        return [pair for pair, other in standing if not other or not _is_older(pair, other)]

    return keeping.add(path, last, new)


def _is_older(pair: Pair, other: Pair) -> bool:
    """Whether it is known to be."""
    times = []
    for text in (pair.when, other.when):
        try:
            time = dt.datetime.fromisoformat(text)
        except ValueError:
            return False
        times.append(time if time.tzinfo else time.replace(tzinfo=dt.UTC))
    return times[0] < times[1]


def _bases(pair: Pair) -> tuple[str, str]:
    return base(pair.source_language), base(pair.target_language)


def _place(pair: Pair) -> bytes:
    """What a sentence between its neighbours is known by."""
    around = map(normal, (pair.before, pair.source, pair.after))
    return _digest(pair.source_language, pair.target_language, *around)


def _digest(*parts: str) -> bytes:
    return hashlib.blake2b(repr(parts).encode(), digest_size=12).digest()
