"""How well items are found in imagined broadcasts: `python -m tests.imagined_figures [SEED]`."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable
from random import Random

from pipeline.segment import proposing
from pipeline.segment.items import NO_EVIDENCE, place
from tests.imagined import KINDS, broadcast

OFF_MS = 20_000


def placed(seeds: Iterable[int], kinds: tuple[str, ...] = KINDS) -> dict[str, tuple[int, int, int]]:
    """By kind of border: how many, how many within 1 s of the truth, how many flagged."""
    found: dict[str, Counter[str]] = {}
    for seed in seeds:
        made = broadcast(Random(seed), kinds)
        entries = made.rundown(Random(seed + 1_000_000), OFF_MS)
        items = place(entries, made.transcript, made.turns, window_ms=OFF_MS, pause_ms=700)
        for (at_ms, kind), item in zip(made.borders, items[1:], strict=True):
            counts = found.setdefault(kind, Counter())
            counts["all"] += 1
            counts["right"] += abs(item.start_ms - at_ms) <= 1_000
            counts["flagged"] += NO_EVIDENCE in item.flags
    return {kind: (n["all"], n["right"], n["flagged"]) for kind, n in sorted(found.items())}


def proposed(seeds: Iterable[int], kinds: tuple[str, ...] = KINDS) -> tuple[float, float]:
    """Precision and recall of proposed borders, each matched with one true one within 5 s."""
    right = proposals = truth = 0
    for seed in seeds:
        made = broadcast(Random(seed), kinds)
        found = [item.start_ms for item in proposing.propose(made.transcript, made.turns)[1:]]
        proposals += len(found)
        truth += len(made.borders)
        for at_ms, _ in made.borders:
            near = min(found, key=lambda time_ms: abs(time_ms - at_ms), default=None)
            if near is not None and abs(near - at_ms) <= 5_000:
                found.remove(near)
                right += 1
    return right / max(proposals, 1), right / max(truth, 1)


def report(first_seed: int, count: int = 60) -> Iterable[str]:
    """One line for each kind, alone and mixed."""
    seeds = range(first_seed, first_seed + count)
    for kinds in (*((kind,) for kind in KINDS), KINDS):
        for kind, (n, right, flagged) in placed(seeds, kinds).items():
            yield f"{'+'.join(kinds)}: {kind}: {right}/{n} = {right / n:.1%}, flagged {flagged}"
    for kinds in (("music",), ("people",), KINDS):
        precision, recall = proposed(seeds, kinds)
        f1 = 2 * precision * recall / max(precision + recall, 1e-9)
        yield f"proposed, {'+'.join(kinds)}: F1 {f1:.3f} (P {precision:.3f}, R {recall:.3f})"


if __name__ == "__main__":
    for line in report(int(sys.argv[1]) if len(sys.argv) > 1 else 7_000):
        sys.stdout.write(f"{line}\n")
