"""A real Argos package with random weights: the real libraries load it and make nonsense of it."""

from __future__ import annotations

import io
import json
from pathlib import Path

WIDTH, HEADS, HIDDEN = 16, 2, 32
END_BIAS = 3.0  # so that sentences come to an end
TEXT = """Добрый вечер, дорогие друзья! Мы начинаем наш марафон. Сегодня с нами гости из Никарагуа.
Спасибо вам, друзья. Good evening, dear friends! We begin our marathon. Our guests are with us."""


def build(folder: Path, source: str = "ru", target: str = "en", *, positions: int = 256) -> Path:
    """Write a package into `folder`; it refuses a sentence of more than `positions` tokens."""
    (folder / "model").mkdir(parents=True)
    pieces = _tokenizer(folder / "sentencepiece.model")
    _model(folder / "model", pieces, positions)
    about = {
        "package_version": "1.0",
        "argos_version": "1.9",
        "from_code": source,
        "from_name": source,
        "to_code": target,
        "to_name": target,
        "type": "translate",
    }
    (folder / "metadata.json").write_text(json.dumps(about))
    return folder


def _tokenizer(path: Path) -> list[str]:
    import sentencepiece

    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(TEXT.splitlines() * 5),
        model_writer=model,
        vocab_size=120,
        hard_vocab_limit=False,
        minloglevel=2,
    )
    path.write_bytes(model.getvalue())
    processor = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
    return [processor.id_to_piece(number) for number in range(processor.get_piece_size())]


def _model(folder: Path, pieces: list[str], positions: int) -> None:
    import numpy as np
    from ctranslate2.specs import TransformerSpec

    random = np.random.default_rng(7)

    def weights(*shape: int):
        return random.normal(0, 0.5, shape).astype(np.float32)

    def norm(spec):
        spec.gamma, spec.beta = np.ones(WIDTH, np.float32), np.zeros(WIDTH, np.float32)

    def attention(spec, *rows: int):
        norm(spec.layer_norm)
        for linear, height in zip(spec.linear, rows, strict=True):
            linear.weight, linear.bias = weights(height, WIDTH), weights(height)

    spec = TransformerSpec.from_config((1, 1), HEADS, pre_norm=True)
    for side in (spec.encoder, spec.decoder):
        embeddings = side.embeddings[0] if side is spec.encoder else side.embeddings
        embeddings.weight = weights(len(pieces), WIDTH)
        side.position_encodings.encodings = weights(positions, WIDTH)
        norm(side.layer_norm)
        layer = side.layer[0]
        attention(layer.self_attention, 3 * WIDTH, WIDTH)
        norm(layer.ffn.layer_norm)
        layer.ffn.linear_0.weight, layer.ffn.linear_0.bias = weights(HIDDEN, WIDTH), weights(HIDDEN)
        layer.ffn.linear_1.weight, layer.ffn.linear_1.bias = weights(WIDTH, HIDDEN), weights(WIDTH)
    attention(spec.decoder.layer[0].attention, WIDTH, 2 * WIDTH, WIDTH)
    bias = weights(len(pieces))
    bias[pieces.index("</s>")] += END_BIAS
    spec.decoder.projection.weight = weights(len(pieces), WIDTH)
    spec.decoder.projection.bias = bias
    spec.config.add_source_eos = False
    spec.register_source_vocabulary(pieces)
    spec.register_target_vocabulary(pieces)
    spec.validate()
    spec.optimize("int8")
    spec.save(str(folder))
