"""Which recordings are meant by the files and folders that somebody named."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.core.errors import InputError
from pipeline.core.names import MEDIA_SUFFIXES, SUBTITLED
from pipeline.core.workspace import FOLDER_SUFFIX

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


def find(paths: Iterable[Path]) -> dict[Path, InputError | None]:
    """Files as they are given; of folders, the media files in them and below, sorted.

    A copy with subtitles in it, `talk.subtitled.mkv` beside `talk.mp4`, is no recording of its own.

    A folder without any, and one that cannot be looked into, stand among them with their fault:
    what is wrong with one does not keep the others from being found.
    """
    found: dict[Path, InputError | None] = {}
    for path in paths:
        found |= _in_folder(path) if path.is_dir() else {path: None}
    return found


def _in_folder(folder: Path) -> dict[Path, InputError | None]:
    shut: dict[Path, InputError | None] = {}

    def note(error: OSError) -> None:
        path = Path(os.fsdecode(error.filename or folder))
        hint = "make it readable, then run the same command again"
        shut[path] = InputError(f"{path}: cannot be looked into: {error.strerror}", hint=hint)

    inside = dict.fromkeys(sorted(_media_files(folder, note)))
    if not inside and not shut:
        hint = "name the recording itself if its name has an unusual ending"
        return {folder: InputError(f"{folder}: no media file in this folder", hint=hint)}
    return {**inside, **shut}


def _media_files(folder: Path, note: Callable[[OSError], None]) -> Iterator[Path]:
    for here, folders, names in os.walk(folder, onerror=note):
        folders[:] = [f for f in folders if not f.startswith(".") and not f.endswith(FOLDER_SUFFIX)]
        media = [name for name in names if _is_media(name)]
        stems = {Path(name).stem for name in media}
        for name in media:
            stem = Path(name).stem
            if not (stem.endswith(SUBTITLED) and stem.removesuffix(SUBTITLED) in stems):
                yield Path(here) / name


def _is_media(name: str) -> bool:
    return not name.startswith(".") and Path(name).suffix.lower() in MEDIA_SUFFIXES
