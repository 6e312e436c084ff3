"""Reads weights that torch saved before release 1.6, without torch and without running anything.

Such a file is five pickles, one behind the other, then the numbers of each storage. A pickle is a
program that may call anything; the few opcodes here build plain values and tensors and nothing
else. They are run here, not by the library: its unpickler takes memory that a file only claims.
"""

from __future__ import annotations

import io
import math
import pickletools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pipeline.core import reading
from pipeline.core.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float32]

MOST_BYTES: Final = 64 << 20
_MOST_OPCODES: Final = 100_000  # each may make a list of 56 bytes; real files have a few thousand
_MAGIC: Final = 0x1950A86A20F9469CFC6C
_PROTOCOL: Final = 1001
_COUNT: Final = 8  # bytes, before the numbers of a storage
_FLOAT: Final = 4  # bytes
# All that the pieces of a file can make a machine or numpy raise.
_WRONG: Final = (ValueError, TypeError, LookupError, OverflowError, EOFError)


@dataclass(frozen=True, slots=True)
class _Named:
    """One of the three names that a file may use; a name, never the thing itself."""

    name: str


@dataclass(frozen=True, slots=True)
class _Storage:
    key: str
    count: int


@dataclass(frozen=True, slots=True)
class _Tensor:
    storage: _Storage
    offset: int
    shape: tuple[int, ...]


_DICT: Final = _Named("collections OrderedDict")
_REBUILD: Final = _Named("torch._utils _rebuild_tensor_v2")
_FLOATS: Final = _Named("torch FloatStorage")
_KNOWN: Final = {known.name: known for known in (_DICT, _REBUILD, _FLOATS)}


def tensors(path: Path, entry: str) -> dict[str, Floats]:
    """The tensors of the dictionary that stands in a saved dictionary under `entry`, by name.

    Raises:
        InputError: no such file, none that torch wrote, or one that holds more than float32
            tensors and plain values; names the file and says what is wrong.
    """
    try:
        data = _bytes(path)
        source = io.BytesIO(data)
        if _Machine().run(source) != _MAGIC or _Machine().run(source) != _PROTOCOL:
            raise ValueError("not in torch's format")  # noqa: TRY301 - one place tells of all
        _little_endian(_Machine().run(source))
        machine = _Machine()
        saved = machine.run(source)
        places = _places(data, source, machine.storages)
        return _found(saved, entry, data, places)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    except _WRONG as error:
        raise InputError(
            f"{path}: not weights as torch saved them before 1.6: {error}",
            hint="put the file there again that its library came with",
        ) from error


def _bytes(path: Path) -> bytes:
    if path.stat().st_size > MOST_BYTES:
        raise ValueError(f"longer than {MOST_BYTES >> 20} MiB")
    return reading.regular(path)


def _little_endian(about: object) -> None:
    if not isinstance(about, dict) or about.get("little_endian") is not True:
        raise ValueError("not from a little-endian machine")


def _places(data: bytes, source: io.BytesIO, storages: Mapping[str, int]) -> dict[str, int]:
    """Where in the file the numbers of each storage begin."""
    keys = _Machine().run(source)
    if not isinstance(keys, list) or len(keys) != len(storages) or set(keys) != storages.keys():
        raise ValueError("its list of storages is not that of its tensors")
    places = {}
    at = source.tell()
    for key in keys:
        count = int.from_bytes(data[at : at + _COUNT], "little")
        at += _COUNT
        if count != storages[key] or at + count * _FLOAT > len(data):
            raise ValueError(f"storage {key!r:.40} is not as long as it says")
        places[key] = at
        at += count * _FLOAT
    if at != len(data):
        raise ValueError("something follows its last storage")
    return places


def _found(saved: object, entry: str, data: bytes, places: Mapping[str, int]) -> dict[str, Floats]:
    import numpy as np

    inner = saved.get(entry) if isinstance(saved, dict) else None
    if not isinstance(inner, dict):
        raise TypeError(f"it has no dictionary {entry!r}")
    found: dict[str, Floats] = {}
    for name, tensor in inner.items():
        if not isinstance(name, str) or not isinstance(tensor, _Tensor):
            raise TypeError(f"{entry!r} holds more than tensors: {name!r:.40}")
        begin = places[tensor.storage.key] + tensor.offset * _FLOAT
        flat = np.frombuffer(data, "<f4", math.prod(tensor.shape), begin)
        found[name] = flat.reshape(tensor.shape)
    return found


