from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core import artifacts
from pipeline.core.artifacts import EMITTED, SEGMENTS, TRANSCRIPT, TRANSLATION, Kind, Origin
from pipeline.core.errors import ArtifactError, UsageError
from pipeline.core.payloads import Segments, Transcript
from pipeline.core.timeline import Gap, Phrase, Sound, Turn, Word
from tests.strategies import ORIGINS, emitted, segments, transcripts, translations

ORIGIN = Origin(stage="transcribe", stage_version=1, options={"beam_size": 5})
SAMPLE = Transcript(
    duration_ms=9000,
    lines=(
        Gap(start_ms=0, end_ms=4000, sound=Sound.MUSIC),
        Phrase(
            start_ms=4000,
            end_ms=9000,
            language="ru",
            words=(Word(start_ms=4000, end_ms=5000, text="Здравствуйте!"),),
        ),
    ),
)

ANY_ARTIFACT = st.one_of(
    st.tuples(st.just(TRANSCRIPT), transcripts()),
    st.tuples(st.just(SEGMENTS), segments()),
    st.tuples(st.just(TRANSLATION), translations()),
    st.tuples(st.just(EMITTED), emitted()),
)


@given(ANY_ARTIFACT, ORIGINS)
def test_what_is_written_reads_back_and_is_current(tmp_path: Path, artifact, origin: Origin):
    kind, payload = artifact
    path = tmp_path / "x"
    digest = artifacts.write(path, kind, payload, origin, libraries={"numpy": "2"})
    made = artifacts.read(path, kind)
    assert (made.payload, made.origin, made.digest) == (payload, origin, digest)
    assert made.libraries == {"numpy": "2"}
    assert not artifacts.reasons(path, kind, origin)


@given(ANY_ARTIFACT, ORIGINS)
def test_equal_arguments_give_equal_bytes_and_libraries_do_not_change_the_digest(
    tmp_path: Path, artifact, origin: Origin
):
    kind, payload = artifact
    one = artifacts.write(tmp_path / "1", kind, payload, origin)
    two = artifacts.write(tmp_path / "2", kind, payload, origin)
    three = artifacts.write(tmp_path / "3", kind, payload, origin, libraries={"av": "9"})
    assert (tmp_path / "1").read_bytes() == (tmp_path / "2").read_bytes()
    assert one == two == three


def test_the_order_of_options_does_not_matter(tmp_path: Path):
    one = Origin(stage="s", stage_version=1, options={"a": 1, "b": 2})
    two = Origin(stage="s", stage_version=1, options={"b": 2, "a": 1})
    artifacts.write(tmp_path / "1", TRANSCRIPT, SAMPLE, one)
    artifacts.write(tmp_path / "2", TRANSCRIPT, SAMPLE, two)
    assert (tmp_path / "1").read_bytes() == (tmp_path / "2").read_bytes()


def test_a_tuple_among_the_options_equals_the_list_that_is_read_back(tmp_path: Path):
    origin = Origin(stage="s", stage_version=1, options={"languages": ("ru", "en")})
    artifacts.write(tmp_path / "x", TRANSCRIPT, SAMPLE, origin)
    assert not artifacts.reasons(tmp_path / "x", TRANSCRIPT, origin)


def test_a_transcript_is_one_line_per_phrase_or_gap(tmp_path: Path):
    artifacts.write(tmp_path / "x", TRANSCRIPT, SAMPLE, ORIGIN)
    head, *lines = (tmp_path / "x").read_text().splitlines()
    assert '"kind":"transcript"' in head
    assert '"duration_ms":9000' in head
    assert len(lines) == len(SAMPLE.lines)


def test_a_file_cut_or_changed_at_any_byte_is_damaged_and_not_current(tmp_path: Path):
    path = tmp_path / "x"
    artifacts.write(path, TRANSCRIPT, SAMPLE, ORIGIN)
    whole = path.read_bytes()
    for place in range(len(whole)):
        for data in (whole[:place], whole[:place] + b"\xff" + whole[place + 1 :]):
            path.write_bytes(data)
            assert artifacts.reasons(path, TRANSCRIPT, ORIGIN)
            with pytest.raises(ArtifactError):
                artifacts.read(path, TRANSCRIPT)


def test_a_changed_digit_is_noticed(tmp_path: Path):
    path = tmp_path / "x"
    artifacts.write(path, TRANSCRIPT, SAMPLE, ORIGIN)
    path.write_bytes(path.read_bytes().replace(b"5000", b"5001"))
    with pytest.raises(ArtifactError, match="not the ones that were written"):
        artifacts.read(path, TRANSCRIPT)


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('4000,"end_ms":5000', '"4","end_ms":5000', "$.lines[1].words[0].start_ms"),
        ('0,"end_ms":4000', '5,"end_ms":4', "$.lines[0]: not a span: 5..4 ms"),
        ('"sound":"music"', '"sound":"jazz"', "$.lines[0].sound"),
        ('"duration_ms":9000', '"duration_ms":null', "$.duration_ms"),
        ('"stage_version":1', '"stage_version":"1"', "$.origin.stage_version"),
    ],
)
def test_damage_is_named_with_file_and_place(tmp_path: Path, old: str, new: str, place: str):
    path = tmp_path / "transcript.jsonl"
    artifacts.write(path, TRANSCRIPT, SAMPLE, ORIGIN)
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    with pytest.raises(ArtifactError) as caught:
        artifacts.read(path, TRANSCRIPT)
    assert str(path) in caught.value.message
    assert place in caught.value.message
    assert "marathon transcribe" in caught.value.hint


