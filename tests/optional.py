"""Libraries that only a few tests need, which are skipped where they are not installed."""

from __future__ import annotations

import importlib.util
from typing import Final

import pytest

# What is compared with or may be plugged in: too large to come with every `make test`.
_INSTALLED_BY: Final = {"pyannote": "pyannote.metrics==4.2.0", "sherpa_onnx": "sherpa-onnx==2.0.1"}


def needs(library: str) -> pytest.MarkDecorator:
    """Skip a test where `library` is not installed; the reason says what to type."""
    reason = f"{library} is not installed: .venv/bin/pip install {_INSTALLED_BY[library]}"
    return pytest.mark.skipif(importlib.util.find_spec(library) is None, reason=reason)
