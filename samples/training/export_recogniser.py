"""Checkpoint to a folder that `faster_whisper.WhisperModel` loads with no special case."""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import torch
from ctranslate2.converters.transformers import WhisperLoader
from ctranslate2.specs import whisper_spec
from torch import nn

from samples.training import recogniser_card, tokens
from samples.training.network import Network, Shape

_PREPROCESSOR = {
    "chunk_length": 30,
    "feature_extractor_type": "WhisperFeatureExtractor",
    "feature_size": 80,
    "hop_length": 160,
    "n_fft": 400,
    "n_samples": 480000,
    "nb_max_frames": 3000,
    "padding_side": "right",
    "padding_value": 0.0,
    "processor_class": "WhisperProcessor",
    "return_attention_mask": False,
    "sampling_rate": 16000,
}


_TRAINED = ("seed", "step", "seconds", "minutes", "device", "shape")


def load(checkpoint: Path) -> tuple[Network, dict[str, Any]]:
    """The network of a checkpoint, and what decided it."""
    state = torch.load(checkpoint, weights_only=True, map_location="cpu")
    network = Network(Shape(**state["shape"]))
    network.load_state_dict(state["network"])
    trained = {name: state[name] for name in _TRAINED if name in state}
    shape = trained.pop("shape")
    return network.eval(), {**trained, **shape}


def export(network: Network, vocabulary: tokens.Vocabulary, tokenizer: Path, folder: Path) -> None:
    """Write all that `WhisperModel` reads; int8, and float16 what cannot be int8."""
    shape = network.shape
    spec = whisper_spec.WhisperSpec(
        shape.encoder_layers, shape.heads, shape.decoder_layers, shape.heads
    )
    loader = WhisperLoader()
    with torch.no_grad():
        table = network.decoder.table().detach()
        network.decoder.embed_tokens.weight = nn.Parameter(table)
        loader.set_encoder(spec.encoder, network.encoder)
        loader.set_decoder(spec.decoder, network.decoder)
    # The very parameter of the embeddings: CTranslate2 stores it once, and with its own scales.
    spec.decoder.projection.weight = network.decoder.embed_tokens.weight
    ids = vocabulary.ids
    # What training never asked for may never be written, whatever the scores say.
    bias = np.zeros(shape.vocabulary, np.float32)
    for name in ("", "<|translate|>", "<|startoflm|>", "<|startofprev|>", "<|startoftranscript|>"):
        bias[ids[name]] = -100.0
    spec.decoder.projection.bias = bias
    ordered = sorted(ids, key=lambda token: ids[token])
    spec.register_vocabulary(ordered)
    spec.config.suppress_ids = []
    # Only the blank, not the end of text: an empty answer must stay possible.
    spec.config.suppress_ids_begin = [ids["Ġ"]]
    spec.config.lang_ids = sorted(ids[f"<|{language}|>"] for language in tokens.LANGUAGES)
    last = shape.decoder_layers - 1
    spec.config.alignment_heads = [[last - 1, 0], [last, 0]]
    spec.validate()
    spec.optimize(quantization="int8_float16")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    spec.save(str(folder))
    shutil.copyfile(tokenizer, folder / "tokenizer.json")
    (folder / "preprocessor_config.json").write_text(
        json.dumps(_PREPROCESSOR, indent=1), encoding="utf-8"
    )


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("training", type=Path, help="the training's folder")
    parser.add_argument("folder", type=Path, help="where the weights go; replaced")
    given = parser.parse_args()
    network, trained = load(given.training / "checkpoint.pt")
    tokenizer = given.training / "tokenizer.json"
    export(network, tokens.load(tokenizer), tokenizer, given.folder)
    card = recogniser_card.text(trained, given.training / "log.jsonl")
    (given.folder / recogniser_card.FILE).write_text(card, encoding="utf-8")
    size = sum(path.stat().st_size for path in given.folder.iterdir()) / 1e6
    print(f"step {trained['step']}: {given.folder}, {size:.1f} MB")


if __name__ == "__main__":
    main()
