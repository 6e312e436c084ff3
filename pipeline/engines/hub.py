"""Whisper weights on the Hugging Face hub: where faster-whisper fetches them, in the same cache."""

from __future__ import annotations

import contextlib
import difflib
import fnmatch
import logging
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from pipeline.core import files
from pipeline.core.errors import EnvironmentGaveOutError, MissingError, UsageError
from pipeline.engines import digests
from pipeline.engines.transfer import Transfer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.core.progress import Progress

log = logging.getLogger(__name__)

# faster-whisper's own table; a test compares the two. Importing its takes a second.
SIZES: Final = {
    "tiny.en": "Systran/faster-whisper-tiny.en",
    "tiny": "Systran/faster-whisper-tiny",
    "base.en": "Systran/faster-whisper-base.en",
    "base": "Systran/faster-whisper-base",
    "small.en": "Systran/faster-whisper-small.en",
    "small": "Systran/faster-whisper-small",
    "medium.en": "Systran/faster-whisper-medium.en",
    "medium": "Systran/faster-whisper-medium",
    "large-v1": "Systran/faster-whisper-large-v1",
    "large-v2": "Systran/faster-whisper-large-v2",
    "large-v3": "Systran/faster-whisper-large-v3",
    "large": "Systran/faster-whisper-large-v3",
    "distil-large-v2": "Systran/faster-distil-whisper-large-v2",
    "distil-medium.en": "Systran/faster-distil-whisper-medium.en",
    "distil-small.en": "Systran/faster-distil-whisper-small.en",
    "distil-large-v3": "Systran/faster-distil-whisper-large-v3",
    "distil-large-v3.5": "distil-whisper/distil-large-v3.5-ct2",
    "large-v3-turbo": "mobiuslabsgmbh/faster-whisper-large-v3-turbo",
    "turbo": "mobiuslabsgmbh/faster-whisper-large-v3-turbo",
}
# The two defaults are fetched as they were when they were chosen, whatever is uploaded later.
PINNED: Final = {
    "Systran/faster-whisper-small": "536b0662742c02347bc0e980a01041f333bce120",
    "mobiuslabsgmbh/faster-whisper-large-v3-turbo": "0a363e9161cbc7ed1431c9597a8ceaf0c4f78fcf",
}
FILES: Final = (
    "config.json",
    "preprocessor_config.json",
    "model.bin",
    "tokenizer.json",
    "vocabulary.*",
)
_NEEDED: Final = ("config.json", "model.bin", "tokenizer.json", "vocabulary.*")
_HUB_ID: Final = re.compile(r"([\w.-]+/[\w.-]+)(?:@([\w./-]+))?", re.ASCII)
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_GIT_BLOB: Final = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True, slots=True)
class Repository:
    """What to fetch: `name` as people call it, `repo` and `revision` as the hub does."""

    name: str
    repo: str
    revision: str


def repository(choice: str) -> Repository:
    """The repository for a size such as `small` or a hub id such as `owner/name@revision`.

    Raises:
        UsageError: it is neither.
    """
    if choice in SIZES:
        repo = SIZES[choice]
        return Repository(choice, repo, PINNED.get(repo, "main"))
    if match := _HUB_ID.fullmatch(choice):
        return Repository(choice, match[1], match[2] or PINNED.get(match[1], "main"))
    near = difflib.get_close_matches(choice, SIZES, n=1)
    hint = f"did you mean {near[0]}?" if near else f"sizes: {', '.join(SIZES)}"
    raise UsageError(f"{choice!r} is no folder, no size and no name on the hub", hint=hint)


def cached(wanted: Repository) -> Path | None:
    """The folder of whole weights in the hub's cache, or None; the network is not touched.

    Without a network, a pinned revision that is not there gives way to the latest one that is.
    """
    folder = _cached_at(wanted.repo, wanted.revision)
    if folder is None and wanted.revision == PINNED.get(wanted.repo):
        folder = _cached_at(wanted.repo, "main")
    return folder


def fetch(wanted: Repository, progress: Progress) -> Path:
    """Fetch the weights into the hub's cache and give their folder.

    A line that was cut is taken up where it broke, in this run or in the next one.

    Raises:
        MissingError: they cannot be had, or are not what the hub announced.
        EnvironmentGaveOutError: the cache cannot be written.
    """
    from huggingface_hub import constants

    what = f"{wanted.name} from {urlsplit(constants.ENDPOINT).netloc}"
    with Transfer(what, progress) as transfer, _retries_noted(progress):
        try:
            folder = _download(wanted, transfer)
        except _network_errors() as error:
            raise _unfetched(wanted, error) from error
        bad = damaged(folder)
        if bad or not _is_whole(folder):
            discard(bad)
            names = ", ".join(path.name for path in bad) or "a part of it"
            raise MissingError(
                f"{wanted.repo}: refused: {names}: not what the hub announced",
                hint=f"try again: marathon models pull {wanted.name}",
            )
    return folder


def _download(wanted: Repository, transfer: Transfer) -> Path:
    """Fetch file by file, in this thread: Ctrl-C would have to wait for the library's own."""
    from huggingface_hub import HfApi, hf_hub_download, snapshot_download

    about = HfApi().model_info(wanted.repo, revision=wanted.revision)
    bar = _counting(transfer)
    # In this order the vocabulary comes last, and without one a folder is not taken for whole.
    for name in sorted(file.rfilename for file in about.siblings or []):
        if any(fnmatch.fnmatch(name, pattern) for pattern in FILES):
            hf_hub_download(wanted.repo, name, revision=about.sha, tqdm_class=bar)
    # All is there now; this writes down that it is, for whoever looks offline.
    return Path(
        snapshot_download(
            wanted.repo, revision=wanted.revision, allow_patterns=list(FILES), tqdm_class=bar
        )
    )


