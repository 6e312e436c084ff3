"""Reviewers and machines by turns: whatever people did is there after every later run."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise

import pysrt
import pysubs2
import pytest

from pipeline.core.payloads import Segments, Transcript
from pipeline.core.timeline import Cue, Gap, Phrase, Sound, Word
from pipeline.emit.merging import Merged, Merging, check
from pipeline.emit.tracks import Programme
from pipeline.review import changes, proof
from pipeline.review.chains import text_key
from pipeline.review.decisions import Decision
from pipeline.review.given import given as given_cues
from pipeline.review.locks import locks
from pipeline.subtitles import profile, reader, srt

ROUNDS = 20
Shown = tuple[int, int, tuple[str, ...]]
NONE = Segments(turns=(), items=())
_LETTERS = "абвгдежзиклмнопрстуфхцчшэюя"


@pytest.mark.slow
def test_people_and_machines_by_turns():
    play(random.Random(7), ROUNDS, cues=1_000)


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20))
def test_people_and_machines_by_turns_for_long(seed: int):
    play(random.Random(1_000 + seed), 10, cues=1_000)


@pytest.mark.slow
def test_1500_cues_are_merged_in_two_seconds():
    rng = random.Random(3)
    game = Game(rng, 1_500)
    game.emit()
    game.review()
    game.hear_again()
    begin = time.process_time()
    game.emit()
    assert len(game.merged.cues) >= 1_500
    assert time.process_time() - begin < 2.0


def play(rng: random.Random, rounds: int, *, cues: int) -> None:
    game = Game(rng, cues)
    game.emit()
    assert len(game.merged.cues) >= cues
    for _ in range(rounds):
        game.review()
        if rng.random() < 0.8:
            game.hear_again()
        game.emit()
        game.verify()


@dataclass
class Game:
    """One track between a machine that hears it ever anew and people who correct it."""

    rng: random.Random
    count: int
    log: list[Decision] = field(default_factory=list)
    people: set[Shown] = field(default_factory=set)
    deleted: list[Shown] = field(default_factory=list)
    turn: int = 0

    def __post_init__(self) -> None:
        self.words = spoken(self.rng, self.count * 9)
        self.heard = self.words

    def hear_again(self) -> None:
        self.heard = noisy(self.rng, self.words)

    def emit(self) -> None:
        self.merged = self._merged()
        name = "talk.srt"
        fixed = {c for c, own in zip(self.merged.cues, self.merged.fixed, strict=True) if own}
        self.data = srt.compose(self.merged.cues, kept=fixed)
        check(self.merged, self.data, name)

    def _merged(self) -> Merged:
        transcript = as_transcript(self.heard)
        programme = Programme(transcript, NONE)
        merging = Merging(programme=programme, profile=rules(), until_ms=transcript.duration_ms)
        return merging.merged("orig", programme.as_spoken(), locks(self.log, "orig"))

    def review(self) -> None:
        base = self.merged.cues
        given = [shown(cue) for cue in base]
        edited, self.people, gone = revised(self.rng, given, self.people)
        self.deleted += gone
        data = saved(edited, self.turn)
        self.turn += 1
        read = reader.read(data, "talk.srt")
        found = changes.changes(
            base, read, track="orig", who="Anna", when=f"{len(self.log):06}", source="talk.srt"
        )
        assert not found.held, found.held
        assert proof.unlike(base, given_cues(read, base), found) == ()
        assert proof.lost(self.log, found.decisions, base, found.decisions) == ()
        self.log += found.decisions

    def verify(self) -> None:
        """All that people did is there, and nothing that they did not."""
        now = [shown(cue) for cue in self.merged.cues]
        fixed = [one for one, own in zip(now, self.merged.fixed, strict=True) if own]
        assert not self.people - set(fixed), sorted(self.people - set(fixed))[:5]
        machine = [one for one, own in zip(now, self.merged.fixed, strict=True) if not own]
        said = {text_key(" ".join(lines)): (start, end) for start, end, lines in machine}
        for start, end, lines in self.deleted:
            at = said.get(text_key(" ".join(lines)))
            assert at is None or at[1] <= start or end <= at[0], lines
        for one, other in pairwise(sorted(zip(now, self.merged.fixed, strict=True))):
            if not (one[1] and other[1]):
                assert one[0][1] <= other[0][0], (one, other)
        read = reader.read(self.data, "talk.srt")
        again = changes.decisions(
            self.merged.cues, read, track="orig", who="", when="", source="talk.srt"
        )
        assert again == ()
        assert self._merged() == self.merged


@cache
def rules():
    return profile.load("default")


def shown(cue: Cue) -> Shown:
    return cue.start_ms, cue.end_ms, cue.lines


def word(rng: random.Random) -> str:
    return "".join(rng.choice(_LETTERS) for _ in range(rng.randint(2, 9)))


def spoken(rng: random.Random, count: int) -> list[Word]:
    """Speech with pauses and sentences; hardly a word comes twice."""
    found, at_ms, left = [], 1_000, 8
    for _ in range(count):
        long_ms = rng.randint(120, 600)
        text = word(rng)
        left -= 1
        if left <= 0:
            text += rng.choice(".?!,")
            left = rng.randint(3, 14)
        found.append(Word(start_ms=at_ms, end_ms=at_ms + long_ms, text=text, probability=0.9))
        at_ms += long_ms + rng.choice([0, 0, 0, 20, 80, 400, 900, 3_000])
    return found


def noisy(rng: random.Random, words: list[Word]) -> list[Word]:
    """The same speech as other weights hear it: other words, times and gaps here and there."""
    found: list[Word] = []
    clock_ms = 0
    for each in words:
        start_ms = max(clock_ms, each.start_ms + rng.randint(-60, 60))
        end_ms = max(start_ms + 40, each.end_ms + rng.randint(-60, 60))
        luck = rng.random()
        if luck < 0.02:
            continue
        text = word(rng) if luck < 0.08 else each.text.capitalize() if luck < 0.1 else each.text
        found.append(Word(start_ms=start_ms, end_ms=end_ms, text=text, probability=rng.random()))
        clock_ms = end_ms
    return found


def as_transcript(words: list[Word]) -> Transcript:
    """Phrases between pauses of a second."""
    lines: list[Phrase | Gap] = []
    at_ms, row = 0, [words[0]]
    for each in [*words[1:], None]:
        if each is not None and each.start_ms - row[-1].end_ms < 1_000:
            row.append(each)
            continue
        if row[0].start_ms > at_ms:
            lines.append(Gap(start_ms=at_ms, end_ms=row[0].start_ms, sound=Sound.SILENCE))
        at_ms = row[-1].end_ms
        lines.append(
            Phrase(start_ms=row[0].start_ms, end_ms=at_ms, language="ru", words=tuple(row))
        )
        row = [each] if each else []
    return Transcript(duration_ms=at_ms, lines=tuple(lines))


def revised(
    rng: random.Random, cues: list[Shown], people: set[Shown]
) -> tuple[list[Shown], set[Shown], list[Shown]]:
    """What a reviewer makes of cues; those that are people's now; those that they took out."""
    found: list[Shown] = []
    own, gone = set(people), []
    at = 0
    while at < len(cues):
        cue = cues[at]
        after = cues[at + 1] if at + 1 < len(cues) else (cue[1] + 9_000, cue[1] + 9_900, ("",))
        luck = rng.random()
        kind = next((name for name, share in KINDS.items() if (luck := luck - share) < 0), "")
        kind = feasible(kind, cue, after, is_last=at + 1 == len(cues))
        made = [cue]
        if kind == "edit":
            made = [(cue[0], cue[1], retold(rng, cue[2]))]
        elif kind == "retime":
            before_ms = found[-1][1] if found else 0
            made = [retimed(rng, cue, before_ms, after[0])]
        elif kind == "split":
            made = split(rng, cue)
        elif kind == "merge":
            made = [merged(rng, cue, after)]
            own.discard(after)
            at += 1
        elif kind == "delete":
            made, gone = [], [*gone, cue]
        elif kind == "insert":
            new = (cue[1] + 100, min(after[0] - 100, cue[1] + 2_000), (f"{word(rng)} {word(rng)}",))
            own.add(new)
            found.append(cue)
            made = [new]
        if made != [cue] and kind != "insert":
            own.discard(cue)
            own |= set(made)
        found += made
        at += 1
    return found, own, gone


