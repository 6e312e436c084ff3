"""What a run says when it ends: the languages, and where something was taken out."""

from __future__ import annotations

import logging

import pytest

from pipeline.core.timeline import CUT_SHORT, Gap, Phrase, Sound
from pipeline.transcribe import summary


def phrase(start_ms: int, end_ms: int, language: str, flags: tuple[str, ...] = ()) -> Phrase:
    return Phrase(start_ms=start_ms, end_ms=end_ms, language=language, words=(), flags=flags)


def taken_out(at_ms: int) -> Gap:
    return Gap(
        start_ms=at_ms, end_ms=at_ms + 1_000, sound=Sound.MUSIC, removed="Спасибо.", reason="music"
    )


@pytest.mark.parametrize(
    ("times", "said"),
    [
        ([], "no text taken out"),
        ([164_400], "1 text (at 0:02:44) taken out"),
        (
            range(60_000, 480_000, 60_000),
            "7 texts (at 0:01:00, 0:02:00, 0:03:00, 0:04:00, 0:05:00,",
        ),
    ],
)
def test_what_was_taken_out_is_told_with_its_places(caplog, times, said):
    caplog.set_level(logging.INFO)
    lines = [phrase(0, 90_000, "ru"), phrase(90_000, 120_000, "es"), *map(taken_out, times)]
    summary.tell(lines, 3)
    assert "2 min of speech (ru 75%, es 25%), 3 chunks" in caplog.text
    assert said in caplog.text


def test_where_more_is_said_than_was_heard_is_a_warning(caplog):
    summary.tell([phrase(0, 3_600_500, "ru", (CUT_SHORT,))], 1)
    assert [each.levelname for each in caplog.records if "1:00:00" in each.message] == ["WARNING"]
