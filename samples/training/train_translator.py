"""Train the demo translator; on a GPU where there is one, and on from where it was stopped."""

from __future__ import annotations

import argparse
import io
import itertools
import json
import os
import random
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import sentencepiece
import torch
from torch import Tensor
from torch.nn import functional
from torch.nn.attention import SDPBackend, sdpa_kernel

from pipeline.core import files
from samples.training import grammar, steps
from samples.training.translator_network import Network, Shape
from samples.training.translator_text import Drawer, Pair

UNKNOWN, BEGIN, END = 0, 1, 2  # ids, the same in sentencepiece and in the network
PIECES: Final = 1400
_IGNORED: Final = -100
_POOL: Final = 50  # batches that are drawn at once, so that each holds sources of like length


@dataclass(frozen=True, slots=True)
class Plan:
    """All that decides a training; equal plans on one kind of machine give equal weights."""

    steps: int = 2600
    seed: int = 17
    batch: int = 64
    peak: float = 2e-3
    warm_up: int = 250
    smoothing: float = 0.05
    split: float = 0.35  # share of sources that sentencepiece cuts up at random
    width: int = 128
    encoder_layers: int = 3
    decoder_layers: int = 2

    def rate(self, step: int) -> float:
        """Learning rate: up, then down in a straight line."""
        if step < self.warm_up:
            return self.peak * (step + 1) / self.warm_up
        return self.peak * max(0.005, (self.steps - step) / (self.steps - self.warm_up))


@dataclass(frozen=True, slots=True)
class Batch:
    """Pairs as tensors of ids."""

    source: Tensor
    padding: Tensor
    target: Tensor
    labels: Tensor

    def to(self, device: str) -> Batch:
        """The same on another device."""
        parts = (self.source, self.padding, self.target, self.labels)
        return Batch(*(part.to(device) for part in parts))


def train_pieces(drawer: Drawer, plan: Plan) -> bytes:
    """A sentencepiece model of Russian and English together."""
    drawn = itertools.islice(drawer.pairs(random.Random(plan.seed)), 20_000)
    written = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=(text for pair in drawn for text in (pair.source, pair.target)),
        model_writer=written,
        model_type="unigram",
        vocab_size=PIECES,
        hard_vocab_limit=False,
        character_coverage=1.0,
        byte_fallback=True,
        unk_id=UNKNOWN,
        bos_id=BEGIN,
        eos_id=END,
        num_threads=1,
        minloglevel=1,
    )
    return written.getvalue()


class Batches:
    """The batch of every step, decided by the plan alone."""

    def __init__(
        self, drawer: Drawer, pieces: sentencepiece.SentencePieceProcessor, plan: Plan
    ) -> None:
        self._drawer, self._pieces, self._plan = drawer, pieces, plan
        self._number, self._pool = -1, [[]]

    def at(self, step: int) -> Batch:
        """The batch of a step."""
        number, index = divmod(step, _POOL)
        if number != self._number:
            self._number, self._pool = number, self._drawn(number)
        return collate(self._pool[index])

    def _drawn(self, number: int) -> list[list[tuple[list[int], list[int]]]]:
        seed, size = self._plan.seed * 1_000_003 + number, self._plan.batch
        rng = random.Random(seed)
        sentencepiece.set_random_generator_seed(seed % 2**32)
        pairs = itertools.islice(self._drawer.pairs(rng), _POOL * size)
        pool = sorted((self._encoded(pair, rng) for pair in pairs), key=lambda one: len(one[0]))
        batches = [pool[first : first + size] for first in range(0, len(pool), size)]
        rng.shuffle(batches)
        return batches

    def _encoded(self, pair: Pair, rng: random.Random) -> tuple[list[int], list[int]]:
        """Ids of a pair; some sources are cut finer, so that misheard words still say something."""
        cut: dict[str, Any] = {}
        if rng.random() < self._plan.split:
            cut = {"enable_sampling": True, "alpha": 0.2, "nbest_size": -1}
        return self._pieces.encode(pair.source, **cut), self._pieces.encode(pair.target)


def collate(pairs: list[tuple[list[int], list[int]]]) -> Batch:
    """Tensors of a list of encoded pairs."""
    sources = [torch.tensor(source) for source, _ in pairs]
    lengths = torch.tensor([len(source) for source in sources])
    padded = torch.nn.utils.rnn.pad_sequence(sources, batch_first=True, padding_value=END)
    return Batch(
        source=padded,
        padding=torch.arange(padded.shape[1])[None] >= lengths[:, None],
        target=_padded([[BEGIN, *target] for _, target in pairs], END),
        labels=_padded([[*target, END] for _, target in pairs], _IGNORED),
    )


def _padded(rows: list[list[int]], value: int) -> Tensor:
    tensors = [torch.tensor(row) for row in rows]
    return torch.nn.utils.rnn.pad_sequence(tensors, batch_first=True, padding_value=value)


def origin(plan: Plan) -> dict[str, Any]:
    """What decides the weights."""
    return {**asdict(plan), "phrases": files.digest_file(grammar.PHRASES)}


