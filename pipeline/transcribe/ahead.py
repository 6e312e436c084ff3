"""Work that is done while other work waits for the engine."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from queue import Full, Queue
from typing import Final, TypeVar

Thing = TypeVar("Thing")

_PATIENCE_S: Final = 0.2  # after which it is looked whether anybody still wants what is made


class _End:
    """What ends a row, with the error that did, if one did."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


def ahead(things: Iterable[Thing], most: int) -> Iterator[Thing]:
    """The same things, made in a thread of their own, at most so many before they are asked for.

    An error that making them meets is raised where they are taken.
    """
    made: Queue[Thing | _End] = Queue(most)
    is_over = threading.Event()
    maker = threading.Thread(target=_make, args=(things, made, is_over), name="ahead", daemon=True)
    maker.start()
    try:
        while not isinstance(thing := made.get(), _End):
            yield thing
        if thing.error is not None:
            raise thing.error
    finally:
        is_over.set()
        maker.join(_PATIENCE_S * 10)  # it may wait for a share that is gone: it ends with us


def _make(things: Iterable[Thing], made: Queue[Thing | _End], is_over: threading.Event) -> None:
    error: BaseException | None = None
    try:
        for thing in things:
            if not _put(thing, made, is_over):
                break
    except BaseException as met:  # noqa: BLE001 - whatever it is, it is raised where it counts
        error = met
    _put(_End(error), made, is_over)


def _put(thing: Thing | _End, made: Queue[Thing | _End], is_over: threading.Event) -> bool:
    """Hand a thing over; false if nobody wants it any more."""
    while not is_over.is_set():
        try:
            made.put(thing, timeout=_PATIENCE_S)
        except Full:
            continue
        return True
    return False
