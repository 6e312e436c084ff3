"""The pickles in files of weights: plain values and tensors come out, and nothing is called.

A pickle is a program that may call anything. Here the few opcodes that torch writes are run and no
others, and three names are known. Python's own unpickler is not used, for it would have to be kept
from calling, and it takes memory that a file only claims.
"""

from __future__ import annotations

import math
import pickle
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import io
    from collections.abc import Callable

_MOST_OPCODES: Final = 100_000  # each may make a list of 56 bytes; real files have a few thousand
_MOST_DIMENSIONS: Final = 8


@dataclass(frozen=True, slots=True)
class _Named:
    """One of the three names that a file may use; a name, never the thing itself."""

    name: str


@dataclass(frozen=True, slots=True)
class Storage:
    """Numbers that are still to be found in the file."""

    key: str
    count: int


@dataclass(frozen=True, slots=True)
class Tensor:
    """A part of a storage, its numbers in the usual order."""

    storage: Storage
    offset: int
    shape: tuple[int, ...]


_DICT: Final = _Named("collections OrderedDict")
_REBUILD: Final = _Named("torch._utils _rebuild_tensor_v2")
_FLOATS: Final = _Named("torch FloatStorage")
_KNOWN: Final = {known.name: known for known in (_DICT, _REBUILD, _FLOATS)}


def load(source: io.BytesIO) -> tuple[object, dict[str, int]]:
    """What the pickle at this place holds, and how many numbers each storage in it has.

    `source` then stands behind it. Lists and dictionaries may hold themselves.

    Raises:
        ValueError, TypeError, LookupError, OverflowError: it is damaged, or does more than weights
            need.
    """
    machine = _Machine()
    return machine.run(source), machine.storages


class _Machine:
    """Runs one pickle, up to its end; knows the opcodes that torch writes and no others."""

    def __init__(self) -> None:
        self.storages: dict[str, int] = {}  # how many numbers each has
        self._stack: list[Any] = []
        self._marks: list[int] = []
        self._memo: dict[int, object] = {}

    def run(self, source: io.BytesIO) -> object:
        for _ in range(_MOST_OPCODES):
            code = source.read(1)
            if code == pickle.STOP:
                return self._stack.pop()
            if code in _PUSHED:
                self._stack.append(_given(code, source))
            elif code in _MADE:
                self._stack.append(_MADE[code]())
            elif code in _DONE:
                _DONE[code](self, _given(code, source))
            else:
                raise ValueError(f"a part {code!r} that weights do not need")
        raise ValueError("too many parts")

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
                self._stack.append(Storage(key, count))
            case _:
                raise TypeError("a storage of another kind than float32")


def _tensor(given: object) -> Tensor:
    """A tensor that lies in its storage number behind number, and within it."""
    match given:
        case (Storage() as storage, int(offset), tuple(shape), tuple(strides), bool(), _) if (
            len(shape) <= _MOST_DIMENSIONS
        ):
            sizes = [size for size in shape if type(size) is int and size >= 0]
            ends = [math.prod(sizes[at + 1 :]) for at in range(len(sizes))]
            if len(sizes) != len(shape) or list(strides) != ends or offset < 0:
                raise ValueError("a tensor in a strange order")
            if offset + math.prod(sizes) > storage.count:
                raise ValueError("a tensor that is longer than its storage")
            return Tensor(storage, offset, tuple(sizes))
        case _:
            raise TypeError("a tensor of a strange kind")


def _given(code: bytes, source: io.BytesIO) -> Any:  # noqa: ANN401 - one of four types
    """What stands behind an opcode, by Python's pickletools."""
    if code in _NUMBERS:
        return int.from_bytes(_take(source, _NUMBERS[code]), "little", signed=code == pickle.BININT)
    if code == pickle.LONG1:
        return int.from_bytes(_take(source, _take(source, 1)[0]), "little", signed=True)
    if code == pickle.BINFLOAT:
        return struct.unpack(">d", _take(source, 8))[0]
    if code == pickle.BINUNICODE:
        return _take(source, int.from_bytes(_take(source, 4), "little")).decode()
    if code == pickle.GLOBAL:
        return b" ".join(source.readline().removesuffix(b"\n") for _ in range(2)).decode()
    return None


def _take(source: io.BytesIO, count: int) -> bytes:
    data = source.read(count)
    if len(data) < count:
        raise ValueError("it ends too early")
    return data


_NUMBERS: Final = {  # bytes of each
    pickle.PROTO: 1,
    pickle.BINPUT: 1,
    pickle.BINGET: 1,
    pickle.BININT1: 1,
    pickle.BININT2: 2,
    pickle.BININT: 4,
    pickle.LONG_BINPUT: 4,
    pickle.LONG_BINGET: 4,
}
_PUSHED: Final = frozenset(
    {
        pickle.BININT,
        pickle.BININT1,
        pickle.BININT2,
        pickle.LONG1,
        pickle.BINFLOAT,
        pickle.BINUNICODE,
    }
)
_MADE: Final[dict[bytes, Callable[[], object]]] = {
    pickle.EMPTY_DICT: dict,
    pickle.EMPTY_LIST: list,
    pickle.EMPTY_TUPLE: tuple,
    pickle.NONE: lambda: None,
    pickle.NEWTRUE: lambda: True,
    pickle.NEWFALSE: lambda: False,
}
_DONE: Final[dict[bytes, Callable[[_Machine, Any], None]]] = {
    pickle.PROTO: lambda _, __: None,
    pickle.MARK: _Machine.mark,
    pickle.BINPUT: _Machine.put,
    pickle.LONG_BINPUT: _Machine.put,
    pickle.BINGET: _Machine.get,
    pickle.LONG_BINGET: _Machine.get,
    pickle.TUPLE1: lambda machine, _: machine.join(1),
    pickle.TUPLE2: lambda machine, _: machine.join(2),
    pickle.TUPLE3: lambda machine, _: machine.join(3),
    pickle.TUPLE: lambda machine, _: machine.push(tuple(machine.since_mark())),
    pickle.APPEND: lambda machine, _: machine.append([machine.pop()]),
    pickle.APPENDS: lambda machine, _: machine.append(machine.since_mark()),
    pickle.SETITEM: lambda machine, _: machine.update([machine.pop(), machine.pop()][::-1]),
    pickle.SETITEMS: lambda machine, _: machine.update(machine.since_mark()),
    pickle.GLOBAL: _Machine.name,
    pickle.REDUCE: _Machine.call,
    pickle.BUILD: _Machine.build,
    pickle.BINPERSID: _Machine.storage,
}
