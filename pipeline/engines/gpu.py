"""Is there a GPU that CTranslate2 can use? Answers on any machine, and never raises."""

from __future__ import annotations

import ctypes
import sys
from typing import Final

# CTranslate2's wheels open this library only when the first matrix is multiplied.
_CUBLAS: Final = "cublas64_12.dll" if sys.platform == "win32" else "libcublas.so.12"


def count() -> int:
    """How many CUDA devices CTranslate2 sees; 0 where there is no driver, or no CTranslate2."""
    try:
        import ctranslate2

        return int(ctranslate2.get_cuda_device_count())
    except (ImportError, AttributeError, OSError, RuntimeError, ValueError):
        return 0


def missing_library() -> str:
    """The CUDA library that CTranslate2 needs and cannot load; empty where all is there."""
    try:
        ctypes.CDLL(_CUBLAS)
    except OSError:
        return _CUBLAS
    return ""


def is_usable() -> bool:
    """Say whether a GPU is there together with the library to use it."""
    return count() > 0 and not missing_library()