def feasible(kind: str, cue: Shown, after: Shown, *, is_last: bool) -> str:
    room_ms = after[0] - cue[1]
    if kind == "merge" and (is_last or room_ms > 900):
        return "edit"
    if kind == "split" and len(" ".join(cue[2]).split()) < 4:
        return "edit"
    return "retime" if kind == "insert" and room_ms < 700 else kind


KINDS = {
    "edit": 0.08,
    "retime": 0.05,
    "split": 0.03,
    "merge": 0.03,
    "delete": 0.02,
    "insert": 0.02,
}


def retold(rng: random.Random, lines: tuple[str, ...]) -> tuple[str, ...]:
    """A word put right, or a sign, or all of a line; blanks in it as somebody may type them."""
    number = rng.randrange(len(lines))
    words = lines[number].split(" ")
    at = rng.randrange(len(words))
    match rng.randrange(4):
        case 0:
            words[at] = word(rng)
        case 1:
            words[at] += rng.choice(["!", "…", ":"])
        case 2:
            words.insert(at, word(rng))
        case _:
            words = [word(rng) for _ in words]
    return (*lines[:number], " ".join(words), *lines[number + 1 :])


def retimed(rng: random.Random, cue: Shown, before_ms: int, after_ms: int) -> Shown:
    earliest_ms = max(before_ms, cue[0] - 500)
    start_ms = rng.randint(earliest_ms, max(earliest_ms, cue[0] + 300))
    end_ms = rng.randint(max(start_ms + 200, cue[1] - 300), max(start_ms + 250, after_ms, cue[1]))
    if rng.random() < 0.1:
        end_ms += 400  # over the next one: people do
    return start_ms, end_ms, cue[2]


