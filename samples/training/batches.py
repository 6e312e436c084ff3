"""Windows to tensors, and what the network's answers to them cost."""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from samples.training import features
from samples.training.network import Network
from samples.training.speech import RATE
from samples.training.windows import IGNORED, Window

_POSITIONS = 32  # decoder lengths are multiples of this


@dataclass(frozen=True, slots=True)
class Batch:
    """Windows as tensors; `spans` rows are (window, position, first frame, end frame)."""

    mel: Tensor
    tokens: Tensor
    labels: Tensor
    phonemes: Tensor
    spans: Tensor

    def to(self, device: str) -> Batch:
        """The same on another device."""
        parts = (self.mel, self.tokens, self.labels, self.phonemes, self.spans)
        return Batch(*(part.to(device) for part in parts))


def collate(windows: list[Window], longest_ms: int, filters: Tensor, rng: random.Random) -> Batch:
    """Tensors of windows of at most `longest_ms`; a third of the batches lose a few mel bands.

    Few different sizes: memory asked for again and again in the same pieces does not fall apart.
    """
    longest = longest_ms * RATE // 1000
    samples = torch.zeros(len(windows), longest + 400)
    for row, one in enumerate(windows):
        samples[row, : len(one.samples)] = torch.from_numpy(np.ascontiguousarray(one.samples))
    lengths = [len(one.samples) for one in windows]
    mel = features.log_mel(samples, lengths, filters)[..., : longest // 160]
    if rng.random() < 0.33:
        low = rng.randrange(0, 74)
        mel[:, low : low + rng.randint(2, 8)] = 0.0
    size = -(-max(len(one.tokens) for one in windows) // _POSITIONS) * _POSITIONS
    inputs = torch.zeros(len(windows), size, dtype=torch.long)
    labels = torch.full((len(windows), size), IGNORED)
    phonemes = torch.full((len(windows), mel.shape[-1] // 2), IGNORED)
    spans = []
    for row, one in enumerate(windows):
        inputs[row, : len(one.tokens)] = torch.tensor(one.tokens)
        labels[row, : len(one.labels)] = torch.tensor(one.labels)
        phonemes[row, : len(one.phonemes)] = torch.tensor(one.phonemes)
        spans += [(row, at, max(0, begin - 1), end + 1) for at, begin, end in one.spans]
    return Batch(mel, inputs, labels, phonemes, torch.tensor(spans or [(0, 0, 0, 1)]))


def losses(network: Network, batch: Batch) -> dict[str, Tensor]:
    """Token, phoneme and attention losses, and the shares of tokens and phonemes that are right."""
    logits, phonemes, guided = network(batch.mel, batch.tokens)
    flat, wanted = logits.float().flatten(0, 1), batch.labels.flatten()
    heard, spoken = phonemes.float().flatten(0, 1), batch.phonemes.flatten()
    return {
        "token": functional.cross_entropy(flat, wanted, ignore_index=IGNORED),
        "phoneme": functional.cross_entropy(heard, spoken, ignore_index=IGNORED),
        "attention": torch.stack([_outside(weights, batch.spans) for weights in guided]).mean(),
        "right": _share(heard, spoken),
        "exact": _share(flat, wanted),
    }


def total(parts: dict[str, Tensor]) -> Tensor:
    """What is minimised."""
    return parts["token"] + 0.5 * parts["phoneme"] + parts["attention"]


@torch.no_grad()
def _share(scores: Tensor, wanted: Tensor) -> Tensor:
    known = wanted != IGNORED
    return (scores.argmax(-1)[known] == wanted[known]).float().mean()


def _outside(weights: Tensor, spans: Tensor) -> Tensor:
    """How much of the guided attention misses the word it should look at: a negative logarithm."""
    sums = functional.pad(weights.float().cumsum(-1), (1, 0))
    rows, positions, begins, ends = spans.unbind(1)
    limit = sums.shape[-1] - 1
    upto, before = ends.clamp(max=limit), begins.clamp(max=limit)
    mass = sums[rows, positions, upto] - sums[rows, positions, before]
    return -(mass + 1e-4).log().mean()
