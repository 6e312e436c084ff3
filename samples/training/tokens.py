"""The demo recogniser's vocabulary: a byte-level BPE of the grammar's text, shaped like Whisper's.

Order of the ids, on which faster-whisper and CTranslate2 rely: text, the empty token (its presence
is what makes a model multilingual to CTranslate2 >= 4.7), end of text, start of transcript,
languages, tasks, previous, no speech, no timestamps, and 1501 timestamps last.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

LANGUAGES = ("en", "es", "ru")
TIMESTAMPS = 1501
TEXT_IDS = 1400
_SPECIALS = (
    "<|endoftext|>",
    "<|startoftranscript|>",
    *(f"<|{language}|>" for language in LANGUAGES),
    "<|translate|>",
    "<|transcribe|>",
    "<|startoflm|>",
    "<|startofprev|>",
    "<|nospeech|>",
    "<|notimestamps|>",
    *(f"<|{index * 0.02:.2f}|>" for index in range(TIMESTAMPS)),
)
# faster-whisper suppresses the first token of each of these. Without a merge of their own that
# token would be the bare blank, and words starting with an unmerged letter could not be written.
_WHOLE = (" -", " '", *"♩♪♫♬♭♮♯", *(f" {note}" for note in "♩♪♫♬♭♮♯"))


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Encodes text, and knows the special ids by name."""

    tokenizer: Tokenizer
    ids: dict[str, int]

    @property
    def size(self) -> int:
        """How many ids there are."""
        return len(self.ids)

    @property
    def first_timestamp(self) -> int:
        """Id of <|0.00|>."""
        return self.ids["<|0.00|>"]

    def encode(self, text: str) -> list[int]:
        """Ids of text that starts with a blank, as every Whisper word does."""
        return list(self.tokenizer.encode(text, add_special_tokens=False).ids)

    def words(self, text: str) -> list[list[int]]:
        """Ids of each blank-separated word, the blank before it included."""
        return [self.encode(f" {word}") for word in text.split()]


def train(lines: Iterable[str], path: Path) -> None:
    """Learn the merges from sentences and write a `tokenizer.json` that faster-whisper reads."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=TEXT_IDS,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    text = [f" {line}" for line in lines]
    tokenizer.train_from_iterator([*text, *(mark for mark in _WHOLE for _ in range(3000))], trainer)
    data = json.loads(tokenizer.to_str())
    vocabulary: dict[str, int] = data["model"]["vocab"]
    # An added token that the model's own vocabulary lacks would be given another id.
    for token in ("", *_SPECIALS):
        vocabulary[token] = len(vocabulary)
    data["added_tokens"] = [
        {
            "id": vocabulary[token],
            "content": token,
            "single_word": False,
            "lstrip": False,
            "rstrip": False,
            "normalized": False,
            "special": True,
        }
        for token in _SPECIALS
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(data, ensure_ascii=False, indent=0), encoding="utf-8")
    partial.replace(path)


def load(path: Path) -> Vocabulary:
    """Read what `train` wrote."""
    ids = json.loads(path.read_text(encoding="utf-8"))["model"]["vocab"]
    return Vocabulary(Tokenizer.from_file(str(path)), ids)
