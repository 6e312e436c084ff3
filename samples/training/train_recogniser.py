"""Train the demo recogniser; the same command continues where it was stopped.

On a CPU two processes of one thread each share the work and average their gradients, which is
faster than one process of two threads; on a GPU there is one process with larger batches.
"""

from __future__ import annotations

import argparse
import json
import math
import multiprocessing
import os
import random
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import distributed

from samples.training import batches, corpus, features, grammar, sounds, steps, tokens
from samples.training.network import Network, Shape
from samples.training.windows import Composer, Window

_KEEP_S = 180  # between checkpoints
_TELL = 25  # steps between lines of the log


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All that decides a training, apart from the corpus."""

    folder: Path
    device: str
    ranks: int
    steps: int = 7000
    seconds: int = 80  # of audio, each rank, each step
    seed: int = 7
    peak: float = 1.2e-3
    warm_up: int = 300
    anneal: float = 0.35  # the last part of the steps, in which the rate falls


def rate_at(step: int, plan: Plan) -> float:
    """Learning rate: warm up, stay, and fall linearly over the last part."""
    falling = plan.steps * (1 - plan.anneal)
    if step < plan.warm_up:
        return plan.peak * (step + 1) / plan.warm_up
    if step < falling:
        return plan.peak
    return plan.peak * max(0.01, (plan.steps - step) / (plan.steps - falling))


def draw(composer: Composer, plan: Plan, step: int, rank: int) -> tuple[int, list[Window]]:
    """Windows of one rank's step, and their longest in ms; all ranks draw the same length.

    Short windows first: what a phoneme sounds like is learned from them several times faster.
    """
    seed = plan.seed * 1_000_003 + step
    kind, early = random.Random(seed).random(), step < plan.steps * 0.15
    longest_ms = 29_000
    if kind < (0.6 if early else 0.4):
        longest_ms = 6_000
    elif kind < (1.0 if early else 0.96):
        longest_ms = 14_000
    rng = random.Random(seed * 64 + rank + 1)
    count = max(2, plan.seconds * 1000 // longest_ms)
    silent = [rng.random() < 0.07 for _ in range(count)]
    single = longest_ms == 6_000
    return longest_ms, [
        composer.no_speech(longest_ms, rng)
        if none
        else composer.speech(longest_ms, rng, single=single)
        for none in silent
    ]


class Training:
    """One rank's network, optimiser and place in the training."""

    def __init__(self, plan: Plan, rank: int) -> None:
        self._plan, self._rank = plan, rank
        vocabulary = tokens.load(plan.folder / "tokenizer.json")
        entries, maps = corpus.read(plan.folder / "corpus")
        bank = np.load(plan.folder / "bank.npy", mmap_mode="r")
        self._composer = Composer(entries, maps, bank, vocabulary)
        self._shape = Shape(
            vocabulary.size, vocabulary.first_timestamp, len(self._composer.phoneme_ids)
        )
        torch.manual_seed(plan.seed)
        self._network = Network(self._shape).to(plan.device)
        self._optimiser = torch.optim.AdamW(
            self._network.parameters(), lr=plan.peak, betas=(0.9, 0.98), weight_decay=0.02
        )
        self._filters = features.mel_filters()
        self._path = plan.folder / "checkpoint.pt"
        self._step, self._minutes = 0, 0.0
        self._seen: dict[str, float] = {}
        self._log = plan.folder / "log.jsonl"
        if self._path.exists():
            self._continue()
        if not rank:
            steps.go_back(self._log, self._step)

    def _continue(self) -> None:
        state = torch.load(self._path, weights_only=True, map_location=self._plan.device)
        self._network.load_state_dict(state["network"])
        self._optimiser.load_state_dict(state["optimiser"])
        self._step, self._minutes = state["step"], state.get("minutes", 0.0)

    def run(self) -> None:
        """All steps that are left."""
        started = kept = time.monotonic()
        before = self._minutes
        while self._step < self._plan.steps:
            self._advance()
            self._minutes = before + (time.monotonic() - started) / 60
            if self._rank:
                continue
            if self._step % _TELL == 0:
                self._tell()
            if time.monotonic() - kept > _KEEP_S or self._step == self._plan.steps:
                self._keep()
                kept = time.monotonic()

    def _advance(self) -> None:
        plan, step = self._plan, self._step
        rng = random.Random((plan.seed * 7 + step) * 64 + self._rank)
        torch.manual_seed(rng.randrange(2**31))
        longest_ms, windows = draw(self._composer, plan, step, self._rank)
        batch = batches.collate(windows, longest_ms, self._filters, rng).to(plan.device)
        with torch.autocast(plan.device, torch.bfloat16):
            parts = batches.losses(self._network, batch)
            cost = batches.total(parts)
        self._optimiser.zero_grad(set_to_none=False)
        cost.backward()
        self._average()
        norm = torch.nn.utils.clip_grad_norm_(self._network.parameters(), 1.0)
        for group in self._optimiser.param_groups:
            group["lr"] = rate_at(step, plan)
        if math.isfinite(norm.item()):  # averaged, so that all ranks decide alike
            self._optimiser.step()
        self._step += 1
        for name, value in parts.items():
            now = value.item()
            self._seen[name] = self._seen.get(name, now) * 0.98 + now * 0.02

    def _average(self) -> None:
        if self._plan.ranks == 1:
            return
        gradients = [p.grad for p in self._network.parameters() if p.grad is not None]
        flat = torch.cat([g.flatten() for g in gradients])
        distributed.all_reduce(flat)
        flat /= self._plan.ranks
        at = 0
        for gradient in gradients:
            gradient.copy_(flat[at : at + gradient.numel()].view_as(gradient))
            at += gradient.numel()

    def _tell(self) -> None:
        rounded = {name: round(value, 4) for name, value in self._seen.items()}
        line = {"step": self._step, "minutes": round(self._minutes, 1), **rounded}
        with self._log.open("a", encoding="utf-8") as out:
            out.write(json.dumps(line) + "\n")
        left = self._minutes / self._step * (self._plan.steps - self._step)
        print(
            f"recogniser: step {self._step} of {self._plan.steps}, token loss"
            f" {self._seen['token']:.2f}, phonemes right {self._seen['right']:.0%},"
            f" about {left:.0f} min left",
            flush=True,
        )

    def _keep(self) -> None:
        state = {
            "network": self._network.state_dict(),
            "optimiser": self._optimiser.state_dict(),
            "step": self._step,
            "minutes": self._minutes,
            "seconds": self._plan.seconds * self._plan.ranks,
            "seed": self._plan.seed,
            "device": self._plan.device,
            "shape": asdict(self._shape),
        }
        partial = self._path.with_suffix(".partial")
        torch.save(state, partial)
        partial.replace(self._path)


