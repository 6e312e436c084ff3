"""The error tree. Each leaf carries the exit code that the command line ends with."""

from __future__ import annotations

import errno
from enum import IntEnum
from typing import ClassVar, Final

_GAVE_OUT: Final = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.ESTALE, errno.EROFS}


class ExitCode(IntEnum):
    """What a process of ours can end with; the README lists the same table."""

    OK = 0
    BUG = 1
    USAGE = 2
    BAD_INPUT = 3
    MISSING = 4
    ENGINE = 5
    DAMAGED = 6
    REFUSED = 7
    FINDINGS = 8
    PARTIAL = 9
    ENVIRONMENT = 74
    NOT_NOW = 75
    INTERRUPTED = 130
    TERMINATED = 143


class PipelineError(Exception):
    """Something a user can act on: `message` names thing and place, `hint` what to type next."""

    exit_code: ClassVar[ExitCode] = ExitCode.BUG

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.message, self.hint)


def _rebuild(kind: type[PipelineError], message: str, hint: str) -> PipelineError:
    return kind(message, hint=hint)


def code_of(error: BaseException) -> ExitCode:
    """The exit code that `error` ends a command with; the only place that knows."""
    if isinstance(error, PipelineError):
        return error.exit_code
    if isinstance(error, KeyboardInterrupt):
        return ExitCode.INTERRUPTED
    if isinstance(error, MemoryError):
        return ExitCode.ENGINE
    if isinstance(error, ModuleNotFoundError) and not (error.name or "").startswith("pipeline"):
        return ExitCode.MISSING
    if isinstance(error, OSError) and error.errno in _GAVE_OUT:
        return ExitCode.ENVIRONMENT
    return ExitCode.BUG


class UsageError(PipelineError):
    """Wrong command line, or no such file."""

    exit_code = ExitCode.USAGE


class InputError(PipelineError):
    """A recording, SRT, rundown, glossary or info file cannot be read."""

    exit_code = ExitCode.BAD_INPUT


class MissingError(PipelineError):
    """Weights, a package or a program is missing."""

    exit_code = ExitCode.MISSING


class EngineError(PipelineError):
    """An engine gave up: out of memory, a crash inside a library."""

    exit_code = ExitCode.ENGINE


class ArtifactError(PipelineError):
    """One of our own files is damaged or of another version."""

    exit_code = ExitCode.DAMAGED


class OverwriteError(PipelineError):
    """Refused: it would overwrite a reviewer's work."""

    exit_code = ExitCode.REFUSED


class PartialError(PipelineError):
    """Part of a batch failed; the rest is complete."""

    exit_code = ExitCode.PARTIAL


class EnvironmentGaveOutError(PipelineError):
    """Disk full, share lost: nothing torn, run again."""

    exit_code = ExitCode.ENVIRONMENT


class NotNowError(PipelineError):
    """Another run holds the recording, or there are no workers."""

    exit_code = ExitCode.NOT_NOW
