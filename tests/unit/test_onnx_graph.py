"""The ONNX model that is written by hand, against the same network in plain numpy."""

from __future__ import annotations

import numpy as np
import onnxruntime
import pytest

from pipeline.engines import onnx_graph

Weights = dict[str, np.ndarray]


def random_weights(inward: int = 40, hidden: int = 256, size: int = 256, seed: int = 3) -> Weights:
    """Weights with torch's names and shapes, and about its spread."""
    draw = np.random.default_rng(seed)
    shapes = {"linear.weight": (size, hidden), "linear.bias": (size,)}
    for layer in range(3):
        shapes[f"lstm.weight_ih_l{layer}"] = (4 * hidden, hidden if layer else inward)
        shapes[f"lstm.weight_hh_l{layer}"] = (4 * hidden, hidden)
        shapes[f"lstm.bias_ih_l{layer}"] = (4 * hidden,)
        shapes[f"lstm.bias_hh_l{layer}"] = (4 * hidden,)
    return {
        name: draw.normal(0, hidden**-0.5, shape).astype(np.float32)
        for name, shape in shapes.items()
    }


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def in_numpy(weights: Weights, mels: np.ndarray) -> np.ndarray:
    """The network by torch's own formulas, gates in the order i f g o; in doubles."""
    given = {name: value.astype(np.float64) for name, value in weights.items()}
    layer_input = mels.astype(np.float64)
    for layer in range(3):
        w, r, bw, br = (
            given[f"lstm.{kind}_l{layer}"]
            for kind in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        )
        h = c = np.zeros((mels.shape[1], r.shape[1]))
        heard = []
        for frame in layer_input:
            i, f, g, o = np.split(frame @ w.T + bw + h @ r.T + br, 4, axis=1)
            c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
            h = sigmoid(o) * np.tanh(c)
            heard.append(h)
        layer_input = np.array(heard)
    raw = np.maximum(0, layer_input[-1] @ given["linear.weight"].T + given["linear.bias"])
    return raw / np.linalg.norm(raw, axis=1, keepdims=True)


def run(weights: Weights, mels: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(
        onnx_graph.encoder(weights), providers=["CPUExecutionProvider"]
    )
    (found,) = session.run([onnx_graph.OUTPUT], {onnx_graph.INPUT: mels})
    return found


@pytest.mark.parametrize(("inward", "hidden", "size"), [(40, 256, 256), (3, 8, 5), (200, 130, 7)])
def test_it_computes_what_torch_would(inward: int, hidden: int, size: int):
    weights = random_weights(inward, hidden, size)
    mels = np.random.default_rng(4).exponential(0.5, (30, 3, inward)).astype(np.float32)
    np.testing.assert_allclose(run(weights, mels), in_numpy(weights, mels), atol=2e-6)


def test_frames_and_windows_may_be_of_any_number():
    weights = random_weights(4, 6, 5)
    for frames, windows in [(1, 1), (160, 64), (2, 300)]:
        mels = np.ones((frames, windows, 4), np.float32)
        found = run(weights, mels)
        assert found.shape == (windows, 5)
        np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, rtol=1e-6)


def test_nothing_but_zeros_stays_zeros():
    weights = random_weights(4, 6, 5)
    weights["linear.bias"] = np.full(5, -100, np.float32)
    assert not run(weights, np.ones((3, 2, 4), np.float32)).any()


def test_a_model_is_the_same_every_time_and_holds_the_weights_once():
    weights = random_weights()
    model = onnx_graph.encoder(weights)
    assert model == onnx_graph.encoder(weights)
    assert len(model) - sum(each.nbytes for each in weights.values()) < 2000


@pytest.mark.parametrize("name", sorted(random_weights(3, 2, 2)))
def test_weights_that_are_missing_or_of_another_shape_are_refused(name: str):
    weights = random_weights(3, 4, 2)
    whole = weights.pop(name)
    with pytest.raises(ValueError, match=name):
        onnx_graph.encoder(weights)
    with pytest.raises(ValueError, match="shape"):
        onnx_graph.encoder({**weights, name: whole[..., :1, None]})
