"""One cue edited in two files before either has seen the other: each keeps its own reviewer's."""

from __future__ import annotations

import random
from collections.abc import Sequence

import msgspec
import pytest

from pipeline.core.timeline import Cue, Span
from pipeline.review import changes, proof, repeats
from pipeline.review.decisions import (
    Anchor,
    Approve,
    Decision,
    Delete,
    Insert,
    Merge,
    Piece,
    Split,
    Text,
    Time,
)
from pipeline.review.locks import locks
from pipeline.subtitles import reader
from tests.unit.test_merge_fuzz import revised, saved, word

WHOLE, ITEM = "talk.srt", "items/01.srt"
Shown = tuple[int, int, str]


def at(start_ms: int, end_ms: int, text: str = "") -> Anchor:
    return Anchor(track="en", start_ms=start_ms, end_ms=end_ms, text=text)


def piece(one: Anchor) -> Piece:
    return Piece(start_ms=one.start_ms, end_ms=one.end_ms, text=one.text)


def cues(made: Sequence[Decision], source: str) -> list[Shown]:
    found = locks(made, "en", source=source)
    return [(cue.start_ms, cue.end_ms, cue.text) for cue in found.cues]


def bases(made: Sequence[Decision], source: str) -> list[Shown]:
    found = locks(made, "en", source=source).locks
    return [(lock.base.start_ms, lock.base.end_ms, lock.base.text) for lock in found]


ONE, TWO, LAST = at(1_000, 2_000, "one"), at(2_000, 3_000, "two"), at(3_000, 4_000, "three")
BOTH = at(1_000, 3_000, "one\ntwo")
ITS = {"source": ITEM, "when": "1"}
OURS = {"source": WHOLE, "when": "2"}
MERGED = [Merge(at=BOTH, of=(piece(ONE), piece(TWO)), **ITS), Text(at=BOTH, text="1, 2", **ITS)]
PARTED = [
    Split(at=ONE, into=(piece(at(1_000, 1_400, "on")), piece(at(1_400, 2_000, "e"))), **ITS),
]
AWAY = Span(start_ms=900, end_ms=1_900)
OUR = {
    "text": ([Text(at=ONE, text="ONE", **OURS)], [(1_000, 2_000, "ONE")]),
    "time": ([Time(at=ONE, to=AWAY, **OURS)], [(900, 1_900, "one")]),
    "both": (
        [Text(at=ONE, text="ONE", **OURS), Time(at=ONE, to=AWAY, **OURS)],
        [(900, 1_900, "ONE")],
    ),
    "delete": ([Delete(at=ONE, **OURS)], []),
    "split": (
        [Split(at=ONE, into=(piece(at(1_000, 1_500, "o")), piece(at(1_500, 2_000, "ne"))), **OURS)],
        [(1_000, 1_500, "o"), (1_500, 2_000, "ne")],
    ),
}


@pytest.mark.parametrize("kind", OUR)
@pytest.mark.parametrize("is_item_first", [True, False])
def test_a_merge_in_one_file_over_a_cue_that_another_has_edited(kind: str, is_item_first: bool):
    ours, wanted = OUR[kind]
    made = [*MERGED, *ours] if is_item_first else [*ours, *MERGED]
    assert cues(made, ITEM) == [(1_000, 3_000, "1, 2")]
    assert cues(made, WHOLE) == wanted
    assert bases(made, WHOLE) == [(1_000, 2_000, "one")]  # the other part is the machine's
    later = Text(at=at(1_000, 3_000, "1, 2"), text="12", source=ITEM, when="3")
    assert cues([*made, later], ITEM) == [(1_000, 3_000, "12")]
    assert cues([*made, later], WHOLE) == wanted


@pytest.mark.parametrize("kind", OUR)
@pytest.mark.parametrize("is_item_first", [True, False])
def test_a_split_in_one_file_of_a_cue_that_another_has_edited(kind: str, is_item_first: bool):
    ours, wanted = OUR[kind]
    made = [*PARTED, *ours] if is_item_first else [*ours, *PARTED]
    assert cues(made, ITEM) == [(1_000, 1_400, "on"), (1_400, 2_000, "e")]
    assert cues(made, WHOLE) == wanted


@pytest.mark.parametrize("is_item_first", [True, False])
def test_two_merges_that_share_a_cue(is_item_first: bool):
    our = at(2_000, 4_000, "two\nthree")
    ours = [Merge(at=our, of=(piece(TWO), piece(LAST)), **OURS)]
    made = [*MERGED, *ours] if is_item_first else [*ours, *MERGED]
    assert cues(made, ITEM) == [(1_000, 3_000, "1, 2")]
    assert cues(made, WHOLE) == [(2_000, 4_000, "two\nthree")]
    assert bases(made, WHOLE) == [(2_000, 4_000, "two\nthree")]


