"""Reviewers' files become decisions: once, with their bytes kept, whatever is killed when."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core import files
from pipeline.core.artifacts import Origin
from pipeline.core.errors import ArtifactError, InputError, UsageError
from pipeline.core.payloads import Emitted, EmittedFile
from pipeline.core.timeline import Cue
from pipeline.core.workspace import Workspace
from pipeline.review import accepting, decisions, locks, proof, reviews
from pipeline.review.decisions import Approve, Delete, Text, Time
from pipeline.review.receipts import Receipts
from pipeline.review.telling import counts
from pipeline.subtitles import bookmarks, srt
from pipeline.subtitles.bookmarks import Bookmark

ROOT = Path(__file__).parents[2]
LINES = [
    "Good evening to all of you.",
    "Tonight we speak about water.",
    "It comes from the mountains,",
    "and it goes to the sea.",
    "Nobody owns a river.",
    "Who says so has never seen one.",
    "Thank you for being here.",
    "Let us begin with a song.",
]


def cue(at, text, length=1_800):
    return Cue(
        start_ms=at * 2_000,
        end_ms=at * 2_000 + length,
        lines=tuple(text.split("\n")),
        language="en",
    )


CUES = tuple(cue(at, text) for at, text in enumerate(LINES))


@pytest.fixture
def ws(tmp_path):
    (tmp_path / "talk.wav").write_bytes(b"RIFF")
    return Workspace.open(tmp_path / "talk.wav")


def emit(ws, number=1, **written):
    """Write files as a run of emit does; names with underscores for what Python cannot name."""
    sheets = {
        "talk.en.srt" if name == "en" else "items/01.en.srt" if name == "item" else "talk.srt": cues
        for name, cues in written.items()
    }
    receipts = Receipts(ws)
    tags = {"talk.srt": "orig"}
    emitted = Emitted(
        files=tuple(
            EmittedFile(
                path=path,
                track=tags.get(path, "en"),
                digest=files.digest(srt.compose(cues)),
                cues=tuple(cues),
            )
            for path, cues in sheets.items()
        ),
        finished=True,
    )
    for path, cues in sheets.items():
        files.replace(ws.folder / path, srt.compose(cues))
    receipts.keep(Origin(stage="emit", stage_version=number, inputs={}), emitted)
    record = max(ws.emitted_folder.glob("*.json"), key=lambda path: path.stat().st_mtime_ns)
    os.utime(record, ns=(number * 10**9, number * 10**9))
    return ws.folder / next(iter(sheets))


def edit(path, old, new):
    data = path.read_bytes()
    assert old.encode() in data
    path.write_bytes(data.replace(old.encode(), new.encode(), 1))


def kept(ws):
    return decisions.read(ws.decisions_path)


def bare(ws):
    return [(type(one).__name__, one.at.text, getattr(one, "text", "")) for one in kept(ws)]


def test_an_edit_is_decided_once_and_its_bytes_are_kept(ws):
    path = emit(ws, en=CUES)
    edit(path, "Nobody owns a river.", "Nobody can own a river.")
    data = path.read_bytes()
    accepted = accepting.accept(ws, who="Anna")
    [one] = kept(ws)
    assert isinstance(one, Text)
    assert (one.at.text, one.text) == ("Nobody owns a river.", "Nobody can own a river.")
    assert (one.who, one.source, one.at.track) == ("Anna", "talk.en.srt", "en")
    assert one.when.endswith("+00:00")
    assert (ws.reviews_folder / f"{files.digest(data)}.srt").read_bytes() == data
    assert [counts(taken.decisions) for taken in accepted.files] == ["1 text"]
    assert path.read_bytes() == data
    for _ in range(2):
        assert accepting.accept(ws, who="Anna").files == ()
    assert len(kept(ws)) == 1


def test_nothing_changed_is_nothing_decided_and_nothing_written(ws):
    emit(ws, en=CUES, orig=CUES)
    before = sorted(ws.folder.rglob("*"))
    assert accepting.accept(ws).files == ()
    assert sorted(ws.folder.rglob("*")) == before


def test_dry_says_the_same_and_writes_nothing(ws):
    path = emit(ws, en=CUES)
    edit(path, "river", "stream")
    before = sorted(ws.folder.rglob("*"))
    assert accepting.accept(ws, dry=True).decided == 1
    assert sorted(ws.folder.rglob("*")) == before
    assert accepting.accept(ws).decided == 1


def test_what_an_editor_does_on_saving_is_no_decision_and_counts_as_accepted(ws):
    path = emit(ws, en=CUES)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    [taken] = accepting.accept(ws).files
    assert (taken.decisions, taken.is_whole) == ((), True)
    digest = files.digest(path.read_bytes())
    assert reviews.accepted(reviews.load(ws)) == {"talk.en.srt": frozenset([digest])}
    wanted = {"talk.en.srt": files.digest(srt.compose(CUES))}
    work = Receipts(ws).work(wanted, reviews.accepted(reviews.load(ws)))
    assert work.due == {"talk.en.srt": digest}
    assert accepting.accept(ws).files == ()


def test_further_edits_before_anything_is_written_are_about_what_was_accepted(ws):
    path = emit(ws, en=CUES)
    edit(path, "river", "stream")
    accepting.accept(ws)
    edit(path, "stream", "brook")
    accepting.accept(ws)
    edit(path, "brook", "river")  # as it was
    assert path.read_bytes() == srt.compose(CUES)
    accepting.accept(ws)
    edit(path, "river", "stream")
    accepting.accept(ws)
    assert [one.text for one in kept(ws)] == [
        f"Nobody owns a {word}." for word in ("stream", "brook", "river", "stream")
    ]
    assert [one.at.text for one in kept(ws)] == [
        f"Nobody owns a {word}." for word in ("river", "stream", "brook", "river")
    ]


def merged(cues, old, new):
    return tuple(cue(at, "\n".join(one.lines).replace(old, new)) for at, one in enumerate(cues))


def test_one_edit_taken_back_after_the_next_run_is_a_decision(ws):
    path = emit(ws, en=CUES)
    edit(path, "river", "stream")
    accepting.accept(ws)
    emit(ws, 2, en=merged(CUES, "river", "stream"))
    path.write_bytes(srt.compose(CUES))
    accepting.accept(ws)
    assert [one.text for one in kept(ws)] == ["Nobody owns a stream.", "Nobody owns a river."]


def test_a_copy_of_an_older_file_undoes_nothing_of_what_came_since(ws):
    path = emit(ws, en=CUES)
    newer = merged(merged(merged(CUES, "river", "stream"), "sea", "ocean"), "song", "poem")
    emit(ws, 2, en=newer)
    old = srt.compose(CUES).replace(b"Good evening", b"Good morning")
    path.write_bytes(old)
    accepting.accept(ws)
    assert bare(ws) == [("Text", LINES[0], "Good morning to all of you.")]
    path.write_bytes(srt.compose(CUES))  # untouched
    accepting.accept(ws)
    assert len(kept(ws)) == 2  # only the greeting is taken back
    emit(ws, 3, en=newer)
    path.write_bytes(srt.compose(CUES))
    assert accepting.accept(ws).files == ()


def standing(ws, base=CUES, track="en"):
    """The track as people left it, over what the machine says."""
    found = locks.locks(kept(ws), track)
    taken = [lock.base for lock in found.locks]
    free = [
        one
        for one in base
        if not any(at.start_ms < one.end_ms and one.start_ms < at.end_ms for at in taken)
    ]
    shown = [(one.start_ms, one.end_ms, one.lines) for one in (*free, *found.cues)]
    return tuple(cue_of(*one) for one in sorted(shown))


def cue_of(start_ms, end_ms, lines):
    return Cue(start_ms=start_ms, end_ms=end_ms, lines=lines, language="en")


@pytest.mark.parametrize("is_emitted", [True, False])
def test_an_older_file_that_is_put_back_undoes_what_people_did_since(ws, is_emitted):
    path = emit(ws, en=CUES)
    seen = [path.read_bytes()]
    now = CUES
    for number, (kind, at, word) in enumerate(
        [("t", 0, "a"), ("m", 1, "b"), ("d", 3, ""), ("t", 4, "c"), ("t", 5, "d")], 2
    ):
        now = edited(now, kind, at, word)
        path.write_bytes(srt.compose(now) + b"\n" * number)  # as no emit writes it
        seen.append(path.read_bytes())
        accepting.accept(ws)
        if is_emitted:
            emit(ws, number, en=now)
    for number, data in enumerate([seen[0], seen[3], seen[0], seen[5], seen[2]], 10):
        path.write_bytes(data)
        accepted = accepting.accept(ws, who="Anna")
        assert accepted.decided
        assert accepted.is_whole
        wanted = tuple(cue_of(*one[:3]) for one in read_of(data))
        assert standing(ws) == wanted
        before = kept(ws)
        assert accepting.accept(ws).files == ()
        assert kept(ws) == before
        if is_emitted:
            emit(ws, number, en=wanted)


def read_of(data):
    return [(one.start_ms, one.end_ms, one.lines) for one in srt.parse(data, "")]


def test_one_cue_typed_back_to_what_the_program_once_said_is_a_decision(ws):
    path = emit(ws, en=CUES)
    first = path.read_bytes()
    emit(ws, 2, en=merged(CUES, "river", "stream"))
    edit(path, "stream", "river")
    assert path.read_bytes() == first  # to the byte an older file
    accepting.accept(ws, who="Anna")
    (decision,) = kept(ws)
    assert "river" in decision.text


def test_what_the_machine_says_by_now_is_not_undone_by_an_older_file(ws):
    path = emit(ws, en=CUES)
    first = path.read_bytes()
    for old, new in (("river", "stream"), ("water", "rain"), ("song", "poem")):
        edit(path, old, new)
    accepting.accept(ws)
    heard = merged(merged(CUES, "sea", "ocean"), "Good evening", "Good morning")
    emit(
        ws, 2, en=merged(merged(merged(heard, "river", "stream"), "water", "rain"), "song", "poem")
    )
    path.write_bytes(first)
    accepting.accept(ws)
    assert bare(ws)[3:] == [
        ("Text", "Tonight we speak about rain.", LINES[1]),
        ("Text", "Nobody owns a stream.", LINES[4]),
        ("Text", "Let us begin with a poem.", LINES[7]),
    ]
    assert standing(ws, heard) == heard
    assert accepting.accept(ws).files == ()


def test_a_run_that_a_kill_ended_before_it_wrote_is_not_undone(ws):
    path = emit(ws, en=CUES)
    newer = merged(CUES, "river", "stream")
    receipt = EmittedFile(
        path="talk.en.srt", track="en", digest=files.digest(srt.compose(newer)), cues=newer
    )
    Receipts(ws).keep(Origin(stage="emit", stage_version=7, inputs={}), Emitted(files=(receipt,)))
    assert path.read_bytes() == srt.compose(CUES)
    assert accepting.accept(ws).files == ()
    assert kept(ws) == ()


def test_the_same_edit_in_two_files_is_one_decision(ws):
    path = emit(ws, en=CUES, item=CUES[:5])
    for name in ("talk.en.srt", "items/01.en.srt"):
        edit(ws.folder / name, "river", "stream")
    accepted = accepting.accept(ws)
    assert len(kept(ws)) == 1
    assert accepted.is_whole
    assert not accepted.has_clashes
    assert {review.path for review in reviews.load(ws)} == {"talk.en.srt", "items/01.en.srt"}
    assert path.exists()


def test_edited_differently_in_two_files_both_are_decided_and_both_are_named(ws):
    emit(ws, en=CUES, item=CUES[:5])
    edit(ws.folder / "talk.en.srt", "river", "stream")
    edit(ws.folder / "items/01.en.srt", "river", "brook")
    os.utime(ws.folder / "talk.en.srt", ns=(1, 1))
    accepted = accepting.accept(ws, who="Anna")
    assert [(one.text, one.source) for one in kept(ws)] == [
        ("Nobody owns a stream.", "talk.en.srt"),
        ("Nobody owns a brook.", "items/01.en.srt"),
    ]
    [clash] = accepted.files[1].clashes
    assert (clash.one.source, clash.other.source) == ("talk.en.srt", "items/01.en.srt")
    assert accepting.accept(ws).files == ()


def test_a_conflict_that_one_file_settles_leaves_one_cue_in_both(ws):
    def run(number):
        """As emit writes both, each with its own."""
        accepting.accept(ws)
        for name, cues in found.items():
            fixed = locks.locks(kept(ws), "en", source=name)
            own = [msgspec.convert(msgspec.to_builtins(one), Cue) for one in fixed.cues]
            at = {lock.base.start_ms for lock in fixed.locks}
            stay = [one for one in cues if one.start_ms not in at]
            found[name] = tuple(sorted([*stay, *own], key=lambda one: one.start_ms))
        emit(ws, number, en=found[whole], item=found[item])
        return [[one.lines for one in cues if one.start_ms == 8_000] for cues in found.values()]

    whole, item = "talk.en.srt", "items/01.en.srt"
    found = {whole: CUES, item: CUES[:5]}
    run(1)
    edit(ws.folder / whole, "river", "stream")
    edit(ws.folder / item, "river", "brook")
    assert run(2) == [[("Nobody owns a stream.",)], [("Nobody owns a brook.",)]]
    edit(ws.folder / item, "brook", "stream")
    assert run(3) == [[("Nobody owns a stream.",)], [("Nobody owns a stream.",)]]
    assert run(4) == [[("Nobody owns a stream.",)], [("Nobody owns a stream.",)]]
    edit(ws.folder / whole, "stream", "lake")
    assert run(5) == [[("Nobody owns a lake.",)], [("Nobody owns a lake.",)]]


def test_ok_approves_others_notes_are_kept_and_ours_are_neither(ws):
    path = emit(ws, en=CUES)
    edit(path, "river", "stream")
    marks = bookmarks.compose(
        [
            Bookmark(0, " OK. "),
            Bookmark(4, "ok"),
            Bookmark(2, "who says this?"),
            Bookmark(3, bookmarks.marked("fast")),
            Bookmark(99, "no such cue"),
        ]
    )
    path.with_name(path.name + bookmarks.SUFFIX).write_bytes(marks)
    accepted = accepting.accept(ws, who="Anna")
    assert bare(ws) == [
        ("Text", LINES[4], "Nobody owns a stream."),
        ("Approve", LINES[0], ""),
        ("Approve", LINES[4], ""),
    ]
    kept_marks = ws.reviews_folder / f"{files.digest(marks)}.bookmarks"
    assert kept_marks.read_bytes() == marks
    notes = reviews.notes(reviews.load(ws), "talk.en.srt")
    assert [(note.at.text, note.text) for note in notes] == [
        (LINES[2], "who says this?"),
        (LINES[7], "no such cue"),
    ]
    assert "no cue 100" in accepted.files[0].warnings[0]
    assert accepting.accept(ws).files == ()
    edit(path, "song", "poem")  # in another editor, which leaves the bookmarks as they are
    accepting.accept(ws)
    assert [one for one in bare(ws) if one[0] == "Approve"] == bare(ws)[1:3]
    assert reviews.notes(reviews.load(ws), "talk.en.srt") == notes


def test_a_bookmark_alone_approves_and_stays_when_it_is_gone(ws):
    path = emit(ws, en=CUES)
    marks = path.with_name(path.name + bookmarks.SUFFIX)
    marks.write_bytes(bookmarks.compose([Bookmark(1, "Ok"), Bookmark(2, "look")]))
    assert counts(accepting.accept(ws).files[0].decisions) == "1 approved"
    marks.unlink()
    accepting.accept(ws)
    assert bare(ws) == [("Approve", LINES[1], "")]
    assert [note.text for note in reviews.notes(reviews.load(ws), "talk.en.srt")] == ["look"]


@pytest.mark.parametrize("data", [b"not json", b'{"bookmarks": 3}'])
def test_damaged_bookmarks_are_told_and_do_not_stop_the_file(ws, data):
    path = emit(ws, en=CUES)
    edit(path, "river", "stream")
    path.with_name(path.name + bookmarks.SUFFIX).write_bytes(data)
    [taken] = accepting.accept(ws).files
    assert len(taken.decisions) == 1
    assert taken.warnings


def test_a_broken_cue_is_told_the_rest_is_taken_and_the_file_may_not_be_replaced(ws):
    path = emit(ws, en=CUES)
    edit(path, "river", "stream")
    edit(path, "00:00:04,000 --> 00:00:05,800", "00:00:0x --> somewhen")
    [taken] = accepting.accept(ws).files
    assert [one for one in bare(ws) if one[0] != "Text"] == []
    assert bare(ws) == [("Text", LINES[4], "Nobody owns a stream.")]
    assert any(fault.is_error and fault.line for fault in taken.faults)
    assert reviews.accepted(reviews.load(ws)) == {}
    assert not accepting.accept(ws).is_whole  # told again as long as it stands there
    assert len(kept(ws)) == 1
    edit(path, "00:00:0x --> somewhen", "00:00:04,000 --> 00:00:05,800")
    assert accepting.accept(ws).is_whole
    assert len(kept(ws)) == 1


def test_deletion_and_times(ws):
    path = emit(ws, en=CUES)
    cues = (*CUES[:2], *CUES[3:6], cue(6, LINES[6], 1_500), CUES[7])
    path.write_bytes(srt.compose(cues))
    accepting.accept(ws)
    delete, retime = kept(ws)
    assert isinstance(delete, Delete)
    assert delete.at.text == LINES[2]
    assert isinstance(retime, Time)
    assert retime.to.end_ms == 13_500


@pytest.mark.parametrize("data", [b"", b"\n\n", b"just a line of text\n"])
def test_a_file_without_cues_deletes_nothing(ws, data):
    path = emit(ws, en=CUES)
    path.write_bytes(data)
    accepted = accepting.accept(ws)
    assert kept(ws) == ()
    assert not accepted.is_whole
    assert (ws.reviews_folder / f"{files.digest(data)}.srt").read_bytes() == data


def test_a_file_that_the_log_would_not_give_back_stays_as_it_is(ws, monkeypatch):
    path = emit(ws, en=CUES)
    edit(path, "Nobody owns a river.", "Nobody can own a river.")
    data = path.read_bytes()
    with monkeypatch.context() as broken:
        broken.setattr(proof, "locks", lambda log, track, source: locks.Locks())
        for _ in range(2):
            [taken] = accepting.accept(ws).files
            assert "0:00:08: a cue would not be kept as it is" in taken.error
            assert (taken.decisions, kept(ws), path.read_bytes()) == ((), (), data)
            assert Receipts(ws).is_changed("talk.en.srt")
    [taken] = accepting.accept(ws).files
    assert (taken.error, len(kept(ws))) == ("", 1)


def test_a_note_with_half_a_character_is_taken_without_it(ws):
    path = emit(ws, en=CUES)
    marks = path.with_name(path.name + ".SE.bookmarks")
    marks.write_bytes(rb'{"bookmarks":[{"idx":0,"txt":"\ud800 mine"},{"\ud800":"\udfff"}]}')
    [taken] = accepting.accept(ws).files
    assert taken.warnings[0].encode().count(b"names no cue") == 1
    [review] = reviews.load(ws)
    assert [note.text for note in review.notes] == ["\ufffd mine"]


def test_a_file_that_was_cut_off_deletes_nothing_unless_it_is_named(ws):
    many = tuple(cue(at, f"This is sentence number {at}.") for at in range(60))
    path = emit(ws, en=many)
    path.write_bytes(srt.compose(many[:20]))
    [taken] = accepting.accept(ws).files
    assert "40 of 60 cues are gone" in taken.error
    assert str(path) in taken.hint
    assert kept(ws) == ()
    accepting.accept(ws, files=[path])
    assert [type(one) for one in kept(ws)] == [Delete] * 40


def test_of_a_file_cut_off_at_both_ends_nothing_is_deleted_either(ws):
    many = tuple(cue(at, f"This is sentence number {at}.") for at in range(92))
    path = emit(ws, en=many)
    path.write_bytes(srt.compose(many[30:32]))
    [taken] = accepting.accept(ws).files
    assert "90 of 92 cues are gone" in taken.error
    assert kept(ws) == ()


def test_another_recordings_file_under_our_name_is_told_and_left(ws):
    path = emit(ws, en=CUES)
    other = [
        Cue(start_ms=at * 3_333 + 1, end_ms=at * 3_333 + 900, lines=(f"zzz {at}",), language="en")
        for at in range(9)
    ]
    path.write_bytes(srt.compose(other))
    [taken] = accepting.accept(ws).files
    assert "another recording" in taken.error
    assert kept(ws) == ()
    with pytest.raises(UsageError, match="another recording"):
        accepting.accept(ws, files=[path])
    accepting.accept(ws, files=[path], track="en")
    assert len(kept(ws)) >= 9
    assert accepting.accept(ws).files == ()


RUSSIAN = tuple(
    msgspec.structs.replace(one, lines=(text,), language="ru")
    for one, text in zip(
        CUES,
        [
            "Добрый вечер всем.",
            "Сегодня мы говорим о воде.",
            "Она приходит с гор,",
            "и уходит в море.",
            "Никто не владеет рекой.",
            "Кто так говорит, её не видел.",
            "Спасибо, что вы здесь.",
            "Начнём с песни.",
        ],
        strict=True,
    )
)
SPANISH = tuple(
    msgspec.structs.replace(one, lines=(f"Esto es la frase {at}, y otra cosa.",), language="es")
    for at, one in enumerate(CUES)
)


@pytest.mark.parametrize("is_corrected", [True, False])
def test_a_file_of_another_script_under_a_tracks_name_is_refused(ws, is_corrected):
    path = emit(ws, en=CUES, orig=RUSSIAN)
    data = srt.compose(RUSSIAN)
    if is_corrected:
        data = data.replace("вечер".encode(), "день".encode()).replace("рекой".encode(), b"")
    path.write_bytes(data)
    for _ in range(2):
        [taken] = accepting.accept(ws).files
        assert "talk.en.srt: is not track en" in taken.error
        assert "it looks like talk.srt" in taken.error
        assert "marathon accept MOVED_FILE --for" in taken.hint
        assert kept(ws) == ()
    assert reviews.kept(ws, files.digest(data)) == data
    assert reviews.accepted(reviews.load(ws)) == {}
    with pytest.raises(InputError, match="is not track en"):
        accepting.accept(ws, files=[path])
    moved = ws.folder / "moved.srt"
    path.rename(moved)
    assert accepting.accept(ws, files=[moved]).decided == 2 * is_corrected
    assert {one.at.track for one in kept(ws)} <= {"orig"}


def test_a_file_of_the_same_script_is_refused_where_it_is_the_other_track(ws):
    emit(ws, en=CUES, orig=SPANISH)
    for name, cues in (("talk.en.srt", SPANISH), ("talk.srt", CUES)):
        (ws.folder / name).write_bytes(srt.compose(cues))
    errors = {taken.path: taken.error for taken in accepting.accept(ws).files}
    assert "it looks like talk.srt" in errors["talk.en.srt"]
    assert "it looks like talk.en.srt" in errors["talk.srt"]
    assert kept(ws) == ()


def test_words_of_another_language_in_a_track_are_a_reviewers_matter(ws):
    mixed = tuple(
        one if at % 2 else msgspec.structs.replace(one, lines=other.lines)
        for at, (one, other) in enumerate(zip(CUES, RUSSIAN, strict=True))
    )
    path = emit(ws, en=CUES, orig=RUSSIAN)
    path.write_bytes(srt.compose(mixed))
    (ws.folder / "talk.srt").write_bytes(srt.compose(mixed))
    assert accepting.accept(ws).is_whole
    assert len(kept(ws)) == 8


def test_a_translation_typed_over_the_original_of_a_mixed_track_is_taken(ws):
    path = emit(ws, orig=RUSSIAN)
    path.write_bytes(srt.compose(CUES))  # who has no other track has nothing to mistake it for
    accepted = accepting.accept(ws)
    assert accepted.is_whole
    assert len(kept(ws)) == 8


def test_what_is_no_file_is_told_and_the_others_are_taken(ws):
    emit(ws, en=CUES, orig=CUES, item=CUES[:5])
    edit(ws.folder / "talk.srt", "river", "stream")
    (ws.folder / "talk.en.srt").unlink()
    (ws.folder / "talk.en.srt").mkdir()
    (ws.folder / "items/01.en.srt").unlink()
    os.mkfifo(ws.folder / "items/01.en.srt")
    accepted = accepting.accept(ws)
    errors = {taken.path: taken.error for taken in accepted.files if taken.error}
    assert "is a folder" in errors["talk.en.srt"]
    assert "not a regular file" in errors["items/01.en.srt"]
    assert len(kept(ws)) == 1


def test_a_link_is_not_followed(ws, tmp_path):
    path = emit(ws, en=CUES)
    secret = tmp_path / "secret"
    secret.write_bytes(srt.compose(CUES).replace(b"river", b"secret"))
    path.unlink()
    path.symlink_to(secret)
    [taken] = accepting.accept(ws).files
    assert "is a link" in taken.error
    assert not ws.reviews_folder.exists()


def test_no_text_at_all_is_told_and_kept(ws):
    path = emit(ws, en=CUES)
    data = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40
    path.write_bytes(data)
    assert not accepting.accept(ws).is_whole
    assert kept(ws) == ()
    assert (ws.reviews_folder / f"{files.digest(data)}.srt").exists()
    with pytest.raises(InputError):
        accepting.accept(ws, files=[path])


def test_a_text_as_long_as_a_book_is_told_and_the_rest_is_taken(ws):
    path = emit(ws, en=CUES)
    edit(path, "river", "stream")
    edit(path, "water", "water " * 9_000)
    [taken] = accepting.accept(ws).files
    assert [one.at.text for one in kept(ws)] == [LINES[4]]
    assert not taken.is_whole


def test_ten_megabytes_take_seconds(ws):
    many = tuple(
        cue(at, f"This is sentence number {at} of a very long day.") for at in range(3_000)
    )
    path = emit(ws, en=many)
    path.write_bytes(srt.compose(many) + b"\n" + b"junk without any end " * 500_000)
    started = time.monotonic()
    accepting.accept(ws)
    assert time.monotonic() - started < 20


def test_a_mailed_copy_finds_its_track_and_its_item_by_its_cues(ws, tmp_path):
    russian = tuple(cue(at, f"Это предложение номер {at}.") for at in range(8))
    emit(ws, en=CUES, orig=russian, item=CUES[:3])
    sent = tmp_path / "Copy of 01 (2).srt"
    sent.write_bytes(srt.compose(CUES[:3]).replace(b"water", b"rain"))
    sent.with_name(sent.name + bookmarks.SUFFIX).write_bytes(
        bookmarks.compose([Bookmark(0, "ok"), Bookmark(1, "sure?")])
    )
    accepting.accept(ws, files=[sent], who="Juan")
    assert bare(ws) == [
        ("Text", LINES[1], "Tonight we speak about rain."),
        ("Approve", LINES[0], ""),
    ]
    assert {(one.who, one.source) for one in kept(ws)} == {("Juan", sent.name)}
    [review] = reviews.load(ws)
    assert (review.path, review.track, review.is_sent) == ("items/01.en.srt", "en", True)
    assert reviews.accepted([review]) == {}
    assert [note.text for note in reviews.notes([review], "items/01.en.srt")] == ["sure?"]
    assert accepting.accept(ws, files=[sent], who="Juan").decided == 0
    assert len(kept(ws)) == 2
    assert accepting.accept(ws).files == ()  # the file in place is as it was


def test_two_mailed_copies_that_differ_are_a_conflict(ws, tmp_path):
    emit(ws, en=CUES)
    for name, word in (("Anna.srt", "stream"), ("Juan.srt", "brook")):
        (tmp_path / name).write_bytes(srt.compose(CUES).replace(b"river", word.encode()))
        accepted = accepting.accept(ws, files=[tmp_path / name])
    [clash] = accepted.files[0].clashes
    assert (clash.one.source, clash.other.source) == ("Anna.srt", "Juan.srt")


def test_a_file_of_nothing_like_it_is_refused_with_the_way_out(ws, tmp_path):
    emit(ws, en=CUES)
    sent = tmp_path / "x.srt"
    sent.write_bytes(srt.compose([cue(30, "Something else", 700), cue(40, "entirely.", 900)]))
    with pytest.raises(UsageError) as error:
        accepting.accept(ws, files=[sent])
    assert "--track" in error.value.hint
    with pytest.raises(UsageError, match="no such file"):
        accepting.accept(ws, files=[tmp_path / "nothing.srt"])


def test_a_damaged_log_stops_before_anything_is_decided(ws):
    path = emit(ws, en=CUES)
    edit(path, "river", "stream")
    files.replace(ws.decisions_path, b'{"type":"text"}\n')
    with pytest.raises(ArtifactError, match="damaged decision"):
        accepting.accept(ws)
    assert path.exists()


def test_a_damaged_list_of_reviews_costs_nothing(ws):
    path = emit(ws, en=CUES)
    edit(path, "river", "stream")
    accepting.accept(ws)
    listed = ws.reviews_folder / "accepted.jsonl"
    listed.write_bytes(b"{broken\n")
    accepting.accept(ws)
    assert len(kept(ws)) == 1
    assert b"talk.en.srt" in listed.read_bytes()


def test_a_name_as_hostile_as_it_gets(tmp_path):
    recording = tmp_path / "a\n\x1b[31m\udcff'; rm -rf $HOME.wav"
    recording.write_bytes(b"RIFF")
    ws = Workspace.open(recording)
    path = emit(ws, item=CUES)
    edit(path, "river", "stream")
    accepting.accept(ws, who="An\x00na\udcff" * 900)
    assert len(kept(ws)) == 1


SCRIPT = """
import sys
import tempfile
from pathlib import Path
from pipeline.core.workspace import Workspace
from pipeline.review import accepting
ws = Workspace.open(Path(sys.argv[1]))
print("go", flush=True)
with ws.lock():
    accepting.accept(ws, who="Anna")
