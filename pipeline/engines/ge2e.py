"""Voices as vectors by GE2E's speaker encoder (Wan et al. 2018), with resemblyzer's weights.

Of the installed library only the file of weights is used; nothing of it is imported, and neither
is torch. Windows of 1.6 s every 0.77 s and the mean of their vectors are the library's own. Its
detector of pauses is left out, for pieces are speech. All pieces are brought to one level, so that
how loud somebody speaks plays no part. The library only raises what is below -30 dBFS: then 0.6 %
of the pairs of 4 s pieces of five people were confused (equal error rate) instead of 0.2 %, and
2.0 % instead of 0.3 % with levels from -20 to +12 dB. The weights are under Apache-2.0 and learned
from LibriSpeech and VoxCeleb.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from importlib import metadata
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pipeline.core.errors import EngineError, InputError, MissingError
from pipeline.engines import devices, digests, mel, onnx_graph, torch_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future

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
_LEVEL: Final = 10 ** (-24 / 20)  # -24 dBFS, what the weights learned from is like
_SILENCE: Final = 1e-6  # -120 dBFS
_AT_ONCE: Final = 16  # windows in a call; more of them are no faster


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
    path = Path(str(installed.locate_file("resemblyzer/pretrained.pt")))
    if not path.is_file() or digests.sha256([path])[path] != _SHA256:
        again = f"pip install --no-deps --force-reinstall {LIBRARY}=={RELEASE}"
        raise MissingError(f"{path}: damaged", hint=again)
    return path


class Ge2e:
    """One set of weights. Building it loads them; one serves many recordings."""

    dimension: Final = DIMENSION
    threshold: Final = 0.32  # 64 mixes of two to five people: lower splits, above 0.36 merges
    knows_people: Final = True

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
        self._session = _session(model)
        self._threads = threads or devices.physical_cores()

    def vectors(self, pieces: Callable[[], Iterator[Samples]]) -> Vectors:
        """A vector for each piece, [n, 256]; of zeros where it is silent or empty.

        Raises:
            EngineError: onnxruntime gave up, for example out of memory.
        """
        import numpy as np

        sums: list[Floats] = []
        running: deque[tuple[list[int], Future[Floats]]] = deque()
        with ThreadPoolExecutor(self._threads) as pool:
            for owners, batch in _batches(_numbered(pieces(), sums)):
                running.append((owners, pool.submit(self._run, batch)))
                if len(running) > self._threads:
                    _add(sums, *running.popleft())
            while running:
                _add(sums, *running.popleft())
        return _of_length_one(np.array(sums, np.float32).reshape(-1, DIMENSION))

    def _run(self, batch: Floats) -> Floats:
        import numpy as np

        try:
            (found,) = self._session.run([onnx_graph.OUTPUT], {onnx_graph.INPUT: batch})
        except Exception as error:  # onnxruntime has a dozen, under no name of their own
            raise EngineError(f"the speaker engine gave up: {error}") from error
        return np.asarray(found, np.float32)


def _numbered(pieces: Iterator[Samples], sums: list[Floats]) -> Iterator[tuple[int, Floats]]:
    """The windows of all pieces, each with its piece's number; `sums` gets a row for each piece."""
    import numpy as np

    for number, piece in enumerate(pieces):
        sums.append(np.zeros(DIMENSION, np.float32))
        for window in windows(piece):
            yield number, window


def _batches(found: Iterator[tuple[int, Floats]]) -> Iterator[tuple[list[int], Floats]]:
    """Windows for one call, [160, 16, 40], and the piece of each; the last call has empty ones.

    Sums of numbers depend, in their last digits, on how many windows are computed at once.
    """
    import numpy as np

    while some := list(islice(found, _AT_ONCE)):
        batch = np.zeros((FRAMES, _AT_ONCE, mel.BANDS), np.float32)
        for at, (_, window) in enumerate(some):
            batch[:, at] = window
        yield [number for number, _ in some], batch


def _add(sums: list[Floats], owners: list[int], call: Future[Floats]) -> None:
    for owner, vector in zip(owners, call.result(), strict=False):
        sums[owner] += vector


def windows(piece: Samples) -> Iterator[Floats]:
    """The mel spectrum of each window of a piece, [160, 40]; none of a silent one."""
    import numpy as np

    power = float(np.mean(np.square(piece, dtype=np.float64))) if len(piece) else 0.0
    level = power**0.5
    if not _SILENCE < level < np.inf:
        return
    starts = _starts(len(piece))
    for some in range(0, len(starts), _AT_ONCE):
        begins = starts[some : some + _AT_ONCE]
        frames = mel.frames(piece, begins[0], begins[-1] - begins[0] + FRAMES)
        frames *= np.float32((_LEVEL / level) ** 2)  # they are powers
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


def _session(model: bytes) -> onnxruntime.InferenceSession:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.inter_op_num_threads = 1
    options.intra_op_num_threads = 1  # calls run side by side, which is faster
    options.enable_cpu_mem_arena = False  # as for the voice detector: flat memory
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(
        model, sess_options=options, providers=["CPUExecutionProvider"]
    )
