"""Random weights with the true shapes of Whisper, which say a realistic number of words.

Time and memory depend on shapes and on the number of tokens, not on what the numbers are. Untrained
weights would say 224 tokens in every window, so the decoder is scripted: the position t is ten
times the embedding of the token that is to come after it, and what attention adds is scaled down.
All layers do their whole work, the same sentences come out of every window, and the language is
always Russian. A longer prompt would shift the script, so nothing may be prompted.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.bench.filling import Filler

ROOT: Final = Path(__file__).parents[2]
_DEMO: Final = ROOT / "samples" / "weights" / "asr"
_TRUTH: Final = ROOT / "samples" / "held-out" / "truth.json"
_TOKENS: Final = 110  # of text in a window; Russian takes about four a second
_END: Final = "<|28.00|>"
_TEXT_IDS: Final = 50_256  # Whisper's own ids begin here
_POSITIONS: Final = (1_500, 448)
_QUIET, _LOUD, _GAIN = 0.01, 10.0, 5.0
_BLANK: Final = 220
_SEED: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The sizes of one of Whisper's models; `heads` is what its words are aligned with."""

    width: int
    attention_heads: int
    encoder: int
    decoder: int
    mels: int
    languages: int
    heads: tuple[tuple[int, int], ...]


SHAPES: Final = {
    "tiny": Shape(
        width=384,
        attention_heads=6,
        encoder=4,
        decoder=4,
        mels=80,
        languages=99,
        heads=((2, 2), (3, 0), (3, 2), (3, 3), (3, 4), (3, 5)),
    ),
    "small": Shape(
        width=768,
        attention_heads=12,
        encoder=12,
        decoder=12,
        mels=80,
        languages=99,
        heads=(
            *((5, 3), (5, 9), (8, 0), (8, 4), (8, 7)),
            *((8, 8), (9, 0), (9, 7), (9, 9), (10, 5)),
        ),
    ),
    "large-v3-turbo": Shape(
        width=1280,
        attention_heads=20,
        encoder=32,
        decoder=4,
        mels=128,
        languages=100,
        heads=((2, 4), (2, 11), (3, 3), (3, 6), (3, 11), (3, 14)),
    ),
}


def make(name: str, folder: Path) -> Path:
    """Weights of the shape `name` in a folder of their own under `folder`; made only once."""
    made = folder / f"random-{name}"
    if (made / "model.bin").is_file():
        return made
    made.mkdir(parents=True, exist_ok=True)
    shape = SHAPES[name]
    tokens = _vocabulary(shape.languages)
    _write_tokenizer(made, tokens)
    _write(made / "preprocessor_config.json", _preprocessor(shape.mels))
    spec = _spec(shape, tokens, _script(made, tokens))
    spec.save(str(made))
    return made


def _vocabulary(languages: int) -> list[str]:
    from faster_whisper.tokenizer import _LANGUAGE_CODES

    demo = json.loads((_DEMO / "vocabulary.json").read_text("utf-8"))
    text = demo[: demo.index("")]
    fillers = [f"<unused {number}>" for number in range(len(text), _TEXT_IDS)]
    spoken = [f"<|{code}|>" for code in _LANGUAGE_CODES[:languages]]
    tasks = ["translate", "transcribe", "startoflm", "startofprev", "nospeech", "notimestamps"]
    times = [f"<|{number * 0.02:.2f}|>" for number in range(1_501)]
    begin = ["<|endoftext|>", "<|startoftranscript|>"]
    return [*text, *fillers, "", *begin, *spoken, *(f"<|{task}|>" for task in tasks), *times]


def _write_tokenizer(folder: Path, tokens: list[str]) -> None:
    told = json.loads((_DEMO / "tokenizer.json").read_text("utf-8"))
    told["model"]["vocab"] = {token: number for number, token in enumerate(tokens)}
    pattern = told["added_tokens"][0]
    first = tokens.index("<|endoftext|>")
    told["added_tokens"] = [
        {**pattern, "id": number, "content": token}
        for number, token in enumerate(tokens[first:], first)
    ]
    _write(folder / "tokenizer.json", told)


def _preprocessor(mels: int) -> dict[str, object]:
    told: dict[str, object] = json.loads((_DEMO / "preprocessor_config.json").read_text("utf-8"))
    return {**told, "feature_size": mels}


def _write(path: Path, told: object) -> None:
    path.write_text(json.dumps(told, ensure_ascii=False), "utf-8")


def _script(folder: Path, tokens: list[str]) -> list[int]:
    """What is to come after each position of a prompt and what follows it."""
    from tokenizers import Tokenizer

    truth = json.loads(_TRUTH.read_text("utf-8"))
    russian = [one for one in truth["programmes"] if one["language"] == "ru"]
    text = " ".join(phrase["text"] for one in russian for phrase in one["phrases"])
    spoken = Tokenizer.from_file(str(folder / "tokenizer.json")).encode(" " + text).ids[:_TOKENS]
    place = {token: number for number, token in enumerate(tokens)}
    begin = [place["<|ru|>"], place["<|transcribe|>"], place["<|0.00|>"]]
    script = [*begin, *spoken, place[_END]]
    end = place["<|endoftext|>"]
    return script + [end] * (_POSITIONS[1] - len(script))


def _spec(shape: Shape, tokens: list[str], script: list[int]) -> Any:
    from ctranslate2.specs import WhisperSpec

    filler = Filler(shape.width, _SEED)
    spec = WhisperSpec(shape.encoder, shape.attention_heads, shape.decoder, shape.attention_heads)
    encoder, decoder = spec.encoder, spec.decoder
    filler.convolution(encoder.conv1, shape.mels)
    filler.convolution(encoder.conv2, shape.width)
    encoder.position_encodings.encodings = filler.values(_POSITIONS[0], shape.width)
    embeddings = filler.values(len(tokens), shape.width)
    decoder.embeddings.weight = decoder.projection.weight = embeddings
    decoder.position_encodings.encodings = _LOUD * embeddings[script]
    filler.norm(encoder.layer_norm)
    filler.norm(decoder.layer_norm, _GAIN)
    for layer in encoder.layer:
        filler.attention(layer.self_attention, (3, 1))
        filler.feed_forward(layer.ffn)
    for layer in decoder.layer:
        filler.attention(layer.self_attention, (3, 1), _QUIET)
        filler.attention(layer.attention, (1, 2, 1), _QUIET)
        filler.feed_forward(layer.ffn, _QUIET)
    spec.register_vocabulary(tokens)
    _configure(spec.config, shape, tokens)
    spec.validate()
    spec.optimize(quantization="int8")
    return spec


def _configure(config: Any, shape: Shape, tokens: list[str]) -> None:
    first = tokens.index("<|startoftranscript|>") + 1
    config.suppress_ids = []
    config.suppress_ids_begin = [_BLANK, tokens.index("<|endoftext|>")]
    config.lang_ids = [*range(first, first + shape.languages)]
    config.alignment_heads = [list(head) for head in shape.heads]