def split(rng: random.Random, cue: Shown) -> list[Shown]:
    words = " ".join(cue[2]).split()
    at = rng.randint(1, len(words) - 1)
    middle_ms = cue[0] + (cue[1] - cue[0]) * at // len(words)
    return [
        (cue[0], middle_ms, (" ".join(words[:at]),)),
        (middle_ms, cue[1], (" ".join(words[at:]),)),
    ]


def merged(rng: random.Random, one: Shown, other: Shown) -> Shown:
    lines = (*one[2], *other[2])
    if rng.random() < 0.5 or len(lines) > 4:  # of five lines a reader asks whether they are one
        lines = (" ".join(one[2]), " ".join(other[2]))
    return one[0], max(one[1], other[1]), lines


def saved(cues: list[Shown], turn: int) -> bytes:
    """The cues as some editor saves them, each turn another one."""
    items = [
        Cue(start_ms=start, end_ms=end, lines=lines, language="ru") for start, end, lines in cues
    ]
    data = srt.compose(items, kept=set(items))
    match turn % 6:
        case 0:
            return b"\xef\xbb\xbf" + data.replace(b"\n", b"\r\n")
        case 1:
            return renumbered(data)
        case 2:
            return _in_cp1251(data)
        case 3:
            file = pysrt.from_string(data.decode())
            return "".join(f"{item}\n" for item in file).encode()
        case 4:
            return (
                pysubs2.SSAFile.from_string(data.decode(), format_="srt").to_string("srt").encode()
            )
        case _:
            return data


def renumbered(data: bytes) -> bytes:
    blocks = data.decode().split("\n\n")
    return "\n\n".join(
        f"{number + 100}\n{block.partition(chr(10))[2]}"
        for number, block in enumerate(blocks)
        if block
    ).encode()


def _in_cp1251(data: bytes) -> bytes:
    try:
        return data.decode().encode("cp1251")
    except UnicodeEncodeError:
        return data
