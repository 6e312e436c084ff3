"""Train the demo recogniser: two processes of one thread each on a CPU, one on a GPU; continues where it was stopped."""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
import torch.distributed as dist
from torch import Tensor
from torch.nn import functional

from samples.training import corpus, features, grammar, sounds, tokens
from samples.training.network import Network, Shape
from samples.training.speech import RATE
from samples.training.windows import IGNORED, Composer, Window


@dataclass(frozen=True, slots=True)
class Plan:
    """All that decides a training, apart from the corpus."""

    folder: Path
    steps: int = 6000
    seed: int = 7
    ranks: int = 2
    seconds: int = 150  # of audio, each rank, each step
    peak: float = 1.2e-3
    anneal: float = 0.35
    width: int = 256
    encoder_layers: int = 4
    decoder_layers: int = 3


@dataclass(frozen=True, slots=True)
class Batch:
    """Windows as tensors; `spans` rows are (window, position, first frame, end frame)."""

    mel: Tensor
    tokens: Tensor
    labels: Tensor
    phonemes: Tensor
    spans: Tensor


def rate_at(step: int, plan: Plan) -> float:
    """Learning rate: warm up, stay, and fall linearly over the last part."""
    falling = plan.steps * (1 - plan.anneal)
    if step < 300:
        return plan.peak * (step + 1) / 300
    if step < falling:
        return plan.peak
    return plan.peak * max(0.01, (plan.steps - step) / (plan.steps - falling))


