"""A speaker model as sherpa-onnx wants it: the mean over time of its filterbank, in ONNX."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from pipeline.engines.onnx_graph import INPUT, OUTPUT, _field, _model, _Node, _node, _number

BANDS = 80
SPAN = 30  # frames that are pooled: the model needs as many
WESPEAKER = {
    "framework": "wespeaker",
    "output_dim": "80",
    "sample_rate": "16000",
    "normalize_samples": "1",
    "language": "Esperanto",
}
NEMO = {
    "framework": "nemo",
    "output_dim": "80",
    "feat_dim": "80",
    "sample_rate": "16000",
    "window_size_ms": "25",
    "window_stride_ms": "10",
    "window_type": "hann",
    "language": "Esperanto",
}


def model(about: Mapping[str, str], *, bands: int = BANDS) -> bytes:
    """An ONNX file with the metadata `about`; it gives [1, bands], of which the mean is 0."""
    is_nemo = about.get("framework") == "nemo"
    kernel, pooled = ((1, SPAN), (1, 3)) if is_nemo else ((SPAN, 1), (1, 2))
    shape = (1, bands, "frames") if is_nemo else (1, "frames", bands)
    nodes = [
        _Node("Unsqueeze", (INPUT, "one"), ("image",)),
        _Node("AveragePool", ("image",), ("smooth",), (("kernel_shape", kernel),)),
        _Node("ReduceMean", ("smooth",), ("raw",), (("axes", pooled), ("keepdims", 0))),
        _Node("ReduceMean", ("raw",), ("level",), (("axes", (1,)), ("keepdims", 1))),
        _Node("Sub", ("raw", "level"), (OUTPUT,)),
    ]
    whole = _model(nodes, {"one": np.array([1], np.int64)}, shape, (1, bands))
    if is_nemo:  # parts of a message that come one after another are one message
        people = _Node("Identity", ("length",), ("people",))
        before = _field(12, _integer("people"))
        after = _field(1, _node(people)) + _field(11, _integer("length"))
        whole = _field(7, before) + whole + _field(7, after)
    return whole + metadata_of(about)


def metadata_of(about: Mapping[str, str]) -> bytes:
    """To be put behind a model; StringStringEntryProto."""
    pairs = [_field(1, key.encode()) + _field(2, value.encode()) for key, value in about.items()]
    return b"".join(_field(14, pair) for pair in pairs)


def _integer(name: str) -> bytes:
    """ValueInfoProto of one int64."""
    shape = _field(2, _field(1, _number(1, 1)))
    return _field(1, name.encode()) + _field(2, _field(1, _number(1, 7) + shape))
