"""Voices through the stage: told apart, kept, named, and the names outlive what they were given on.

The voices are tones, and what hears them apart looks at the spectrum.
"""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.core import artifacts
from pipeline.core.artifacts import SEGMENTS, TRANSCRIPT, Origin
from pipeline.core.errors import InputError, MissingError, UsageError
from pipeline.core.payloads import Transcript
from pipeline.core.timeline import Phrase, Word
from pipeline.core.workspace import Workspace, recording_digest
from pipeline.engines import embedders
from pipeline.programme.info import Info
from pipeline.segment import origins, stage
from pipeline.segment.stage import Options
from tests.sounds import write_wav

TONES = {
    "a": ((200, 0.3),),
    "b": ((200, 0.3), (600, 0.15)),
    "c": ((900, 0.3),),
    "d": ((2_500, 0.3),),
}
SECONDS = 2
SPOKEN = "abacadab"  # who speaks in which stretch
NOBODY = Info()


class Bands:
    """How loud a sound is around each pitch."""

    dimension = 40
    threshold = 0.5
    knows_people = True

    def __init__(self, identity="bands@1", width=100):
        self.identity, self._width, self.asked = identity, width, 0

    def vectors(self, pieces):
        self.asked += 1
        rows = [self._row(piece) for piece in pieces()]
        return np.array(rows, np.float32).reshape(-1, self.dimension)

    def _row(self, piece):
        power = np.abs(np.fft.rfft(piece, 16_000)[: self.dimension * self._width])
        row = power.reshape(self.dimension, self._width).sum(axis=1)
        return row / np.linalg.norm(row)


@pytest.fixture
def bands(monkeypatch):
    found = [Bands()]
    monkeypatch.setattr(embedders, "find", lambda choice: None if choice == "none" else found[-1])
    return found


@pytest.fixture
def ws(tmp_path):
    at = np.arange(SECONDS * 16_000) / 16_000
    tones = [sum(np.sin(2 * np.pi * hertz * at) * a for hertz, a in TONES[who]) for who in SPOKEN]
    write_wav(tmp_path / "talk.wav", np.concatenate(tones))
    made = Workspace.open(tmp_path / "talk.wav")
    transcribed(made, 100)
    return made


def transcribed(ws, late_ms, said="да"):
    """Four words in every stretch, which begin a little late."""
    phrases = []
    for stretch in range(len(SPOKEN)):
        begin = stretch * SECONDS * 1_000 + late_ms
        words = tuple(
            Word(start_ms=begin + at * 400, end_ms=begin + at * 400 + 300, text=said)
            for at in range(4)
        )
        end = words[-1].end_ms
        phrases.append(Phrase(start_ms=begin, end_ms=end, language="ru", words=words))
    made = Transcript(duration_ms=len(SPOKEN) * SECONDS * 1_000, lines=tuple(phrases))
    origin = Origin(stage="transcribe", stage_version=1, inputs={"recording": recording_digest(ws)})
    artifacts.write(ws.transcript_path, TRANSCRIPT, made, origin)


def segmented(ws, options=Options(), info=NOBODY, *, force=False):  # noqa: B008 - frozen
    with ws.lock():
        stage.run(ws, info, options, force=force)
    return artifacts.read(ws.segments_path, SEGMENTS).payload


def numbers(segments):
    return "".join(str(turn.voice) for turn in segments.turns)


def names(segments):
    return [turn.speaker for turn in segments.turns]


def named(ws, **by_voice):
    with ws.lock():
        given = {int(voice[1:]): name for voice, name in by_voice.items()}
        return stage.name(ws, given, who="anna", when="2026-11-22")


def test_voices_are_numbered_by_first_appearance(ws, bands):
    assert numbers(segmented(ws)) == "12131"  # a and b are alike, and their turns one
    assert numbers(segmented(ws, Options(threshold=0.01))) == "12131412"


def test_what_was_heard_is_kept(ws, bands):
    segmented(ws)
    segmented(ws, Options(threshold=0.01))
    segmented(ws, Options(speakers=2))
    assert bands[0].asked == 1


def test_a_kept_vector_that_is_damaged_is_made_again(ws, bands):
    before = segmented(ws)
    ws.voices_path.write_bytes(ws.voices_path.read_bytes()[:-1])
    assert segmented(ws, force=True) == before
    assert bands[0].asked == 2


def test_how_many_speak_is_remembered_until_forced(ws, bands):
    segmented(ws, Options(speakers=2))
    transcribed(ws, 120)
    assert len(segmented(ws).voices) == 2
    assert len(segmented(ws, force=True).voices) == 3


def test_a_name_outlives_the_threshold_the_embedder_and_the_words(ws, bands):
    before = segmented(ws)
    assert named(ws, v2="Juan") == 1
    assert names(segmented(ws)) == ["", "Juan", "", "", ""]
    assert "Juan" in names(segmented(ws, Options(threshold=0.01)))
    bands.append(Bands("bands@2", width=90))
    transcribed(ws, 250, said="нет")
    after = segmented(ws, force=True)
    spans = [(turn.start_ms, turn.speaker) for turn in after.turns]
    assert [name for start, name in spans if 6_000 <= start < 8_000] == ["Juan"]
    assert before.voices[1].name == ""


def test_no_name_is_kept_twice_and_one_can_be_taken_back(ws, bands):
    segmented(ws)
    assert named(ws, v2="Juan") == 1
    assert named(ws, v2="Juan") == 0
    assert named(ws, v2="") == 1
    assert "Juan" not in names(segmented(ws))