"""


def test_killed_at_any_moment_and_run_again_each_decision_is_there_once(ws):
    many = tuple(cue(at, f"This is sentence number {at}.") for at in range(200))
    path = emit(ws, en=many, item=many[:100])
    for name in ("talk.en.srt", "items/01.en.srt"):
        data = (ws.folder / name).read_bytes()
        (ws.folder / name).write_bytes(data.replace(b"sentence number", b"line"))
    edit(path, "This is line 7.", "This is the seventh line.")
    dry = accepting.accept(ws, dry=True)
    wanted = {
        (type(one), one.at, getattr(one, "text", "")) for t in dry.files for one in t.decisions
    }
    seeded = random.Random(7)
    killed = 0
    for _ in range(12):
        process = subprocess.Popen(
            [sys.executable, "-c", SCRIPT, str(ws.recording)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert process.stdout
        process.stdout.readline()
        time.sleep(seeded.uniform(0, 0.25))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        killed += process.returncode == -signal.SIGKILL
    with ws.lock():
        accepting.accept(ws, who="Anna")
    assert killed
    found = [(type(one), one.at, getattr(one, "text", "")) for one in kept(ws)]
    assert len(found) == len(set(found))
    assert set(found) == wanted
    listed = (ws.reviews_folder / "accepted.jsonl").read_bytes().splitlines()
    assert {json.loads(line)["path"] for line in listed} == {"talk.en.srt", "items/01.en.srt"}


def test_killed_between_the_log_and_the_list_nothing_is_decided_twice(ws, monkeypatch):
    path = emit(ws, en=CUES)
    edit(path, "river", "stream")
    edit(path, "sea", "ocean")
    path.with_name(path.name + bookmarks.SUFFIX).write_bytes(bookmarks.compose([Bookmark(0, "ok")]))

    def die(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(reviews, "add", die)
        with pytest.raises(KeyboardInterrupt):
            accepting.accept(ws)
    before = kept(ws)
    assert len(before) == 3
    accepting.accept(ws)
    assert kept(ws) == before
    assert Approve in map(type, before)


def test_our_own_bookmarks_are_about_the_file_that_we_wrote(ws):
    path = emit(ws, en=CUES)
    marks = bookmarks.compose([Bookmark(1, "ok"), Bookmark(2, "look"), Bookmark(3, "ok")])
    name = path.name + bookmarks.SUFFIX
    path.with_name(name).write_bytes(marks)
    receipt = EmittedFile(path=name, track="en", digest=files.digest(marks), cues=())
    origin = Origin(stage="emit", stage_version=9, inputs={})
    Receipts(ws).keep(origin, Emitted(files=(receipt,), finished=True))
    assert accepting.accept(ws).files == ()
    path.write_bytes(srt.compose(CUES[1:]))  # in an editor that knows no bookmarks
    accepting.accept(ws)
    assert bare(ws) == [("Delete", LINES[0], "")]
    [note] = reviews.notes(reviews.load(ws), "talk.en.srt")
    assert (note.text, note.at.text) == ("look", LINES[2])


def test_a_conflict_that_is_read_again_stays_as_it_was_decided(ws):
    emit(ws, en=CUES, item=CUES[:5])
    edit(ws.folder / "talk.en.srt", "river", "stream")
    edit(ws.folder / "items/01.en.srt", "river", "brook")
    accepting.accept(ws)
    before = kept(ws)
    (ws.reviews_folder / "accepted.jsonl").unlink()
    accepting.accept(ws)
    assert kept(ws) == before


EDITS = st.lists(
    st.tuples(st.sampled_from("tdm"), st.integers(0, 7), st.sampled_from(["a", "b c", "Ö"])),
    max_size=5,
)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(EDITS, st.booleans()), min_size=1, max_size=4))
def test_rounds_of_review_come_out_as_the_last_file_says(rounds):
    """Whatever is edited and accepted, again and again: played on the first, it gives the last."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "talk.wav").write_bytes(b"RIFF")
        ws = Workspace.open(Path(folder) / "talk.wav")
        path = emit(ws, en=CUES)
        now = CUES
        for edits, is_repeated in rounds:
            for kind, at, word in edits:
                now = edited(now, kind, at % len(now), word)
            path.write_bytes(srt.compose(now))
            for _ in range(1 + is_repeated):
                accepting.accept(ws)
        found = locks.locks(kept(ws), "en")
        human = {(one.start_ms, one.end_ms, one.lines) for one in found.cues}
        wanted = {(one.start_ms, one.end_ms, one.lines) for one in now}
        assert human <= wanted
        untouched = {(one.start_ms, one.end_ms, one.lines) for one in CUES}
        assert wanted <= human | untouched


