"""Measure `marathon transcribe` on held-out broadcasts.

    python -m samples.training.broadcasts_check FOLDER --asr WEIGHTS [--seeds 1-8] [--json FILE]

Beside each figure stands the ceiling: what the same weights give where chunks and languages are
cut with the truth in hand; it is kept in `<seed>.ceiling.json`. Needs neither a synthesiser nor
torch.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean

from pipeline.core import artifacts, files
from pipeline.core.errors import ExitCode, PipelineError
from pipeline.core.payloads import Transcript
from pipeline.core.workspace import Workspace
from pipeline.measure.evaluation import spoken_words
from samples.training import broadcast_ceiling, broadcast_set, grammar
from samples.training import broadcast_figures as figures
from samples.training.broadcast_ceiling import Ceiling
from samples.training.broadcast_figures import ALL, Shares
from samples.training.broadcast_set import Broadcast, numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One broadcast through the command: what came out and what it took."""

    transcript: Transcript
    seconds: float
    cpu_seconds: float
    windows: dict[str, int]  # lines of the journal by their type, looks at a chunk


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All figures of one broadcast; shares and rates in percent."""

    seed: int
    duration_s: float
    seconds: float
    cpu_seconds: float
    windows: dict[str, int]
    ceiling_windows: int
    word_errors: dict[str, float]
    ceiling: dict[str, float]
    words_in_language: Shares
    ceiling_in_language: float
    phrases_in_language: Shares
    invented: dict[str, int]
    foreign: dict[str, int]
    holes: list[str]

    @property
    def above_ceiling(self) -> float:
        """How many points of word errors are lost on the way to the recogniser."""
        return round(self.word_errors[ALL] - self.ceiling[ALL], 2)


def transcribed(broadcast: Broadcast, weights: Path, folder: Path, *, is_demo: bool) -> Run:
    """Run the command on one broadcast.

    Raises:
        SystemExit: it failed; its words are on stderr.
    """
    command = [sys.executable, "-m", "pipeline", "transcribe", str(broadcast.path)]
    command += ["--asr", str(weights), "--out", str(folder), "--offline"]
    command += ["--demo"] if is_demo else []
    started, before = time.monotonic(), _cpu_seconds()
    code = subprocess.run(command, stdout=sys.stderr, check=False).returncode
    seconds, cpu_seconds = time.monotonic() - started, _cpu_seconds() - before
    if code:
        raise SystemExit(code)
    ws = Workspace.open(broadcast.path, folder)
    transcript = artifacts.read(ws.transcript_path, artifacts.TRANSCRIPT).payload
    windows = dict(_types(ws.journal_path))
    return Run(transcript=transcript, seconds=seconds, cpu_seconds=cpu_seconds, windows=windows)


def report(broadcast: Broadcast, run: Run, ceiling: Ceiling) -> Report:
    """Everything that can be said of one run."""
    heard, lines = spoken_words(run.transcript), run.transcript.phrases
    labels = figures.labels(broadcast)
    return Report(
        seed=broadcast.seed,
        duration_s=broadcast.duration_ms / 1000,
        seconds=round(run.seconds, 1),
        cpu_seconds=round(run.cpu_seconds, 1),
        windows=run.windows,
        ceiling_windows=ceiling.chunks,
        word_errors=figures.error_rates([(broadcast.words, heard)], labels),
        ceiling=ceiling.word_errors,
        words_in_language=figures.words_in_language(broadcast.words, lines),
        ceiling_in_language=ceiling.in_language,
        phrases_in_language=figures.phrases_in_language(broadcast.phrases, heard),
        invented=figures.invented(broadcast, heard),
        foreign=figures.foreign(lines, grammar.LANGUAGES),
        holes=figures.holes(run.transcript),
    )


def _types(journal: Path) -> Counter[str]:
    lines = journal.read_text(encoding="utf-8").splitlines()
    return Counter(json.loads(line.rpartition(" ")[0]).get("type", "text") for line in lines)


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def rows(found: Report) -> Iterator[tuple[str, str]]:
    """The figures as a table's lines."""
    spent = f"{found.seconds:.1f} s, {found.cpu_seconds:.1f} s of processors"
    yield f"seed {found.seed}", f"{found.duration_s:.0f} s in {spent}"
    yield (
        "encoder windows",
        f"{_listed(found.windows)} (cut with the truth: {found.ceiling_windows})",
    )
    for label, value in found.word_errors.items():
        bound = found.ceiling.get(label, 0.0)
        yield f"word errors, {label}", f"{value:.1f} % (ceiling {bound:.1f} %)"
    yield "above the ceiling", f"{found.above_ceiling:.1f} points"
    for label, share in found.words_in_language.items():
        text = f"{share['right']:.1f} % of all, {share['right_of_heard']:.1f} % of heard"
        yield f"language right, words, {label}", f"{text}, {share['words']:.0f} words"
    yield "the same, cut with the truth", f"{found.ceiling_in_language:.1f} %"
    for label, share in found.phrases_in_language.items():
        text = f"{share['right']:.1f} % of {share['phrases']:.0f}, {share['unheard']:.0f} unheard"
        yield f"language right, phrases of 3 s, {label}", text
    yield "words where nobody speaks", _listed(found.invented)
    yield "words in another language", _listed(found.foreign)
    yield "accounted for", "; ".join(found.holes[:5]) or "every millisecond"


