"""Words to cues: where they are cut, how they stand on lines, when they come and go."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from pipeline.core.timeline import Cue, Word
from pipeline.subtitles.breaks import break_costs, ends_after
from pipeline.subtitles.couples import Coupled, partners
from pipeline.subtitles.cuts import Run, cut
from pipeline.subtitles.dialogue import Said, both, joined
from pipeline.subtitles.labels import around, labels
from pipeline.subtitles.rooms import Rooms
from pipeline.subtitles.shapes import Beside, Lines
from pipeline.subtitles.stretches import NO_SCENE, Part, Stretch
from pipeline.subtitles.text import clean, width
from pipeline.subtitles.times import Spoken, show

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.core.timeline import Span
    from pipeline.subtitles.cuts import Shape
    from pipeline.subtitles.profile import Profile


__all__ = ["NO_SCENE", "Part", "Stretch", "lay_out"]


@dataclass(frozen=True, slots=True)
class _Stage:
    """Where the cues of one stretch may stand: for each of its words, the index of its room."""

    rooms: Rooms
    places: Sequence[int]
    beside: Beside

    def within(self, times_ms: Sequence[int]) -> list[int]:
        """One time for each word, each in its word's room."""
        return [self.rooms[room].within(at) for room, at in zip(self.places, times_ms, strict=True)]

    def limits_ms(self, next_ms: Sequence[int], gap_ms: int) -> list[int]:
        """When a cue must be gone that ends with the word; args are when the word after starts."""
        return [
            min(at - gap_ms, self.rooms[room].end_ms)
            for room, at in zip(self.places, next_ms, strict=True)
        ]


def lay_out(
    stretches: Sequence[Stretch],
    profile: Profile,
    *,
    until_ms: int | None = None,
    taken: Sequence[Span] = (),
) -> list[tuple[Cue, ...]]:
    """The cues of each stretch; every word is in exactly one cue, in order.

    A word without a visible character is left out; a stretch of such words has no cues. Where the
    profile has dialogue cues, a quick exchange is one cue of two lines with dashes: it stands among
    the first speaker's cues and names none. For labels and marks of song there is room left, which
    `labels.mark` fills.

    Args:
        stretches: in time order.
        profile: the rules; those of a stretch's own language hold for its cues.
        until_ms: where the recording ends, if known.
        taken: when cues of people are on screen, in any order. No cue overlaps one or comes
            closer than the gap, and none holds words from both sides of one. Words spoken in one
            go to the nearer side.
    """
    tidy = _tidy(stretches)
    rooms = Rooms(taken, profile.gap_ms)
    places = _places(tidy, rooms)
    before = labels(tidy, profile, [bool(stretch.words) for stretch in tidy])
    drafts: list[list[Said]] = []
    next_ms = tidy[-1].words[-1].end_ms + 60_000 if tidy and tidy[-1].words else 0
    for stretch, where, label in zip(tidy[::-1], places[::-1], before[::-1], strict=True):
        sides = around(stretch, profile.marks(stretch.language))
        stage = _Stage(rooms, where, Beside(width(label), sum(map(width, sides))))
        drafts.append(_drafts(stretch, profile, next_ms, stage))
        next_ms = min((word.start_ms for word in stretch.words), default=next_ms)
    drafts = _exchanges(drafts[::-1], profile)
    times = iter(show([draft.spoken for found in drafts for draft in found], until_ms, rooms))
    return [
        tuple(_cue(draft, stretch, next(times)) for draft in found)
        for stretch, found in zip(tidy, drafts, strict=True)
    ]


def _places(stretches: Sequence[Stretch], rooms: Rooms) -> list[list[int]]:
    """For each word of each stretch, the index of its room; never one before an earlier word's."""
    found = []
    room = 0
    for stretch in stretches:
        places = []
        for word in stretch.words:
            room = max(room, rooms.nearest(word.start_ms, word.end_ms))
            places.append(room)
        found.append(places)
    return found


def _cue(draft: Said, stretch: Stretch, times: tuple[int, int]) -> Cue:
    return Cue(
        start_ms=times[0],
        end_ms=times[1],
        lines=tuple(map(clean, draft.lines)),  # two words, each safe, may make an arrow
        language=stretch.language,
        speaker=draft.speaker,
    )