def test_two_people_in_one_voice_are_told_and_their_turns_named(ws, bands):
    segmented(ws, Options(threshold=0.01))
    named(ws, v1="Anna", v2="Olga")
    found = segmented(ws, Options(threshold=0.5))
    assert found.voices[0].flags == ("two_people:Anna|Olga",)
    assert found.voices[0].name == ""
    spans = [(turn.start_ms, turn.end_ms, turn.speaker) for turn in found.turns]
    assert spans[:3] == [(100, 1_600, "Anna"), (2_100, 5_600, "Olga"), (6_100, 7_600, "")]
    assert names(found)[3:] == ["", "", ""]


def test_a_name_by_the_rundown_is_refused_and_stays_so(ws, bands, tmp_path):
    info = with_rundown(tmp_path, "0:00,All,Anna\n")
    found = segmented(ws, info=info)
    assert (found.voices[0].name, found.voices[0].evidence) == ("Anna", "item")
    assert named(ws, v1="") == 1
    for options in (Options(threshold=0.01), Options(threshold=0.5)):
        found = segmented(ws, options, info=info)
        assert (found.voices[0].name, found.voices[0].evidence) == ("", "decision")
        assert "Anna" not in names(found)
    assert named(ws, v1="") == 0
    assert named(ws, v1="Juan") > 0
    assert names(segmented(ws, info=info))[0] == "Juan"


def test_another_voice_than_there_is_cannot_be_named(ws, bands):
    segmented(ws)
    with pytest.raises(UsageError, match="no voice 9"):
        named(ws, v9="Juan")


def test_without_an_embedder_nobody_is_told_apart(ws, bands):
    found = segmented(ws, Options(embedder="none"))
    assert found.voices == ()
    assert {turn.voice for turn in found.turns} == {0}


def rttm(path, *rows):
    lines = [
        f"SPEAKER talk 1 {start} {length} <NA> <NA> {who} <NA> <NA>" for start, length, who in rows
    ]
    path.write_text("\n".join([*lines, ""]))
    return Options(embedder=f"rttm:{path}")


def test_voices_from_another_program(ws, bands, tmp_path):
    chosen = rttm(tmp_path / "a.rttm", (0, 4, "X"), (4, 4, "Juan"), (8, 8, "X"))
    found = segmented(ws, chosen)
    assert numbers(found) == "121"
    assert [voice.proposal for voice in found.voices] == ["X", "Juan"]
    assert bands[0].asked == 0


def test_a_file_of_another_recording_is_told(ws, bands, tmp_path):
    chosen = rttm(tmp_path / "a.rttm", (0, 4, "X"))
    text = (tmp_path / "a.rttm").read_text()
    (tmp_path / "a.rttm").write_text(text.replace("talk", "other"))
    with pytest.raises(InputError, match="other"):
        segmented(ws, chosen)


def test_a_new_rundown_asks_no_engine(ws, bands, tmp_path):
    segmented(ws)
    (tmp_path / "r.csv").write_text("start,title,speakers\n0:00,All,Anna;Juan\n")
    segmented(ws, info=Info(rundown=tmp_path / "r.csv"))
    assert bands[0].asked == 1


def with_rundown(tmp_path, rows):
    (tmp_path / "r.csv").write_text(f"start,title,speakers\n{rows}")
    return Info(rundown=tmp_path / "r.csv")


def test_a_stranger_in_one_persons_item_gets_no_name(ws, bands, tmp_path):
    segmented(ws)
    named(ws, v1="Anna")
    found = segmented(ws, info=with_rundown(tmp_path, "0:00,All,Anna\n"))
    assert names(found) == ["Anna", "", "Anna", "", "Anna"]


def test_a_rundown_that_changes_during_a_run_makes_the_result_stale(ws, bands, tmp_path):
    info = with_rundown(tmp_path, "0:00,Old,Anna\n")
    hear = bands[0].vectors

    def changing(pieces):
        with_rundown(tmp_path, "0:00,New,Anna\n")
        return hear(pieces)

    bands[0].vectors = changing
    assert segmented(ws, info=info).items[0].title == "Old"
    assert segmented(ws, info=info).items[0].title == "New"


def test_what_was_chosen_once_needs_no_weights_while_it_is_current(ws, bands, monkeypatch):
    segmented(ws, Options(embedder="bands"))

    def missing(_):
        raise MissingError("bands are not installed")

    monkeypatch.setattr(embedders, "find", missing)
    assert stage.plan(ws, NOBODY, Options()) == []


def test_an_rttm_file_that_is_gone_makes_nothing_stale(ws, bands, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rttm(tmp_path / "a.rttm", (0, 4, "X"))
    segmented(ws, Options(embedder="rttm:a.rttm"))
    (tmp_path / "a.rttm").unlink()
    monkeypatch.chdir("/")
    assert stage.plan(ws, NOBODY, Options()) == []


def test_what_is_chosen_now_ends_what_it_contradicts(ws, bands):
    segmented(ws, Options(speakers=2))
    assert len(segmented(ws, Options(threshold=0.01)).voices) == 4
    assert len(segmented(ws).voices) == 4
    assert len(segmented(ws, Options(speakers=2)).voices) == 2
    segmented(ws, Options(threshold=0.0))
    assert stage.plan(ws, NOBODY, Options()) == []
    assert len(segmented(ws).voices) == 8


@pytest.mark.parametrize("foreign", [{"speakers": "5"}, {"embedder": 7}, {"threshold": []}])
def test_options_that_are_none_are_not_remembered(foreign):
    old = Origin(stage="segment", stage_version=1, options=foreign)
    assert origins.kept(Options(), old) == Options()


def test_another_recording_in_its_place_is_told(ws, bands):
    write_wav(ws.recording, np.zeros(16_000, np.float32))
    with pytest.raises(InputError, match="not what it was"):
        segmented(ws)
    assert not ws.voices_path.exists()