def means(found: Sequence[Report]) -> Iterator[tuple[str, str]]:
    """What stands under several broadcasts."""
    yield f"{len(found)} broadcasts", f"seeds {', '.join(str(one.seed) for one in found)}"
    errors = fmean(one.word_errors[ALL] for one in found)
    bound = fmean(one.ceiling[ALL] for one in found)
    yield "word errors, mean", f"{errors:.1f} % (ceiling {bound:.1f} %)"
    words = fmean(one.words_in_language[ALL]["right"] for one in found)
    yield "language right, words, mean", f"{words:.1f} %"
    phrases = fmean(one.phrases_in_language[ALL]["right"] for one in found)
    yield "language right, phrases of 3 s, mean", f"{phrases:.1f} %"
    yield "words where nobody speaks", str(sum(sum(one.invented.values()) for one in found))
    yield "not accounted for", str(sum(bool(one.holes) for one in found))


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items()) or "none"


def _as_json(found: Sequence[Report]) -> bytes:
    dumped = [{**asdict(one), "above_ceiling": one.above_ceiling} for one in found]
    return (json.dumps(dumped, indent=1) + "\n").encode()


def _print(table: Iterator[tuple[str, str]]) -> None:
    for name, value in table:
        print(f"{name:<38} {value}")
    print(flush=True)


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="samples.training.broadcasts_check", description=__doc__)
    parser.add_argument("folder", type=Path, help="what samples.training.broadcasts made")
    parser.add_argument("--asr", type=Path, required=True, help="the folder of the recogniser")
    parser.add_argument("--seeds", type=numbers, help="such as 1-8; else all that are there")
    parser.add_argument("--json", type=Path, help="where to write all figures")
    parser.add_argument("--keep", type=Path, help="a folder for what the command makes")
    parser.add_argument("--no-demo", action="store_true", help="the weights are no demo weights")
    return parser.parse_args(given)


def _measured(options: argparse.Namespace) -> Iterator[Report]:
    with tempfile.TemporaryDirectory() as scratch:
        for seed in options.seeds or broadcast_set.seeds(options.folder):
            broadcast = broadcast_set.load(options.folder, seed)
            kept = options.keep or Path(scratch)
            run = transcribed(broadcast, options.asr, kept, is_demo=not options.no_demo)
            yield report(broadcast, run, broadcast_ceiling.of(broadcast, options.asr))


def main(given: Sequence[str] | None = None) -> int:
    """Measure one broadcast after the other, print and write down."""
    options = _arguments(given)
    found: list[Report] = []
    try:
        for one in _measured(options):
            found.append(one)
            _print(rows(one))
            if options.json:
                files.replace(options.json, _as_json(found))
    except PipelineError as error:
        print(f"error: {error}\n  {error.hint}".rstrip(), file=sys.stderr)
        return error.exit_code
    if len(found) > 1:
        _print(means(found))
    return ExitCode.OK


if __name__ == "__main__":
    sys.exit(main())
