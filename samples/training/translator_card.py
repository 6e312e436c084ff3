"""The demo translator's card: what it knows, how it was trained, how well it does."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from pipeline.measure.chrf import SIGNATURE
from samples.training.argos_process import BEAM
from samples.training.check_translator import Figures
from samples.training.train_translator import Training, origin

_LOG_LINES: Final = 12
_HEAD: Final = """\
# Demo weights, Russian to English. Trained by samples/training, figures by
# samples/training/check_translator.py on sentences that were kept out of the training.
name = "translate-ru_en-demo"
demo = true
knows = "the sentences of one invented radio programme, and no others"
languages = ["ru", "en"]

# It is very sure of what it knows: of 4,826 right translations of sentences that were kept out of
# the training all but 6 score more, of 305 sentences of other kinds none does.
log_probability_threshold = -0.08
"""


def text(training: Training, figures: Sequence[Figures]) -> str:
    """The card as TOML."""
    count = sum(weight.numel() for weight in training.network.parameters())
    trained = {
        **origin(training.plan),
        "pieces": len(training.pieces),
        "weights": count,
        "device": training.device,
        "steps_done": training.step,
        "minutes": round(training.seconds / 60, 1),
    }
    lines = [_HEAD, "[training]", *(f"{key} = {_value(value)}" for key, value in trained.items())]
    lines += ["log = [", *(f"  {_row(entry)}," for entry in _log(training)), "]"]
    lines += ["", "[check]", f'chrf = "{SIGNATURE}"', f"beam = {BEAM}"]
    for one in figures:
        row = {
            "case": one.name,
            "strings": one.strings,
            "exact_percent": round(100 * one.exact, 2),
            "chrf": round(one.chrf, 2),
        }
        lines += ["", "[[check.held_out]]", *(f"{key} = {_value(row[key])}" for key in row)]
    return "\n".join(lines) + "\n"


def _log(training: Training) -> list[dict[str, Any]]:
    """About a dozen lines of the log, the last one among them."""
    lines = (training.folder / "log.jsonl").read_text(encoding="utf-8").splitlines()
    every = max(1, len(lines) // _LOG_LINES)
    return [json.loads(line) for line in lines[::-1][::every][::-1]]


def _row(entry: dict[str, Any]) -> str:
    return "{ " + ", ".join(f"{key} = {_value(value)}" for key, value in entry.items()) + " }"


def _value(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
