"""Files as torch saved them before 1.6, written without torch."""

from __future__ import annotations

import pickle
import sys
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from io import BytesIO
from types import ModuleType
from typing import Any
from unittest import mock

import numpy as np

MAGIC = 0x1950A86A20F9469CFC6C
SYSTEM = {
    "protocol_version": 1001,
    "little_endian": True,
    "type_sizes": {"short": 2, "int": 4, "long": 4},
}


class FloatStorage:
    __module__ = "torch"


def _rebuild_tensor_v2() -> None: ...


_rebuild_tensor_v2.__module__ = "torch._utils"
_rebuild_tensor_v2.__qualname__ = "_rebuild_tensor_v2"
FloatStorage.__qualname__ = "FloatStorage"


class Stored:
    """The numbers of one tensor, as the persistent id that torch gives them."""

    def __init__(self, key: str, array: np.ndarray, count: int | None = None) -> None:
        self.key = key
        self.array = np.ascontiguousarray(array, np.float32)
        self.count = array.size if count is None else count


class Tensor:
    """What a tensor is rebuilt from; all of it can be set to what no tensor has."""

    def __init__(self, stored: Stored, shape: Sequence[int], offset: int = 0, **other: Any) -> None:
        ends = [int(np.prod(shape[at + 1 :])) for at in range(len(shape))]
        strides = tuple(other.get("strides", ends))
        self.given = (stored, offset, tuple(shape), strides, False, OrderedDict())


class Writer(pickle.Pickler):
    def __init__(self, target: BytesIO) -> None:
        super().__init__(target, 2)
        self.stored: dict[str, Stored] = {}

    def persistent_id(self, obj: object) -> object:
        if not isinstance(obj, Stored):
            return None
        self.stored[obj.key] = obj
        return ("storage", FloatStorage, obj.key, "cuda:0", obj.count, None)

    def reducer_override(self, obj: object) -> Any:
        return (_rebuild_tensor_v2, obj.given) if isinstance(obj, Tensor) else NotImplemented


def modules() -> dict[str, ModuleType]:
    torch, utils = ModuleType("torch"), ModuleType("torch._utils")
    torch.FloatStorage, torch._utils = FloatStorage, utils  # type: ignore[attr-defined]
    utils._rebuild_tensor_v2 = _rebuild_tensor_v2  # type: ignore[attr-defined]
    return {"torch": torch, "torch._utils": utils}


def written(saved: object, magic: int = MAGIC, system: object = None) -> bytes:
    """What `torch.save(saved)` wrote; tensors in it are Tensor."""
    target = BytesIO()
    for head in (magic, 1001, SYSTEM if system is None else system):
        pickle.dump(head, target, 2)
    with mock.patch.dict(sys.modules, modules()):
        writer = Writer(target)
        writer.dump(saved)
    pickle.dump(list(writer.stored), target, 2)
    for stored in writer.stored.values():
        target.write(stored.array.size.to_bytes(8, "little") + stored.array.tobytes())
    return target.getvalue()


def with_weights(arrays: Mapping[str, np.ndarray], **beside: object) -> bytes:
    """A file of weights: {"model_state": OrderedDict of tensors, ...}."""
    state: OrderedDict[str, Tensor] = OrderedDict()
    for number, (name, array) in enumerate(arrays.items()):
        state[name] = Tensor(Stored(str(number), array), array.shape)
    state._metadata = OrderedDict({"": {"version": 1}})  # type: ignore[attr-defined]
    return written({"step": 1_564_501, "model_state": state, **beside})