def test_what_one_file_joined_and_the_other_corrects_when_it_has_seen_it_is_one_cue():
    seen = Text(at=at(1_000, 3_000, "1, 2"), text="1 + 2", **OURS)
    for source in ("", WHOLE, ITEM):
        assert cues([*MERGED, seen], source) == [(1_000, 3_000, "1 + 2")]


@pytest.mark.parametrize("kind", ["text", "time", "both", "split"])
@pytest.mark.parametrize("is_item_first", [True, False])
def test_a_cue_deleted_in_one_file_and_changed_in_another(kind: str, is_item_first: bool):
    ours, wanted = OUR[kind]
    gone = [Delete(at=ONE, **ITS)]
    made = [*gone, *ours] if is_item_first else [*ours, *gone]
    assert cues(made, ITEM) == []
    assert cues(made, WHOLE) == wanted


@pytest.mark.parametrize("is_item_first", [True, False])
def test_what_was_deleted_and_put_in_again_stands_once(is_item_first: bool):
    ours, gone = Text(at=ONE, text="ONE", **OURS), Delete(at=ONE, **ITS)
    made = [gone, ours] if is_item_first else [ours, gone]
    back = Insert(at=at(1_050, 2_000), text="uno", source=ITEM, when="3")
    assert cues([*made, back], ITEM) == [(1_050, 2_000, "uno")]
    assert cues([*made, back], WHOLE) == [(1_000, 2_000, "ONE")]
    own = Insert(at=at(1_050, 2_000), text="uno", source=WHOLE, when="3")
    assert len(cues([*made, own], WHOLE)) == 2  # who sees a cue there and adds one wants both


@pytest.mark.parametrize("is_item_first", [True, False])
def test_an_approved_edit_is_kept_like_any_other(is_item_first: bool):
    ours = [Text(at=ONE, text="ONE", **OURS), Approve(at=ONE, **OURS)]
    its = [Text(at=ONE, text="uno", **ITS)]
    made = [*its, *ours] if is_item_first else [*ours, *its]
    assert cues(made, WHOLE) == [(1_000, 2_000, "ONE")]
    assert cues(made, ITEM) == [(1_000, 2_000, "uno")]
    [whole], [item] = (locks(made, "en", source=each).cues for each in (WHOLE, ITEM))
    assert (whole.is_approved, item.is_approved) == (True, False)


def test_times_of_one_file_and_text_of_another_are_no_conflict():
    text, moved = Text(at=ONE, text="ONE", **OURS), Time(at=ONE, to=AWAY, **ITS)
    for made in ([text, moved], [moved, text]):
        for source in ("", WHOLE, ITEM):
            assert cues(made, source) == [(900, 1_900, "ONE")]
    other = Time(at=ONE, to=Span(start_ms=1_100, end_ms=2_000), **OURS)
    for made in ([other, moved], [moved, other]):
        assert cues(made, ITEM) == [(900, 1_900, "one")]
        assert cues(made, WHOLE) == [(1_100, 2_000, "one")]


@pytest.mark.parametrize("seed", range(12))
def test_whatever_two_people_do_at_once_each_file_holds_all_of_its_own(seed: int):
    rng = random.Random(seed)
    base = _programme(rng, 150)
    told = {name: _reviewed(rng, base, name) for name in (WHOLE, ITEM)}
    for first, second in ((WHOLE, ITEM), (ITEM, WHOLE)):
        log = [*told[first], *repeats.fresh(told[first], 0, told[second])]
        for name, other in ((WHOLE, ITEM), (ITEM, WHOLE)):
            _see_that_each_has_its_own(base, log, told[name], told[other])


def _see_that_each_has_its_own(
    base: Sequence[Cue], log: Sequence[Decision], own: Sequence[Decision], their: Sequence[Decision]
) -> None:
    before = {_shown(cue) for cue in base}
    now, stand = set(cues(log, own[0].source)), bases(log, own[0].source)
    ours, theirs = _by_cue(own), _by_cue(their)
    for cue in before:
        mine, yours = ours.get(cue, []), theirs.get(cue, [])
        wanted = mine or yours
        if not mine and any(part in ours for one in yours for part in _touched(one)):
            wanted = []  # it is part of what is theirs alone
        if not wanted:
            assert not [one for one in stand if one[0] < cue[1] and cue[0] < one[1]], cue
        elif not _goes_together(mine, yours):
            parts = {part for one in wanted for part in _touched(one)}
            of = [one for one in base if _shown(one) in parts]
            assert set(map(_shown, changes.replayed(of, wanted))) <= now, cue
    inserted = {_shown(one.at, one.text) for one in log if isinstance(one, Insert)}
    assert inserted <= now


