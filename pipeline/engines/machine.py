"""What this machine has: packages, memory, room on disk. Nothing here raises."""

from __future__ import annotations

import importlib
import os
import shutil
from importlib import metadata
from pathlib import Path
from typing import Final

import msgspec

PROJECT: Final = "marathon-subtitles"
# Their wheels hold machine code, which may fail to load where Python's own cannot.
_NATIVE: Final = {
    "av": "av",
    "ctranslate2": "ctranslate2",
    "numpy": "numpy",
    "onnxruntime": "onnxruntime",
    "sentencepiece": "sentencepiece",
}


class Installed(msgspec.Struct, frozen=True, kw_only=True):
    """A package that marathon needs; `problem` is empty where it is there and loads."""

    name: str
    wanted: str
    version: str = ""
    problem: str = ""


def packages() -> list[Installed]:
    """What marathon needs, by its own metadata, and what is there."""
    try:
        required = metadata.requires(PROJECT) or []
    except metadata.PackageNotFoundError:
        return [Installed(name=PROJECT, wanted="", problem="not installed")]
    return [found for text in required if (found := _installed(text))]


def free_memory() -> int | None:
    """Bytes of memory that can still be had, or None where the system does not say."""
    available = _number(Path("/proc/meminfo"), "MemAvailable:")
    if available is None:
        return None
    limit = _number(Path("/sys/fs/cgroup/memory.max"), "")
    used = _number(Path("/sys/fs/cgroup/memory.current"), "")
    free = available * 1024
    return min(free, max(limit - used, 0)) if limit is not None and used is not None else free


def free_disk(place: Path) -> tuple[Path, int] | None:
    """The folder that is there already on the way to `place`, and the bytes free on its disk."""
    try:
        there = next(path for path in (place, *place.parents) if path.is_dir())
        return there, shutil.disk_usage(there).free
    except (OSError, StopIteration):
        return None


def is_writable(place: Path) -> bool:
    """Say whether something can be made at `place`."""
    there = next((path for path in (place, *place.parents) if os.path.exists(path)), place)  # noqa: PTH110 - a shut folder is no error
    return there.is_dir() and os.access(there, os.W_OK)


def _installed(text: str) -> Installed | None:
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        wanted = Requirement(text)
    except InvalidRequirement:
        return None
    if wanted.marker and not wanted.marker.evaluate({"extra": ""}):
        return None
    try:
        version = metadata.version(wanted.name)
    except metadata.PackageNotFoundError:
        return Installed(name=wanted.name, wanted=str(wanted.specifier), problem="not installed")
    problem = "" if wanted.specifier.contains(version, prereleases=True) else "another release"
    return Installed(
        name=wanted.name,
        wanted=str(wanted.specifier),
        version=version,
        problem=problem or _load_problem(wanted.name),
    )


def _load_problem(name: str) -> str:
    if name not in _NATIVE:
        return ""
    try:
        importlib.import_module(_NATIVE[name])
    except (ImportError, OSError, RuntimeError, AttributeError) as error:
        return f"does not load: {error}"
    return ""


def _number(path: Path, label: str) -> int | None:
    """The number after `label` in a file of the system; None where there is none."""
    try:
        lines = path.read_text("ascii").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    for line in lines:
        words = line.removeprefix(label).split()
        if line.startswith(label) and words and words[0].isdecimal():
            return int(words[0])
    return None
