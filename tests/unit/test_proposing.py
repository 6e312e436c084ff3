"""A rundown that is proposed: it covers the recording, is read back, and takes nobody's work."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.errors import InputError, OverwriteError
from pipeline.core.payloads import Segments, Transcript
from pipeline.core.timeline import Gap, Item, ItemKind, Phrase, Sound, Turn, Word
from pipeline.core.workspace import Workspace
from pipeline.programme import rundown
from pipeline.segment.proposing import compose, propose, write
from tests.imagined_figures import proposed
from tests.strategies import segments, transcripts


def talk(start_ms: int, end_ms: int, text: str, language: str = "ru") -> Phrase:
    """A word every half a second, the text's first, then more of the last one."""
    texts = text.split()
    words = tuple(
        Word(start_ms=at, end_ms=at + 500, text=texts[min(number, len(texts) - 1)])
        for number, at in enumerate(range(start_ms, end_ms, 500))
    )
    return Phrase(start_ms=start_ms, end_ms=end_ms, language=language, words=words)


def of_two_parts() -> tuple[Transcript, tuple[Turn, ...]]:
    song = Gap(start_ms=120_000, end_ms=180_000, sound=Sound.MUSIC)
    first, last = talk(0, 120_000, "=добрый вечер"), talk(180_000, 300_000, "hola a", "es")
    turns = (
        Turn(start_ms=0, end_ms=60_000, voice=1, speaker="Анна; или нет"),
        Turn(start_ms=60_000, end_ms=120_000, voice=2),
        Turn(start_ms=180_000, end_ms=300_000, voice=3),
    )
    return Transcript(duration_ms=300_000, lines=(first, song, last)), turns


def test_music_people_and_languages_part_it():
    opening, song, guest = propose(*of_two_parts())
    assert (song.start_ms, song.end_ms) == (120_000, 180_000)
    assert [item.kind for item in (opening, song, guest)] == ["interview", "music", "talk"]
    assert (opening.speakers, opening.languages) == (("Анна; или нет",), ("ru",))
    assert opening.title == "добрый вечер вечер вечер вечер вечер вечер вечер…"
    assert (song.title, song.languages, guest.languages) == ("", (), ("es",))


def test_nothing_to_tell_apart_is_one_item():
    silence = Gap(start_ms=0, end_ms=90_000, sound=Sound.SILENCE)
    made = propose(Transcript(duration_ms=90_000, lines=(silence,)), ())
    assert made == (Item(start_ms=0, end_ms=90_000),)


def test_the_transcript_is_read_as_often_for_many_items_as_for_one(
    monkeypatch: pytest.MonkeyPatch,
):
    def reads(parts: int) -> int:
        lines: list[Phrase | Gap] = []
        for at_ms in range(0, parts * 240_000, 240_000):
            lines.append(Gap(start_ms=at_ms, end_ms=at_ms + 120_000, sound=Sound.MUSIC))
            lines.append(talk(at_ms + 120_000, at_ms + 240_000, "hola a"))
        recording = Transcript(duration_ms=parts * 240_000, lines=tuple(lines))
        count = 0

        def phrases(made: Transcript) -> tuple[Phrase, ...]:
            nonlocal count
            count += 1
            return tuple(line for line in made.lines if isinstance(line, Phrase))

        monkeypatch.setattr(Transcript, "phrases", property(phrases))
        turns = [
            Turn(start_ms=line.start_ms, end_ms=line.end_ms, voice=number)
            for number, line in enumerate(recording.lines)
            if isinstance(line, Phrase)
        ]
        count = 0
        assert len(propose(recording, turns)) == 2 * parts
        return count

    assert reads(6) == reads(1)


@given(transcripts(max_lines=12).filter(lambda made: made.duration_ms > 0), segments())
def test_proposed_items_cover_the_recording(recording, told):
    items = propose(recording, told.turns)
    borders = [0, *(item.end_ms for item in items)]
    assert [item.start_ms for item in items] == borders[:-1]
    assert borders[-1] == recording.duration_ms


NAMES = st.text("Аннa ,'\"#=\n\t", min_size=1, max_size=9).map(lambda t: " ".join(t.split()))


@given(st.data())
def test_what_is_composed_is_read_back_unchanged(data):
    items = data.draw(segments()).items
    items = tuple(
        Item(
            start_ms=item.start_ms,
            end_ms=item.end_ms,
            title=" ".join(item.title.split()),
            speakers=tuple(filter(None, data.draw(st.lists(NAMES, max_size=3)))),
            languages=tuple(dict.fromkeys(item.languages)),
            kind=item.kind,
        )
        for item in items
    )
    if not items:
        with pytest.raises(InputError, match="no items"):
            rundown.parse(compose(items), "r.csv")
        return
    entries = rundown.parse(compose(items), "r.csv")
    read = [
        Item(
            start_ms=entry.start_ms,
            end_ms=entry.end_ms or 0,
            title=entry.title,
            speakers=entry.speakers,
            languages=entry.languages,
            kind=entry.kind,
        )
        for entry in entries
    ]
    assert read == list(items)


def test_a_sign_that_parts_names_is_taken_out_of_a_name():
    item = Item(start_ms=1, end_ms=2_000, speakers=("A;B|C", "D"), kind=ItemKind.BREAK)
    assert compose([item]).splitlines()[1] == '0:00:00.001,0:00:02,,"A,B,C; D",,break'


@pytest.fixture
def ws(tmp_path):
    (tmp_path / "show.mp4").write_bytes(b"x")
    return Workspace.open(tmp_path / "show.mp4")


def test_it_is_written_once_and_never_over_what_a_person_changed(ws):
    transcript, turns = of_two_parts()
    made = Segments(turns=turns, items=())
    path = write(ws, transcript, made)
    assert path == ws.folder / "show.rundown.proposed.csv"
    assert len(rundown.load(path)) == 3
    assert write(ws, transcript, made) == path  # the same again is no harm
    path.write_text("start,title\n0,Mine\n")
    with pytest.raises(OverwriteError, match="is there already") as caught:
        write(ws, transcript, made)
    assert 'rundown = "show.subtitles/show.rundown.proposed.csv"' in caught.value.hint
    assert path.read_text() == "start,title\n0,Mine\n"


def test_what_is_no_file_is_not_written_over(ws):
    ws.proposal_path.mkdir(parents=True)
    with pytest.raises(OverwriteError):
        write(ws, *_nothing())


def _nothing() -> tuple[Transcript, Segments]:
    return Transcript(duration_ms=0, lines=()), Segments(turns=(), items=())


def test_in_imagined_broadcasts_borders_with_music_are_proposed():
    precision, recall = proposed(range(700, 706), ("music",))
    assert 2 * precision * recall / (precision + recall) >= 0.8
