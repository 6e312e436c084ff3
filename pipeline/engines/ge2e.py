"""Voices as vectors by GE2E's speaker encoder (Wan et al. 2018), with resemblyzer's weights.

Of the installed library only the file of weights is used; nothing of it is imported, and neither
is torch. What is computed is the library's own: windows of 1.6 s every 0.77 s, the mean of their
vectors, quiet sound raised to -30 dBFS. Its detector of pauses is left out, for pieces are speech.
The weights are under Apache-2.0 and learned from LibriSpeech and VoxCeleb.
"""

from __future__ import annotations

import os
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pipeline.core.errors import EngineError, InputError, MissingError
from pipeline.engines import devices, digests, mel, onnx_graph, torch_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy as np
    import numpy.typing as npt
    import onnxruntime

    from pipeline.core.decoding import Samples
    from pipeline.engines.speakers import Vectors

    Floats = npt.NDArray[np.float32]

NAME: Final = "ge2e"
LIBRARY: Final = "resemblyzer"
RELEASE: Final = "0.1.4"
DIMENSION: Final = 256
FRAMES: Final = 160  # in a window
STEP: Final = 77  # frames from window to window: 1.3 windows a second
_SHA256: Final = "39373b86598fa3da9fcddee6142382efe09777e8d37dc9c0561f41f0070f134e"
_INSTALL: Final = f"make setup; without make: pip install --no-deps {LIBRARY}=={RELEASE}"
_COVERED: Final = 0.75  # of the last window, or it is left out
_LEVEL: Final = 10 ** (-30 / 20)  # -30 dBFS
_SILENCE: Final = 1e-6  # -120 dBFS
_AT_ONCE: Final = 64  # windows in a call


def find() -> Path:
    """The weights in the installed library.

    Raises:
        MissingError: it is not installed, in another release, or its file is damaged.
    """
    try:
        installed = metadata.distribution(LIBRARY)
    except metadata.PackageNotFoundError as error:
        raise MissingError(f"{LIBRARY} is not installed", hint=_INSTALL) from error
    if installed.version != RELEASE:
        message = f"{LIBRARY} is here in release {installed.version}, not {RELEASE}"
        raise MissingError(message, hint=_INSTALL)
    path = Path(os.fspath(installed.locate_file("resemblyzer/pretrained.pt")))
    if digests.sha256([path])[path] != _SHA256:
        again = f"pip install --no-deps --force-reinstall {LIBRARY}=={RELEASE}"
        raise MissingError(f"{path}: damaged", hint=again)
    return path


class Ge2e:
    """One set of weights. Building it loads them; one serves many recordings."""

    dimension: Final = DIMENSION

    def __init__(self, weights: Path | None = None, *, threads: int = 0) -> None:
        """Load the weights, by default those of the library; `threads` 0 takes every core.

        Raises:
            MissingError: the library is not installed, or its file is damaged.
            InputError: the file `weights` holds no weights of this kind.
        """
        path = weights or find()
        digest = digests.sha256([path])[path]
        self.identity = f"{LIBRARY} {RELEASE} {NAME}@{digest[:16]}"
        try:
            model = onnx_graph.encoder(torch_file.tensors(path, "model_state"))
        except ValueError as error:
            raise InputError(f"{path}: not weights of GE2E: {error}") from error
        self._session = _session(model, threads or devices.physical_cores())

    def vectors(self, pieces: Callable[[], Iterator[Samples]]) -> Vectors:
        """A vector for each piece, [n, 256]; of zeros where it is silent or empty.

        Raises:
            EngineError: onnxruntime gave up, for example out of memory.
        """
        import numpy as np

        sums: list[Floats] = []
        batch = np.zeros((FRAMES, _AT_ONCE, mel.BANDS), np.float32)
        owners: list[int] = []
        for number, piece in enumerate(pieces()):
            sums.append(np.zeros(DIMENSION, np.float32))
            for window in windows(piece):
                batch[:, len(owners)] = window
                owners.append(number)
                if len(owners) == _AT_ONCE:
                    self._add(batch, owners, sums)
                    owners.clear()
        self._add(batch, owners, sums)
        return _of_length_one(np.array(sums, np.float32).reshape(-1, DIMENSION))

    def _add(self, batch: Floats, owners: list[int], sums: list[Floats]) -> None:
        """Add each window's vector to its piece. The batch is always full: what a window gives
        then does not depend on how many there are."""
        if not owners:
            return
        try:
            (found,) = self._session.run([onnx_graph.OUTPUT], {onnx_graph.INPUT: batch})
        except Exception as error:  # onnxruntime has a dozen, under no common name
            raise EngineError(f"the speaker engine gave up: {error}") from error
        for owner, vector in zip(owners, found, strict=False):
            sums[owner] += vector


def windows(piece: Samples) -> Iterator[Floats]:
    """The mel spectrum of each window of a piece, [160, 40]; none of a silent one."""
    import numpy as np

    power = float(np.mean(np.square(piece, dtype=np.float64))) if len(piece) else 0.0
    level = power**0.5
    if not _SILENCE < level < np.inf:
        return
    gain = max(1.0, _LEVEL / level) ** 2  # of power
    starts = _starts(len(piece))
    for some in range(0, len(starts), _AT_ONCE):
        begins = starts[some : some + _AT_ONCE]
        frames = mel.frames(piece, begins[0], begins[-1] - begins[0] + FRAMES)
        frames *= np.float32(gain)
        for begin in begins:
            yield frames[begin - begins[0] :][:FRAMES]


def _starts(samples: int) -> range:
    """The first frame of each window; the last one may reach beyond the sound."""
    frames = -(-(samples + 1) // mel.HOP)
    starts = range(0, max(1, frames - FRAMES + STEP + 1), STEP)
    covered = (samples / mel.HOP - starts[-1]) / FRAMES
    return starts[:-1] if len(starts) > 1 and covered < _COVERED else starts


def _of_length_one(vectors: Floats) -> Floats:
    import numpy as np

    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    found: Floats = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
    return found


def _session(model: bytes, threads: int) -> onnxruntime.InferenceSession:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.inter_op_num_threads = 1
    options.intra_op_num_threads = threads
    options.enable_cpu_mem_arena = False  # as for the voice detector: flat memory
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(
        model, sess_options=options, providers=["CPUExecutionProvider"]
    )
