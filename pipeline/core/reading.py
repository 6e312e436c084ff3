"""Text that people wrote and saved, with the line where it cannot be read."""

from __future__ import annotations

import codecs
import errno
import os
import re
import stat
import tomllib
from typing import TYPE_CHECKING, Any, Final

import msgspec

from pipeline.core.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

# All that msgspec raises for bytes that are not the JSON that is wanted.
NOT_JSON: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
LINE_END: Final = re.compile(r"\r\n|\n|\r")  # str.splitlines would also split at U+2028 and others
_UTF_16: Final = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_AT: Final = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
_LONG_NUMBER: Final = re.compile(r"[0-9][0-9a-fA-F_xX]{999}")
_AT_ONCE: Final = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def regular(path: Path) -> bytes:
    """The bytes of a regular file; whatever else stands there is not waited for.

    Raises:
        OSError: it is no regular file, is not there or cannot be read; `strerror` says which.
    """
    try:
        file = os.open(path, os.O_RDONLY | _AT_ONCE)
    except FileNotFoundError as error:
        if not path.is_symlink():
            raise
        raise OSError(errno.ENOLINK, f"a link to nothing: {path.readlink()}") from error
    try:
        mode = os.fstat(file).st_mode
        if not stat.S_ISREG(mode):
            what = "is a folder" if stat.S_ISDIR(mode) else "not a regular file"
            raise OSError(errno.EINVAL, what)
        with os.fdopen(file, "rb", closefd=False) as source:
            return source.read()
    finally:
        os.close(file)


def decoded(data: bytes, name: str) -> str:
    """UTF-8 as text, without its byte order mark.

    Raises:
        InputError: it is not UTF-8; says in which line of the file called `name`.
    """
    return _decoded(data.removeprefix(codecs.BOM_UTF8), name, "utf-8")


def decoded_table(data: bytes, name: str) -> str:
    """Like `decoded`, and UTF-16 where a spreadsheet wrote that; errors as there."""
    encoding = _UTF_16.get(data[:2])
    return _decoded(data[2:], name, encoding) if encoding else decoded(data, name)


def toml(text: str, name: str, *, hint: str) -> dict[str, Any]:
    """What the TOML in a file called `name` says.

    Raises:
        InputError: it is none, with `hint`; or it is nested too deeply, or has a number of
            thousands of digits. Says in which line.
    """
    try:
        content = tomllib.loads(text)
        str(content)  # the digits of a hexadecimal number are counted when it is shown
    except RecursionError:
        lines = LINE_END.split(text)
        line = max(range(len(lines)), key=lambda at: lines[at].count("[") + lines[at].count("{"))
        message, hint = "nested too deeply", "a list is written with one pair of brackets"
        raise InputError(f"{name}, line {line + 1}: {message}", hint=hint) from None
    except tomllib.TOMLDecodeError as error:
        found = _AT.search(str(error))
        line = int(found[1]) if found and found[1] else len(LINE_END.split(text.rstrip("\r\n")))
        reason = str(error)[: found.start()] if found else str(error)
        raise InputError(f"{name}, line {line}: not TOML: {reason}", hint=hint) from error
    except ValueError as error:  # the only one left is Python's limit for digits
        long = _LONG_NUMBER.search(text)
        line = len(LINE_END.findall(text[: long.start()])) + 1 if long else 1
        message, hint = "a number of thousands of digits", "shorten it, or put text into quotes"
        raise InputError(f"{name}, line {line}: {message}", hint=hint) from error
    return content


def _decoded(data: bytes, name: str, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = len(LINE_END.findall(data[: error.start].decode(encoding))) + 1
        raise InputError(
            f"{name}, line {line}: not {encoding.removesuffix('-le').removesuffix('-be').upper()}",
            hint="save the file as UTF-8 text, then try again",
        ) from error
