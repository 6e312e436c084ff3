"""Subtitle Edit's bookmarks: notes on cues, in FILE.SE.bookmarks beside a subtitle file.

JSON with `{"bookmarks":[{"idx":0,"txt":".."}]}`, `idx` counting cues from 0 (BookmarkPersistence.cs
of release 4). Release 5.2 adds `ms`, when the cue starts, and an array `forced` of cues that are
shown even where nothing else is (SubtitleMarksPersistence.cs). All releases write line ends in a
text as `<br />`, and leave other control characters as they are, which is no JSON.
"""

from __future__ import annotations

import codecs
import json
import re
from typing import TYPE_CHECKING, Any, Final

import msgspec

from pipeline.core import files
from pipeline.core.errors import InputError
from pipeline.subtitles import encodings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

SUFFIX: Final = ".SE.bookmarks"
UNKNOWN: Final = -1
_MOST_BYTES: Final = 16 << 20
_MOST_CUES: Final = 10_000_000
_MOST_DIGITS: Final = 12
_LONGEST_SHOWN: Final = 80
_HINT: Final = "open and save the subtitles in Subtitle Edit, or move this file away"
_LONGEST: Final = 300  # of a text of ours
_OURS: Final = re.compile(rf"marathon: ([^\n]{{0,{_LONGEST}}}?) \(([0-9a-f]{{4}})\)")
_BREAK: Final = re.compile(r"\r\n?|<br ?/?>")
_CONTROL: Final = re.compile(
    r"[^\S\n]|[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff]"
)
# Release 4.0.12 and older take a brace in a text for the end of a bookmark, and then load none.
_BRACES: Final = str.maketrans("{}", "()")
_ENTRY: Final = re.compile(
    r'\{(?:\s*+"ms"\s*+:\s*+(?P<ms>\d{1,12})\s*+,)?\s*+"idx"\s*+:\s*+(?P<idx>\d{1,9})\s*+,'
    r'\s*+"txt"\s*+:\s*+(?P<txt>"(?:[^"\\]|\\.)*+")\s*+\}',
    re.DOTALL,
)
_OK: Final = frozenset({"ok", "okay", "окей"})
_HALVES: Final = re.compile("[\ud800-\udfff]")  # of characters: JSON has escapes for them
_UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)  # a mark leaves nothing to guess
_LATIN: Final = str.maketrans("ок", "ok")


class Bookmark(msgspec.Struct, frozen=True):
    """A note on a cue, counted from 0; `start_ms` is where it starts, UNKNOWN where nobody said.

    `is_forced` is Subtitle Edit's mark of that name; it has no text.
    """

    index: int
    text: str
    start_ms: int = UNKNOWN
    is_forced: bool = False


class Read(msgspec.Struct, frozen=True):
    """What a file holds, and in words what of it could not be read."""

    bookmarks: tuple[Bookmark, ...]
    faults: tuple[str, ...] = ()


def marked(text: str) -> str:
    """`text` as the text of a bookmark of ours: known again, and known for changed if it was.

    >>> marked("more text than people can read")
    'marathon: more text than people can read (f470)'
    """
    text = " ".join(_harmless(text).split())
    text = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
    return f"marathon: {text} ({_check(text)})"


def is_ours(text: str) -> bool:
    """Whether this is a text of ours as we wrote it, and nothing besides."""
    found = _OURS.fullmatch(text)
    return found is not None and found[2] == _check(found[1])


def is_ok(text: str) -> bool:
    """Whether a person's text approves the cue: `ok`, in Latin or Cyrillic letters."""
    bare = text.casefold().replace(".", "").strip(" !,\n\t")  # "ok?" asks
    return bare in _OK or bare.translate(_LATIN) in _OK


def read(data: bytes, name: str) -> Read:
    """The bookmarks of a file called `name`, in its order, and what of it could not be read.

    A text that holds one of ours and a person's words beside it is two bookmarks.

    Raises:
        InputError: nothing of it can be read: to write over it would lose what people noted.
    """
    if len(data) > _MOST_BYTES:
        raise InputError(f"{name}: {len(data)} bytes are no bookmarks", hint=_HINT)
    if not data.strip():
        return Read(())
    text, faults = _decoded(data)
    try:
        content = json.loads(
            text, strict=False
        )  # a tab or a bare line end stands in texts as it is
    except (ValueError, RecursionError) as error:
        return _salvaged(text, name, [*faults, f"damaged: {error}"])
    if not isinstance(content, dict) or not isinstance(content.get("bookmarks", []), list):
        raise InputError(f"{name}: holds no list of bookmarks", hint=_HINT)
    found: list[Bookmark] = []
    for entry in content.get("bookmarks", []):
        found += _entry(entry, faults)
    forced = content.get("forced", [])
    for entry in forced if isinstance(forced, list) else [forced]:
        found += _entry(entry, faults, is_forced=True)
    return Read(tuple(found), tuple(faults))


