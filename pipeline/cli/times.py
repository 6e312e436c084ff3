"""Places in a recording, as people type them."""

from __future__ import annotations

import re
from typing import Final

import click

_CLOCK: Final = re.compile(r"(?:(?:(\d{1,3}):)?([0-5]?\d):)?(\d{1,7})(?:[.,](\d{1,3}))?")
_SECONDS_IN_A_MINUTE: Final = 60


class Clock(click.ParamType[int]):
    """A place in the recording, `1:02:03.5`, `2:03` or plain seconds, as milliseconds."""

    name = "time"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        """Milliseconds for what was typed."""
        if isinstance(value, int):
            return value
        match = _CLOCK.fullmatch(str(value).strip())
        if match is None or (match[2] and int(match[3]) >= _SECONDS_IN_A_MINUTE):
            self.fail(f"{value!r} is no time; write 1:02:03, 2:03 or 123.5", param, ctx)
        hours, minutes, seconds = (int(part or 0) for part in match.group(1, 2, 3))
        return ((hours * 60 + minutes) * 60 + seconds) * 1000 + int((match[4] or "0").ljust(3, "0"))