def train(rank: int, plan: Plan) -> None:
    """One rank's whole training."""
    if plan.ranks > 1:
        torch.set_num_threads(1)
        meet = f"file://{plan.folder}/meet"
        distributed.init_process_group("gloo", init_method=meet, rank=rank, world_size=plan.ranks)
    Training(plan, rank).run()


def prepare(folder: Path, *, count: int) -> None:
    """Tokenizer, sound bank and corpus; what is there already stays.

    `count` triples are spoken in each of the three languages.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "tokenizer.json").exists():
        drawn = grammar.sample(grammar.load(), 0, 20_000, held_out=False)
        lines = [triple.text(language) for triple in drawn for language in corpus.LANGUAGES]
        tokens.train(lines, folder / "tokenizer.json")
    if not (folder / "bank.npy").exists():
        partial = folder / "bank.partial.npy"
        np.save(partial, sounds.bank(2400, seed=11))
        partial.replace(folder / "bank.npy")
    parts = [
        multiprocessing.get_context("spawn").Process(
            target=corpus.build,
            args=(folder / "corpus", name),
            kwargs={"count": count // 2, "seed": seed},
        )
        for name, seed in (("a", 101), ("b", 202))
        if not (folder / "corpus" / f"{name}.jsonl").exists()
    ]
    for part in parts:
        part.start()
    for part in parts:
        part.join()
        if part.exitcode:
            raise SystemExit("the corpus could not be spoken")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--steps", type=int, default=Plan.__dataclass_fields__["steps"].default)
    parser.add_argument("--seconds", type=int, help="of audio, each process, each step")
    given = parser.parse_args()
    prepare(given.folder, count=9000)
    (given.folder / "meet").unlink(missing_ok=True)
    on_gpu = torch.cuda.is_available()
    plan = Plan(
        folder=given.folder.resolve(),
        device="cuda" if on_gpu else "cpu",
        ranks=1 if on_gpu or (os.cpu_count() or 1) < 2 else 2,
        steps=given.steps,
        seconds=given.seconds or (640 if on_gpu else 80),
    )
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    if plan.ranks == 1:
        train(0, plan)
    else:
        torch.multiprocessing.spawn(train, args=(plan,), nprocs=plan.ranks)


if __name__ == "__main__":
    main()
