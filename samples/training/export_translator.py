"""Export the trained translator: a CTranslate2 model of 8-bit weights, in an Argos package.

The figures on its card are measured through the package itself.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from ctranslate2.specs import Activation, TransformerSpec, attention_spec, common_spec
from torch import Tensor, nn

from pipeline.core import files
from samples.training import (
    argos_package,
    check_translator,
    grammar,
    sentence_rule,
    translator_card,
)
from samples.training.train_translator import BEGIN, END, UNKNOWN, Plan, Training, holds
from samples.training.translator_network import Network


def specification(
    network: Network, pieces: list[str], *, quantization: str | None = "int8"
) -> TransformerSpec:
    """The network as CTranslate2 knows it."""
    shape = network.shape
    spec = TransformerSpec.from_config(
        (shape.encoder_layers, shape.decoder_layers), shape.heads, activation=Activation.GELU
    )
    table = _array(network.table.weight)
    spec.encoder.embeddings[0].weight = table
    spec.decoder.embeddings.weight = table
    spec.decoder.projection.weight = table
    _norm(spec.encoder.layer_norm, network.encoder.norm)
    _norm(spec.decoder.layer_norm, network.decoder.norm)
    for ours, theirs in zip(network.encoder.layers, spec.encoder.layer, strict=True):
        _attention(theirs.self_attention, ours.self_attn, ours.norm1)
        _feed(theirs.ffn, ours, ours.norm2)
    for ours, theirs in zip(network.decoder.layers, spec.decoder.layer, strict=True):
        _attention(theirs.self_attention, ours.self_attn, ours.norm1)
        _attention(theirs.attention, ours.multihead_attn, ours.norm2)
        _feed(theirs.ffn, ours, ours.norm3)
    spec.register_source_vocabulary(pieces)
    spec.register_target_vocabulary(pieces)
    spec.config.unk_token, spec.config.bos_token = pieces[UNKNOWN], pieces[BEGIN]
    spec.config.eos_token, spec.config.decoder_start_token = pieces[END], pieces[BEGIN]
    # Argos hands over the pieces of a sentence and nothing around them.
    spec.config.add_source_bos = spec.config.add_source_eos = False
    spec.validate()
    spec.optimize(quantization=quantization)
    return spec


def parts(training: Training) -> dict[str, bytes]:
    """The package's files, without the card."""
    names = [training.pieces.id_to_piece(number) for number in range(len(training.pieces))]
    spec = specification(training.network.cpu().eval(), names)
    with tempfile.TemporaryDirectory() as folder:
        spec.save(folder)
        model = {f"model/{path.name}": path.read_bytes() for path in Path(folder).iterdir()}
    return {
        **model,
        "sentencepiece.model": (training.folder / "pieces.model").read_bytes(),
        "minisbd/rule.onnx": sentence_rule.build(),
    }


def _array(weight: Tensor) -> np.ndarray[Any, Any]:
    return np.array(weight.detach().float().numpy())  # a copy: CTranslate2 scales in place


def _linear(spec: common_spec.LinearSpec, weight: Tensor, bias: Tensor) -> None:
    spec.weight, spec.bias = _array(weight), _array(bias)


def _norm(spec: common_spec.LayerNormSpec, norm: nn.LayerNorm) -> None:
    spec.gamma, spec.beta = _array(norm.weight), _array(norm.bias)


def _attention(
    spec: attention_spec.MultiHeadAttentionSpec, ours: nn.MultiheadAttention, norm: nn.LayerNorm
) -> None:
    """Queries, keys and values: in one matrix within a sentence, queries apart between two."""
    _norm(spec.layer_norm, norm)
    cuts = [0, *([] if len(spec.linear) == 2 else [ours.embed_dim]), 3 * ours.embed_dim]
    for index, first in enumerate(cuts[:-1]):
        rows = slice(first, cuts[index + 1])
        _linear(spec.linear[index], ours.in_proj_weight[rows], ours.in_proj_bias[rows])
    _linear(spec.linear[-1], ours.out_proj.weight, ours.out_proj.bias)


def _feed(spec: Any, ours: Any, norm: nn.LayerNorm) -> None:
    _norm(spec.layer_norm, norm)
    _linear(spec.linear_0, ours.linear1.weight, ours.linear1.bias)
    _linear(spec.linear_1, ours.linear2.weight, ours.linear2.bias)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where the training is kept")
    parser.add_argument("package", type=Path, help="the .argosmodel to write, its card beside it")
    parser.add_argument("--steps", type=int, default=Plan().steps)
    given = parser.parse_args()
    plan = Plan(steps=given.steps)
    if not holds(given.folder, plan):
        sys.exit(
            f"{given.folder}: no training of this plan and grammar; run train_translator first"
        )
    training = Training(given.folder, plan)
    made = parts(training)
    unmeasured = given.folder / "unmeasured.argosmodel"
    files.replace(unmeasured, argos_package.pack(made))
    figures = check_translator.measure(unmeasured, check_translator.cases(grammar.load()))
    card = translator_card.text(training, figures).encode()
    files.replace(given.package, argos_package.pack({**made, "card.toml": card}))
    files.replace(given.package.with_suffix(".card.toml"), card)
    print(check_translator.table(figures))
    print(f"{given.package}: {given.package.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