def edited(cues, kind, at, word):
    one = cues[at]
    if kind == "d" and len(cues) > 4:
        return (*cues[:at], *cues[at + 1 :])
    later_ms = one.start_ms + 100 * len(word)
    if later_ms >= one.end_ms - 200:
        return cues
    changed = msgspec.structs.replace(one, start_ms=later_ms)
    if kind == "t":
        changed = msgspec.structs.replace(one, lines=(f"{one.lines[0]} {word}",))
    return (*cues[:at], changed, *cues[at + 1 :])


@settings(max_examples=30, deadline=None)
@given(st.floats(0, 1))
def test_whatever_part_of_the_log_a_power_cut_left_the_rest_is_decided(part):
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "talk.wav").write_bytes(b"RIFF")
        ws = Workspace.open(Path(folder) / "talk.wav")
        path = emit(ws, en=CUES)
        now = CUES
        for kind, at, word in (("t", 0, "a"), ("m", 0, "b"), ("d", 3, ""), ("t", 4, "c")):
            now = edited(now, kind, at, word)
        path.write_bytes(srt.compose(now))
        marks = bookmarks.compose([Bookmark(0, "ok"), Bookmark(5, "ok")])
        path.with_name(path.name + bookmarks.SUFFIX).write_bytes(marks)
        accepting.accept(ws)
        whole = [(type(one), one.at) for one in kept(ws)]
        data = ws.decisions_path.read_bytes()
        ws.decisions_path.write_bytes(data[: round(part * len(data))])
        (ws.reviews_folder / "accepted.jsonl").unlink()
        accepting.accept(ws)
        assert [(type(one), one.at) for one in kept(ws)] == whole


