"""Argos Translate packages, driven through CTranslate2 in true batches.

`argostranslate.package` gives the tokenizer. `argostranslate.translate` is never imported: it needs
torch, stanza and spacy, and sends one sentence at a time.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Final

from pipeline.core.errors import MissingError
from pipeline.engines import argos_home, seq2seq, vocabulary
from pipeline.engines.seq2seq import Seq2Seq, Wording

if TYPE_CHECKING:
    from pipeline.engines.seq2seq import Decoding
    from pipeline.engines.weights import Weights

NAME: Final = "argos"
_HINT: Final = "fetch it again with: marathon models pull"


class Argos(Seq2Seq):
    """One installed package. Building it loads the weights; one serves many recordings."""

    def __init__(
        self, weights: Weights, decoding: Decoding | None = None, device: str = "auto"
    ) -> None:
        """Load the package in `weights.folder`.

        Raises:
            MissingError: a part of the package is missing or damaged.
            EngineError: the weights do not fit into memory.
        """
        library = argos_home.library()
        try:
            package: Any = library.Package(weights.folder)
            package.tokenizer.encode("a")
        except (OSError, ValueError, AttributeError, ImportError, RuntimeError) as error:
            message = f"{weights.folder} is not a whole Argos package: {error}"
            raise MissingError(message, hint=_HINT) from error
        model = weights.folder / "model"
        wording = Wording(
            encode=package.tokenizer.encode,
            decode=package.tokenizer.decode,
            encode_target=package.tokenizer.encode,
            known=functools.cache(lambda: vocabulary.pieces(model, "target", _HINT)),
            languages=(package.from_code,),
            into=(package.to_code,),
            target_before=(package.target_prefix,) if package.target_prefix else (),
        )
        super().__init__(
            weights.identity, seq2seq.load(model, device, hint=_HINT), wording, decoding
        )
