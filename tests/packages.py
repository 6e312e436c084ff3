"""Real weights of a few kilobytes, made of dice: the real libraries load them and talk nonsense."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

WIDTH, HEADS, HIDDEN = 16, 2, 32
END_BIAS = 3.0  # so that sentences come to an end
RUSSIAN = (
    "Добрый вечер, дорогие друзья! Мы начинаем наш марафон. Сегодня с нами гости из Никарагуа.\n"
    "Спасибо вам, друзья."
)
ENGLISH = "Good evening, dear friends! We begin our marathon. Our guests are with us."
TEXT = f"{RUSSIAN} {ENGLISH}"
ABOUT_OPUS = """kind = "opus"
name = "opus-tiny"
source_languages = ["ru", "uk"]
target_languages = ["en"]
licence = "CC0-1.0"
"""


def build(folder: Path, source: str = "ru", target: str = "en", *, positions: int = 256) -> Path:
    """Write a package into `folder`; it refuses a sentence of more than `positions` tokens."""
    (folder / "model").mkdir(parents=True)
    pieces = _tokenizer(folder / "sentencepiece.model", TEXT)
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


def archive(folder: Path, path: Path) -> Path:
    """Pack the package in `folder` into the .argosmodel `path`."""
    with zipfile.ZipFile(path, "w") as packed:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                packed.write(file, Path(folder.name) / file.relative_to(folder))
    return path


def build_opus(
    folder: Path, about: str = ABOUT_OPUS, *, model: str = ".", adds_end: bool = False
) -> Path:
    """Write a Marian model as the converter for OPUS-MT leaves it, and its engine.toml."""
    (folder / model).mkdir(parents=True, exist_ok=True)
    source = _tokenizer(folder / "source.spm", RUSSIAN)
    target = _tokenizer(folder / "target.spm", ENGLISH)
    shared = list(dict.fromkeys(["</s>", "<unk>", ">>eng<<", *source, *target]))
    _model(folder / model, shared, 512, marian=True, adds_end=adds_end)
    (folder / "engine.toml").write_text(about)
    return folder


def _tokenizer(path: Path, text: str) -> list[str]:
    import sentencepiece

    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(text.splitlines() * 5),
        model_writer=model,
        vocab_size=120,
        hard_vocab_limit=False,
        minloglevel=2,
    )
    path.write_bytes(model.getvalue())
    processor = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
    return [processor.id_to_piece(number) for number in range(processor.get_piece_size())]


def _model(
    folder: Path, pieces: list[str], positions: int, *, marian: bool = False, adds_end: bool = False
) -> None:
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

    spec = TransformerSpec.from_config((1, 1), HEADS, pre_norm=not marian)
    spec.decoder.start_from_zero_embedding = marian
    for side in (spec.encoder, spec.decoder):
        embeddings = side.embeddings[0] if side is spec.encoder else side.embeddings
        embeddings.weight = weights(len(pieces), WIDTH)
        side.position_encodings.encodings = weights(positions, WIDTH)
        if not marian:
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
    spec.config.add_source_eos = adds_end
    if marian:
        spec.config.decoder_start_token = "</s>"
    spec.register_source_vocabulary(pieces)
    spec.register_target_vocabulary(pieces)
    spec.validate()
    spec.optimize("int8")
    spec.save(str(folder))
