"""Interpreters: which turns give in another language what was just said, or is being said."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import accumulate
from typing import Final

from msgspec.structs import replace

from pipeline.core.timeline import NO_TURN, OTHER_LANGUAGE, Item, Phrase, Turn
from pipeline.segment.spoken import Spoken, spoken

_REACH_MS: Final = 10_000  # an interpreter begins no later than this after what he gives
_CUT_OFF_MS: Final = 4_000  # what is heard before an interpreter covers it is no longer, …
_AT_ONCE_MS: Final = 700  # … and he begins sooner after it


def tagged(
    turns: Sequence[Turn],
    phrases: Iterable[Phrase],
    *,
    interpreters: Collection[str],
    interpreter_voices: Collection[int],
    items: Sequence[Item],
) -> tuple[Turn, ...]:
    """The same turns, each interpretation saying whose words it gives; earlier tags go.

    A turn of an interpreter's name or voice gives what others said just before it in another
    language. In an item whose people include an interpreter, so does a turn for which nobody is
    named, where it is half to double as long. Several turns after several pair up in order, one to
    one where the counts fit; else, both runs taken as equally long, each gives the turns that end
    while it lasts and names the last of them. No interpretation is interpreted in turn.

    It is voice-over where such turns cover at least half of the other one; where they cover less,
    the interpreter only began a little early. In a transcript no words overlap: there it is
    voice-over where one begins to speak and is cut off. After at most 4 s of him, alone, without
    a question mark at their end, the interpreter follows within 0.7 s, in turns that follow one
    another and are together more than twice as long; where nobody is named, in another voice.

    Args:
        turns: in the order of their starts; they may overlap.
        phrases: a turn's language is the one that most of its words' time is in.
        interpreters: the interpreters' names, in capitals or not.
        interpreter_voices: the numbers of the voices that are interpreters', named or not.
        items: in order and disjoint.
    """
    names = frozenset(map(str.casefold, interpreters))
    heard = spoken(turns, tuple(phrases), names, frozenset(interpreter_voices), items)
    over = _voice_overs(heard)
    over |= _covered(heard, over)
    found = over | _consecutive(heard, over)
    return tuple(
        replace(turn, interprets=found.get(index, NO_TURN), is_over=index in over)
        for index, turn in enumerate(turns)
    )


def _voice_overs(heard: Sequence[Spoken]) -> dict[int, int]:
    """Interpretations that are spoken over most of what they give, each with that turn."""
    best: dict[int, tuple[int, int]] = {}  # by interpretation: the time shared, and with which
    for earlier, later in _overlapping(heard):
        for over, source in ((later, earlier), (earlier, later)):
            if _gives(heard[over], heard[source]) and (heard[over].is_interpreter or over > source):
                shared_ms = _shared_ms(heard[over].turn, heard[source].turn)
                best[over] = max(best.get(over, (0, 0)), (shared_ms, source))
                break
    beneath: dict[int, dict[int, int]] = {}
    for over, (shared_ms, source) in best.items():
        beneath.setdefault(source, {})[over] = shared_ms
    found: dict[int, int] = {}
    sources: set[int] = set()
    for source, times in sorted(beneath.items()):
        free = {over: ms for over, ms in times.items() if over not in sources}
        covered_ms = sum(free.values())
        if source not in found and free and 2 * covered_ms >= heard[source].turn.duration_ms:
            found.update(dict.fromkeys(free, source))
            sources.add(source)
    return found


def _overlapping(heard: Sequence[Spoken]) -> Iterator[tuple[int, int]]:
    for earlier, one in enumerate(heard):
        for later in range(earlier + 1, len(heard)):
            if heard[later].turn.start_ms >= one.turn.end_ms:
                break
            yield earlier, later


def _shared_ms(one: Turn, other: Turn) -> int:
    return min(one.end_ms, other.end_ms) - max(one.start_ms, other.start_ms)


def _gives(one: Spoken, source: Spoken) -> bool:
    """Whether a turn can be an interpretation of another, by who speaks and in which language."""
    if not one.may_interpret or source.is_interpreter:
        return False
    is_foreign = source.language not in ("", one.language)
    return is_foreign and (one.is_interpreter or one.item == source.item)


def _covered(heard: Sequence[Spoken], over: dict[int, int]) -> dict[int, int]:
    """Interpretations over what is heard only until they begin, each with the turn so cut off."""
    found: dict[int, int] = {}
    closed = {*over, *over.values()}
    for index, one in enumerate(heard):
        source = index - 1
        if source < 0 or not one.may_interpret or not closed.isdisjoint((source, index)):
            continue
        if not _gives(one, heard[source]) or not _is_cut_off(heard[source], one):
            continue
        run = [at for place, at in enumerate(_run(heard, index, closed)) if at == index + place]
        before = _sources(heard, run, closed)
        is_alone = [at for at in before if _is_same(heard[at], heard[source])] == [source]
        source_ms = heard[source].turn.duration_ms
        if is_alone and _total_ms(heard, run) > OTHER_LANGUAGE * source_ms:
            found.update(dict.fromkeys(run, source))
            closed.update((source, *run))
    return found


def _is_cut_off(source: Spoken, one: Spoken) -> bool:
    """Whether a turn may be the beginning of what another one then covers."""
    is_short = source.turn.duration_ms <= _CUT_OFF_MS and not source.is_finished
    voices = source.turn.voice, one.turn.voice
    is_other = one.is_interpreter or (all(voices) and voices[0] != voices[1])
    return is_short and is_other and one.turn.start_ms - source.turn.end_ms < _AT_ONCE_MS


def _is_same(one: Spoken, other: Spoken) -> bool:
    return (one.turn.voice, one.turn.speaker) == (other.turn.voice, other.turn.speaker)


def _consecutive(heard: Sequence[Spoken], over: dict[int, int]) -> dict[int, int]:
    """Interpretations that follow what they give, each with that turn, but for those in `over`."""
    found: dict[int, int] = {}
    closed = {*over, *over.values()}  # what neither interprets nor is interpreted any more
    looked_at: set[int] = set()
    for index, one in enumerate(heard):
        if not one.may_interpret or index in closed or index in looked_at:
            continue
        run = _run(heard, index, closed)
        looked_at.update(run)
        pairs = _pairs(heard, _sources(heard, run, closed), run)
        found.update(pairs)
        closed.update(pairs.keys(), pairs.values())
    return found


def _run(heard: Sequence[Spoken], first: int, closed: Collection[int]) -> list[int]:
    """The turns from `first` on that one interpreter may have taken over one stretch."""
    lead = heard[first]
    run = [first]
    for index in range(first + 1, len(heard)):
        one = heard[index]
        is_late = one.turn.start_ms - heard[run[-1]].turn.end_ms > _REACH_MS
        if is_late or index in closed or one.language not in ("", lead.language):
            break
        if lead.is_interpreter:  # others may put in a word
            if one.is_interpreter and one.language:
                run.append(index)
        elif one.may_interpret and not one.is_interpreter and _owner(one) == _owner(lead):
            run.append(index)
        else:
            break
    return run


def _owner(one: Spoken) -> tuple[int, int]:
    return one.turn.voice, one.item


def _sources(heard: Sequence[Spoken], run: Sequence[int], closed: Collection[int]) -> list[int]:
    """The turns in another language that a run follows, no more than it may give."""
    lead = heard[run[0]]
    room_ms = OTHER_LANGUAGE * _total_ms(heard, run)
    sources: list[int] = []
    since_ms = lead.turn.start_ms
    for index in range(run[0] - 1, -1, -1):
        one = heard[index]
        is_far = since_ms - one.turn.end_ms > _REACH_MS
        if is_far or one.is_interpreter or index in closed:
            break
        if not one.language or (not sources and one.language == lead.language):
            continue
        room_ms -= one.turn.duration_ms
        is_other = sources and one.language != heard[sources[-1]].language
        if is_other or not _gives(lead, one) or (sources and room_ms < 0):
            break
        sources.append(index)
        since_ms = one.turn.start_ms
    return sources[::-1]


def _pairs(heard: Sequence[Spoken], sources: list[int], run: list[int]) -> dict[int, int]:
    """For each turn of a run the one that it gives; none where they cannot belong together."""
    if not sources:
        return {}
    if not _fits(heard, sources, run):
        if heard[run[0]].is_interpreter:
            sources = _best_end(heard, sources, run)
        else:
            sources, run = _likely(heard, sources, run)
            if not _is_similar(heard, sources, run):
                return {}
    if len(sources) == len(run):
        return dict(zip(run, sources, strict=True))
    edges = list(accumulate(heard[index].turn.duration_ms for index in sources))
    ends = list(accumulate(heard[index].turn.duration_ms for index in run))
    return {
        index: sources[bisect_left(edges, end * edges[-1] // ends[-1])]
        for index, end in zip(run, ends, strict=True)
    }


def _fits(heard: Sequence[Spoken], sources: Sequence[int], run: Sequence[int]) -> bool:
    """Whether one gives the other, turn by turn."""
    if len(sources) != len(run):
        return False
    if heard[run[0]].is_interpreter:
        return _is_similar(heard, sources, run)
    return all(
        _is_similar(heard, [source], [index]) for source, index in zip(sources, run, strict=True)
    )


def _likely(
    heard: Sequence[Spoken], sources: list[int], run: list[int]
) -> tuple[list[int], list[int]]:
    """The last of the sources and the first of the run that come nearest to one another's length.

    Where voices are not told apart, the next turn of the run may be anybody's.
    """
    sources = _best_end(heard, sources, run)
    if not heard[run[0]].turn.voice:
        run = run[:1]
    run = _best_end(heard, run[::-1], sources)[::-1]
    return _best_end(heard, sources, run), run


def _best_end(heard: Sequence[Spoken], some: list[int], others: Sequence[int]) -> list[int]:
    """As many turns from the end as come nearest to the length of the others."""
    wanted_ms = _total_ms(heard, others)
    lengths = accumulate(heard[index].turn.duration_ms for index in reversed(some))
    misses = [abs(length - wanted_ms) for length in lengths]
    return some[-1 - misses.index(min(misses)) :]


def _is_similar(heard: Sequence[Spoken], some: Sequence[int], others: Sequence[int]) -> bool:
    lengths = sorted((_total_ms(heard, some), _total_ms(heard, others)))
    return lengths[1] <= OTHER_LANGUAGE * lengths[0]


def _total_ms(heard: Sequence[Spoken], indexes: Sequence[int]) -> int:
    return sum(heard[index].turn.duration_ms for index in indexes)