def compose(bookmarks: Iterable[Bookmark]) -> bytes:
    """The file of `bookmarks`, by index; those of a cue become one, ours last.

    Subtitle Edit 4 loads none where a cue has two. Texts are as `read` gives them back, but for
    control characters and braces.
    """
    texts: dict[int, list[str]] = {}
    starts: dict[int, int] = {}
    forced: set[int] = set()
    for one in sorted(bookmarks, key=lambda one: (one.index, is_ours(one.text))):
        starts.setdefault(one.index, one.start_ms)
        if one.is_forced:
            forced.add(one.index)
            continue
        texts.setdefault(one.index, []).append(_harmless(one.text))
    lines = [
        f'{{{_key(index, starts)},"txt":{_quoted(list(dict.fromkeys(filter(None, parts))))}}}'
        for index, parts in texts.items()
    ]
    tail = ""
    if forced:
        tail = f',"forced":[{",".join(f"{{{_key(index, starts)}}}" for index in sorted(forced))}]'
    return ('{"bookmarks":[\n' + ",\n".join(lines) + f"\n]{tail}}}\n").encode()


def _decoded(data: bytes) -> tuple[str, list[str]]:
    """The text of a file in whatever encoding an editor saved it, and what was guessed."""
    decoded = encodings.decode(data)
    text = "\n".join(decoded.lines)
    if any(note.is_error for note in decoded.notes):  # `\\xff` would be no JSON
        text = data.decode(decoded.encoding, "replace")
    is_usual = decoded.encoding.startswith("utf-16") and data[:2] in _UTF_16
    notes = [note for note in decoded.notes if note.is_error or not is_usual]
    return text.removeprefix("\ufeff"), [f"line {note.line}: {note.message}" for note in notes]


def _entry(entry: object, faults: list[str], *, is_forced: bool = False) -> list[Bookmark]:
    """The bookmarks that one entry of a file stands for; none where it names no cue."""
    if not isinstance(entry, dict):
        faults.append(f"no bookmark: {_shown(entry)}")
        return []
    index, start_ms = _number(entry.get("idx")), _number(entry.get("ms"))
    if index is None or index > _MOST_CUES:
        faults.append(f"names no cue: {_shown(entry)}")
        return []
    text = entry.get("txt")
    if not isinstance(text, str):
        if text is not None:
            faults.append(f"a text is needed: {_shown(entry)}")
        text = "" if text is None or isinstance(text, list | dict) else str(text)
    at_ms = UNKNOWN if start_ms is None else start_ms
    if is_forced:
        return [Bookmark(index, "", at_ms, is_forced=True)]
    text = _HALVES.sub("\ufffd", _BREAK.sub("\n", text)).strip()
    return [Bookmark(index, part, at_ms) for part in _parts(text)]


def _parts(text: str) -> list[str]:
    """What is ours in a text and what is a person's, each for itself."""
    ours = [found for found in _OURS.finditer(text) if is_ours(found[0])]
    if not ours:
        return [text]
    ends = [0, *(found.end() for found in ours)]
    starts = [*(found.start() for found in ours), len(text)]
    rests = [text[end:start].strip() for end, start in zip(ends, starts, strict=True)]
    rest = "\n".join(filter(None, rests))
    return [*([rest] if rest else []), *(found[0] for found in ours)]


def _salvaged(text: str, name: str, faults: Sequence[str]) -> Read:
    """The bookmarks that stand whole in a damaged file."""
    found: list[Bookmark] = []
    told = list(faults)
    for entry in _ENTRY.finditer(text):
        try:
            note = json.loads(entry["txt"], strict=False)
        except ValueError:
            told.append(f"damaged: {_shown(entry[0])}")
            continue
        found += _entry({"idx": int(entry["idx"]), "txt": note}, told)
    if not found:
        raise InputError(f"{name}: {told[0]}", hint=_HINT)
    return Read(tuple(found), tuple(told))


def _number(value: object) -> int | None:
    """A whole number from 0, however it is written; None for anything else."""
    if isinstance(value, str) and value.strip().isdecimal() and len(value) <= _MOST_DIGITS:
        return int(value)
    if isinstance(value, float) and value.is_integer() and value >= 0:
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    return None


def _shown(value: Any) -> str:  # noqa: ANN401 - whatever JSON holds
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    text = _HALVES.sub("\ufffd", text)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 1]}…"


def _check(text: str) -> str:
    return files.digest(text.encode("utf-8", "replace"))[:4]


def _key(index: int, starts: Mapping[int, int]) -> str:
    start_ms = starts[index]
    return f'"ms":{start_ms},"idx":{index}' if start_ms != UNKNOWN else f'"idx":{index}'


def _harmless(text: str) -> str:
    return _CONTROL.sub(" ", _BREAK.sub("\n", text)).translate(_BRACES).strip()


def _quoted(parts: Sequence[str]) -> str:
    """As JSON for every release: the fourth knows the escapes of backslash and quote alone."""
    text = "<br />".join("\n".join(parts).split("\n"))
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
