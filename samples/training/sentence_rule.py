"""A sentence splitter in the form that Argos Translate looks for in a package: an ONNX graph.

Argos splits a text before it translates it, with a network that it fetches when a package brings
none. This package brings one so that Argos' own `translate` works without a connection too. It
knows one rule: a sentence ends after . ? ! or … where a blank or the end of the text follows.
"""

from __future__ import annotations

import json
from typing import Any, Final

_PAD: Final = "<PAD>"
_UNKNOWN: Final = "<UNK>"
_ENDS: Final = ".?!…"
_UNITS: Final = [_PAD, _UNKNOWN, " ", *_ENDS]
_LAST_OF_SENTENCE: Final = 2  # the class of a letter that ends one, to MiniSBD
_CLASSES: Final = 5


def build() -> bytes:
    """The graph: letters in, the class of each out; its vocabulary is in its metadata."""
    import onnx
    from onnx import TensorProto, helper

    nodes = [
        # The letter after each: all but the first, and padding behind the last.
        helper.make_node("Slice", ["units", "one", "far", "one"], ["rest"]),
        helper.make_node("Slice", ["units", "zero", "one", "one"], ["first"]),
        helper.make_node("Mul", ["first", "zero"], ["padding"]),
        helper.make_node("Concat", ["rest", "padding"], ["next"], axis=1),
        # 2 for an end, 1 for what may follow it; so their product is the class.
        helper.make_node("Gather", ["ends", "units"], ["is_end"]),
        helper.make_node("Gather", ["followers", "next"], ["is_follower"]),
        helper.make_node("Mul", ["is_end", "is_follower"], ["class"]),
        helper.make_node("OneHot", ["class", "classes", "off_on"], ["scores"], axis=-1),
    ]
    graph = helper.make_graph(
        nodes,
        "sentence-rule",
        [
            helper.make_tensor_value_info("units", TensorProto.INT64, ["texts", "letters"]),
            helper.make_tensor_value_info("features", TensorProto.FLOAT, ["texts", "letters", "n"]),
        ],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["texts", "letters", "k"])],
        _constants(),
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 8  # old enough for any onnxruntime that Argos is used with
    helper.set_model_props(model, {key: json.dumps(value) for key, value in _about().items()})
    onnx.checker.check_model(model)
    data: bytes = model.SerializeToString()
    return data


def _constants() -> list[Any]:
    from onnx import TensorProto, helper

    def whole(name: str, values: list[int]) -> Any:
        return helper.make_tensor(name, TensorProto.INT64, [len(values)], values)

    return [
        whole("zero", [0]),
        whole("one", [1]),
        whole("far", [2**62]),
        whole("ends", [_LAST_OF_SENTENCE * (unit in _ENDS) for unit in _UNITS]),
        whole("followers", [int(unit in {_PAD, " "}) for unit in _UNITS]),
        helper.make_tensor("classes", TensorProto.INT64, [], [_CLASSES]),
        helper.make_tensor("off_on", TensorProto.FLOAT, [2], [0.0, 1.0]),
    ]


def _about() -> dict[str, Any]:
    return {
        "lang_code": "ru",
        "config": {"feat_funcs": ["space_before"], "max_seqlen": 1000, "batch_size": 1},
        "vocab": {
            "lang": "ru",
            "idx": 0,
            "cutoff": 0,
            "lower": False,
            "_unit2id": {unit: number for number, unit in enumerate(_UNITS)},
            "_id2unit": _UNITS,
        },
        "lexicon": None,
    }
