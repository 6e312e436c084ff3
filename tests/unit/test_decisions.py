"""The log of decisions: what people decided comes back as it was, or an error says where."""

from __future__ import annotations

import contextlib
import errno
import logging
import time
from pathlib import Path

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.core import files
from pipeline.core.errors import ArtifactError, EnvironmentGaveOutError, InputError
from pipeline.core.timeline import Span
from pipeline.review import decisions as log
from pipeline.review import vectors
from pipeline.review.decisions import (
    Anchor,
    Approve,
    Delete,
    Insert,
    Merge,
    Piece,
    Speaker,
    Split,
    Text,
    Time,
)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
spans = st.tuples(st.integers(0, 10**8), st.integers(1, 10**5)).map(
    lambda pair: {"start_ms": pair[0], "end_ms": pair[0] + pair[1]}
)
pieces = st.builds(lambda span, text: Piece(**span, text=text), spans, texts)
anchors = st.builds(
    lambda span, text, track: Anchor(**span, text=text, track=track),
    spans,
    texts,
    st.sampled_from(["orig", "en", "ru+en"]),
)
made = {"at": anchors, "who": texts, "when": texts, "source": texts}
several = st.lists(pieces, min_size=2, max_size=3).map(tuple)
centroids = st.lists(st.floats(-1, 1, width=16), max_size=8).map(vectors.packed)
decisions = st.one_of(
    st.builds(Text, text=texts, language=st.sampled_from(["", "es"]), **made),
    st.builds(Time, to=spans.map(lambda span: Span(**span)), **made),
    st.builds(Insert, text=texts, **made),
    st.builds(Delete, **made),
    st.builds(Split, into=several, **made),
    st.builds(Merge, of=several, **made),
    st.builds(Approve, **made),
    st.builds(Speaker, name=texts, centroid=centroids, embedder=texts, voice=st.integers(), **made),
)


def anchor(start_ms: int = 0, end_ms: int = 900, text: str = "да") -> Anchor:
    return Anchor(track="orig", start_ms=start_ms, end_ms=end_ms, text=text)


def some(count: int) -> list[Text]:
    return [Text(at=anchor(at, at + 9), text=f"слово {at}", who="Анна") for at in range(count)]


@given(st.lists(decisions, max_size=6))
def test_what_was_decided_comes_back_as_it_was(tmp_path_factory, given_decisions):
    path = tmp_path_factory.mktemp("log") / "decisions.jsonl"
    half = len(given_decisions) // 2
    log.append(path, given_decisions[:half])
    before = path.read_bytes() if half else b""
    log.append(path, given_decisions[half:])
    assert log.read(path) == tuple(given_decisions)
    assert not given_decisions or path.read_bytes().startswith(before)


def test_where_there_is_no_log_nothing_was_decided(tmp_path: Path):
    assert log.read(tmp_path / "decisions.jsonl") == ()
    log.append(tmp_path / "decisions.jsonl", [])
    assert not (tmp_path / "decisions.jsonl").exists()


def test_every_line_is_json_that_people_can_read(tmp_path: Path):
    path = tmp_path / "decisions.jsonl"
    log.append(path, some(1))
    [line] = path.read_text("utf-8").splitlines()
    assert msgspec.json.decode(line)["text"] == "слово 0"
    assert "слово 0" in line


