"""How well the demo translator does on sentences it was not trained on, through its package.

Prints a table; ends with 8 where a figure that the project asks for is missed.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pipeline.core.errors import ExitCode
from pipeline.measure.chrf import SIGNATURE, chrf
from samples.training import argos_process, grammar
from samples.training.translator_text import (
    bare,
    comma_mistakes,
    no_stop,
    small_start,
    unmarked,
    written,
)

PACKAGE: Final = Path(__file__).parents[1] / "weights" / "translate-ru_en.argosmodel"
LEAST_EXACT: Final = 0.95
LEAST_CHRF: Final = 95.0
_SEED: Final = 5
_GROUPS: Final = 300


@dataclass(frozen=True, slots=True)
class Case:
    """Sources and the translations they should have."""

    name: str
    sources: tuple[str, ...]
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """How a case came out."""

    name: str
    strings: int
    exact: float
    """The share that is right to the letter."""
    chrf: float

    @property
    def is_enough(self) -> bool:
        """Whether it is what the project asks for."""
        return self.exact >= LEAST_EXACT and self.chrf >= LEAST_CHRF


def cases(book: grammar.Grammar) -> list[Case]:
    """Every held-out sentence as it is written, first; then as it may arrive from a recogniser."""
    held_out = [triple for triple in book.triples() if book.is_held_out(triple)]
    forms: dict[str, Callable[[str], str]] = {
        "as written": written,
        "without the last mark": no_stop,
        "first letter small": small_start,
        "without punctuation": unmarked,
        "without punctuation and capitals": bare,
    }
    english = tuple(triple.en for triple in held_out)
    single = [
        Case(name, tuple(form(triple.ru) for triple in held_out), english)
        for name, form in forms.items()
    ]
    rng = random.Random(_SEED)
    groups = [rng.sample(held_out, rng.choice((2, 3))) for _ in range(_GROUPS)]
    groups = [group for group in groups if sum(len(one.ru.split()) for one in group) <= 22]
    russian = [[triple.ru for triple in group] for group in groups]
    english = tuple(" ".join(triple.en for triple in group) for group in groups)
    joins: dict[str, Callable[[list[str]], str]] = {
        "two or three in one string": " ".join,
        "two or three joined by commas": comma_mistakes,
        "two or three without any punctuation": lambda group: unmarked(" ".join(group)),
    }
    return [
        *single,
        *(Case(name, tuple(join(g) for g in russian), english) for name, join in joins.items()),
    ]


def measure(package: Path, asked: Sequence[Case]) -> list[Figures]:
    """The figures of every case, all in one process that installs the package."""
    sources = [source for case in asked for source in case.sources]
    texts = iter(argos_process.translated(package, sources).texts)
    found = []
    for case in asked:
        said = [next(texts) for _ in case.sources]
        right = sum(a == b for a, b in zip(said, case.references, strict=True))
        score = chrf(said, case.references)
        found.append(Figures(case.name, len(said), right / len(said), score))
    return found


def table(figures: Sequence[Figures]) -> str:
    """The figures for people."""
    lines = [f"{'held-out sentences':<38}{'strings':>8}{'exact':>9}{'chrF':>8}"]
    lines += [f"{f.name:<38}{f.strings:>8}{f.exact:>9.1%}{f.chrf:>8.1f}" for f in figures]
    return "\n".join(lines)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("package", type=Path, nargs="?", default=PACKAGE)
    figures = measure(parser.parse_args().package, cases(grammar.load()))
    print(table(figures))
    print(f"{SIGNATURE}, beam {argos_process.BEAM}")
    print(f"asked for, as written: at least {LEAST_EXACT:.0%} exact and {LEAST_CHRF:.0f} chrF")
    sys.exit(ExitCode.OK if figures[0].is_enough else ExitCode.FINDINGS)


if __name__ == "__main__":
    main()
