"""Where music plays, as far as borders of the programme care: singing and its noisy edges too."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.core.payloads import Transcript
from pipeline.core.timeline import Gap, Phrase, Sound, Word

Line = Phrase | Gap
Stretch = tuple[int, int]
Told = tuple[Word, str]  # a word, and what tells whose it is

_PAUSE_MS: Final = 1_000  # a shorter one parts neither words nor music
_WITHIN_MS: Final = 8_500  # of words and noise between music and music, or of noise beside it
_SUNG_MS: Final = 8_000  # of words in a row beside music
_BREATH_MS: Final = 300  # a shorter pause parts no words from what is sung
_ROUGH_MS: Final = 3_000  # what is heard between words is told by pieces of two seconds
_ALONE_MS: Final = 250  # of music without words tell that it is no voice
_WORD_MS: Final = 500  # less is hardly a word


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """Music in time order, disjoint."""

    whole: tuple[Stretch, ...]  # with what is sung in it, and its noise
    parts: tuple[Stretch, ...]  # as it was heard
    sung: frozenset[int]  # the places of words that are no speech


def stretches(lines: Sequence[Line], *sounds: Sound) -> Iterator[Stretch]:
    """Stretches of these sounds, of music where none is named; gaps of them that touch are one."""
    named = sounds or (Sound.MUSIC,)
    gaps = (line for line in lines if isinstance(line, Gap) and line.sound in named)
    return _joined(((gap.start_ms, gap.end_ms) for gap in gaps), 1)


def played(transcript: Transcript, words: Sequence[Told]) -> Played:
    """Where music plays, and which words are sung.

    Of music are at most 8.5 s of words and noise between music and music, without a silence of a
    second: a recogniser hears words in songs, and rhythm is heard as noise. So is as much
    noise that touches music, and so are words in a row (at most 8 s) of one voice less than a
    second before or after music, where the voice says hardly anything else; half a second of words
    between music and noise is sung whosever voice it seems.

    Args:
        transcript: its gaps tell where music is.
        words: in time order, each with what tells its voice; "" where nothing does.
    """
    lines = tuple(_trimmed(transcript))
    parts = tuple(stretches(lines))
    tonal = _tonal(_beyond_words(transcript), [word for word, _ in words])
    music = list(_joined(sorted([*_inside(lines), *tonal]), 1))
    sung = {place for place, (word, _) in enumerate(words) if _holds(music, word)}
    rows = [row for row in _rows(words) if row.first not in sung]
    beside = [row for row in rows if row.voice and _is_sung(row, music)]
    singers = _singers(words, [*sung, *(place for row in beside for place in row.places)])
    loud = list(stretches(lines, Sound.MUSIC, Sound.NOISE))
    beside = [row for row in beside if row.voice in singers or _is_engulfed(row, loud)]
    sung.update(place for row in beside for place in row.places)
    rows_ms = [(row.start_ms, row.end_ms) for row in beside]
    noise = _touching(stretches(lines, Sound.NOISE), rows_ms)
    whole = sorted([*music, *rows_ms, *noise])
    return Played(whole=tuple(_joined(whole, _PAUSE_MS)), parts=parts, sung=frozenset(sung))


def _touching(noise: Iterable[Stretch], sung: Sequence[Stretch]) -> Iterator[Stretch]:
    """Noise that what is sung parts from the music."""
    edges = {edge for row in sung for edge in row}
    for start_ms, end_ms in noise:
        if end_ms - start_ms <= _WITHIN_MS and not edges.isdisjoint((start_ms, end_ms)):
            yield start_ms, end_ms


def _joined(spans: Iterable[Stretch], near_ms: int) -> Iterator[Stretch]:
    """Those in time order, as one where less than so much lies between them."""
    held: Stretch | None = None
    for start_ms, end_ms in spans:
        if held is not None and start_ms - held[1] >= near_ms:
            yield held
            held = None
        held = (held[0], max(held[1], end_ms)) if held else (start_ms, end_ms)
    if held is not None:
        yield held


def _trimmed(transcript: Transcript) -> Iterator[Line]:
    """The lines; music ends with its tones where words follow, of which the first may be missed."""
    starts, ends = zip(*transcript.music, strict=True) if transcript.music else ((), ())
    lines = (None, *transcript.lines, None)
    for before, line, after in zip(lines, transcript.lines, lines[2:], strict=False):
        first, last = bisect_right(ends, line.start_ms), bisect_left(starts, line.end_ms)
        if not (isinstance(line, Gap) and line.sound is Sound.MUSIC and first < last):
            yield line
            continue
        from_ms, to_ms = line.start_ms, line.end_ms
        if isinstance(before, Phrase) and 0 < starts[first] - from_ms <= _ROUGH_MS:
            from_ms = starts[first]
            yield Gap(start_ms=line.start_ms, end_ms=from_ms, sound=Sound.UNINTELLIGIBLE)
        if isinstance(after, Phrase) and 0 < to_ms - ends[last - 1] <= _ROUGH_MS:
            to_ms = ends[last - 1]
        yield Gap(start_ms=from_ms, end_ms=to_ms, sound=Sound.MUSIC)
        if to_ms < line.end_ms:
            yield Gap(start_ms=to_ms, end_ms=line.end_ms, sound=Sound.UNINTELLIGIBLE)


def _beyond_words(transcript: Transcript) -> Iterator[Stretch]:
    """Music by its tones that is heard where no words are, too: a voice alone may be as tonal."""
    gaps = [
        (line.start_ms, line.end_ms)
        for line in transcript.lines
        if isinstance(line, Gap) and line.sound is not Sound.SILENCE
    ]
    for start_ms, end_ms in transcript.music:
        beside = _over(gaps, start_ms, end_ms)
        if any(min(to, end_ms) - max(at, start_ms) >= _ALONE_MS for at, to in beside):
            yield start_ms, end_ms


def _tonal(music: Iterable[Stretch], words: Sequence[Word]) -> Iterator[Stretch]:
    """Music by its tones without what is said over it; words in a row are sung if they are few.

    Such a row is parted from other words by a breath; with others that only a breath parts from it
    it is no longer than singing beside music is: somebody who speaks over music goes on.
    """
    rows = list(_joined(((word.start_ms, word.end_ms) for word in words), _BREATH_MS))
    for start_ms, end_ms in music:
        over = _over(rows, start_ms, end_ms)
        sung = _sung(over, start_ms, end_ms)
        at_ms, until_ms = start_ms, end_ms
        for from_ms, to_ms in over:
            if (from_ms, to_ms) in sung:
                at_ms, until_ms = min(at_ms, from_ms), max(until_ms, to_ms)
                continue
            if from_ms - at_ms >= _PAUSE_MS:
                yield at_ms, from_ms
            at_ms = max(at_ms, to_ms)
        if until_ms - at_ms >= _PAUSE_MS:
            yield at_ms, until_ms


def _sung(rows: Sequence[Stretch], start_ms: int, end_ms: int) -> set[Stretch]:
    """Rows of which most lies in music; not where they go on too long with no more than breaths."""
    inside = [
        (first, last)
        for first, last in rows
        if (min(last, end_ms) - max(first, start_ms)) * 2 >= last - first
    ]
    found: set[Stretch] = set()
    for first, last in _joined(inside, _PAUSE_MS):
        if last - first <= _SUNG_MS:
            found.update(row for row in inside if first <= row[0] < last)
    return found


def _over(rows: Sequence[Stretch], start_ms: int, end_ms: int) -> Sequence[Stretch]:
    """Those of the rows that lie, in part, in a stretch."""
    first = bisect_right(rows, start_ms, key=lambda row: row[1])
    return rows[first : bisect_left(rows, end_ms, key=lambda row: row[0])]


def _inside(lines: Sequence[Line]) -> Iterator[Stretch]:
    """Music with what lies between it, and with the noise at its edges."""
    held: Stretch | None = None
    for start_ms, end_ms, is_music in _sounding(lines):
        if held is not None and (not is_music or start_ms - held[1] > _WITHIN_MS):
            yield held
            held = None
        if is_music:
            held = (held[0] if held else start_ms, end_ms)
    if held is not None:
        yield held


def _sounding(lines: Sequence[Line]) -> Iterator[tuple[int, int, bool]]:
    """Music, and the noise at its edges, and the silences that part it (False)."""
    sounds = [line.sound if isinstance(line, Gap) else None for line in lines]
    for at, (line, sound) in enumerate(zip(lines, sounds, strict=True)):
        is_edge = sound is Sound.NOISE and Sound.MUSIC in sounds[max(0, at - 1) : at + 2]
        if sound is Sound.MUSIC or (is_edge and line.duration_ms <= _WITHIN_MS):
            yield line.start_ms, line.end_ms, True
        elif sound is Sound.SILENCE and line.duration_ms >= _PAUSE_MS:
            yield line.start_ms, line.end_ms, False


def _holds(music: Sequence[Stretch], word: Word) -> bool:
    at = bisect_right(music, word.start_ms, key=lambda stretch: stretch[0]) - 1
    return at >= 0 and word.end_ms <= music[at][1]


@dataclass(frozen=True, slots=True)
class _Row:
    """Words of one voice without a pause: [first, last) of all words."""

    first: int
    last: int
    start_ms: int
    end_ms: int
    voice: str

    @property
    def places(self) -> range:
        return range(self.first, self.last)


def _rows(words: Sequence[Told]) -> Iterator[_Row]:
    first = 0
    for place in range(1, len(words) + 1):
        if place < len(words):
            (before, voice), (after, other) = words[place - 1], words[place]
            if voice == other and after.start_ms - before.end_ms < _PAUSE_MS:
                continue
        start_ms, end_ms = words[first][0].start_ms, words[place - 1][0].end_ms
        yield _Row(first, place, start_ms, end_ms, words[first][1])
        first = place


def _is_sung(row: _Row, music: Sequence[Stretch]) -> bool:
    """Whether words may be sung: few, and near music."""
    after = bisect_left(music, (row.end_ms, 0))
    before = bisect_right(music, (row.start_ms, row.start_ms)) - 1
    starts = after < len(music) and music[after][0] - row.end_ms < _PAUSE_MS
    ended = before >= 0 and row.start_ms - music[before][1] < _PAUSE_MS
    return row.end_ms - row.start_ms <= _SUNG_MS and (starts or ended)


def _is_engulfed(row: _Row, loud: Sequence[Stretch]) -> bool:
    """Whether hardly a word stands in music and noise, whosever voice it is taken for."""
    after = bisect_left(loud, (row.end_ms, 0))
    if row.end_ms - row.start_ms > _WORD_MS or not 0 < after < len(loud):
        return False
    return loud[after - 1][1] == row.start_ms and loud[after][0] == row.end_ms


def _singers(words: Sequence[Told], sung: Iterable[int]) -> frozenset[str]:
    """Voices of which most is sung."""
    total: Counter[str] = Counter()
    for word, voice in words:
        total[voice] += word.duration_ms
    for place in sung:
        word, voice = words[place]
        total[voice] -= 2 * word.duration_ms
    return frozenset(voice for voice in total if voice and total[voice] < 0)
