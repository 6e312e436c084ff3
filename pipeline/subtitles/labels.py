"""What stands beside the words of a cue and is not of them: who speaks, what is sung or heard.

The layout asks `labels` and `around` how much room to leave; `mark` puts the marks to its cues, and
`bare` takes them off again. Words themselves are never touched.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec

from pipeline.core.timeline import Cue, Sound, Span
from pipeline.subtitles.frames import Grid
from pipeline.subtitles.rooms import Room, Rooms
from pipeline.subtitles.text import clean, width

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipeline.core.timeline import Gap
    from pipeline.subtitles.profile import Marks, Profile
    from pipeline.subtitles.stretches import Stretch

_ITALICS: Final = re.compile(r"</?i>")
_CUT: Final = "…"
_BOTH: Final = 2  # lines of a cue in which two speak


def labels(stretches: Sequence[Stretch], profile: Profile, shown: Sequence[bool]) -> list[str]:
    """What stands before the first words of each stretch: a label where the speaker changes.

    `shown` says which stretches have words at all.
    """
    found = []
    before = ""
    for stretch, is_shown in zip(stretches, shown, strict=True):
        is_new = is_shown and stretch.speaker != before
        found.append(label(stretch.speaker, stretch.language, profile) if is_new else "")
        if is_shown:
            before = stretch.speaker
    return found


def label(speaker: str, language: str, profile: Profile) -> str:
    """The label of one speaker, at most half a line long; "" where there is none."""
    template = profile.marks(language).label
    name = clean(speaker)
    if not template or not name:
        return ""
    room = profile.rules(language).line_length // 2 - width(_named(template, ""))
    if width(name) > room:
        name = f"{name[: max(room - 1, 1)].rstrip()}{_CUT}"
    return _named(template, name)


def _named(template: str, name: str) -> str:
    """The template with a name; a name with braces stays what it is."""
    before, _, after = template.partition("{name}")
    if after or before != template:
        return f"{before}{name}{after}"
    return template.replace("{NAME}", name.upper())


def around(stretch: Stretch, marks: Marks) -> tuple[str, str]:
    """What stands before the first line of each of its cues, and after the last one."""
    if not stretch.is_sung or not marks.lyrics:
        return "", ""
    before, _, after = marks.lyrics.partition("{text}")
    return before, after


def mark(
    laid: Sequence[Sequence[Cue]], stretches: Sequence[Stretch], profile: Profile
) -> list[tuple[Cue, ...]]:
    """The cues of each stretch with their marks, as `lay_out` left room for them.

    A label that does not fit has a line of its own; where there is none left, it is left out.
    """
    found = []
    spoken = labels(stretches, profile, [bool(cues) for cues in laid])
    for cues, stretch, text in zip(laid, stretches, spoken, strict=True):
        marks = profile.marks(stretch.language)
        rules = profile.rules(stretch.language)
        marked = [_styled(cue, stretch, marks) for cue in cues]
        if text:
            first, *rest = marked[0].lines
            if width(f"{text} {_ITALICS.sub('', first)}") <= rules.line_length:
                marked[0] = msgspec.structs.replace(marked[0], lines=(f"{text} {first}", *rest))
            elif len(rest) + 1 < rules.lines:
                marked[0] = msgspec.structs.replace(marked[0], lines=(text, first, *rest))
        found.append(tuple(marked))
    return found


def bare(cue: Cue, profile: Profile) -> Cue:
    """A cue without what `mark` and dialogue put to it: its words and nothing else."""
    marks = profile.marks(cue.language)
    lines = [_ITALICS.sub("", line) for line in cue.lines]
    text = label(cue.speaker, cue.language, profile)
    if text and lines[0] == text and len(lines) > 1:
        lines = lines[1:]
    elif text and lines[0].startswith(f"{text} "):
        lines[0] = lines[0].removeprefix(f"{text} ")
    before, _, after = marks.lyrics.partition("{text}")
    if marks.lyrics and lines[0].startswith(before) and lines[-1].endswith(after):
        lines[0] = lines[0].removeprefix(before)
        lines[-1] = lines[-1].removesuffix(after)
    dash = marks.dialogue
    if dash and len(lines) == _BOTH and all(line.startswith(dash) for line in lines):
        lines = [line.removeprefix(dash) for line in lines]
    return msgspec.structs.replace(cue, lines=tuple(lines))


def sounds(
    gaps: Iterable[Gap],
    cues: Sequence[Cue | Span],
    profile: Profile,
    language: str,
    until_ms: int,
) -> list[Cue]:
    """Cues that tell what is heard where nobody speaks, in the free time between other cues.

    Args:
        gaps: where no words are.
        cues: all others of the track, those that people made too, in any order.
        profile: which sounds are told, in which words.
        language: of the track.
        until_ms: where the recording ends.
    """
    marks, rules = profile.marks(language), profile.rules(language)
    texts = {
        Sound.MUSIC: marks.music,
        Sound.NOISE: marks.noise,
        Sound.UNINTELLIGIBLE: marks.unintelligible,
    }
    taken = [Span(start_ms=cue.start_ms, end_ms=cue.end_ms) for cue in cues]
    rooms = Rooms(taken, max(profile.gap_ms, rules.gap_ms))
    grid = Grid(rules.frames) if rules.frames else None
    found = []
    for gap in gaps:
        text = texts.get(gap.sound, "")
        if not text or gap.duration_ms < marks.least_ms:
            continue
        room = rooms.first(gap.start_ms, min(gap.end_ms, until_ms), rules.shortest_ms)
        if room and (room := _on_frames(room, rules.longest_ms, grid)):
            start_ms, end_ms = room
            found.append(Cue(start_ms=start_ms, end_ms=end_ms, lines=(text,), language=language))
    return found


def _on_frames(room: Room, longest_ms: int, grid: Grid | None) -> Room | None:
    start_ms, end_ms = room.start_ms, min(room.end_ms, room.start_ms + longest_ms)
    if grid:
        start_ms, end_ms = grid.ms(grid.at_or_after(start_ms)), grid.ms(grid.at_or_before(end_ms))
    return Room(start_ms, end_ms) if start_ms < end_ms else None


def _styled(cue: Cue, stretch: Stretch, marks: Marks) -> Cue:
    """With marks of song and in italics; a cue in which two speak stays as it is."""
    if cue.speaker != stretch.speaker:
        return cue
    before, after = around(stretch, marks)
    lines = list(cue.lines)
    lines[0] = before + lines[0]
    lines[-1] += after
    voices = {
        "interpreter": stretch.is_interpreter,
        "off_screen": stretch.is_off_screen,
        "lyrics": stretch.is_sung,
    }
    if any(voices[voice] for voice in marks.italics):
        lines = [f"<i>{line}</i>" for line in lines]
    return msgspec.structs.replace(cue, lines=tuple(lines))