def test_place_is_named_in_one_object_too(tmp_path: Path):
    payload = Segments(turns=(Turn(start_ms=1, end_ms=2),), items=())
    artifacts.write(tmp_path / "x", SEGMENTS, payload, ORIGIN)
    text = (tmp_path / "x").read_text()
    (tmp_path / "x").write_text(text.replace('"end_ms":2', '"end_ms":[]'))
    with pytest.raises(ArtifactError, match=r"\$\.turns\[0\]\.end_ms: Expected int, got array"):
        artifacts.read(tmp_path / "x", SEGMENTS)


DEEP = "[" * 100_000 + "]" * 100_000


@pytest.mark.parametrize("old", ['"options":{', '"libraries":{', '"turns":[', '"payload":{'])
@pytest.mark.parametrize("depth", [100_000, 900, 985])
def test_brackets_without_end_are_damage(tmp_path: Path, old: str, depth: int):
    path = tmp_path / "x"
    artifacts.write(path, SEGMENTS, Segments(turns=(), items=()), ORIGIN)
    deep = "[" * depth + "]" * depth
    new = f"{old}{deep}" if old.endswith("[") else f'{old}"more":{deep}'
    path.write_text(path.read_text().replace(old, new + ("," * (old == '"payload":{')), 1))
    with pytest.raises(ArtifactError, match="damaged"):
        artifacts.read(path, SEGMENTS)


def test_brackets_without_end_in_a_line_are_damage(tmp_path: Path):
    path = tmp_path / "x"
    artifacts.write(path, TRANSCRIPT, SAMPLE, ORIGIN)
    head, first, *rest = path.read_text().splitlines()
    path.write_text("\n".join([head, f'{{"more":{DEEP},{first[1:]}', *rest, ""]))
    with pytest.raises(ArtifactError, match=r"lines\[0\]: nested too deeply"):
        artifacts.read(path, TRANSCRIPT)


def test_lines_after_one_object_are_damage(tmp_path: Path):
    artifacts.write(tmp_path / "x", SEGMENTS, Segments(turns=(), items=()), ORIGIN)
    with (tmp_path / "x").open("a") as file:
        file.write("{}\n")
    with pytest.raises(ArtifactError, match="1 lines too many"):
        artifacts.read(tmp_path / "x", SEGMENTS)


def test_another_version_is_named_with_both_versions(tmp_path: Path):
    artifacts.write(tmp_path / "x", TRANSCRIPT, SAMPLE, ORIGIN)
    newer = Kind("transcript", TRANSCRIPT.version + 1, Transcript, by_line=True)
    with pytest.raises(ArtifactError, match=r"transcript version 2, .* transcript version 3"):
        artifacts.read(tmp_path / "x", newer)
    assert artifacts.reasons(tmp_path / "x", newer, ORIGIN)


def test_what_was_never_made_says_how_to_make_it(tmp_path: Path):
    with pytest.raises(UsageError, match="no transcript yet") as caught:
        artifacts.read(tmp_path / "x", TRANSCRIPT)
    assert caught.value.hint == "make it with: marathon transcribe RECORDING"
    assert artifacts.reasons(tmp_path / "x", TRANSCRIPT, ORIGIN) == ["there is no transcript yet"]


def test_a_payload_that_could_not_be_read_back_is_never_written(tmp_path: Path):
    line = Phrase(start_ms=0, end_ms=1, language="ru", words=(), log_probability=float("-inf"))
    with pytest.raises(ValueError, match="log_probability"):
        artifacts.write(
            tmp_path / "x", TRANSCRIPT, Transcript(duration_ms=1, lines=(line,)), ORIGIN
        )
    assert not list(tmp_path.iterdir())


def test_differences_are_plain_sentences():
    old = Origin(
        stage="transcribe",
        stage_version=1,
        weights="small",
        options={"beam_size": 5, "gone": True, "hints": [{"words": [["ru", "Кито"]]}]},
        inputs={"recording": "a" * 40, "odd": "c" * 40},
    )
    new = Origin(
        stage="transcribe",
        stage_version=2,
        weights="turbo",
        options={"beam_size": 1, "fresh": None, "hints": [{"words": [["ru", "Лима"]]}]},
        inputs={"recording": "b" * 40, "glossary": "d" * 40},
    )
    assert artifacts.differences(old, new) == [
        "the glossary is new",
        "input odd is gone",
        "the recording changed",
        "option beam_size changed from 5 to 1",
        "option fresh is new: null",
        "option gone is gone: it was true",
        "what rundown, roster and glossary let expect changed",
        "the version of the stage changed from 1 to 2",
        "the weights changed from small to turbo",
    ]
    assert artifacts.differences(old, old) == []


@given(ORIGINS, ORIGINS)
def test_no_differences_means_equal(one: Origin, two: Origin):
    assert (artifacts.differences(one, two) == []) == (one == two)
