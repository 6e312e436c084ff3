"""What stages hand to one another on disk: typed, checked when read, its origin beside it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar, get_args, get_type_hints

import msgspec

from pipeline.core import files, reading
from pipeline.core.errors import ArtifactError, UsageError
from pipeline.core.payloads import Emitted, Segments, Transcript, Translation

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

T = TypeVar("T", bound=msgspec.Struct)

_encode: Final = msgspec.json.Encoder(order="deterministic").encode


class Origin(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All that decides a payload. Equal origins, equal artifacts: that is what *current* means."""

    stage: str
    stage_version: int
    engine: str = ""
    weights: str = ""
    options: dict[str, Any] = {}
    inputs: dict[str, str] = {}  # artifact name -> digest


@dataclass(frozen=True, slots=True)
class Kind(Generic[T]):
    """A kind of artifact. With `by_line`, the payload's `lines` are stored one a line."""

    name: str
    version: int
    payload: type[T]
    made_by: str = ""
    by_line: bool = False

    @property
    def missing(self) -> str:
        """That there is none, in so many words."""
        return f"there {'are' if self.name.endswith('s') else 'is'} no {self.name} yet"

    @property
    def hint(self) -> str:
        """What to type to make such an artifact."""
        return f"make it with: marathon {self.made_by or self.name} RECORDING"


@dataclass(frozen=True, slots=True)
class Made(Generic[T]):
    """An artifact as read; `digest` (of payload and origin) names it as an input of others."""

    origin: Origin
    payload: T
    digest: str
    libraries: Mapping[str, str]


TRANSCRIPT: Final = Kind("transcript", 2, Transcript, made_by="transcribe", by_line=True)
SEGMENTS: Final = Kind("segments", 1, Segments, made_by="segment")
TRANSLATION: Final = Kind("translation", 2, Translation, made_by="translate")
EMITTED: Final = Kind("emitted", 1, Emitted, made_by="emit")

_FOR_PEOPLE: Final = {  # what parts of an origin are called in reasons; others have their own names
    "input recording": "the recording",
    "input rundown": "the rundown",
    "input roster": "the roster",
    "input people": "the roster",
    "input clips": "the clips of voices",
    "input glossary": "the glossary",
    "input decisions": "what reviewers decided",
    "input memory": "what people translated before",
    "input words": "what was said",
    "input turns": "who speaks when",
    "input transcript": "the transcript",
    "input segments": "the segments",
    "option hints": "what rundown, roster and glossary let expect",
}


class _Head(msgspec.Struct, frozen=True, kw_only=True):
    """What stands before every payload."""

    kind: str
    version: int
    digest: str
    origin: Origin
    libraries: dict[str, str]
    payload: msgspec.Raw


class _KindOnly(msgspec.Struct, frozen=True):
    kind: str
    version: int


def write(
    path: Path,
    kind: Kind[T],
    payload: T,
    origin: Origin,
    *,
    libraries: Mapping[str, str] | None = None,
) -> str:
    """Store `payload` at `path`; equal arguments give equal bytes.

    Args:
        path: where; whatever is there is replaced at once.
        kind: what it is.
        payload: what it holds.
        origin: what decided it.
        libraries: releases of the libraries at work, for people; they make nothing stale.

    Returns:
        The digest of payload and origin.
    """
    body, lines = _compose(kind, payload)
    _parse(kind, msgspec.Raw(body), lines)  # a payload that could not be read back is our bug
    origin_bytes = _encode(origin)
    digest = _digest(kind, origin_bytes, body, lines)
    head = _Head(
        kind=kind.name,
        version=kind.version,
        digest=digest,
        origin=origin,
        libraries=dict(libraries or {}),
        payload=msgspec.Raw(body),
    )
    files.replace_from(path, (line + b"\n" for line in (_encode(head), *lines)))
    return digest


def read(path: Path, kind: Kind[T]) -> Made[T]:
    """The artifact at `path`, every field checked.

    Raises:
        UsageError: there is none yet.
        ArtifactError: it is damaged, or of another kind or version; says where in which file.
    """
    head_line, *lines = _content(path, kind).split(b"\n")
    head = _read_head(path, kind, head_line)
    if not lines or lines.pop():  # a whole file ends in a line end
        raise _damaged(path, kind, "the end is missing")
    try:
        payload = _parse(kind, head.payload, lines)
        digest = _digest(kind, _encode(head.origin), bytes(head.payload), lines)
    except reading.NOT_JSON as error:
        raise _damaged(path, kind, _place(error)) from error
    if digest != head.digest:
        raise _damaged(path, kind, "its bytes are not the ones that were written")
    return Made(head.origin, payload, head.digest, head.libraries)


def origin(path: Path, kind: Kind[T]) -> Origin:
    """How the artifact at `path` was made, though what it holds may be damaged.

    Raises:
        UsageError: there is none yet.
        ArtifactError: it does not say so, or is of another kind or version.
    """
    return _read_head(path, kind, _content(path, kind).split(b"\n", 1)[0]).origin


