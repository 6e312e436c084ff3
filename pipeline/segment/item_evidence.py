"""What a recording tells of where its items begin: music, who is heard, languages, pauses."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import log2
from typing import Final, Literal

from pipeline.core.payloads import Transcript
from pipeline.core.timeline import NO_TURN, ItemKind, Sound, Turn, Word, equal_parts
from pipeline.core.turns import TurnTable
from pipeline.segment.heard import Heard
from pipeline.segment.played import Played, played, stretches

MUSIC: Final = "music"
_MARGIN_MS: Final = 200  # a border in a pause lies so long before the words that follow
_BESIDE_MS: Final = 3_000  # a shorter pause between words and music is one place with its edge
_WITHIN: Final = 2  # so much less is an edge of music worth that lies inside music
_TOKEN_MS: Final = 5_000  # this much of one voice is one observation of it
_LEAST_MS: Final = 800  # shorter speech of one voice is often another's
_HEARD: Final = 0.5  # observations are not independent of each other
_LANGUAGE: Final = 0.2  # an item with an interpreter changes its language all the time
SONG_MS: Final = 20_000  # shorter music belongs to what follows it
LONG_MUSIC_MS: Final = 4_000  # shorter music is weaker evidence
_FIT, _EDGE, _AFTER = 7.0, 6.0, 3.0  # music: the item is of it; begins here; ended here
_NEW_VOICE, _NEW_LANGUAGE, _HOST, _PAUSE = 0.8, 0.5, 1.2, 1.2
_BLOCK_MS: Final = 300_000
_HOST_BLOCKS: Final = 4  # a host is heard in so many blocks, and in a third of all
_HOST_SHARE: Final = 3
_LONGEST_PAUSE: Final = 3.0  # doublings of the shortest pause; longer ones tell no more


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A place where a border may be, and what speaks for it.

    `pause_ms` is how long no word is heard around it, 0 where that is no pause; `starts_ms` and
    `ends_ms` are how long the music is that starts or ends there; `voices`, whose words come last
    before it and first after it, "" where that is not known.
    """

    at_ms: int
    pause_ms: int = 0
    starts_ms: int = 0
    ends_ms: int = 0
    is_new_voice: bool = False
    is_new_language: bool = False
    is_host_next: bool = False
    voices: tuple[str, str] = ("", "")


def _time(candidate: Candidate) -> int:
    return candidate.at_ms


@dataclass(frozen=True, slots=True)
class Evidence:
    """All candidates of a recording in time order, at most one a millisecond; who is heard when."""

    candidates: tuple[Candidate, ...]
    people: Heard
    languages: Heard
    voices: tuple[tuple[int, str], ...]  # when each is heard
    shortest_ms: int  # a pause is at least so long

    def near(self, at_ms: int, window_ms: int) -> tuple[Candidate, ...]:
        """The candidates at most `window_ms` from a time."""
        first = bisect_left(self.candidates, at_ms - window_ms, key=_time)
        last = bisect_right(self.candidates, at_ms + window_ms, key=_time)
        return self.candidates[first:last]

    def of_one(self, from_ms: int, to_ms: int) -> float:
        """How well one group of people, and of languages, explains what is heard in a stretch."""
        return self._worth(
            self.people.likelihood(from_ms, to_ms), self.languages.likelihood(from_ms, to_ms)
        )

    def of_one_from(self, starts_ms: Iterable[int], to_ms: int) -> Iterator[float]:
        """The same for stretches from many starts, the latest first, to one end."""
        starts_ms = list(starts_ms)
        people = self.people.likelihoods(starts_ms, to_ms)
        return map(self._worth, people, self.languages.likelihoods(starts_ms, to_ms))

    def _worth(self, people: float, languages: float) -> float:
        return _HEARD * (people + _LANGUAGE * languages)

    def strength(
        self, candidate: Candidate, kinds: tuple[ItemKind, ItemKind], *, has_host: bool = False
    ) -> float:
        """What speaks for a border between items of two kinds just there; 0 for nothing at all.

        With `has_host` somebody is in both: who ends the one, and then presents the next.
        """
        found = _of_music(candidate, kinds)
        found += _NEW_VOICE * candidate.is_new_voice + _NEW_LANGUAGE * candidate.is_new_language
        found += _HOST * (candidate.is_host_next or (has_host and not candidate.is_new_voice))
        if candidate.pause_ms:
            found += _PAUSE * min(log2(1 + candidate.pause_ms / self.shortest_ms), _LONGEST_PAUSE)
        return found


def gather(transcript: Transcript, turns: Sequence[Turn], pause_ms: int) -> Evidence:
    """Everything in a transcript and its turns that a border of the programme may follow."""
    spoken = list(_spoken(transcript, turns))
    music = played(transcript, [(said.word, said.voice) for said in spoken])
    spoken = [said for place, said in enumerate(spoken) if place not in music.sung]
    found: dict[int, Candidate] = {}
    voices = list(_tokens((said.word, said.voice) for said in spoken))
    present = _hosts(voices)
    for candidate in _between(spoken, transcript, music, pause_ms, present):
        found.setdefault(candidate.at_ms, candidate)
    songs = [token for stretch in music.whole for token in _spread(*stretch, MUSIC)]
    return Evidence(
        candidates=tuple(found[at_ms] for at_ms in sorted(found)),
        people=Heard.of([*voices, *songs]),
        voices=tuple(voices),
        languages=Heard.of(_tokens((said.word, said.language) for said in spoken)),
        shortest_ms=max(pause_ms, 1),
    )