def holds(folder: Path, plan: Plan) -> bool:
    """Whether a folder holds a training of this very plan and of the grammar as it is now."""
    try:
        kept = json.loads((folder / "origin.json").read_bytes())
    except FileNotFoundError:
        return False
    return bool(kept == origin(plan))


class Training:
    """A training in a folder: `pieces.model`, `checkpoint.pt`, `log.jsonl`."""

    def __init__(self, folder: Path, plan: Plan) -> None:
        book = grammar.load()
        self.folder, self.plan = folder, plan
        drawer = Drawer(book)
        if not holds(folder, plan):
            self._clear()
            files.replace(folder / "pieces.model", train_pieces(drawer, plan))
            files.replace(folder / "origin.json", json.dumps(origin(plan), indent=1).encode())
        self.pieces = sentencepiece.SentencePieceProcessor(model_file=str(folder / "pieces.model"))
        self.batches = Batches(drawer, self.pieces, plan)
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        torch.manual_seed(plan.seed)
        self.shape = Shape(
            len(self.pieces), plan.width,
            encoder_layers=plan.encoder_layers, decoder_layers=plan.decoder_layers,
        )  # fmt: skip
        self.network = Network(self.shape).to(self.device)
        self.optimiser = torch.optim.AdamW(
            self.network.parameters(), lr=plan.peak, betas=(0.9, 0.98), weight_decay=0.01
        )
        self.step, self.seconds = 0, 0.0
        self._restore()

    @property
    def checkpoint(self) -> Path:
        """Where the state is kept."""
        return self.folder / "checkpoint.pt"

    def run(self) -> None:
        """Train to the last step, saying once a minute how far it is."""
        began, said = time.monotonic() - self.seconds, time.monotonic()
        mean: dict[str, float] = {}
        while self.step < self.plan.steps:
            one = self._learn(self.batches.at(self.step).to(self.device))
            mean = {name: 0.98 * mean.get(name, one[name]) + 0.02 * one[name] for name in one}
            self.step += 1
            last = self.step == self.plan.steps
            if last or time.monotonic() - said > 60:
                said = time.monotonic()
                self.seconds = said - began
                self._say(mean)
                self._save()

    def _learn(self, batch: Batch) -> dict[str, float]:
        torch.manual_seed(self.plan.seed * 7919 + self.step)
        # On a CPU the plain form of attention is the faster one: steps take 0.24 s, not 0.40 s.
        backend = SDPBackend.MATH if self.device == "cpu" else SDPBackend.EFFICIENT_ATTENTION
        with torch.autocast(self.device, torch.bfloat16), sdpa_kernel([backend, SDPBackend.MATH]):
            logits = self.network(batch.source, batch.padding, batch.target)
        logits, labels = logits.float().flatten(0, 1), batch.labels.flatten()
        loss = functional.cross_entropy(
            logits, labels, ignore_index=_IGNORED, label_smoothing=self.plan.smoothing
        )
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        for group in self.optimiser.param_groups:
            group["lr"] = self.plan.rate(self.step)
        self.optimiser.step()
        said = labels != _IGNORED
        right = (logits.argmax(-1)[said] == labels[said]).float().mean()
        return {"loss": float(loss.detach()), "right": float(right)}

    def _say(self, mean: dict[str, float]) -> None:
        left = self.seconds / self.step * (self.plan.steps - self.step)
        line = {"step": self.step, "seconds": round(self.seconds)}
        line |= {name: round(value, 4) for name, value in mean.items()}
        with files.Journal.open(self.folder / "log.jsonl") as journal:
            journal.append(json.dumps(line).encode())
        print(
            f"translator: step {self.step} of {self.plan.steps}, loss {mean['loss']:.3f}, "
            f"{mean['right']:.1%} of the pieces right, about {left / 60:.0f} min left",
            flush=True,
        )

    def _clear(self) -> None:
        for name in ("origin.json", "checkpoint.pt", "log.jsonl"):
            files.remove(self.folder / name)

    def _save(self) -> None:
        kept = io.BytesIO()
        state = {
            "network": self.network.state_dict(), "optimiser": self.optimiser.state_dict(),
            "step": self.step, "seconds": self.seconds,
        }  # fmt: skip
        torch.save(state, kept)
        files.replace(self.checkpoint, kept.getvalue())

    def _restore(self) -> None:
        if self.checkpoint.exists():
            state = torch.load(self.checkpoint, map_location=self.device, weights_only=True)
            self.network.load_state_dict(state["network"])
            self.optimiser.load_state_dict(state["optimiser"])
            self.step, self.seconds = state["step"], state["seconds"]
        steps.go_back(self.folder / "log.jsonl", self.step)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where the training is kept")
    parser.add_argument("--steps", type=int, default=Plan().steps)
    given = parser.parse_args()
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
    training = Training(given.folder, Plan(steps=given.steps))
    size = sum(weight.numel() for weight in training.network.parameters()) / 1e6
    print(
        f"translator: {len(training.pieces)} pieces, {size:.2f} M weights, on {training.device}, "
        f"from step {training.step}",
        flush=True,
    )
    training.run()


if __name__ == "__main__":
    main()