def reasons(path: Path, kind: Kind[T], origin: Origin) -> list[str]:
    """Why `path` is to be made (again), in plain sentences; empty where it is current."""
    if not path.exists():
        return [kind.missing]
    try:
        made = read(path, kind)
    except (ArtifactError, UsageError) as error:
        return [error.message]
    return differences(made.origin, origin)


def differences(old: Origin, new: Origin) -> list[str]:
    """What differs between two origins, in plain sentences; empty where they are equal."""
    before, after = _flat(old), _flat(new)
    found = []
    for name in sorted(before.keys() | after.keys()):
        if name not in before:
            said, told = "is new", _shown(": {}", after[name])
        elif name not in after:
            said, told = "is gone", _shown(": it was {}", before[name])
        elif before[name] != after[name]:
            said, told = "changed", _shown(" from {} to {}", before[name], after[name])
        else:
            continue
        found.append(f"{_FOR_PEOPLE.get(name, name)} {said}{told}")
    return found


@dataclass(frozen=True, slots=True)
class _Leaf:
    """One part of an origin; without what is shown it is a digest, or too much to be read."""

    value: object
    shown: str = field(default="", compare=False)


def _flat(origin: Origin) -> dict[str, _Leaf]:
    """Every part of an origin as it reads back from disk: a tuple equals a list."""
    plain = msgspec.json.decode(_encode(origin))
    flat = {"stage": _Leaf(plain["stage"], plain["stage"])}
    flat["the version of the stage"] = _Leaf(plain["stage_version"], str(plain["stage_version"]))
    for name in ("engine", "weights"):
        flat[f"the {name}"] = _Leaf(plain[name], plain[name] or "none")
    for name, value in plain["options"].items():
        parts = value if isinstance(value, list) else [value]
        is_short = not any(isinstance(part, list | dict) for part in parts)
        shown = json.dumps(value, ensure_ascii=False) if is_short else ""
        flat[f"option {name}"] = _Leaf(value, shown)
    return flat | {f"input {name}": _Leaf(digest) for name, digest in plain["inputs"].items()}


def _shown(form: str, *leaves: _Leaf) -> str:
    return (
        form.format(*(leaf.shown for leaf in leaves)) if all(leaf.shown for leaf in leaves) else ""
    )


def _compose(kind: Kind[T], payload: T) -> tuple[bytes, list[bytes]]:
    if not kind.by_line:
        return _encode(payload), []
    fields = msgspec.structs.asdict(payload)
    lines = fields.pop("lines")
    return _encode(fields), [_encode(line) for line in lines]


def _parse(kind: Kind[T], body: msgspec.Raw, lines: list[bytes]) -> T:
    if not kind.by_line:
        if lines:
            raise msgspec.DecodeError(f"{len(lines)} lines too many")
        return msgspec.json.decode(body, type=kind.payload)
    fields = msgspec.json.decode(body, type=dict[str, Any])
    bare = msgspec.convert(fields | {"lines": ()}, kind.payload)
    one_line: Any = get_args(get_type_hints(kind.payload)["lines"])[0]
    decoder = msgspec.json.Decoder(one_line)
    parsed = []
    for number, line in enumerate(lines):
        try:
            parsed.append(decoder.decode(line))
        except (msgspec.DecodeError, RecursionError) as error:
            place = _place(error).replace("$", f"$.lines[{number}]", 1)
            raise msgspec.DecodeError(place) from error
    return msgspec.structs.replace(bare, lines=tuple(parsed))


def _content(path: Path, kind: Kind[T]) -> bytes:
    try:
        return reading.regular(path)
    except FileNotFoundError as error:
        raise UsageError(f"{path}: {kind.missing}", hint=kind.hint) from error
    except OSError as error:
        message = f"{path}: cannot be read: {error.strerror}"
        raise ArtifactError(message, hint="make it readable, or remove it") from error


def _read_head(path: Path, kind: Kind[T], line: bytes) -> _Head:
    try:
        found = msgspec.json.decode(line, type=_KindOnly)
        if (found.kind, found.version) != (kind.name, kind.version):
            raise ArtifactError(
                f"{path}: holds {found.kind} version {found.version}, "
                f"this program reads {kind.name} version {kind.version}",
                hint=kind.hint,
            )
        return msgspec.json.decode(line, type=_Head)
    except reading.NOT_JSON as error:
        raise _damaged(path, kind, _place(error)) from error


def _digest(kind: Kind[T], origin: bytes, body: bytes, lines: list[bytes]) -> str:
    return files.digest(b"\n".join([_encode([kind.name, kind.version]), origin, body, *lines]))


def _damaged(path: Path, kind: Kind[T], place: str) -> ArtifactError:
    return ArtifactError(f"{path}: damaged: {place}", hint=kind.hint)


def _place(error: Exception) -> str:
    """Put the place before the fault: `$.turns[3].start_ms: Expected int, got str`."""
    if isinstance(error, RecursionError):
        return "$: nested too deeply"
    fault, _, place = str(error).replace("`", "").partition(" - at ")
    if fault.startswith("$"):
        return fault
    return f"{place or '$'}: {fault}"