def _of_music(candidate: Candidate, kinds: tuple[ItemKind, ItemKind]) -> float:
    is_before, is_after = (kind is ItemKind.MUSIC for kind in kinds)
    starts, ends = (_EDGE, _AFTER) if is_before == is_after else (0.0, 0.0)
    if ends and candidate.ends_ms >= SONG_MS:  # an item that nobody called music
        ends = _EDGE
    if is_after:  # a song begins where music starts
        starts = _FIT
    elif is_before:
        ends = _FIT
    return max(
        starts * min(candidate.starts_ms / LONG_MUSIC_MS, 1.0),
        ends * min(candidate.ends_ms / LONG_MUSIC_MS, 1.0),
    )


@dataclass(frozen=True, slots=True)
class _Said:
    """A word, whose it is (empty where that is not known) and its language."""

    word: Word
    voice: str
    language: str


def _spoken(transcript: Transcript, turns: Sequence[Turn]) -> Iterator[_Said]:
    table = TurnTable(turns)
    for phrase in transcript.phrases:
        for word in phrase.words:
            turn = table.at((word.start_ms + word.end_ms) // 2)
            voice = "" if turn == NO_TURN else voice_of(table.turns[turn])
            yield _Said(word, voice, phrase.language)


def voice_of(turn: Turn) -> str:
    """What tells a turn's voice from others; empty where nothing does."""
    return str(turn.voice) if turn.voice else turn.speaker


def _between(
    spoken: Sequence[_Said],
    transcript: Transcript,
    music: Played,
    pause_ms: int,
    hosts: frozenset[str],
) -> Iterator[Candidate]:
    """Candidates in the gaps between words, and before and after all words."""
    filled = list(stretches(transcript.lines, Sound.MUSIC, Sound.UNINTELLIGIBLE))
    for before, after in pairwise((None, *spoken, None)):
        from_ms = before.word.end_ms if before else 0
        to_ms = max(after.word.start_ms if after else transcript.duration_ms, from_ms)
        silent_ms = to_ms - from_ms - sum(end - start for start, end in _in(filled, from_ms, to_ms))
        inside = Candidate(
            at_ms=max(to_ms - _MARGIN_MS, (from_ms + to_ms + 1) // 2),
            pause_ms=silent_ms if silent_ms >= pause_ms else 0,
            is_new_voice=_differ(before, after, "voice"),
            is_new_language=_differ(before, after, "language"),
            is_host_next=after is not None and after.voice in hosts,
            voices=(before.voice if before else "", after.voice if after else ""),
        )
        songs = _in(music.whole, from_ms, to_ms)
        for number, (start_ms, end_ms) in enumerate(songs, 1):
            long_ms = end_ms - start_ms
            starts_ms, ends_ms = start_ms, end_ms
            if before and number == 1 and start_ms - from_ms <= _BESIDE_MS:
                starts_ms = (from_ms + start_ms + 1) // 2
            if after and number == len(songs) and to_ms - end_ms <= _BESIDE_MS:
                ends_ms = max(to_ms - _MARGIN_MS, (end_ms + to_ms + 1) // 2)
            yield replace(inside, at_ms=starts_ms, starts_ms=long_ms)
            yield replace(inside, at_ms=ends_ms, ends_ms=long_ms)
            for start_of_part_ms, end_of_part_ms in _in(music.parts, start_ms, end_ms):
                long_ms = min(end_of_part_ms - start_of_part_ms, LONG_MUSIC_MS) // _WITHIN
                if start_of_part_ms > start_ms:
                    yield replace(inside, at_ms=start_of_part_ms, starts_ms=long_ms)
                if end_of_part_ms < end_ms:
                    yield replace(inside, at_ms=end_of_part_ms, ends_ms=long_ms)
        if inside.pause_ms or inside.is_new_voice or inside.is_new_language:
            yield inside


def _hosts(voices: Iterable[tuple[int, str]]) -> frozenset[str]:
    """Voices that are heard all over the programme: they open its items."""
    blocks: dict[str, set[int]] = {}
    for at_ms, voice in voices:
        blocks.setdefault(voice, set()).add(at_ms // _BLOCK_MS)
    least = max(len(set().union(*blocks.values())) // _HOST_SHARE, _HOST_BLOCKS)
    return frozenset(voice for voice, heard in blocks.items() if len(heard) >= least)


def _in(found: Sequence[tuple[int, int]], from_ms: int, to_ms: int) -> Sequence[tuple[int, int]]:
    """Those of disjoint stretches, in time order, that begin in a gap."""
    return found[bisect_left(found, (from_ms, 0)) : bisect_left(found, (to_ms, 0))]


def _differ(before: _Said | None, after: _Said | None, what: Literal["voice", "language"]) -> bool:
    if before is None or after is None:
        return False
    sides = getattr(before, what), getattr(after, what)
    return all(sides) and sides[0] != sides[1]


def _tokens(said: Iterable[tuple[Word, str]]) -> Iterator[tuple[int, str]]:
    """Observations of words with a label: one for every few seconds of a run of one label."""
    begun_ms = ended_ms = 0
    running = ""
    for word, label in (*said, (None, "")):
        if word is not None and label == running and word.start_ms - ended_ms < _TOKEN_MS:
            ended_ms = word.end_ms
            continue
        if running and ended_ms - begun_ms >= _LEAST_MS:
            yield from _spread(begun_ms, ended_ms, running)
        if word is not None:
            begun_ms, ended_ms, running = word.start_ms, word.end_ms, label


def _spread(from_ms: int, to_ms: int, label: str) -> Iterator[tuple[int, str]]:
    count = max(round((to_ms - from_ms) / _TOKEN_MS), 1)
    for start_ms, end_ms in equal_parts(from_ms, to_ms, count):
        yield (start_ms + end_ms) // 2, label
