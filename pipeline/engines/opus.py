"""OPUS-MT and other Marian models converted for CTranslate2: see `opus_folders`."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Final

from pipeline.core.errors import MissingError
from pipeline.engines import opus_folders, seq2seq, vocabulary
from pipeline.engines.opus_folders import HINT
from pipeline.engines.seq2seq import Seq2Seq, Wording

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.engines.opus_folders import Folder
    from pipeline.engines.seq2seq import Decoding
    from pipeline.engines.weights import Weights

NAME: Final = "opus"
_END: Final = "</s>"
_FEWEST_KNOWN: Final = 0.6  # of a tokenizer's pieces; another language's shares a third at most


class Opus(Seq2Seq):
    """One folder. Building it loads the weights; one serves many recordings."""

    def __init__(
        self, weights: Weights, decoding: Decoding | None = None, device: str = "auto"
    ) -> None:
        """Load what `weights.folder` holds.

        Raises:
            InputError: engine.toml cannot be understood.
            MissingError: a part is missing or damaged, or not of these weights.
            EngineError: the weights do not fit into memory.
        """
        folder = opus_folders.opened(weights.folder)
        source, target = (_processor(path) for path in (folder.source, folder.target))
        before = (folder.about.prefix,) if folder.about.prefix else ()
        known = vocabulary.pieces(folder.model, "source", HINT)
        _check(folder.source, source, known)
        _check(folder.target, target, vocabulary.pieces(folder.model, "target", HINT))
        for token in (*before, _END):
            if token not in known:
                message = f"{folder.model}: the weights do not know the token {token}"
                raise MissingError(message, hint=f"correct {opus_folders.FILE_NAME}, or {HINT}")
        wording = Wording(
            encode=functools.partial(source.encode, out_type=str),
            decode=target.decode_pieces,
            encode_target=functools.partial(target.encode, out_type=str),
            known=functools.cache(lambda: vocabulary.pieces(folder.model, "target", HINT)),
            languages=folder.about.source_languages,
            into=folder.about.target_languages,
            before=before,
            after=() if _adds_end(folder) else (_END,),
        )
        translator = seq2seq.load(folder.model, device, hint=HINT)
        super().__init__(weights.identity, translator, wording, decoding)


def _processor(path: Path) -> Any:  # noqa: ANN401 - sentencepiece has no types
    import sentencepiece

    try:
        return sentencepiece.SentencePieceProcessor(model_file=str(path))
    except (OSError, RuntimeError, ValueError) as error:
        raise MissingError(f"{path}: not a SentencePiece model: {error}", hint=HINT) from error


def _check(path: Path, processor: Any, known: frozenset[str]) -> None:  # noqa: ANN401
    """Raise a MissingError where a tokenizer cannot be the one of the weights."""
    size = processor.get_piece_size()
    shared = sum(processor.id_to_piece(number) in known for number in range(size))
    if shared < _FEWEST_KNOWN * size:
        message = f"{path}: not of these weights, which know {shared} of its {size} pieces"
        raise MissingError(message, hint=HINT)


def _adds_end(folder: Folder) -> bool:
    """Whether CTranslate2 adds the end itself, as with weights converted from Marian's own."""
    return vocabulary.config(folder.model, HINT).add_source_eos
