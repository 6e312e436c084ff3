"""People's clips: heard once, ahead of the hours, and nothing of the recording hangs on them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.core import artifacts, media
from pipeline.core.artifacts import SEGMENTS, TRANSCRIPT, Origin
from pipeline.core.errors import InputError, MissingError
from pipeline.core.payloads import Transcript
from pipeline.core.timeline import Phrase, Word
from pipeline.core.workspace import Workspace, recording_digest
from pipeline.engines import embedders
from pipeline.programme.info import Info
from pipeline.programme.roster import Clip, Person
from pipeline.review import decisions
from pipeline.segment import clips, stage
from pipeline.segment.stage import Options
from tests.sounds import write_wav

BROADCAST = Path(__file__).parents[2] / "samples" / "broadcast.opus"
SPOKEN_MS = (32_100, 36_600), (41_000, 44_900)  # of the broadcast, without a pause


class Ears:
    """A vector by how loud each of some bands is; counts the sounds that it hears."""

    dimension = 40
    threshold = 0.5
    knows_people = True

    def __init__(self, identity="ears@1", *, knows_people=True, rows=()):
        self.identity, self.knows_people, self.heard, self._rows = identity, knows_people, 0, rows

    def vectors(self, pieces):
        rows = [self._row(piece) for piece in pieces()]
        return np.array(rows, np.float32).reshape(-1, self.dimension)

    def _row(self, piece):
        self.heard += 1
        if self._rows:
            row = np.zeros(self.dimension)
            row[:2] = self._rows[self.heard - 1]
            return row / np.linalg.norm(row)
        power = np.abs(np.fft.rfft(piece, 16_000)[: self.dimension * 100])
        row = power.reshape(self.dimension, 100).sum(axis=1)
        return row / np.linalg.norm(row)


@pytest.fixture(autouse=True)
def process(monkeypatch):
    """A process that has heard nothing yet; calling it starts another one."""

    def start():
        monkeypatch.setattr(clips, "_made", {})
        clips._digest_once.cache_clear()

    start()
    return start


@pytest.fixture
def ears(monkeypatch):
    found = [Ears()]
    monkeypatch.setattr(embedders, "find", lambda choice: found[-1])
    return found


@pytest.fixture(scope="module")
def speech():
    heard = np.concatenate([*media.blocks(BROADCAST, end_ms=45_000)])
    return np.concatenate([heard[start * 16 : end * 16] for start, end in SPOKEN_MS])


@pytest.fixture
def talk(tmp_path, speech):
    return write_wav(tmp_path / "clips.wav", speech)


@pytest.fixture
def ws(tmp_path):
    at = np.arange(32_000) / 16_000
    tones = [np.sin(2 * np.pi * hertz * at) * 0.3 for hertz in (300, 2_000, 300)]
    write_wav(tmp_path / "talk.wav", np.concatenate(tones))
    made = Workspace.open(tmp_path / "talk.wav")
    phrases = []
    for begin in range(0, 6_000, 2_000):
        word = Word(start_ms=begin + 100, end_ms=begin + 1_800, text="да")
        phrases.append(
            Phrase(start_ms=begin + 100, end_ms=begin + 1_800, language="ru", words=(word,))
        )
    origin = Origin(
        stage="transcribe", stage_version=1, inputs={"recording": recording_digest(made)}
    )
    transcript = Transcript(duration_ms=6_000, lines=tuple(phrases))
    artifacts.write(made.transcript_path, TRANSCRIPT, transcript, origin)
    return made


def roster(folder, **people):
    lists = {name: ", ".join(f'"{clip}"' for clip in own) for name, own in people.items()}
    text = "\n".join(f'[[people]]\nname = "{n}"\nclips = [{own}]' for n, own in lists.items())
    (folder / "roster.toml").write_text(text + "\n")
    return Info(roster=folder / "roster.toml")


def segmented(ws, info, options=Options()):  # noqa: B008 - frozen
    with ws.lock():
        stage.run(ws, info, options)
    return artifacts.read(ws.segments_path, SEGMENTS).payload


def named(ws, **by_voice):
    given = {int(voice[1:]): name for voice, name in by_voice.items()}
    with ws.lock():
        stage.name(ws, given, who="anna", when="2026-11-22")
    return decisions.read(ws.decisions_path)[-1]


def person(name, *own):
    return Person(name=name, clips=own)


def test_a_roster_that_changes_asks_nothing_of_the_recording(ws, ears, talk, process):
    segmented(ws, roster(talk.parent, Anna=["clips.wav@0-0:03"]))
    assert ears[0].heard == 3 + 1
    process()
    segmented(ws, roster(talk.parent, Olga=["clips.wav@0-0:03"]))
    assert ears[0].heard == 3 + 1
    segmented(ws, roster(talk.parent, Olga=["clips.wav@0-0:03"], Juan=["clips.wav@0:04-0:08"]))
    assert ears[0].heard == 3 + 2


def test_a_name_that_is_given_after_a_roster_changed_keeps_the_voice(ws, ears, talk):
    segmented(ws, roster(talk.parent, Anna=["clips.wav@0-0:03"]))
    roster(talk.parent, Olga=["clips.wav@0:04-0:08"])
    decided = named(ws, v1="Juan")
    assert decided.embedder == "ears@1"
    assert decided.centroid


def test_vectors_of_one_recording_alone_name_nobody_elsewhere(ws, ears):
    ears.append(Ears("learned@1", knows_people=False))
    segmented(ws, Info())
    decided = named(ws, v1="Juan")
    assert (decided.embedder, decided.centroid) == ("", "")
    assert segmented(ws, Info()).voices[0].name == "Juan"


@pytest.mark.parametrize("choice", ["", "ears"])
def test_a_name_from_a_machine_without_the_weights_changes_no_voices(ws, ears, talk, choice):
    info = roster(talk.parent, Anna=["clips.wav@0-0:03"])
    before = segmented(ws, info, Options(embedder=choice))
    kept = ws.voices_path.read_bytes()
    ears.append(Ears("learned@1", knows_people=False))
    named(ws, v1="Juan")
    after = segmented(ws, info)
    assert [turn.voice for turn in after.turns] == [turn.voice for turn in before.turns]
    assert after.voices[0].name == "Juan"
    assert ws.voices_path.read_bytes() == kept
    assert ears[1].heard == 0
    assert artifacts.read(ws.segments_path, SEGMENTS).origin.weights == "ears@1"


def test_a_clip_that_cannot_be_heard_here_is_told(ws, ears, talk, monkeypatch, caplog):
    segmented(ws, roster(talk.parent, Anna=["clips.wav@0-0:03"]))

    def missing(choice):
        raise MissingError("not installed")

    monkeypatch.setattr(embedders, "find", missing)
    people = {"Anna": ["clips.wav@0-0:03"], "Juan": ["clips.wav@0:04-0:08"]}
    segmented(ws, roster(talk.parent, **people))
    assert "ears@1 is not here: no voice is compared with" in caplog.text


def test_a_file_is_read_once_for_all_its_clips(talk, tmp_path, monkeypatch):
    own = [Clip(talk, begin, begin + 2_000) for begin in (4_000, 0, 2_000)]
    people = [person("Anna", *own[:2]), person("Juan", own[2])]
    decoded, digested = [], []
    blocks, digest_file = clips.media.blocks, clips.files.digest_file
    monkeypatch.setattr(clips.media, "blocks", lambda *a, **b: decoded.append(a) or blocks(*a, **b))
    monkeypatch.setattr(
        clips.files, "digest_file", lambda path: digested.append(path) or digest_file(path)
    )
    first = clips.digest(people)
    found = clips.vectors(tmp_path / "c", people, "ears@1", Ears())
    assert [len(rows) for rows in found.values()] == [2, 1]
    assert (len(decoded), len(digested)) == (1, 1)
    talk.write_bytes(talk.read_bytes() + b"\0\0")
    assert clips.digest(people) != first
    assert len(digested) == 2


def test_each_clips_vector_is_its_own_in_whichever_order(talk, tmp_path):
    own = [Clip(talk, begin, begin + 2_000) for begin in (4_000, 0, 2_000)]
    found = clips.vectors(tmp_path / "c", [person("Anna", *own)], "ears@1", Ears())["Anna"]
    for row, clip in zip(found, own, strict=True):
        alone = clips.vectors(tmp_path / "c", [person("Anna", clip)], "ears@2", Ears())["Anna"]
        assert np.array_equal(alone[0], row)


def test_sounds_of_clips_are_not_held_together(talk, monkeypatch):
    spoken = []
    found = clips._speech
    monkeypatch.setattr(clips, "_speech", lambda *a: spoken.append(a) or found(*a))
    sounds = clips._spoken(talk, [Clip(talk, 0, 2_000), Clip(talk, 2_000, 4_000)])
    next(sounds)
    assert len(spoken) == 1


def test_what_was_heard_is_kept_for_the_next_process(talk, tmp_path, process):
    people = [person("Anna", Clip(talk, 0, 2_000)), person("Juan", Clip(talk, 2_000, 4_000))]
    before = clips.vectors(tmp_path / "c", people, "ears@1", Ears())
    clips.keep(tmp_path / "c", people, "ears@1")
    process()
    after = clips.vectors(tmp_path / "c", people, "ears@1", None)
    assert {name: rows.tolist() for name, rows in after.items()} == {
        name: rows.tolist() for name, rows in before.items()
    }
    assert clips.vectors(tmp_path / "c", people, "ears@2", None) == {}


def faulty(folder):
    write_wav(folder / "quiet.wav", np.zeros(64_000, np.float32))
    (folder / "torn.mp4").write_bytes(b"not a film")


@pytest.mark.parametrize(
    ("clip", "message"),
    [
        ("quiet.wav", "line 1: .*quiet.wav: nobody is heard"),
        ("clips.wav@0:30-0:40", "line 1: .*clips.wav: is over before 0:00:30"),
        ("torn.mp4", "line 1: .*torn.mp4"),
    ],
)
def test_a_faulty_clip_is_told_ahead(ws, ears, talk, clip, message):
    faulty(talk.parent)
    with pytest.raises(InputError, match=message):
        stage.look_ahead(ws, roster(talk.parent, Anna=[clip]), Options())
    assert not ws.folder.exists() or not ws.clips_path.exists()


def test_what_is_heard_ahead_is_not_heard_again(ws, ears, talk, process):
    info = roster(talk.parent, Anna=["clips.wav@0-0:03"])
    stage.look_ahead(ws, info, Options())
    assert ears[0].heard == 1
    segmented(ws, info)
    assert ears[0].heard == 1 + 3
    process()
    stage.look_ahead(ws, info, Options())
    assert ears[0].heard == 1 + 3


@pytest.mark.parametrize("chosen", ["none", "rttm"])
def test_clips_that_nobody_will_ask_for_are_not_heard(ws, talk, chosen, tmp_path):
    faulty(tmp_path)
    if chosen == "rttm":
        (tmp_path / "a.rttm").write_text("SPEAKER talk 1 0 4 <NA> <NA> X <NA> <NA>\n")
        chosen = f"rttm:{tmp_path / 'a.rttm'}"
    stage.look_ahead(ws, roster(tmp_path, Anna=["quiet.wav"]), Options(embedder=chosen))


def compared(talk, tmp_path, caplog, *rows):
    own = [Clip(talk, begin, begin + 2_000) for begin in (0, 2_000, 4_000)]
    people = [person("Anna", *own[:2]), person("Juan", own[2])]
    clips.vectors(tmp_path / "c", people, "ears@1", Ears(rows=rows))
    return [record.getMessage() for record in caplog.records]


def test_clips_that_are_as_they_should_be_are_not_spoken_of(talk, tmp_path, caplog):
    assert compared(talk, tmp_path, caplog, (1, 0), (1, 0.1), (0, 1)) == []


def test_two_people_of_one_voice_are_told(talk, tmp_path, caplog):
    (told,) = compared(talk, tmp_path, caplog, (1, 0), (1, 0.8), (0.9, 0.9))
    assert told == f"Anna and Juan sound like one person: {talk}@0:00:02, {talk}@0:00:04"


def test_one_person_of_two_voices_is_told(talk, tmp_path, caplog):
    (told,) = compared(talk, tmp_path, caplog, (1, 0), (0, 1), (-1, 0))
    assert told == f"Anna sounds like two people: {talk}@0:00:00, {talk}@0:00:02"


def test_one_file_under_two_names_is_told(talk, tmp_path, caplog):
    copy = tmp_path / "copy.wav"
    copy.write_bytes(talk.read_bytes())
    people = [person("Anna", Clip(talk)), person("Juan", Clip(copy))]
    for _ in range(2):
        clips.vectors(tmp_path / "c", people, "ears@1", Ears())
    assert [r.getMessage() for r in caplog.records] == [
        f"Anna and Juan sound like one person: {talk}, {copy}"
    ]
