"""What a perfect run would give: the reference files beside the sample broadcast."""

from __future__ import annotations

import csv
import io
import json
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Final

from pipeline.core.clock import clock
from pipeline.core.timeline import Word
from pipeline.programme.rundown import COLUMNS
from pipeline.subtitles import srt
from pipeline.subtitles.layout import Part, Stretch, lay_out
from pipeline.subtitles.profile import load as load_profile
from pipeline.translate.timing import place

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from samples.mixing import Programme, Spoken

NAME: Final = "broadcast"
_TURN_PAUSE_MS: Final = 500  # a longer pause ends a turn
_ROUGH_MS: Final = 5_000  # people note the times of a rundown no finer than this


def files(programme: Programme) -> dict[str, bytes]:
    """Every reference file by its name."""
    return {
        f"{NAME}.words.json": words_json(programme.spoken),
        f"{NAME}.rttm": rttm(programme.spoken),
        f"{NAME}.rundown.csv": rundown_csv(programme),
        f"{NAME}.orig.srt": subtitles(programme, translated=False),
        f"{NAME}.en.srt": subtitles(programme, translated=True),
    }


def words_json(spoken: Sequence[Spoken]) -> bytes:
    """All words with times, language and speaker: a JSON list, one word a line."""
    rows = []
    for one in spoken:
        for word in one.words:
            row = {
                "start_ms": word.start_ms,
                "end_ms": word.end_ms,
                "text": word.text,
                "language": one.line.language,
                "speaker": one.line.who,
            }
            rows.append(json.dumps(row, ensure_ascii=False))
    return ("[\n" + ",\n".join(rows) + "\n]\n").encode()


def rttm(spoken: Sequence[Spoken]) -> bytes:
    """Who speaks when, in the form that diarization tools score."""
    turns: list[tuple[str, int, int]] = []
    for one in spoken:
        who, _, end_ms = turns[-1] if turns else ("", 0, 0)
        if who == one.line.who and one.start_ms - end_ms <= _TURN_PAUSE_MS:
            turns[-1] = (who, turns[-1][1], one.end_ms)
        else:
            turns.append((one.line.who, one.start_ms, one.end_ms))
    lines = [
        f"SPEAKER {NAME} 1 {start_ms / 1000:.3f} {(end_ms - start_ms) / 1000:.3f}"
        f" <NA> <NA> {who} <NA> <NA>\n"
        for who, start_ms, end_ms in turns
    ]
    return "".join(lines).encode()


def rundown_csv(programme: Programme) -> bytes:
    """The rundown as people keep one: its times are rounded to five seconds."""
    starts = [_rough(span.start_ms) for _, span in programme.items]
    ends = [*starts[1:], programme.duration_ms]
    out = io.StringIO(newline="")
    table = csv.writer(out, lineterminator="\n")
    table.writerow(COLUMNS)
    for (item, _), start_ms, end_ms in zip(programme.items, starts, ends, strict=True):
        people, languages = "; ".join(item.speakers), " ".join(item.languages)
        row = (clock(start_ms), clock(end_ms), item.title, people, languages, item.kind)
        table.writerow(row)
    return out.getvalue().encode()


def subtitles(programme: Programme, *, translated: bool) -> bytes:
    """The track as spoken, or the English one: Russian translated, the rest as spoken."""
    stretches = []
    for same in _stretches(programme.spoken):
        language = same[0].line.language
        english = translated and language == "ru"
        parts = tuple(Part(_english(one) if english else one.words) for one in same)
        tag = "en" if english else language
        stretches.append(Stretch(parts, language=tag, speaker=same[0].line.who))
    cues = lay_out(stretches, load_profile("default"), until_ms=programme.duration_ms)
    return srt.compose(cue for found in cues for cue in found)


def _english(one: Spoken) -> tuple[Word, ...]:
    return place(one.line.triple.en, one.words)


def _stretches(spoken: Sequence[Spoken]) -> Iterator[list[Spoken]]:
    """Sentences that may share a cue: of one speaker, language and item."""
    same = groupby(spoken, key=lambda one: (one.item, one.line.who, one.line.language))
    return (list(found) for _, found in same)


def _rough(time_ms: int) -> int:
    return round(time_ms / _ROUGH_MS) * _ROUGH_MS


def overlaps_ms(spoken: Sequence[Spoken]) -> list[int]:
    """How long neighbouring sentences sound at once, where they do."""
    found = (one.end_ms - following.start_ms for one, following in pairwise(spoken))
    return [length_ms for length_ms in found if length_ms > 0]
