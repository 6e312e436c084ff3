"""Places in a recording as people read them; where there is room, `1:02:03` and no other way.

What has a form of its own stands with that form: SRT's in `subtitles.stamps`, chapters' in
`emit.guide`, RTTM's seconds in `measure.rttm`.
"""

from __future__ import annotations


def clock(ms: int) -> str:
    """Milliseconds as `1:02:03`, cut down to whole seconds; before the beginning is 0.

    >>> clock(3_723_999), clock(-5)
    ('1:02:03', '0:00:00')
    """
    return "{}:{:02}:{:02}".format(*_parts(max(ms, 0)))


def exact(ms: int) -> str:
    """Milliseconds as `1:02:03.004`.

    >>> exact(3_723_004), exact(-1)
    ('1:02:03.004', '-0:00:00.001')
    """
    return f"{'-' * (ms < 0)}{clock(abs(ms))}.{abs(ms) % 1_000:03}"


def shortest(ms: int) -> str:
    """Milliseconds as a rundown and the command line take them: without thousandths of nothing.

    >>> shortest(3_723_004), shortest(3_723_000)
    ('1:02:03.004', '1:02:03')
    """
    return exact(ms).removesuffix(".000")


def for_name(ms: int) -> str:
    """Milliseconds as the name of a file may hold them.

    >>> for_name(3_723_000), for_name(3_723_004)
    ('1h02m03s', '1h02m03s004')
    """
    fraction = f"{ms % 1_000:03}" if ms % 1_000 else ""
    return "{}h{:02}m{:02}s".format(*_parts(ms)) + fraction


def _parts(ms: int) -> tuple[int, int, int]:
    """Hours, minutes and seconds."""
    seconds = ms // 1_000
    return seconds // 3_600, seconds // 60 % 60, seconds % 60
