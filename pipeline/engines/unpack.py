"""Unpack a package that a stranger may have made: all of it is checked before a byte is written."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import secrets
import shutil
import stat
import struct
import time
import unicodedata
import zipfile
import zlib
from typing import TYPE_CHECKING, Final

from pipeline.core import files
from pipeline.core.errors import EnvironmentGaveOutError, MissingError
from pipeline.engines.transfer import size

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

MOST_MEMBERS: Final = 2000
MOST_BYTES: Final = 4 << 30
MOST_RATIO: Final = 200
_SMALL: Final = 1 << 20  # below this the ratio says nothing: a file of blanks shrinks to nothing
_LONGEST_NAME: Final = 120
_DEEPEST: Final = 12
_PIECE: Final = 1 << 20
_TRIES: Final = 5
_LEFT_BEHIND_S: Final = 24 * 3600
_STAGING: Final = re.compile(r"\.marathon-[0-9a-f]{16}\.partial")
_FOR_WINDOWS: Final = re.compile(
    r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?|.*[<>:\"|?*\\].*|.*[. ]| .*", re.DOTALL
)
_BROKEN: Final = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    ValueError,
)
_HINT: Final = "get the package again from where it was made; nothing of it was installed"


class RefusedError(MissingError):
    """A package that is not installed: damaged, or made to do harm."""


def plan(members: Sequence[zipfile.ZipInfo]) -> str:
    """The one folder that all members lie in.

    Raises:
        RefusedError: a member would land elsewhere, is no plain file, or there is too much.
    """
    if len(members) > MOST_MEMBERS:
        raise RefusedError(f"{len(members)} members, more than {MOST_MEMBERS}", hint=_HINT)
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if unpacked > MOST_BYTES or unpacked > max(packed * MOST_RATIO, _SMALL):
        raise RefusedError(f"{size(packed)} would become {size(unpacked)}", hint=_HINT)
    for member in members:
        _check_kind(member)
    _check_places(members)
    tops = sorted({_parts(member)[0] for member in members})
    beside = [member for member in members if len(_parts(member)) == 1 and not _is_folder(member)]
    if len(tops) != 1 or beside:
        raise RefusedError(f"not one folder but: {', '.join(tops[:5]) or 'nothing'}", hint=_HINT)
    return tops[0]


@contextlib.contextmanager
def unpacked(archive: Path, near: Path) -> Iterator[Path]:
    """The folder in `archive`, unpacked beside `near` while the block runs; `publish` keeps it.

    Raises:
        RefusedError: it is no archive, is damaged or is made to do harm.
        EnvironmentGaveOutError: the disk is full or may not be written.
    """
    staging = _staging(near)
    try:
        try:
            with zipfile.ZipFile(archive) as opened:
                members = opened.infolist()
                top = plan(members)
                _check_room(members, staging)
                for member in members:
                    place = staging.joinpath(*_parts(member))
                    if _is_folder(member):
                        files.make_folder(place)
                    else:
                        files.replace_from(place, _pieces(opened, member))
        except RefusedError as error:
            raise RefusedError(f"{archive}: refused: {error.message}", hint=error.hint) from None
        except _BROKEN as error:
            raise RefusedError(f"{archive}: not a whole package: {error}", hint=_HINT) from error
        except FileNotFoundError as error:
            raise MissingError(f"{archive}: no such file", hint="check the path") from error
        except OSError as error:
            if error.errno != errno.EINVAL:
                raise
            what = "it names a place that is not in it"
            raise RefusedError(f"{archive}: not a whole package: {what}", hint=_HINT) from error
        yield staging / top
    finally:
        files.remove_folder(staging)


def publish(package: Path, into: Path) -> None:
    """Move an unpacked package into `into` in one step; one of the same name makes way.

    Raises:
        EnvironmentGaveOutError: the folder cannot be written.
    """
    target = into / package.name
    files.make_folder(into)
    for attempt in range(_TRIES):  # another process may be doing the same
        if target.exists():
            files.move(target, package.parent / f"{package.name}.{attempt}.old")
        if files.move(package, target):
            return
    raise EnvironmentGaveOutError(
        f"{target}: cannot be replaced: others are writing there too",
        hint="wait until they have ended, then run the same command again",
    )


def _check_kind(member: zipfile.ZipInfo) -> None:
    kind = stat.S_IFMT(member.external_attr >> 16)
    plain = {0, stat.S_IFDIR} if _is_folder(member) else {0, stat.S_IFREG}
    if kind not in plain:
        raise RefusedError(f"{_shown(member)} is a link or a device", hint=_HINT)
    if member.flag_bits & 0x1:
        raise RefusedError(f"{_shown(member)} is encrypted", hint=_HINT)
    if member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise RefusedError(f"{_shown(member)} is packed in an unusual way", hint=_HINT)


def _is_folder(member: zipfile.ZipInfo) -> bool:
    return member.orig_filename.endswith("/")  # `is_dir` fails on an empty name


def _parts(member: zipfile.ZipInfo) -> list[str]:
    # The name as it stands in the archive: `filename` is already cut at a NUL.
    return member.orig_filename.removesuffix("/").split("/")


def _check_places(members: Sequence[zipfile.ZipInfo]) -> None:
    """Every path is plain, and no two of them would meet, on any file system."""
    held: set[str] = set()
    folders: set[str] = set()
    for member in members:
        parts = _parts(member)
        if len(parts) > _DEEPEST or any(_is_odd(part) for part in parts):
            raise RefusedError(f"{_shown(member)} is no plain path in the package", hint=_HINT)
        above = {_key(parts[:depth]) for depth in range(1, len(parts))}
        own = _key(parts)
        if own in held or above & held or (own in folders and not _is_folder(member)):
            raise RefusedError(f"{_shown(member)} is there twice", hint=_HINT)
        folders |= above
        (folders if _is_folder(member) else held).add(own)


def _key(parts: Sequence[str]) -> str:
    """Equal for paths that some file system takes for the same."""
    return unicodedata.normalize("NFC", "/".join(parts)).casefold()


def _is_odd(part: str) -> bool:
    return (
        part in {"", ".", ".."}
        or len(part) > _LONGEST_NAME
        or _FOR_WINDOWS.fullmatch(part) is not None
        or any(unicodedata.category(letter)[0] == "C" for letter in part)
    )


def _shown(member: zipfile.ZipInfo) -> str:
    return ascii(member.orig_filename[:_LONGEST_NAME])


def _pieces(opened: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    with opened.open(member) as source:
        while piece := source.read(_PIECE):
            yield piece


def _check_room(members: Sequence[zipfile.ZipInfo], staging: Path) -> None:
    needed, free = sum(member.file_size for member in members), shutil.disk_usage(staging).free
    if needed > free:
        raise EnvironmentGaveOutError(
            f"{staging.parent}: {size(needed)} are needed, {size(free)} are free",
            hint="make room, then run the same command again",
        )


def _staging(near: Path) -> Path:
    """A new folder on the disk of `near`; not inside it, for Argos reads every folder there."""
    files.make_folder(near)
    beside = near.parent
    same_disk = beside.stat().st_dev == near.stat().st_dev
    parent = beside if same_disk and os.access(beside, os.W_OK) else near
    for left in parent.glob(".marathon-*.partial"):
        old = left.stat().st_mtime < time.time() - _LEFT_BEHIND_S
        if old and _STAGING.fullmatch(left.name):
            files.remove_folder(left)
    staging = parent / f".marathon-{secrets.token_hex(8)}.partial"
    files.make_folder(staging)
    return staging
