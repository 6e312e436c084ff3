"""Reasons to doubt a translation, told from the two texts alone."""

from __future__ import annotations

from typing import Final

from pipeline.engines import degenerate

UNTRANSLATED: Final = "untranslated"  # the engine gave nothing; the words stand as spoken


def doubts(source: str, target: str, *, language: str, into: str) -> list[str]:
    """What speaks against `target` as the translation of `source`; empty where nothing does.

    `left_over`, `loop` and `length`, as the engines see them; what they could not better is told.
    """
    strange = degenerate.foreign([language], [into])
    return list(degenerate.degenerate(source, target, strange))