def draw(composer: Composer, plan: Plan, step: int, rank: int) -> tuple[int, list[Window]]:
    """The windows of one rank's step and their longest in ms; the kind is the same on all ranks, so that none waits."""
    kind = random.Random(plan.seed * 1_000_003 + step).random()
    rng = random.Random((plan.seed * 1_000_003 + step) * 64 + rank + 1)
    early = step < plan.steps * 0.15
    if kind < (0.6 if early else 0.4):
        longest, single = 6_000, True
    elif kind < (1.0 if early else 0.93):
        longest, single = 14_000, False
    else:
        longest, single = 29_000, False
    count = max(2, plan.seconds * 1000 // longest)
    silent = [rng.random() < 0.07 for _ in range(count)]
    return longest, [
        composer.no_speech(longest, rng) if none else composer.speech(longest, rng, single=single) for none in silent
    ]


def collate(windows: list[Window], longest_ms: int, filters: Tensor, rng: random.Random) -> Batch:
    """Tensors of a list of windows; a third of the batches lose a few mel bands.

    Few different sizes: memory that is asked for again and again in the same pieces does not fall apart.
    """
    longest = longest_ms * RATE // 1000
    samples = torch.zeros(len(windows), longest + 400)
    for row, one in enumerate(windows):
        samples[row, : len(one.samples)] = torch.from_numpy(np.ascontiguousarray(one.samples))
    mel = features.log_mel(samples, [len(one.samples) for one in windows], filters)[..., : longest // 160]
    if rng.random() < 0.33:
        low = rng.randrange(0, 74)
        mel[:, low : low + rng.randint(2, 8)] = 0.0
    size = -(-max(len(one.tokens) for one in windows) // 32) * 32
    inputs = torch.zeros(len(windows), size, dtype=torch.long)
    labels = torch.full((len(windows), size), IGNORED)
    phonemes = torch.full((len(windows), mel.shape[-1] // 2), IGNORED)
    spans = []
    for row, one in enumerate(windows):
        inputs[row, : len(one.tokens)] = torch.tensor(one.tokens)
        labels[row, : len(one.labels)] = torch.tensor(one.labels)
        phonemes[row, : len(one.phonemes)] = torch.tensor(one.phonemes)
        spans += [(row, position, max(0, begin - 1), end + 1) for position, begin, end in one.spans]
    return Batch(mel, inputs, labels, phonemes, torch.tensor(spans or [(0, 0, 0, 1)]))


def losses(network: Network, batch: Batch) -> dict[str, Tensor]:
    """Token, phoneme and attention losses of a batch, and two shares that tell how it goes."""
    logits, phonemes, guided = network(batch.mel, batch.tokens)
    flat, wanted = logits.float().flatten(0, 1), batch.labels.flatten()
    token = functional.cross_entropy(flat, wanted, ignore_index=IGNORED)
    heard, sounds_ = phonemes.float().flatten(0, 1), batch.phonemes.flatten()
    phoneme = functional.cross_entropy(heard, sounds_, ignore_index=IGNORED)
    attention = torch.stack([_outside(weights, batch.spans) for weights in guided]).mean()
    with torch.no_grad():
        known = sounds_ != IGNORED
        right = (heard.argmax(-1)[known] == sounds_[known]).float().mean()
        said = wanted != IGNORED
        exact = (flat.argmax(-1)[said] == wanted[said]).float().mean()
    return {"token": token, "phoneme": phoneme, "attention": attention, "right": right, "exact": exact}


def _outside(weights: Tensor, spans: Tensor) -> Tensor:
    """How much of the guided attention misses the word it should look at, as a negative logarithm."""
    sums = functional.pad(weights.float().cumsum(-1), (1, 0))
    rows, positions, begins, ends = spans.unbind(1)
    limit = sums.shape[-1] - 1
    mass = sums[rows, positions, ends.clamp(max=limit)] - sums[rows, positions, begins.clamp(max=limit)]
    return -(mass + 1e-4).log().mean()


def train(rank: int, plan: Plan) -> None:
    """One rank's whole training."""
    torch.set_num_threads(1)
    if plan.ranks > 1:
        dist.init_process_group("gloo", init_method=f"file://{plan.folder}/meet", rank=rank, world_size=plan.ranks)
    vocabulary = tokens.load(plan.folder / "tokenizer.json")
    entries, maps = corpus.read(plan.folder / "corpus")
    composer = Composer(entries, maps, np.load(plan.folder / "bank.npy", mmap_mode="r"), vocabulary)
    shape = Shape(
        vocabulary.size, vocabulary.first_timestamp, len(composer.phoneme_ids), plan.width,
        encoder_layers=plan.encoder_layers, decoder_layers=plan.decoder_layers,
    )  # fmt: skip
    torch.manual_seed(plan.seed)
    network = Network(shape)
    optimiser = torch.optim.AdamW(network.parameters(), lr=plan.peak, betas=(0.9, 0.98), weight_decay=0.02)
    saved = plan.folder / "checkpoint.pt"
    step = 0
    if saved.exists():
        state = torch.load(saved, weights_only=True)
        network.load_state_dict(state["network"])
        optimiser.load_state_dict(state["optimiser"])
        step = state["step"]
    if rank == 0:
        size = sum(p.numel() for p in network.parameters()) / 1e6
        print(f"{corpus.hours(entries):.1f} h, {size:.2f} M parameters, from step {step}", flush=True)
    filters, started, kept = features.mel_filters(), time.monotonic(), time.monotonic()
    seen: dict[str, float] = {}
    while step < plan.steps:
        mine = random.Random((plan.seed * 7 + step) * 64 + rank)
        torch.manual_seed(mine.randrange(2**31))
        longest_ms, windows = draw(composer, plan, step, rank)
        batch = collate(windows, longest_ms, filters, mine)
        with torch.autocast("cpu", torch.bfloat16):
            parts = losses(network, batch)
            total = parts["token"] + 0.5 * parts["phoneme"] + 0.3 * parts["attention"]
        optimiser.zero_grad(set_to_none=False)
        total.backward()
        _average(network, plan.ranks)
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        for group in optimiser.param_groups:
            group["lr"] = rate_at(step, plan)
        if math.isfinite(float(total)):
            optimiser.step()
        step += 1
        for name, value in parts.items():
            seen[name] = seen.get(name, float(value)) * 0.98 + float(value) * 0.02
        if rank == 0 and step % 25 == 0:
            _log(plan, step, seen, time.monotonic() - started)
        if rank == 0 and (time.monotonic() - kept > 180 or step == plan.steps):
            _save(saved, network, optimiser, step, shape, composer.phoneme_ids)
            kept = time.monotonic()


def _average(network: Network, ranks: int) -> None:
    if ranks == 1:
        return
    gradients = [p.grad for p in network.parameters() if p.grad is not None]
    flat = torch.cat([g.flatten() for g in gradients])
    dist.all_reduce(flat)
    flat /= ranks
    at = 0
    for g in gradients:
        g.copy_(flat[at : at + g.numel()].view_as(g))
        at += g.numel()


def _log(plan: Plan, step: int, seen: dict[str, float], seconds: float) -> None:
    line = {"step": step, "seconds": round(seconds), **{name: round(value, 4) for name, value in seen.items()}}
    with (plan.folder / "log.jsonl").open("a", encoding="utf-8") as out:
        out.write(json.dumps(line) + "\n")


def _save(
    path: Path, network: Network, optimiser: torch.optim.Optimizer, step: int, shape: Shape, phonemes: dict[str, int]
) -> None:
    state = {
        "network": network.state_dict(), "optimiser": optimiser.state_dict(), "step": step,
        "shape": asdict(shape), "phonemes": phonemes,
    }  # fmt: skip
    partial = path.with_suffix(".partial")
    torch.save(state, partial)
    os.replace(partial, path)


def prepare(folder: Path, *, count: int) -> None:
    """Tokenizer, corpus and sound bank; what is there already stays."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "tokenizer.json").exists():
        book = grammar.load()
        lines = [getattr(t, language) for t in book.triples() for language in corpus.LANGUAGES]
        drawn = grammar.sample(book, 0, 20_000, held_out=False)
        lines = [getattr(t, language) for t in drawn for language in corpus.LANGUAGES]
        tokens.train(lines, folder / "tokenizer.json")
    if not (folder / "bank.npy").exists():
        np.save(folder / "bank.npy", sounds.bank(2400, seed=11))
    if not (folder / "corpus" / "b.jsonl").exists():
        context = torch.multiprocessing.get_context("spawn")
        parts = [
            context.Process(
                target=corpus.build, args=(folder / "corpus", name), kwargs={"count": count // 2, "seed": seed}
            )
            for name, seed in (("a", 101), ("b", 202))
        ]
        for part in parts:
            part.start()
        for part in parts:
            part.join()


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--steps", type=int, default=Plan.__dataclass_fields__["steps"].default)
    parser.add_argument("--ranks", type=int, default=2)
    parser.add_argument("--seconds", type=int, default=150)
    parser.add_argument("--width", type=int, default=256)
    parser.add_argument("--encoder-layers", type=int, default=4)
    parser.add_argument("--decoder-layers", type=int, default=3)
    parser.add_argument("--utterances", type=int, default=8000)
    given = parser.parse_args()
    prepare(given.folder, count=given.utterances)
    (given.folder / "meet").unlink(missing_ok=True)
    plan = Plan(
        folder=given.folder.resolve(), steps=given.steps, ranks=given.ranks, seconds=given.seconds, width=given.width,
        encoder_layers=given.encoder_layers, decoder_layers=given.decoder_layers,
    )  # fmt: skip
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    if plan.ranks == 1:
        train(0, plan)
    else:
        torch.multiprocessing.spawn(train, args=(plan,), nprocs=plan.ranks)


if __name__ == "__main__":
    main()