def _reviewed(rng: random.Random, base: Sequence[Cue], name: str) -> tuple[Decision, ...]:
    given = [(cue.start_ms, cue.end_ms, cue.lines) for cue in base]
    read = reader.read(saved(revised(rng, given, set())[0], 5), name)
    return changes.decisions(base, read, track="en", who="", when=name, source=name)


def _by_cue(decided: Sequence[Decision]) -> dict[Shown, list[Decision]]:
    found: dict[Shown, list[Decision]] = {}
    joined = {one.at: one for one in decided if isinstance(one, Merge)}
    for one in decided:
        for cue in () if isinstance(one, Insert) else _touched(joined.get(one.at, one)):
            found.setdefault(cue, []).append(one)
    return found


def _touched(one: Decision) -> set[Shown]:
    return {_shown(part) for part in (one.of if isinstance(one, Merge) else (one.at,))}


def _goes_together(mine: Sequence[Decision], yours: Sequence[Decision]) -> bool:
    """Whether both did the same, or one of them more, or one the text and the other the times."""
    ours, theirs = ({_bare(one) for one in side} for side in (mine, yours))
    kinds = {*map(type, mine)}, {*map(type, yours)}
    is_part = bool(ours and theirs) and (ours <= theirs or theirs <= ours)
    return is_part or ({Text} in kinds and {Time} in kinds)


def _bare(one: Decision) -> Decision:
    return msgspec.structs.replace(one, when="", source="")


def _shown(one: Cue | Piece, text: str = "") -> Shown:
    said = "\n".join(one.lines) if isinstance(one, Cue) else one.text
    return one.start_ms, one.end_ms, text or said


def _programme(rng: random.Random, count: int) -> list[Cue]:
    said = (" ".join(word(rng) for _ in range(5)) for _ in range(count))
    return [
        Cue(start_ms=at * 3_000, end_ms=at * 3_000 + 2_500, lines=(text,), language="ru")
        for at, text in enumerate(said)
    ]


@pytest.mark.parametrize("seed", range(8))
def test_rounds_of_two_people_in_two_files_lose_nothing_that_the_other_has_not_seen(seed: int):
    rng = random.Random(seed)
    base = _programme(rng, 40)
    log: list[Decision] = []
    for turn in range(6):
        given = {name: _file(base, log, name) for name in (WHOLE, ITEM)}
        names = [WHOLE, ITEM] if turn % 3 == 0 else [rng.choice([WHOLE, ITEM])]
        since = len(log)
        for name in rng.sample(names, len(names)):
            cells = [(cue.start_ms, cue.end_ms, cue.lines) for cue in given[name]]
            edited, people, _ = revised(rng, cells, set())
            read = reader.read(saved(edited, 5), name)
            made = changes.decisions(
                given[name], read, track="en", who="", when=f"{turn}", source=name
            )
            news = repeats.fresh(log, since, made)
            assert proof.lost(log, news, given[name], made) == ()
            other = ITEM if name == WHOLE else WHOLE
            unseen = set(cues(log, other)) - {_shown(cue) for cue in given[name]}
            log += news
            if len(names) == 1:
                assert {(s, e, "\n".join(lines)) for s, e, lines in people} <= set(cues(log, name))
            now = cues(log, other)
            texts, times = {cue[2] for cue in now}, {cue[:2] for cue in now}
            assert not [one for one in unseen if one[2] not in texts and one[:2] not in times]


def _file(base: Sequence[Cue], log: Sequence[Decision], name: str) -> list[Cue]:
    """A file as a run of emit leaves it."""
    found = locks(log, "en", source=name)
    taken = [*found.cues, *(lock.base for lock in found.locks)]
    cells = [
        cue
        for cue in base
        if not any(one.start_ms < cue.end_ms and cue.start_ms < one.end_ms for one in taken)
    ]
    for one in found.cues:
        cells.append(Cue(start_ms=one.start_ms, end_ms=one.end_ms, lines=one.lines, language="ru"))
    return sorted(cells, key=lambda cue: (cue.start_ms, cue.end_ms))
