"""An Argos package of random weights in the true shape, which says a realistic number of words.

Argos' packages are Transformers of 6 and 6 layers, 512 wide, 2048 inside, with 8 heads and 32,000
pieces, in 8 bits. Time and memory depend on that and on how many pieces are said. Untrained weights
would say as many as they may, so the decoder is scripted: the position t is a multiple of the
embedding of the piece to come, and what the layers add is scaled down. Dimension 0 is kept free for
one number. In the encoder it holds each piece's place; one head of the decoder's last layer takes
the mean, which is half the source's length, and the end comes when 22 pieces were said for every
24. All layers do their whole work, and every system gets the same texts.
"""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from samples.training import argos_package, grammar
from tests.bench import translation_text
from tests.bench.filling import SPREAD, Filler

if TYPE_CHECKING:
    from tests.bench.filling import Values

PIECES: Final = 32_000
WIDTH, HEADS, LAYERS = 512, 8, 6
UNKNOWN, BEGIN, END = 0, 1, 2
SAID: Final = 22 / 24  # target pieces for a source piece
_LETTERS: Final = 4.0  # of Russian in a piece, as in a vocabulary of that size
_FIRST_TRY, _MORE = 800, 1.05  # sizes of the vocabulary that is trained
_POSITIONS: Final = 512
_QUIET, _LOUD, _GAIN = 0.01, 100.0, 1.5
_PLACE: Final = 0.06  # what a piece's place adds in the encoder
_STEP: Final = 0.2  # what each piece said adds in the decoder
_LATER: Final = 1.5  # pieces: places begin with 0, and the last beams end a little early
_STEEP: Final = 3.0  # how much likelier, in logits, the end gets with every piece
_SEED: Final = 6
_DEMO: Final = Path(__file__).parents[2] / "samples" / "weights" / "translate-ru_en.argosmodel"
_RULE: Final = "minisbd/rule.onnx"


def make(spoken: Sequence[str], folder: Path) -> Path:
    """The installed package for a text, its only neighbour in `folder`; made only once."""
    made = folder / "translate-ru_en-random"
    if (made / "metadata.json").is_file():
        return made
    (made / "model").mkdir(parents=True, exist_ok=True)
    pieces = _pieces(spoken)
    (made / "sentencepiece.model").write_bytes(pieces)
    names, script = _script(pieces)
    spec = _spec(names, script)
    spec.save(str(made / "model"))
    with zipfile.ZipFile(_DEMO) as demo:
        rule = demo.read(f"{argos_package.FOLDER}/{_RULE}")
    (made / "minisbd").mkdir(exist_ok=True)
    (made / _RULE).write_bytes(rule)
    (made / "metadata.json").write_bytes(argos_package.metadata())
    return made


def demo(folder: Path) -> Path:
    """The demo package, installed as Argos does it: unpacked."""
    made = folder / argos_package.FOLDER
    shutil.rmtree(made, ignore_errors=True)
    with zipfile.ZipFile(_DEMO) as packed:
        packed.extractall(folder)
    return made


def _pieces(spoken: Sequence[str]) -> bytes:
    """A sentencepiece model that makes a piece of every four letters, filled up to 32,000."""
    import sentencepiece
    from sentencepiece import sentencepiece_model_pb2

    letters = sum(map(len, spoken))
    size = float(_FIRST_TRY)
    english = [triple.en for triple in grammar.load().triples()]  # or it would come in letters
    while True:
        trained = _trained([*spoken, *english], round(size))
        processor = sentencepiece.SentencePieceProcessor(model_proto=trained)
        if letters >= _LETTERS * sum(len(processor.encode(line)) for line in spoken):
            break
        if len(processor) < round(size) or size * _MORE > PIECES:
            break  # no longer piece is to be had from this text
        size *= _MORE
    model = sentencepiece_model_pb2.ModelProto.FromString(trained)
    for number in range(len(model.pieces), PIECES):
        model.pieces.add(piece=f"<unused {number}>", score=0.0, type=5)  # 5: never used
    whole: bytes = model.SerializeToString()
    return whole


