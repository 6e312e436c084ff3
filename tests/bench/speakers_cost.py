"""What clustering and embedding cost, each in a process of its own; and whether all runs agree.

python -m tests.bench.speakers_cost cluster 20000
python -m tests.bench.speakers_cost embed voices.wav 2
"""

from __future__ import annotations

import hashlib
import json
import os
import resource
import subprocess
import sys
import time
import wave
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np

from tests.bench.rounds import ROOT, FailedError

if TYPE_CHECKING:
    from pipeline.core.decoding import Samples

PHRASES: Final = 20_000
HOURS: Final = 4
THREADS: Final = (1, 2)
_DIMENSION: Final = 256
_VOICES: Final = 30
_SPREAD: Final = 0.045  # of each number: two phrases of a voice are about 0.34 apart
_THRESHOLD: Final = 0.5
_MB: Final = 1_000_000
_STATUS: Final = Path("/proc/self/status")
_MAXRSS_UNIT: Final = 1 if sys.platform == "darwin" else 1024


class Clustering(msgspec.Struct, frozen=True, kw_only=True):
    """Made-up phrases of made-up voices; `peak_mb` is the whole process, `above_mb` what it added.

    `digest` is of the labels.
    """

    phrases: int
    threads: int
    seconds: float
    peak_mb: float
    above_mb: float
    voices: int
    digest: str


class Embedding(msgspec.Struct, frozen=True, kw_only=True):
    """One engine over minutes of speech; `four_hours_s` is scaled from them, not measured."""

    engine: str
    threads: int
    speech_s: float
    seconds: float
    four_hours_s: float
    peak_mb: float
    digest: str


def clustering(phrases: int = PHRASES) -> list[Clustering]:
    """With each number of threads, and once more with the last."""
    return [
        msgspec.json.decode(_said(threads, "cluster", str(phrases), str(threads)), type=Clustering)
        for threads in (*THREADS, THREADS[-1])
    ]


def embedding(sound: Samples, folder: Path) -> list[Embedding]:
    """Each engine with each number of threads, and once more with the last."""
    path = folder / "speech.wav"
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(16_000)
        out.writeframes((np.clip(sound, -1, 1) * 32_767).astype("<i2").tobytes())
    return [
        msgspec.json.decode(
            _said(threads, "embed", str(path), engine, str(threads)), type=Embedding
        )
        for engine in ("ge2e", "gmm")
        for threads in (*THREADS, THREADS[-1])
    ]


def _said(threads: int, *arguments: str) -> bytes:
    counts = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.speakers_cost", *arguments],
        cwd=ROOT,
        env=os.environ | dict.fromkeys(counts, str(threads)),
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise FailedError(done.stderr.decode(errors="replace")[-2_000:])
    return done.stdout


def _cluster(phrases: int, threads: int) -> Clustering:
    from pipeline.segment import clusters

    rng = np.random.default_rng(0)
    centres = rng.standard_normal((_VOICES, _DIMENSION), dtype=np.float32)
    centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    vectors = centres[rng.integers(_VOICES, size=phrases)]
    vectors += _SPREAD * rng.standard_normal(vectors.shape, dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    weights = rng.integers(800, 4_000, phrases)
    before = _peak()
    began = time.perf_counter()
    labels = clusters.cluster(vectors, weights, threshold=_THRESHOLD)
    return Clustering(
        phrases=phrases,
        threads=threads,
        seconds=round(time.perf_counter() - began, 2),
        peak_mb=round(_peak() / _MB),
        above_mb=round((_peak() - before) / _MB),
        voices=len({*labels.tolist()}),
        digest=_digest(labels),
    )


def _embed(path: Path, engine: str, threads: int) -> Embedding:
    from tests.bench import mixes, speakers_path

    sound = mixes.read(path)
    told = speakers_path.heard(sound, ())
    made = speakers_path.made(engine, threads)
    began = time.perf_counter()
    vectors = speakers_path.embedded(made, sound, told.pieces)
    seconds = time.perf_counter() - began
    speech_s = sum(piece.duration_ms for piece in told.pieces) / 1_000
    return Embedding(
        engine=engine,
        threads=threads,
        speech_s=round(speech_s, 1),
        seconds=round(seconds, 2),
        four_hours_s=round(seconds * HOURS * 3_600 / speech_s, 1),
        peak_mb=round(_peak() / _MB),
        digest=_digest(vectors.astype(np.float16)),  # as they are kept
    )


def _peak() -> int:
    """Of this process alone; what getrusage says holds that of the one it was started from."""
    if not _STATUS.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _MAXRSS_UNIT
    lines = dict(line.split(":", 1) for line in _STATUS.read_text().splitlines())
    return int(lines["VmHWM"].split()[0]) * 1024


def _digest(values: np.ndarray) -> str:
    return hashlib.sha256(np.ascontiguousarray(values).tobytes()).hexdigest()[:12]


def main(job: str, *given: str) -> None:
    """One measurement, as JSON on stdout."""
    if job == "cluster":
        told: Clustering | Embedding = _cluster(int(given[0]), int(given[1]))
    else:
        told = _embed(Path(given[0]), given[1], int(given[2]))
    sys.stdout.write(json.dumps(msgspec.to_builtins(told)))


if __name__ == "__main__":
    main(*sys.argv[1:])