def _drafts(stretch: Stretch, profile: Profile, next_ms: int, stage: _Stage) -> list[Said]:
    words = stretch.words
    if not words:
        return []
    rules = profile.rules(stretch.language)
    texts = [word.text for word in words]
    breaks = break_costs(texts, stretch.language, profile.costs)
    starts = stage.within([word.start_ms for word in words])
    ends = stage.within([word.end_ms for word in words])
    run = Run(
        starts_ms=starts,
        ends_ms=ends,
        breaks=breaks,
        sentence_ends=ends_after(texts),
        since=_since(starts, ends, stage.places, rules.pause_ms),
        limits_ms=stage.limits_ms([*starts[1:], next_ms], rules.gap_ms),
    )
    above = Lines(texts, breaks, rules, profile.costs, stage.beside)
    shape = _coupled(stretch, above, profile) if stretch.beneath else above
    positions = [0, *cut(run, shape, rules, profile.costs)]
    return [
        Said(
            shape.lines(first, end),
            Spoken(
                starts[first],
                ends[end - 1],
                rules.reading(shape.characters(first, end), end - first),
                rules,
                stage.places[first],
            ),
            run.limits_ms[end - 1],
            (NO_SCENE if stretch.beneath else stretch.scene, stretch.language),
            stretch.speaker,
        )
        for first, end in pairwise(positions)
    ]


def _exchanges(drafts: list[list[Said]], profile: Profile) -> list[list[Said]]:
    """The same with quick exchanges in one cue, which then is the first speaker's."""
    said = [one for found in drafts for one in found]
    marks = [profile.marks(one.turn[1]) for one in said]
    if not any(one.dialogue for one in marks):
        return drafts
    flags = iter(zip(joined(said, marks, profile.costs), said[1:], strict=False))
    kept: list[list[Said]] = []
    is_joined = False
    for found in drafts:
        kept.append([])
        for one in found:
            was_joined = is_joined
            is_joined, below = next(flags, (False, one))
            if not was_joined:
                dash = profile.marks(one.turn[1]).dialogue
                kept[-1].append(both(one, below, dash) if is_joined else one)
    return kept


def _coupled(stretch: Stretch, above: Lines, profile: Profile) -> Shape:
    texts = [word.text for part in stretch.parts for word in part.beneath]
    breaks = break_costs(texts, stretch.beneath, profile.costs)
    below = Lines(texts, breaks, profile.rules(stretch.beneath), profile.costs)
    partner = partners([(part.words, part.beneath) for part in stretch.parts], breaks)
    return Coupled(above, below, partner)


def _since(
    starts: Sequence[int], ends: Sequence[int], places: Sequence[int], pause_ms: int
) -> list[int]:
    """For each end of a cue, the first word it may hold: none before a long pause or a room."""
    since = [0, 0]
    for word in range(1, len(starts)):
        paused = starts[word] - ends[word - 1] > pause_ms
        moved = places[word] != places[word - 1]
        since.append(word if paused or moved else since[-1])
    return since


def _tidy(stretches: Sequence[Stretch]) -> list[Stretch]:
    """The same words, each safe as text and none starting before the one before it."""
    tidy = []
    clock_ms = 0
    for stretch in stretches:
        parts = []
        for part in stretch.parts:
            words = _in_order(part.words, clock_ms)
            beneath = _in_order(part.beneath, words[0].start_ms if words else clock_ms)
            if words:
                clock_ms = words[-1].start_ms
                parts.append(Part(words, beneath))
            elif beneath:
                parts.append(Part(beneath))
        tidy.append(replace(stretch, parts=tuple(parts)))
    return tidy


def _in_order(words: Sequence[Word], clock_ms: int) -> tuple[Word, ...]:
    found = []
    for word in words:
        text = clean(word.text)
        if not text:
            continue
        clock_ms = max(clock_ms, word.start_ms)
        end_ms = max(word.end_ms, clock_ms + 1)
        found.append(
            Word(start_ms=clock_ms, end_ms=end_ms, text=text, probability=word.probability)
        )
    return tuple(found)