class _Machine:
    """Runs one pickle, up to its end; knows the opcodes that torch writes and no others."""

    def __init__(self) -> None:
        self.storages: dict[str, int] = {}  # how many numbers each has
        self._stack: list[Any] = []
        self._marks: list[int] = []
        self._memo: dict[int, object] = {}

    def run(self, source: io.BytesIO) -> object:
        """What the pickle at this place of `source` holds; `source` then stands behind it.

        Raises:
            ValueError, TypeError, LookupError, OverflowError: it is damaged, or does more than
                build what is allowed.
        """
        for count, (opcode, given, _) in enumerate(pickletools.genops(source)):
            if count > _MOST_OPCODES:
                raise ValueError("too many parts")
            if opcode.name in _PUSHED:
                self._stack.append(given)
            elif opcode.name in _MADE:
                self._stack.append(_MADE[opcode.name]())
            elif opcode.name in _DONE:
                _DONE[opcode.name](self, given)
            else:
                raise ValueError(f"does what it may not: {opcode.name}")
        return self._stack.pop()

    def push(self, value: object) -> None:
        self._stack.append(value)

    def pop(self) -> object:
        return self._stack.pop()

    def mark(self, _: object) -> None:
        self._marks.append(len(self._stack))

    def since_mark(self) -> list[Any]:
        at = self._marks.pop()
        values = self._stack[at:]
        del self._stack[at:]
        return values

    def put(self, place: int) -> None:
        self._memo[place] = self._stack[-1]

    def get(self, place: int) -> None:
        self._stack.append(self._memo[place])

    def join(self, count: int) -> None:
        values = [self._stack.pop() for _ in range(count)]
        self._stack.append(tuple(reversed(values)))

    def append(self, values: list[Any]) -> None:
        if not isinstance(self._stack[-1], list):
            raise TypeError("appends to what is no list")
        self._stack[-1].extend(values)

    def update(self, values: list[Any]) -> None:
        target, names = self._stack[-1], values[::2]
        if not isinstance(target, dict) or not all(type(name) in {str, int} for name in names):
            raise TypeError("a dictionary with strange keys")
        target.update(zip(names, values[1::2], strict=True))

    def name(self, name: str) -> None:
        if name not in _KNOWN:
            raise ValueError(f"asks for {name.replace(' ', '.')!r:.80}")
        self._stack.append(_KNOWN[name])

    def build(self, _: object) -> None:
        """What an OrderedDict has beside its entries, torch's notes of releases: passed over."""
        self._stack.pop()
        if not isinstance(self._stack[-1], dict):
            raise TypeError("a state for what has none")

    def call(self, _: object) -> None:
        given, called = self._stack.pop(), self._stack.pop()
        if called is _DICT and given == ():
            self._stack.append({})
        elif called is _REBUILD:
            self._stack.append(_tensor(given))
        else:
            raise TypeError("calls what it may not")

    def storage(self, _: object) -> None:
        match self._stack.pop():
            case ("storage", kind, str(key), str(), int(count), None) if kind is _FLOATS:
                if count < 0 or self.storages.setdefault(key, count) != count:
                    raise ValueError(f"storage {key!r:.40} is not as long as it says")
                self._stack.append(_Storage(key, count))
            case _:
                raise TypeError("a storage of another kind than float32")


def _tensor(given: object) -> _Tensor:
    """A tensor that lies in its storage number behind number, and within it."""
    match given:
        case (_Storage() as storage, int(offset), tuple(shape), tuple(strides), bool(), _):
            sizes = [size for size in shape if type(size) is int and size >= 0]
            ends = [math.prod(sizes[at + 1 :]) for at in range(len(sizes))]
            if len(sizes) != len(shape) or list(strides) != ends or offset < 0:
                raise ValueError("a tensor in a strange order")
            if offset + math.prod(sizes) > storage.count:
                raise ValueError("a tensor that is longer than its storage")
            return _Tensor(storage, offset, tuple(sizes))
        case _:
            raise TypeError("a tensor of another kind")


_PUSHED: Final = frozenset(
    {"BININT", "BININT1", "BININT2", "LONG1", "BINFLOAT", "BINUNICODE", "SHORT_BINSTRING"}
)
_MADE: Final[dict[str, Callable[[], object]]] = {
    "EMPTY_DICT": dict,
    "EMPTY_LIST": list,
    "EMPTY_TUPLE": tuple,
    "NONE": lambda: None,
    "NEWTRUE": lambda: True,
    "NEWFALSE": lambda: False,
}
_DONE: Final[dict[str, Callable[[_Machine, Any], None]]] = {
    "PROTO": lambda _, __: None,
    "STOP": lambda _, __: None,
    "MARK": _Machine.mark,
    "BINPUT": _Machine.put,
    "LONG_BINPUT": _Machine.put,
    "BINGET": _Machine.get,
    "LONG_BINGET": _Machine.get,
    "TUPLE1": lambda machine, _: machine.join(1),
    "TUPLE2": lambda machine, _: machine.join(2),
    "TUPLE3": lambda machine, _: machine.join(3),
    "TUPLE": lambda machine, _: machine.push(tuple(machine.since_mark())),
    "APPEND": lambda machine, _: machine.append([machine.pop()]),
    "APPENDS": lambda machine, _: machine.append(machine.since_mark()),
    "SETITEM": lambda machine, _: machine.update([machine.pop(), machine.pop()][::-1]),
    "SETITEMS": lambda machine, _: machine.update(machine.since_mark()),
    "GLOBAL": _Machine.name,
    "REDUCE": _Machine.call,
    "BUILD": _Machine.build,
    "BINPERSID": _Machine.storage,
}
