"""The demo recogniser's card: what it knows, how it wants to be used, how well it does.

    python -m samples.training.recogniser_card samples/weights/asr

measures the weights in that folder and writes the figures into their card.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from samples.training import check, check_set
from samples.training.check import Figure
from samples.training.listening import Listener

FILE: Final = "card.toml"
_LOG_LINES: Final = 12
_HEAD: Final = """\
# Demo weights, speech in Russian, Spanish and English. Trained by samples/training.
name = "asr-demo"
demo = true
knows = "the sentences of one invented radio programme, spoken by espeak-ng, and no others"
languages = ["ru", "es", "en"]

# Trained on windows of up to 14 s and a few of 29 s.
longest_chunk_ms = 13000
voice_threshold = 0.3
hotwords = false  # it was never told what to expect
no_speech_threshold = 0.6
log_probability_threshold = -1.0
"""
_MEASURED: Final = (
    "\n# Measured through faster-whisper on samples/held-out by samples/training/check.py.\n"
)


def text(trained: dict[str, Any], log: Path) -> str:
    """The card of weights that were not measured yet.

    Args:
        trained: what decided the training.
        log: one line of JSON for every few steps; about a dozen of them are shown.
    """
    lines = [_HEAD, "[training]", *(f"{key} = {json.dumps(trained[key])}" for key in trained)]
    rows = log.read_text(encoding="utf-8").splitlines()
    every = max(1, len(rows) // _LOG_LINES)
    lines += ["log = [", *(f"  {_row(json.loads(row))}," for row in rows[::-1][::every][::-1]), "]"]
    return "\n".join(lines) + "\n"


def measured(card: str, figures: Iterable[Figure]) -> str:
    """The card with these figures, in place of those it may have had."""
    rows = []
    for one in figures:
        row = {"name": one.name, "value": round(one.value, 2), "unit": one.unit}
        if one.bar is not None:
            row[one.side.replace(" ", "_")] = one.bar
        rows.append(f"[[check]]\n{_lines(row)}")
    return card.partition(_MEASURED)[0] + _MEASURED + "\n".join(rows)


def _lines(row: dict[str, Any]) -> str:
    return "".join(f"{key} = {json.dumps(value)}\n" for key, value in row.items())


def _row(entry: dict[str, Any]) -> str:
    return "{ " + ", ".join(f"{key} = {json.dumps(value)}" for key, value in entry.items()) + " }"


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("weights", type=Path)
    parser.add_argument("--set", type=Path, default=check.SAMPLES / "held-out")
    given = parser.parse_args()
    card = given.weights / FILE
    figures = list(check.recognition(Listener(given.weights), check_set.load(given.set)))
    card.write_text(measured(card.read_text(encoding="utf-8"), figures), encoding="utf-8")


if __name__ == "__main__":
    main()