def _trained(text: Sequence[str], size: int) -> bytes:
    import sentencepiece

    written = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(text),
        model_writer=written,
        model_type="bpe",
        vocab_size=size,
        hard_vocab_limit=False,
        character_coverage=1.0,
        num_threads=1,
        minloglevel=2,
        unk_id=UNKNOWN,
        bos_id=BEGIN,
        eos_id=END,
    )
    return written.getvalue()


def _script(pieces: bytes) -> tuple[list[str], list[int]]:
    """The vocabulary, and the piece that is said at each position."""
    import sentencepiece

    processor = sentencepiece.SentencePieceProcessor(model_proto=pieces)
    said: list[int] = [one for text in translation_text.english() for one in processor.encode(text)]
    repeated = said * (1 + _POSITIONS // len(said))
    return [processor.id_to_piece(one) for one in range(PIECES)], repeated[:_POSITIONS]


def _spec(names: list[str], script: list[int]) -> Any:
    from ctranslate2.specs import TransformerSpec

    filler = Filler(WIDTH, _SEED, is_first_free=True)
    spec = TransformerSpec.from_config((LAYERS, LAYERS), HEADS)
    table = filler.values(PIECES, WIDTH)
    table[:, 0] = 0.0
    table[END] = 0.0
    table[END, 0] = _STEEP / _normal(_STEP)
    spec.encoder.embeddings[0].weight = table
    spec.decoder.embeddings.weight = spec.decoder.projection.weight = table
    _positions(spec, table, script, filler)
    filler.norm(spec.encoder.layer_norm)
    filler.norm(spec.decoder.layer_norm, _GAIN)
    for layer in spec.encoder.layer:
        filler.attention(layer.self_attention, (3, 1), _QUIET)
        filler.feed_forward(layer.ffn, _QUIET)
    for layer in spec.decoder.layer:
        filler.attention(layer.self_attention, (3, 1), _QUIET)
        filler.attention(layer.attention, (1, 2, 1), _QUIET)
        filler.feed_forward(layer.ffn, _QUIET)
    _count(spec.decoder.layer[-1].attention)
    spec.register_source_vocabulary(names)
    spec.register_target_vocabulary(names)
    spec.config.unk_token, spec.config.bos_token = names[UNKNOWN], names[BEGIN]
    spec.config.eos_token, spec.config.decoder_start_token = names[END], names[BEGIN]
    spec.config.add_source_bos = spec.config.add_source_eos = False
    spec.validate()
    spec.optimize(quantization="int8")
    return spec


def _positions(spec: Any, table: Values, script: list[int], filler: Filler) -> None:
    at = np.arange(_POSITIONS, dtype=np.float32)
    encoder = filler.values(_POSITIONS, WIDTH, scale=25.0)
    encoder[:, 0] = _PLACE * at
    decoder = _LOUD * table[script]
    loudest = _GAIN * WIDTH * SPREAD  # the logit of the piece in the script
    decoder[:, 0] = _STEP * (at - _LATER + loudest / _STEEP)
    spec.encoder.position_encodings.encodings = encoder
    spec.decoder.position_encodings.encodings = decoder


def _count(attention: Any) -> None:
    """Head 0 of this attention takes the mean place, and the decoder's count goes down by it."""
    query, memory, out = attention.linear
    query.weight[: WIDTH // HEADS] = 0.0  # looks at all pieces alike
    memory.weight[WIDTH] = 0.0  # the first row of the values
    memory.weight[WIDTH, 0] = 1.0
    # Half the last place is the mean; the encoder's last layer made 1 of its usual deviation.
    usual = np.hypot(SPREAD * np.sqrt(WIDTH), SPREAD * 25.0)
    out.weight[0, 0] = -2.0 * SAID * _STEP * usual / _PLACE


def _normal(value: float) -> float:
    """What the decoder's last norm makes of a number."""
    usual = np.hypot(SPREAD * np.sqrt(WIDTH), SPREAD * _LOUD)
    return float(value * _GAIN / usual)
