"""Drives the installed `marathon` as a process, and makes the files it is given."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import wave
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import numpy as np

ROOT = Path(__file__).parents[2]
HELD_OUT = ROOT / "samples" / "held-out"
COMMAND = Path(sys.executable).with_name("marathon")
RATE = 16_000
_LIMIT_S = 900
_STEP_S = 0.002


@dataclass(frozen=True)
class Done:
    """What a process ended with."""

    code: int
    out: str
    err: str
    wall_s: float
    cpu_s: float  # of the process and its children


@dataclass(frozen=True)
class Marathon:
    """The command in a folder, with a network that answers nothing."""

    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, *arguments: str | Path, before: Iterable[str] = ()) -> Done:
        """Run it to its end; `before` is a command that runs the command."""
        started, spent = time.monotonic(), os.times()
        done = subprocess.run(
            [*before, str(COMMAND), *map(os.fspath, arguments)],
            cwd=self.folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_LIMIT_S,
            check=False,
        )
        now = os.times()
        return Done(
            done.returncode,
            done.stdout.decode(),
            done.stderr.decode(),
            time.monotonic() - started,
            now.children_user + now.children_system - spent.children_user - spent.children_system,
        )

    def begin(self, *arguments: str | Path) -> subprocess.Popen[str]:
        """Start it and look on."""
        return subprocess.Popen(
            [str(COMMAND), *map(os.fspath, arguments)],
            cwd=self.folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    @property
    def _environment(self) -> dict[str, str]:
        nobody = "http://127.0.0.1:9"
        return {**os.environ, "http_proxy": nobody, "https_proxy": nobody, **self.environment}


def until(process: subprocess.Popen[str], reached: Callable[[], bool]) -> None:
    """Return as soon as `reached` says so; the process must still run then."""
    waited_s = 0.0
    while not reached():
        try:
            process.wait(_STEP_S)
        except subprocess.TimeoutExpired:
            waited_s += _STEP_S
            assert waited_s < _LIMIT_S, "the process never got there"
        else:
            raise AssertionError(f"ended before that: {process.communicate()}")


def put_an_end_to(process: subprocess.Popen[str], number: signal.Signals) -> tuple[str, str]:
    """Send the signal and wait; what the process had said."""
    process.send_signal(number)
    return process.communicate(timeout=_LIMIT_S)


def answers(folder: Path) -> list[bytes]:
    """What the engine answered so far: the whole lines of the journal that belongs to `folder`."""
    try:
        return (folder / ".pipeline" / "transcript.journal").read_bytes().split(b"\n")[:-1]
    except FileNotFoundError:
        return []


def recognised(folder: Path) -> int:
    """In how many of these answers it said what it heard; in the others, which language."""
    return sum(b'"type":"text"' in line for line in answers(folder))


def content(folder: Path, *without: str) -> dict[str, bytes]:
    """Every file below `folder` with its bytes, but for those of some names."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in without
    }


@cache
def sound(name: str, start_ms: int, end_ms: int) -> np.ndarray:
    """A part of one of the held-out programmes."""
    import numpy as np

    from pipeline.core import media

    found = media.blocks(HELD_OUT / f"{name}.opus", start_ms=start_ms, end_ms=end_ms)
    return np.concatenate(list(found))


def write_wav(path: Path, *parts: np.ndarray) -> Path:
    """A recording made of parts, one after another."""
    import numpy as np

    samples = np.concatenate([np.zeros(0, np.float32), *parts])
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return path


def write_video(path: Path, *, with_sound: bool) -> Path:
    """Two seconds of a grey picture, with a tone or without any sound."""
    import av
    import numpy as np

    with av.open(str(path), "w") as out:
        picture = out.add_stream("mpeg4", rate=5)
        picture.width = picture.height = 64
        picture.pix_fmt = "yuv420p"
        voice = out.add_stream("aac", rate=RATE, layout="mono") if with_sound else None
        for _ in range(10):
            grey = np.full((64, 64, 3), 90, np.uint8)
            out.mux(picture.encode(av.VideoFrame.from_ndarray(grey, "rgb24")))
        out.mux(picture.encode(None))
        if voice is not None:
            tone = (8000 * np.sin(np.arange(2 * RATE) / 10)).astype(np.int16)[np.newaxis]
            frame = av.AudioFrame.from_ndarray(tone, "s16", "mono")
            frame.sample_rate = RATE
            out.mux(voice.encode(frame))
            out.mux(voice.encode(None))
    return path


def write_m4a(path: Path, samples: np.ndarray) -> Path:
    """A recording whose header comes first, so that a cut-off file still says how long it was."""
    import av
    import numpy as np

    with av.open(str(path), "w", options={"movflags": "faststart"}) as out:
        voice = out.add_stream("aac", rate=RATE, layout="mono")
        data = (np.clip(samples, -1, 1) * 32767).astype(np.int16)[np.newaxis]
        frame = av.AudioFrame.from_ndarray(data, "s16", "mono")
        frame.sample_rate = RATE
        out.mux(voice.encode(frame))
        out.mux(voice.encode(None))
    return path
