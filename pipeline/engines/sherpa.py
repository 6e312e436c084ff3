"""Voices as vectors by a speaker model that somebody has as an ONNX file, through sherpa-onnx.

The file holds the metadata that the library's scripts write for models of WeSpeaker, 3D-Speaker
and NeMo. Where some are missing, or are others than it knows, the library ends the whole process;
so they are read before it sees the file, and the model is tried on noise.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from importlib import metadata
from typing import TYPE_CHECKING, Any, Final

from pipeline.core.errors import EngineError, InputError, MissingError, UsageError
from pipeline.engines import devices, digests

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from concurrent.futures import Future
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt
    import onnxruntime

    from pipeline.core.decoding import Samples
    from pipeline.engines.speakers import Vectors

    Floats = npt.NDArray[np.float32]

PREFIX: Final = "sherpa:"
LIBRARY: Final = "sherpa-onnx"
RELEASE: Final = "2.0.1"
_PACKAGE: Final = f"install {LIBRARY}=={RELEASE}"
_INSTALL: Final = f".venv/bin/pip {_PACKAGE}; without make: pip {_PACKAGE}"
_RATE: Final = 16_000
_PER_MS: Final = _RATE // 1000
_BANDS: Final = 80  # for models that do not say
_STEP_MS: Final = 10  # for models that do not say
_TRIED: Final = 100  # frames, about a second
_SILENCE: Final = 1e-6  # -120 dBFS
_COUNT: Final = "[1-9][0-9]{0,3}"
_EVERY: Final = {"output_dim": _COUNT, "sample_rate": str(_RATE), "language": ".+"}
_GENERAL: Final = _EVERY | {
    "normalize_samples": "[01]",
    "feature_normalize_type": "(global-mean)?",
}
_NEMO: Final = _EVERY | {
    "feat_dim": _COUNT,
    "window_size_ms": _COUNT,
    "window_stride_ms": _COUNT,
    "feature_normalize_type": "(per_feature)?",
    "window_type": "(hann|hanning|hamming|povey|sine|rectangular|blackman)?",
}
# What the metadata of each kind of model have to be like: the library trusts them.
_WANTED: Final = {"wespeaker": _GENERAL, "3d-speaker": _GENERAL, "nemo": _NEMO}


class Sherpa:
    """One model. Building it reads and tries the file; the library is loaded with the first piece.

    Attributes:
        dimension: how many numbers the model makes.
        identity: the release of the library and the digest of the file.
    """

    threshold: Final = 0.5  # a guess: every model wants its own, which is what --threshold is for
    knows_people: Final = True

    def __init__(self, path: Path, *, threads: int = 0) -> None:
        """Look at the model in the file `path`; `threads` 0 takes every core.

        Raises:
            UsageError: there is no such file.
            InputError: it is no speaker model, or one that the library would not survive.
            MissingError: the library is not installed, or the file cannot be read.
        """
        _find(path)
        digest = digests.sha256([path])[path]
        try:
            self.dimension, self._least = _examined(path)
        except ValueError as error:
            hint = "give an ONNX file with sherpa-onnx's metadata, from WeSpeaker, 3D-Speaker, NeMo"
            raise InputError(f"{path}: not such a speaker model: {error}", hint=hint) from error
        self.identity = f"{LIBRARY} {_release()} @{digest[:16]}"
        self._path = path
        self._threads = threads or devices.physical_cores()

    def vectors(self, pieces: Callable[[], Iterator[Samples]]) -> Vectors:
        """A vector for each piece, [n, d]; of zeros where it is silent or too short for the model.

        Raises:
            EngineError: the library gave up, for example out of memory.
            MissingError: the library cannot be loaded.
        """
        import numpy as np

        extractor = _extractor(self._path)
        rows: list[Floats] = []
        running: deque[Future[Floats]] = deque()
        with ThreadPoolExecutor(self._threads) as pool:
            for piece in pieces():
                running.append(pool.submit(self._row, extractor, piece))
                if len(running) > self._threads:
                    rows.append(running.popleft().result())
            rows += [each.result() for each in running]
        return np.array(rows, np.float32).reshape(-1, self.dimension)

    def _row(self, extractor: Any, piece: Samples) -> Floats:  # noqa: ANN401
        import numpy as np

        nothing = np.zeros(self.dimension, np.float32)
        power = float(np.mean(np.square(piece, dtype=np.float64))) if len(piece) else 0.0
        if len(piece) < self._least or not _SILENCE**2 < power < np.inf:
            return nothing
        try:
            stream = extractor.create_stream()
            stream.accept_waveform(_RATE, piece)
            stream.input_finished()
            found = np.array(extractor.compute(stream), np.float32)
        except Exception as error:  # the library's own have no name
            raise EngineError(f"the speaker engine gave up: {error}") from error
        length = float(np.linalg.norm(found))
        if found.shape != nothing.shape or not 0 < length < np.inf:
            return nothing
        return np.asarray(found / length, np.float32)


def _find(path: Path) -> None:
    hint = f"check the name after {PREFIX}"
    try:
        is_file = path.is_file()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}", hint=hint) from error
    if not is_file:
        raise UsageError(f"{path}: no such file", hint=hint)


def _release() -> str:
    try:
        return metadata.version(LIBRARY)
    except metadata.PackageNotFoundError as error:
        raise MissingError(f"{LIBRARY} is not installed", hint=_INSTALL) from error


def _extractor(path: Path) -> Any:  # noqa: ANN401
    """The library with the model, one thread a call: calls run side by side."""
    try:
        import sherpa_onnx
    except ImportError as error:
        raise MissingError(f"{LIBRARY} cannot be loaded: {error}", hint=_INSTALL) from error
    try:
        config = sherpa_onnx.SpeakerEmbeddingExtractorConfig(str(path), 1)
        return sherpa_onnx.SpeakerEmbeddingExtractor(config)
    except Exception as error:  # the library's own have no name
        raise EngineError(f"{path}: the speaker engine gave up: {error}") from error


def _examined(path: Path) -> tuple[int, int]:
    """The size of the model's vectors, and how many samples it needs.

    Raises:
        ValueError: it is no model that the library takes.
    """
    session = _session(path)
    about = _checked(session.get_modelmeta().custom_metadata_map)
    size = _tried(session, about, _TRIED)

    def is_enough(frames: int) -> bool:
        try:
            return _tried(session, about, frames) == size
        except ValueError:
            return False

    frames = 1 + bisect_left(range(1, _TRIED), x=True, key=is_enough)
    step_ms = int(about.get("window_stride_ms", _STEP_MS))
    last_ms = int(about.get("window_size_ms", _STEP_MS))
    return size, ((frames - 1) * step_ms + last_ms) * _PER_MS


def _session(path: Path) -> onnxruntime.InferenceSession:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.enable_cpu_mem_arena = False
    try:
        return onnxruntime.InferenceSession(
            str(path), sess_options=options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # onnxruntime has a dozen, under no name of their own
        raise ValueError(_in_a_line(error)) from error


def _in_a_line(error: Exception) -> str:
    return " ".join(str(error).split())[:300]


def _checked(about: Mapping[str, str]) -> dict[str, str]:
    """Those of the metadata that play a part."""
    kind = about.get("framework", "")
    if kind not in _WANTED:
        raise ValueError(f"its metadata say framework {kind[:40]!r}, not one of {[*_WANTED]}")
    for name, form in _WANTED[kind].items():
        if not re.fullmatch(form, about.get(name, "")):
            raise ValueError(f"its metadata say {name} {about.get(name, '')[:40]!r}")
    return {name: about.get(name, "") for name in _WANTED[kind]}


def _tried(session: onnxruntime.InferenceSession, about: Mapping[str, str], frames: int) -> int:
    """How many numbers the model makes of so many frames of noise."""
    import numpy as np

    is_nemo = "feat_dim" in about
    bands = int(about.get("feat_dim", _BANDS))
    noise = np.random.default_rng(0).standard_normal((1, frames, bands)).astype(np.float32)
    given = [noise.transpose(0, 2, 1), np.array([frames])] if is_nemo else [noise]
    try:
        names = [one.name for one in session.get_inputs()]
        made = session.run(None, dict(zip(names, given, strict=True)))
        found = np.asarray(made[1 if is_nemo else 0])  # NeMo's first are the people it learned
    except Exception as error:  # as above
        raise ValueError(_in_a_line(error)) from error
    if found.dtype != np.float32 or found.ndim != 2 or len(found) != 1:  # noqa: PLR2004
        raise ValueError(f"it makes {found.dtype} {list(found.shape)}, not a vector")
    if not np.isfinite(found).all() or not found.any():
        raise ValueError("it makes no numbers of noise")
    return int(found.shape[1])