@given(st.data())
def test_a_log_torn_at_its_end_keeps_every_whole_line(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("log") / "decisions.jsonl"
    log.append(path, some(3))
    whole = path.read_bytes()
    cut = data.draw(st.integers(0, len(whole)))
    path.write_bytes(whole[:cut])
    kept = log.read(path)
    assert kept == tuple(some(3))[: len(kept)]
    assert len(kept) >= whole[:cut].count(b"\n")
    log.append(path, some(4)[3:])
    assert log.read(path) == (*kept, some(4)[3])


@given(st.data())
def test_a_damaged_line_is_an_error_with_its_place_and_never_passed_over(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("log") / "decisions.jsonl"
    log.append(path, some(3))
    lines = path.read_bytes().split(b"\n")
    number = data.draw(st.integers(0, 2))
    at = data.draw(st.integers(0, len(lines[number]) - 1))
    flipped = lines[number][at] ^ (1 << data.draw(st.integers(0, 7)))
    if flipped == ord("\n"):
        return
    lines[number] = lines[number][:at] + bytes([flipped]) + lines[number][at + 1 :]
    path.write_bytes(b"\n".join(lines))
    with pytest.raises(ArtifactError, match=f"line {number + 1}:") as caught:
        log.read(path)
    assert str(path) in caught.value.message
    before = path.read_bytes()
    with pytest.raises(ArtifactError):
        log.append(path, some(1))
    assert path.read_bytes() == before


@given(st.binary(max_size=80))
@example(b'{"type":' + b"[" * 5000)
@example(b'{"type":"delete","at":{"track":"orig","start_ms":5,"end_ms":5}}')
@example(
    b'{"type":"speaker","at":{"track":"orig","start_ms":5,"end_ms":6},"name":"A","centroid":"?"}'
)
@example(b"\0" * 80)
def test_whatever_stands_there_the_error_is_ours(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("log") / "decisions.jsonl"
    path.write_bytes(data + b"\n")
    with contextlib.suppress(ArtifactError):
        assert log.read(path) == ()


def test_a_line_of_many_megabytes_is_no_decision(tmp_path: Path):
    path = tmp_path / "decisions.jsonl"
    path.write_bytes(b'{"type":"text","text":"' + b"a" * 5_000_000 + b'"}\n')
    with pytest.raises(ArtifactError, match=r"line 1: .* 5000025 bytes"):
        log.read(path)


@pytest.mark.parametrize(
    "decision",
    [
        Text(at=anchor(), text="a" * 30_000),
        Text(at=anchor(), text="\ud800"),
        Split(at=anchor(), into=(Piece(start_ms=0, end_ms=1),)),
        Approve(at=anchor(), source="\udcff.srt"),
    ],
)
def test_what_could_not_be_read_back_is_refused_and_nothing_is_written(tmp_path: Path, decision):
    path = tmp_path / "decisions.jsonl"
    with pytest.raises(InputError, match="orig, 0 ms"):
        log.append(path, [*some(1), decision])
    assert not path.exists()


def test_a_decision_of_a_newer_release_is_told_of_and_stays(tmp_path: Path, caplog):
    path = tmp_path / "decisions.jsonl"
    log.append(path, some(1))
    newer = b'{"type":"colour","at":{"track":"orig"},"to":"red"}'
    with path.open("ab") as out:
        out.write(newer + b"\n")
    log.append(path, some(2)[1:])
    with caplog.at_level(logging.WARNING):
        assert log.read(path) == tuple(some(2))
    assert "line 2" in caplog.text
    assert "colour" in caplog.text
    [kept] = log.load(path).newer
    assert (kept.number, kept.kind, kept.line) == (2, "colour", newer)
    assert newer in path.read_bytes()


def test_a_field_of_a_newer_release_does_no_harm(tmp_path: Path):
    path = tmp_path / "decisions.jsonl"
    path.write_bytes(
        b'{"type":"delete","at":{"track":"orig","start_ms":1,"end_ms":2,"mood":"b"},"why":"x"}\n'
    )
    assert log.read(path) == (Delete(at=Anchor(track="orig", start_ms=1, end_ms=2)),)


def test_a_line_written_by_hand_counts_and_blank_ones_do_no_harm(tmp_path: Path):
    path = tmp_path / "decisions.jsonl"
    by_hand = b'{"type":"speaker","name":"Juan","at":{"track":"orig","start_ms":1,"end_ms":2}}'
    path.write_bytes(b"\n" + by_hand + b"\n  \n")
    [found] = log.read(path)
    assert found == Speaker(at=Anchor(track="orig", start_ms=1, end_ms=2), name="Juan")


def test_a_whole_last_line_without_its_end_is_not_taken_for_torn(tmp_path: Path):
    path = tmp_path / "decisions.jsonl"
    log.append(path, some(2))
    path.write_bytes(path.read_bytes()[:-1])  # an editor may save it so
    assert log.read(path) == tuple(some(2))
    log.append(path, some(3)[2:])
    assert log.read(path) == tuple(some(3))


def test_a_torn_last_line_is_told_of(tmp_path: Path, caplog):
    path = tmp_path / "decisions.jsonl"
    log.append(path, some(2))
    path.write_bytes(path.read_bytes()[:-9])
    with caplog.at_level(logging.WARNING):
        assert log.read(path) == tuple(some(1))
    assert "torn" in caplog.text


def test_the_name_of_what_was_decided_is_that_of_its_values():
    assert log.digest(some(3)) == log.digest(tuple(some(3))) != log.digest(some(2))


@given(st.lists(st.floats(-1, 1, width=16), max_size=300).map(tuple))
def test_a_voice_comes_back_as_it_was(vector):
    assert vectors.unpacked(vectors.packed(vector)) == vector


@pytest.mark.parametrize("text", ["?", "AAA", "AAAA", "AHw=", "AH4="])
def test_a_voice_that_is_none_is_refused(text: str):
    with pytest.raises(ValueError, match="centroid"):
        Speaker(at=anchor(), name="A", centroid=text)


def test_a_round_of_many_decisions_is_read_in_no_time(tmp_path: Path):
    path = tmp_path / "decisions.jsonl"
    lines = [
        log._line(Text(at=anchor(at * 1000, at * 1000 + 900), text="да", who="Анна"))
        for at in range(5_000)
    ]
    files.replace(path, b"\n".join(lines) + b"\n")
    began = time.perf_counter()
    assert len(log.read(path)) == 5_000
    assert time.perf_counter() - began < 2


def written(path, *names):
    log.append(path, [named(name) for name in names])
    return path


def named(name):
    at = Anchor(track="orig", start_ms=0, end_ms=1_000)
    return Speaker(at=at, name=name, who="anna")


BY_HAND = b'{"type":"speaker","name":"Olga","at":{"track":"orig","start_ms":0,"end_ms":9}}'


def test_a_last_line_without_an_end_outlives_a_full_disk(tmp_path, monkeypatch):
    path = written(tmp_path / "d", "Anna")
    path.write_bytes(path.read_bytes() + BY_HAND)

    def full(*_):
        raise OSError(errno.ENOSPC, "full")

    with monkeypatch.context() as patch:
        patch.setattr(files, "_write_all", full)
        with pytest.raises(EnvironmentGaveOutError):
            log.append(path, [named("Juan")])
    assert [one.name for one in log.read(path)] == ["Anna", "Olga"]
    log.append(path, [named("Juan")])
    assert [one.name for one in log.read(path)] == ["Anna", "Olga", "Juan"]


@pytest.mark.parametrize("edit", ["changed", "unfinished"])
def test_what_a_hand_made_of_the_last_line_is_never_cut_away(tmp_path, edit):
    path = written(tmp_path / "d", "Anna", "Jaun")
    before = path.read_bytes()
    if edit == "changed":
        path.write_bytes(before.replace(b"Jaun", b"Juan").rstrip(b"\n"))
    else:
        path.write_bytes(before + BY_HAND[:-1])
    kept = path.read_bytes()
    for act in (log.read, lambda where: log.append(where, [named("Olga")])):
        with pytest.raises(ArtifactError, match=r"line [23]: a damaged decision"):
            act(path)
    assert path.read_bytes() == kept


def test_what_an_editor_does_to_a_whole_file_is_no_damage(tmp_path):
    path = written(tmp_path / "d", "Anna", "Juan")
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert [one.name for one in log.read(path)] == ["Anna", "Juan"]
    log.append(path, [named("Olga")])
    assert [one.name for one in log.read(path)] == ["Anna", "Juan", "Olga"]
