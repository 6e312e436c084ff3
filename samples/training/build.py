"""Make all demo weights from nothing, with fixed seeds: `python -m samples.training.build FOLDER`.

What FOLDER already holds is not made again, so the same command continues where it was stopped.
The weights go to samples/weights. Runs in an environment that has constraints/lock.txt and
samples/training/requirements.txt.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pipeline.core.errors import ExitCode

ROOT: Final = Path(__file__).parents[2]
WEIGHTS: Final = ROOT / "samples" / "weights"


@dataclass(frozen=True, slots=True)
class Step:
    """One module that is run as a command."""

    says: str
    module: str
    arguments: tuple[str, ...]


def steps(folder: Path) -> list[Step]:
    """All of it, in order."""
    ears, tongue = str(folder / "recogniser"), str(folder / "translator")
    package, asr = str(WEIGHTS / "translate-ru_en.argosmodel"), str(WEIGHTS / "asr")
    return [
        Step("training the translator", "train_translator", (tongue,)),
        Step("exporting the translator", "export_translator", (tongue, package)),
        Step("training the recogniser", "train_recogniser", (ears,)),
        Step("exporting the recogniser", "export_recogniser", (ears, asr)),
        Step("measuring the recogniser for its card", "recogniser_card", (asr,)),
        Step("checking both", "check", (asr,)),
    ]


def expected() -> str:
    """How long it takes on this machine."""
    import torch

    if torch.cuda.is_available():
        return "there is a GPU, so this takes much less than the hours that two cores take"
    return "no GPU: on two cores half an hour for the translator, hours for the recogniser"


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where the trainings are kept")
    folder = parser.parse_args().folder.resolve()
    print(f"demo weights: {expected()}; stop it at any time, the same command goes on", flush=True)
    for step in steps(folder):
        print(f"demo weights: {step.says}", flush=True)
        began = time.monotonic()
        code = run(step)
        minutes = (time.monotonic() - began) / 60
        if code:
            print(f"demo weights: {step.says} ended with {code} after {minutes:.0f} min")
            sys.exit(code)
        print(f"demo weights: {step.says} took {minutes:.0f} min", flush=True)


def run(step: Step) -> int:
    """Run a step to its end; its exit code."""
    command = [sys.executable, "-m", f"samples.training.{step.module}", *step.arguments]
    try:
        return subprocess.run(command, cwd=ROOT, check=False).returncode
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED


if __name__ == "__main__":
    main()
