"""Text that people wrote and saved, with the line where it cannot be read."""

from __future__ import annotations

import codecs
import re
import tomllib
from typing import Any, Final

from pipeline.core.errors import InputError

LINE_END: Final = re.compile(r"\r\n|\n|\r")  # str.splitlines would also split at U+2028 and others
_UTF_16: Final = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


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


def toml(text: str) -> dict[str, Any]:
    """What TOML says.

    Raises:
        TOMLDecodeError: it is none, or nested too deeply, or has a number of thousands of digits.
    """
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise tomllib.TOMLDecodeError("nested too deeply") from None
    except tomllib.TOMLDecodeError:
        raise
    except ValueError as error:  # the only one left is Python's limit for digits
        raise tomllib.TOMLDecodeError(str(error)) from None


def _decoded(data: bytes, name: str, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = len(LINE_END.findall(data[: error.start].decode(encoding))) + 1
        raise InputError(
            f"{name}, line {line}: not {encoding.removesuffix('-le').removesuffix('-be').upper()}",
            hint="save the file as UTF-8 text, then try again",
        ) from error
