"""Nothing is added to the log that would not give a reviewer's cues back."""

from __future__ import annotations

import pytest

from pipeline.core.timeline import Cue, Span
from pipeline.review import changes, proof
from pipeline.review.decisions import (
    Anchor,
    Decision,
    Delete,
    Insert,
    Merge,
    Piece,
    Speaker,
    Text,
    Time,
)
from pipeline.review.given import given
from pipeline.review.locks import Locks
from pipeline.review.proof import Shown, lost, unlike
from pipeline.subtitles.reader import read
from pipeline.subtitles.srt import compose

BY = {"who": "Anna", "when": "2", "source": "talk.srt"}


def cue(start_ms: int, end_ms: int, text: str) -> Cue:
    return Cue(start_ms=start_ms, end_ms=end_ms, lines=tuple(text.split("\n")), language="en")


def at(one: Cue) -> Anchor:
    return Anchor(track="orig", start_ms=one.start_ms, end_ms=one.end_ms, text="\n".join(one.lines))


ONE, TWO, LAST = cue(0, 900, "one"), cue(1_000, 1_900, "two"), cue(2_000, 2_900, "three")
BASE = (ONE, TWO, LAST)
KNOWN = tuple(Text(at=at(one), text=at(one).text, who="Anna", when="1") for one in BASE)


@pytest.mark.parametrize("log", [(), KNOWN])
@pytest.mark.parametrize(
    "made",
    [
        [Text(at=at(ONE), text="1", **BY), Time(at=at(ONE), to=Span(start_ms=5, end_ms=9), **BY)],
        [Delete(at=at(TWO), **BY)],
        [Insert(at=Anchor(track="orig", start_ms=3_000, end_ms=3_500), text="four", **BY)],
        [Text(at=at(TWO), text="", **BY)],
        [Speaker(at=at(TWO), name="Olga", **BY)],
    ],
)
def test_what_the_log_gives_back_is_not_lost(log: tuple[Decision, ...], made: list[Decision]):
    assert lost(log, made, BASE, made) == ()


def test_what_it_does_not_give_back_is(monkeypatch: pytest.MonkeyPatch):
    of = tuple(Piece(start_ms=one.start_ms, end_ms=one.end_ms, text=at(one).text) for one in BASE)
    edited = Text(at=at(ONE), text="1", **BY)
    whole = Anchor(track="orig", start_ms=0, end_ms=1_900, text="one\ntwo")
    merged = Merge(at=whole, of=of[:2], **BY)
    assert lost(KNOWN, [merged], BASE, [merged]) == ()
    real = proof.locks
    more = Insert(at=Anchor(track="orig", start_ms=8_000, end_ms=9_000), text="made up")
    for wrong in ([Delete(at=at(LAST))], [Text(at=at(ONE), text="2", **BY)], [more]):

        def broken(
            log: list[Decision], track: str, *, source: str, wrong: list[Decision] = wrong
        ) -> Locks:
            return real([*log, *wrong] if edited in log else log, track, source=source)

        monkeypatch.setattr(proof, "locks", broken)
        assert len(lost(KNOWN, [edited], BASE, [edited])) in {1, 2}


def test_where_somebody_else_changed_a_cue_unseen_what_is_last_holds():
    others = Text(at=at(ONE), text="uno", who="Olga", when="1", source="copy.srt")
    mine = Time(at=at(ONE), to=Span(start_ms=0, end_ms=800), **BY)
    assert lost([others], [mine], BASE, [mine]) == ()


def test_a_file_is_what_was_read_of_it():
    human = [cue(0, 900, "1"), LAST, cue(3_000, 3_500, "four")]
    found = read(compose(human), "talk.srt")
    told = changes.changes(BASE, found, track="orig", **BY)
    assert unlike(BASE, given(found, BASE), told) == ()
    less = told._replace(decisions=told.decisions[1:])
    assert Shown(0, 900, ("1",)) in unlike(BASE, given(found, BASE), less)
