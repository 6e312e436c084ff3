"""How fast and how good: every stage by itself, its time and memory, then the scores.

    python -m tests.bench.stages                                       the sample broadcast
    python -m tests.bench.stages talk.mp4 --asr small --mt FOLDER      another recording

Nothing is compared with a limit here: that is for the tests.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click

COMMAND: Final = Path(sys.executable).with_name("marathon")
SAMPLE: Final = Path(__file__).parents[2] / "samples" / "broadcast.opus"
_MB: Final = 1_000_000
_MAXRSS_UNIT: Final = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True)
class Cost:
    """What one process took."""

    wall_s: float
    cpu_s: float
    peak_bytes: int


def measured(*arguments: str | Path) -> Cost:
    """Run the command to its end, its words on stderr."""
    started = time.monotonic()
    process = subprocess.Popen(
        [str(COMMAND), *map(str, arguments)], stdout=sys.stderr, stderr=sys.stderr
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(process.returncode)
    return Cost(
        time.monotonic() - started, used.ru_utime + used.ru_stime, used.ru_maxrss * _MAXRSS_UNIT
    )


def length_s(recording: Path) -> float:
    """How long the recording is, decoded to its end."""
    from pipeline.core import media
    from pipeline.core.decoding import RATE

    return sum(len(block) for block in media.blocks(recording)) / RATE


@click.command()
@click.argument("recording", type=click.Path(path_type=Path, exists=True), default=SAMPLE)
@click.option("--asr", help="Weights for recognising; without any, the demo weights are used.")
@click.option("--mt", help="Weights for translating.")
def bench(recording: Path, asr: str | None, mt: str | None) -> None:
    """Measure every stage by itself, then compare with the reference files, if there are any."""
    demo = [] if asr or mt else ["--demo"]
    engines = {
        "transcribe": demo + (["--asr", asr] if asr else []),
        "segment": [],
        "translate": demo + (["--mt", mt] if mt else []),
        "emit": [],
    }
    seconds = length_s(recording)
    click.echo(
        f"{recording.name}: {seconds:.0f} s; {platform.machine()}, {os.cpu_count()} processors,"
        f" Python {platform.python_version()}"
    )
    click.echo(f"{'stage':12}{'time':>9}{'speed':>9}{'CPU':>9}{'memory':>10}")
    with tempfile.TemporaryDirectory(prefix="marathon-bench-") as out:
        for stage, options in engines.items():
            show(stage, measured(stage, recording, *options, "--out", out), seconds)
        if recording.with_suffix(".words.json").is_file():
            click.echo()
            evaluate = [str(COMMAND), "evaluate", str(recording), "--out", out]
            raise SystemExit(subprocess.run(evaluate, check=False).returncode)


def show(stage: str, cost: Cost, seconds: float) -> None:
    """One line of the table."""
    click.echo(
        f"{stage:12}{cost.wall_s:7.1f} s{seconds / cost.wall_s:7.1f} x{cost.cpu_s:7.1f} s"
        f"{cost.peak_bytes / _MB:7.0f} MB"
    )


if __name__ == "__main__":
    bench()
