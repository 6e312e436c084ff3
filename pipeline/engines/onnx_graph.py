"""GE2E's speaker encoder as an ONNX model, written field by field: onnx itself is not needed.

Field numbers are those of onnx.proto (ONNX 1.12, IR version 8, opset 17). The model takes `mels`,
[160 frames, n windows, 40 bands], and gives `vectors`, [n, 256], of length 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import numpy as np
    import numpy.typing as npt

    Array = npt.NDArray[np.float32] | npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float32]

INPUT: Final = "mels"
OUTPUT: Final = "vectors"
LAYERS: Final = 3
_IR: Final = 8
_OPSET: Final = 17
_GATES: Final = (0, 3, 1, 2)  # torch's i f g o, in ONNX's order: i o f c
_FLOAT, _INT64 = 1, 7  # TensorProto.DataType
_TINY: Final = 1e-12  # a vector shorter than this is left as it is: nothing but zeros


@dataclass(frozen=True, slots=True)
class _Node:
    kind: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    integers: tuple[tuple[str, int | tuple[int, ...]], ...] = ()


def encoder(weights: Mapping[str, Floats]) -> bytes:
    """The model for weights with the names that torch gives them (lstm.weight_ih_l0, ...).

    Raises:
        ValueError: one is missing, or their shapes do not fit together.
    """
    hidden, size = _checked(weights)
    constants: dict[str, Array] = {}
    nodes: list[_Node] = []
    given = INPUT
    for layer in range(LAYERS):
        constants |= _gates(weights, layer)
        nodes.append(_lstm(layer, given, hidden))
        given = f"sound{layer}"
        nodes.append(_Node("Squeeze", (f"all{layer}", "directions"), (given,)))
    constants |= _ending(weights)
    nodes += [
        _Node("Squeeze", (f"last{LAYERS - 1}", "first"), ("heard",)),
        _Node("Gemm", ("heard", "linear", "bias"), ("raw",), (("transB", 1),)),
        _Node("Relu", ("raw",), ("positive",)),
        _Node("ReduceL2", ("positive",), ("long",), (("axes", (1,)), ("keepdims", 1))),
        _Node("Max", ("long", "tiny"), ("length",)),
        _Node("Div", ("positive", "length"), (OUTPUT,)),
    ]
    inward = weights["lstm.weight_ih_l0"].shape[1]
    return _model(nodes, constants, ("frames", "windows", inward), ("windows", size))


def _checked(weights: Mapping[str, Floats]) -> tuple[int, int]:
    """The hidden size and the size of a vector."""
    try:
        size, hidden = weights["linear.weight"].shape[-2:]
        inward = weights["lstm.weight_ih_l0"].shape[-1]
        wanted: dict[str, tuple[int, ...]] = {"linear.weight": (size, hidden)}
        wanted["linear.bias"] = (size,)
        for layer in range(LAYERS):
            wanted[f"lstm.weight_ih_l{layer}"] = (4 * hidden, hidden if layer else inward)
            wanted[f"lstm.weight_hh_l{layer}"] = (4 * hidden, hidden)
            wanted[f"lstm.bias_ih_l{layer}"] = wanted[f"lstm.bias_hh_l{layer}"] = (4 * hidden,)
        wrong = [name for name, shape in wanted.items() if weights[name].shape != shape]
    except KeyError as error:
        raise ValueError(f"{error.args[0]} is not among the weights") from error
    if wrong:
        raise ValueError(f"the shape of {wrong[0]} does not fit")
    return hidden, size


def _lstm(layer: int, given: str, hidden: int) -> _Node:
    return _Node(
        "LSTM",
        (given, f"inward{layer}", f"again{layer}", f"biases{layer}"),
        (f"all{layer}", f"last{layer}"),
        (("hidden_size", hidden),),
    )


def _gates(weights: Mapping[str, Floats], layer: int) -> dict[str, Array]:
    import numpy as np

    def turned(name: str) -> Floats:
        whole = weights[f"lstm.{name}_l{layer}"]
        by_gate = whole.reshape(4, -1, *whole.shape[1:])
        return by_gate[list(_GATES)].reshape(1, *whole.shape)

    return {
        f"inward{layer}": turned("weight_ih"),
        f"again{layer}": turned("weight_hh"),
        f"biases{layer}": np.hstack([turned("bias_ih"), turned("bias_hh")]),
    }


def _ending(weights: Mapping[str, Floats]) -> dict[str, Array]:
    import numpy as np

    return {
        "linear": weights["linear.weight"],
        "bias": weights["linear.bias"],
        "directions": np.array([1], np.int64),
        "first": np.array([0], np.int64),
        "tiny": np.array([_TINY], np.float32),
    }


def _model(
    nodes: Iterable[_Node],
    constants: Mapping[str, Array],
    given: Sequence[int | str],
    made: Sequence[int | str],
) -> bytes:
    """ModelProto around a GraphProto."""
    graph = b"".join(_field(1, _node(node)) for node in nodes)
    graph += _field(2, b"speaker encoder")
    graph += b"".join(_field(5, _tensor(name, array)) for name, array in constants.items())
    graph += _field(11, _value(INPUT, given)) + _field(12, _value(OUTPUT, made))
    opset = _field(1, b"") + _number(2, _OPSET)
    return _number(1, _IR) + _field(2, b"marathon") + _field(7, graph) + _field(8, opset)


def _node(node: _Node) -> bytes:
    """NodeProto."""
    parts = [_field(1, name.encode()) for name in node.inputs]
    parts += [_field(2, name.encode()) for name in node.outputs]
    parts += [_field(3, node.outputs[0].encode()), _field(4, node.kind.encode())]
    parts += [_field(5, _attribute(name, value)) for name, value in node.integers]
    return b"".join(parts)


def _attribute(name: str, value: int | tuple[int, ...]) -> bytes:
    """AttributeProto: of type INT, 2, or INTS, 7."""
    if isinstance(value, int):
        return _field(1, name.encode()) + _number(3, value) + _number(20, 2)
    several = b"".join(_number(8, each) for each in value)
    return _field(1, name.encode()) + several + _number(20, 7)


def _tensor(name: str, array: Array) -> bytes:
    """TensorProto, its numbers as raw little-endian bytes."""
    import numpy as np

    sizes = b"".join(_number(1, size) for size in array.shape)
    is_float = array.dtype == np.float32
    raw = array.astype("<f4" if is_float else "<i8").tobytes()
    kind = _number(2, _FLOAT if is_float else _INT64)
    return sizes + kind + _field(8, name.encode()) + _field(9, raw)


def _value(name: str, shape: Sequence[int | str]) -> bytes:
    """ValueInfoProto of floats; a size that is a name is free."""
    sizes = [_field(2, s.encode()) if isinstance(s, str) else _number(1, s) for s in shape]
    dimensions = b"".join(_field(1, size) for size in sizes)
    tensor = _number(1, _FLOAT) + _field(2, dimensions)
    return _field(1, name.encode()) + _field(2, _field(1, tensor))


def _field(number: int, payload: bytes) -> bytes:
    """A field that has a length."""
    return _varint(number << 3 | 2) + _varint(len(payload)) + payload


def _number(number: int, value: int) -> bytes:
    """A field that is a number, zero or more."""
    return _varint(number << 3) + _varint(value)


def _varint(value: int) -> bytes:
    """Seven bits a byte, the lowest first; the eighth says that more follow."""
    found = bytearray()
    while value > 0x7F:  # noqa: PLR2004
        found.append(value & 0x7F | 0x80)
        value >>= 7
    found.append(value)
    return bytes(found)