def damaged(folder: Path) -> list[Path]:
    """The files of a folder in the cache whose bytes are not those the hub named them after.

    The cache keeps each file under its digest: SHA-256, or git's for a small one. A folder that
    is no link farm (Windows without the right to make links) has no such names to compare.
    """
    named = {path: path.resolve().name for path in _loaded(folder) if _is_blob(path.resolve())}
    large = [path for path, name in named.items() if _SHA256.fullmatch(name)]
    sums = digests.sha256(large)
    wrong = [path for path in large if sums[path] != named[path]]
    small = [path for path, name in named.items() if _GIT_BLOB.fullmatch(name)]
    return wrong + [path for path in small if digests.git_blob(path) != named[path]]


def discard(bad: list[Path]) -> None:
    """Take damaged files out of the cache, so that they are fetched anew."""
    for path in bad:
        blob = path.resolve()
        files.remove(path)
        files.remove(blob)


def identity(folder: Path, name: str) -> str:
    """The weights' name with a digest of the files that are loaded."""
    sums = digests.sha256(_loaded(folder))
    digest = digests.of_files({path.name: value for path, value in sums.items()})
    return f"{name}@{digest[:16]}"


def missing_parts(folder: Path) -> list[str]:
    """What a folder lacks to be Whisper weights for CTranslate2."""
    return [pattern for pattern in _NEEDED if not any(folder.glob(pattern))]


def is_offline() -> bool:
    """Say whether the user told the hub's library to stay off the network (HF_HUB_OFFLINE)."""
    from huggingface_hub import constants

    return bool(constants.HF_HUB_OFFLINE)


def _cached_at(repo: str, revision: str) -> Path | None:
    from huggingface_hub import snapshot_download

    try:
        folder = Path(
            snapshot_download(
                repo, revision=revision, allow_patterns=list(FILES), local_files_only=True
            )
        )
    except (OSError, ValueError):  # not there, or only a part of it
        return None
    return folder if _is_whole(folder) else None


def _is_whole(folder: Path) -> bool:
    return not missing_parts(folder)


def _loaded(folder: Path) -> list[Path]:
    return sorted(path for pattern in FILES for path in folder.glob(pattern) if path.is_file())


def _is_blob(path: Path) -> bool:
    return path.parent.name == "blobs"


def _counting(transfer: Transfer) -> type[Any]:
    """A bar in the form that the hub's library asks for, which only hands the numbers on."""
    from tqdm.std import tqdm  # type: ignore[import-untyped]

    class Counting(tqdm):  # type: ignore[misc]
        def __init__(self, *args: object, **options: object) -> None:
            # Xet shows two bars for a file; the one for the network is not the file's size.
            about = str(options.get("desc", "")).lower()
            self._counts = options.get("unit") == "B" and not about.endswith("downloading bytes")
            self._expected = 0
            super().__init__(*args, **{**options, "disable": True})
            self.update(self.n)

        def update(self, n: float | None = 1) -> None:
            if self._counts:
                transfer.expect(int(self.total or 0) - self._expected)
                self._expected = int(self.total or 0)
                transfer.add(int(n or 0))

    return Counting


class _Noted(logging.Handler):
    """Passes on that the hub's library tries again; the rest of what it says is for programmers."""

    def __init__(self, progress: Progress) -> None:
        super().__init__(logging.WARNING)
        self._progress = progress

    def emit(self, record: logging.LogRecord) -> None:
        last = record.getMessage().strip().rpartition("\n")[2]
        if last.startswith(("Retrying", "Trying")):
            self._progress.note(f"the connection failed: {last[0].lower()}{last[1:]}")


@contextlib.contextmanager
def _retries_noted(progress: Progress) -> Iterator[None]:
    theirs = logging.getLogger("huggingface_hub")
    before, noted = theirs.handlers[:], _Noted(progress)
    theirs.handlers[:] = [noted]
    try:
        yield
    finally:
        theirs.handlers[:] = before


def _network_errors() -> tuple[type[Exception], ...]:
    """What the hub's library lets through; its HTTP library has changed between releases."""
    found: list[type[Exception]] = [OSError, ValueError, RuntimeError]
    for name in ("httpx2", "httpx"):
        try:
            found.append(__import__(name).HTTPError)
        except ImportError:
            continue
    return tuple(found)


def _unfetched(wanted: Repository, error: Exception) -> Exception:
    """An error of ours for one of the hub's library."""
    from huggingface_hub.errors import RepositoryNotFoundError, RevisionNotFoundError

    if isinstance(error, OSError) and error.errno and error.filename:
        return EnvironmentGaveOutError(
            f"{error.filename}: cannot be written: {os.strerror(error.errno)}",
            hint="make room or make it writable; HF_HOME names another place for the cache",
        )
    if isinstance(error, RevisionNotFoundError):
        return MissingError(
            f"{wanted.repo}: the hub has no revision {wanted.revision}",
            hint=f"take what it has now: --asr {wanted.repo}@main",
        )
    if isinstance(error, RepositoryNotFoundError):
        return MissingError(f"the hub has no {wanted.repo}", hint="check the name")
    reason = str(error.__cause__ or error).strip().splitlines()
    return MissingError(
        f"{wanted.name}: could not be fetched: {reason[0] if reason else type(error).__name__}",
        hint=f"check the network and type: marathon models pull {wanted.name}; "
        "or give a folder with --asr FOLDER",
    )