def test_a_copied_folder_is_the_same_whatever_times_its_files_have(ws):
    emit(ws, 1, en=CUES)
    edit(ws.folder / "talk.en.srt", LINES[1], "Tonight we speak of water.")
    assert accepting.accept(ws).decided
    emit(ws, 2, en=merged(CUES, LINES[1], "Tonight we speak of water."))
    records = sorted(ws.emitted_folder.glob("*.json"))
    for at, path in enumerate(records):  # a copy has them in any order
        for turn in (at, -at):
            os.utime(path, ns=(turn * 10**9 + 10**12, turn * 10**9 + 10**12))
            assert not accepting.accept(ws).decided


@pytest.mark.parametrize("left", [0, 0.5])
def test_a_log_that_lost_what_was_accepted_stops_everything(ws, left):
    emit(ws, 1, en=CUES)
    edit(ws.folder / "talk.en.srt", LINES[1], "Tonight we speak of water.")
    accepting.accept(ws)
    data = ws.decisions_path.read_bytes()
    ws.decisions_path.write_bytes(data[: int(len(data) * left)])
    edit(ws.folder / "talk.en.srt", LINES[4], "Nobody owns this river.")
    with pytest.raises(ArtifactError, match=r"holds 0 decisions, 1 were accepted"):
        accepting.accept(ws)
