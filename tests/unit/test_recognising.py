"""Recognition: the same whatever the batch, kept as it is done, the same however it breaks off."""

from __future__ import annotations

import contextlib
import gc
import weakref
from dataclasses import replace
from itertools import pairwise

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.errors import EngineError
from pipeline.core.files import Journal
from pipeline.core.timeline import Span
from pipeline.transcribe.chunks import Chunk, Stretch
from pipeline.transcribe.guards import MUSICAL, Thresholds
from pipeline.transcribe.hints import Hint, Hints
from pipeline.transcribe.memory import Entry, Keys, Memory, Sounding, entries
from pipeline.transcribe.recognising import Ask, Recogniser
from tests.parrot import ALLOWED, LANGUAGES, TROUBLES, Parrot, clips, recognise, speech

stretches = st.tuples(st.sampled_from(LANGUAGES + "rrs"), st.sampled_from("....." + TROUBLES))
broadcasts = st.lists(st.lists(stretches, min_size=1, max_size=4), max_size=9)
HINTS = Hints((Hint(start_ms=0, end_ms=9_000, languages=("ru",), words=(("ru", "Бильбао"),)),))


def lines(path) -> list[Entry | Sounding]:
    return list(entries(Journal.open(path).lines()))


def texts(path) -> list[Entry]:
    return [line for line in lines(path) if isinstance(line, Entry)]


@given(broadcasts, st.integers(1, 9), st.integers(1, 9))
def test_results_do_not_depend_on_the_batch(tmp_path_factory, chunks, batch, step):
    folder = tmp_path_factory.mktemp("journal")
    engines = Parrot(), Parrot()
    one = recognise(folder / "a", engines[0], clips(chunks), batch=1, step=1, hints=HINTS)
    other = recognise(folder / "b", engines[1], clips(chunks), batch, step, hints=HINTS)
    assert one == other
    assert sorted(engines[0].said) == sorted(engines[1].said)
    kept = [Journal.open(folder / name).lines() for name in "ab"]
    assert sorted(kept[0]) == sorted(kept[1])


@given(broadcasts)
def test_all_speech_has_one_result_and_an_allowed_language(tmp_path_factory, chunks):
    found = recognise(tmp_path_factory.mktemp("journal") / "a", Parrot(), clips(chunks))
    spans = [stretch.span for result in found for stretch in result.chunk.stretches]
    assert all(before.end_ms <= after.start_ms for before, after in pairwise(spans))
    total = sum(clip.chunk.duration_ms for clip in clips(chunks))
    assert sum(span.duration_ms for span in spans) == total
    assert {result.language for result in found} <= set(ALLOWED)
    assert all(set(result.languages) == set(ALLOWED) for result in found)


@given(broadcasts, st.integers(0, 60), st.integers(1, 6))
def test_a_run_that_broke_off_goes_on_and_ends_the_same(tmp_path_factory, chunks, breaks, batch):
    folder = tmp_path_factory.mktemp("journal")
    straight, first, second = Parrot(), Parrot(breaks), Parrot()
    undisturbed = recognise(folder / "a", straight, clips(chunks), batch)
    with contextlib.suppress(EngineError):
        recognise(folder / "b", first, clips(chunks), batch)
    assert recognise(folder / "b", second, clips(chunks), batch) == undisturbed
    assert sorted(first.said + second.said) == sorted(straight.said), "nothing is said twice"
    assert len(set(map(repr, lines(folder / "b")))) == len(lines(folder / "b"))
    assert sorted(map(repr, lines(folder / "b"))) == sorted(map(repr, lines(folder / "a")))


@given(broadcasts, st.data())
def test_a_journal_torn_at_any_byte_costs_the_lines_behind_it(tmp_path_factory, chunks, data):
    path = tmp_path_factory.mktemp("journal") / "a"
    undisturbed = recognise(path, Parrot(), clips(chunks))
    whole = path.read_bytes() if chunks else b""
    path.write_bytes(whole[: data.draw(st.integers(0, len(whole)))])
    engine, left = Parrot(), len(texts(path))
    assert recognise(path, engine, clips(chunks)) == undisturbed
    assert len(engine.said) == whole.count(b'"type":"text"') - left


@given(broadcasts)
def test_a_second_run_needs_no_engine(tmp_path_factory, chunks):
    path = tmp_path_factory.mktemp("journal") / "a"
    undisturbed = recognise(path, Parrot(), clips(chunks))
    before = path.read_bytes() if chunks else b""
    assert recognise(path, Parrot(breaks_after=0), clips(chunks)) == undisturbed
    assert (path.read_bytes() if chunks else b"") == before


def test_without_need_the_weights_are_not_even_loaded(tmp_path):
    def no_engine() -> Parrot:
        raise AssertionError("the engine was loaded")

    given_clips = clips([speech("r. s."), speech("rc")])
    first = recognise(tmp_path / "a", Parrot(), given_clips)
    with Journal.open(tmp_path / "a") as journal:
        keys = Keys(1, Parrot.identity, Parrot.setting)
        ask = Ask(languages=ALLOWED, hints=Hints(), thresholds=Thresholds())
        again = Recogniser(no_engine, keys, Memory(journal), ask, lambda *_: None)
        found = [*again.feed(given_clips), *again.finish()]
        assert (again.decoded, again.windows) == (0, 0)
    assert sorted(found, key=lambda one: one.chunk.own.start_ms) == first


def test_other_weights_make_everything_anew(tmp_path):
    recognise(tmp_path / "a", Parrot(), clips([speech("r."), speech("s.")]))
    engine = Parrot()
    engine.identity = "parrot@2"
    recognise(tmp_path / "a", engine, clips([speech("r."), speech("s.")]))
    assert (len(engine.said), engine.encoded) == (2, 2)


def test_the_same_sound_at_another_place_is_known(tmp_path):
    chunks = [speech("r. s."), speech("r."), speech("sc")]
    first = recognise(tmp_path / "a", Parrot(), clips(chunks))
    engine = Parrot(breaks_after=0)
    later = recognise(tmp_path / "a", engine, clips(chunks, start_ms=777))
    assert [one.heard for one in later] == [one.heard for one in first]
    assert [one.chunk.own.start_ms - 777 for one in later] == [
        one.chunk.own.start_ms for one in first
    ]


@pytest.mark.parametrize("batch", [1, 2, 9])
def test_a_sound_that_is_repeated_is_recognised_once(tmp_path, batch):
    (jingle,) = clips([speech("r.")])
    (again,) = clips([speech("r.")], start_ms=50_000)
    engine = Parrot()
    found = recognise(tmp_path / "a", engine, [jingle, again], batch)
    assert [one.chunk for one in found] == [jingle.chunk, again.chunk]
    assert found[0].heard == found[1].heard
    assert (engine.encoded, len(engine.said), len(lines(tmp_path / "a"))) == (1, 1, 4)


def test_a_chunk_is_encoded_once_for_its_language_and_its_words(tmp_path):
    engine = Parrot()
    recognise(tmp_path / "a", engine, clips([speech(x) for x in ("r.", "s.", "rc", "e. e.")]))
    assert engine.encoded == 4


def test_each_item_s_words_are_told_near_it_and_changing_them_costs_only_its_chunks(tmp_path):
    def hints(name: str) -> Hints:
        items = [(0, 200_000, "Анна"), (200_000, 400_000, name)]
        return Hints(
            tuple(
                Hint(start_ms=start, end_ms=end, words=(("ru", word), ("es", "Eva")))
                for start, end, word in items
            )
        )

    chunks = [speech("r."), speech("r."), speech("s."), speech("r."), speech("r.")]
    given_clips = clips(chunks, apart_ms=80_000)  # at 0, 82, 164, 246 and 328 s
    engine = Parrot()
    recognise(tmp_path / "a", engine, given_clips, hints=hints("Пётр"))
    assert [
        hotwords
        for _, _, hotwords, _ in sorted(
            engine.said, key=lambda x: np.frombuffer(x[0], np.float32)[0]
        )
    ] == (["Анна", "Анна", "Eva", "Пётр", "Пётр"])
    second = Parrot()
    recognise(tmp_path / "a", second, given_clips, hints=hints("Павел"))
    assert [hotwords for _, _, hotwords, _ in second.said] == ["Павел", "Павел"]
    assert {entry.hotwords for entry in texts(tmp_path / "a")} == {"Анна", "Eva", "Пётр", "Павел"}


def said(found) -> list[tuple[str, str]]:
    return [(one.language, one.heard.text) for one in found]


def test_a_chunk_in_two_languages_is_cut_between_them(tmp_path):
    found = recognise(tmp_path / "a", Parrot(), clips([speech("r. r. s. s. r.")]))
    assert said(found) == [
        ("ru", "слово1 слово2"),
        ("es", "palabra3 palabra4"),
        ("ru", "слово5"),
    ]
    assert found[1].chunk.own == Span(start_ms=4_600, end_ms=8_900)


def test_a_chunk_whose_parts_turn_out_to_be_in_one_language_is_recognised_whole(tmp_path):
    engine = Parrot()
    found = recognise(tmp_path / "a", engine, clips([speech("r."), speech("?. ?."), speech("r.")]))
    assert said(found) == [("ru", "слово1"), ("ru", "слово2 слово3"), ("ru", "слово4")]
    assert engine.encoded == 5, "the two parts for their languages only"


def test_a_part_whose_parts_turn_out_to_be_in_one_language_is_recognised_whole(tmp_path):
    found = recognise(tmp_path / "a", Parrot(), clips([speech("s. ?. ?."), speech("r.")]))
    assert said(found) == [("es", "palabra1"), ("ru", "слово2 слово3"), ("ru", "слово4")]


def test_of_equally_likely_languages_the_first_that_is_named_is_taken(tmp_path):
    fresh, known = (recognise(tmp_path / "a", Parrot(), clips([speech("=.")])) for _ in range(2))
    assert [one.language for one in fresh] == ["ru"]
    assert known == fresh


def test_where_the_sound_speaks_against_the_language_the_better_text_counts(tmp_path):
    around = [speech("s.")] * 2
    found = recognise(tmp_path / "a", Parrot(), clips([*around, speech("?."), *around]))
    assert [one.language for one in found] == ["es", "es", "ru", "es", "es"]
    without = recognise(
        tmp_path / "b", Parrot(), clips([*around, speech("?."), *around]), rescues=False
    )
    assert [one.language for one in without] == ["es"] * 5


def test_music_that_seems_to_say_words_is_heard_alone_and_says_nothing(tmp_path):
    engine = Parrot()
    given = clips([speech("r. r. rm"), speech("r. r.")])
    first, second = recognise(tmp_path / "a", engine, given)
    assert first.empty == (given[0].chunk.stretches[2].span,)
    assert len(first.heard.words) == 3  # nothing disappears silently: the lines say what was
    assert not second.empty
    assert len(engine.said) == 3  # one more, of one short stretch
    assert not recognise(tmp_path / "b", Parrot(), given, rescues=False)[0].empty


def test_what_was_heard_alone_already_is_not_taken_out_for_being_alone(tmp_path):
    class Unsure(Parrot):
        @staticmethod
        def _heard(samples, language, hotwords, careful):
            said = Parrot._heard(samples, language, hotwords, careful)
            return msgspec.structs.replace(said, log_probability=-1.2, no_speech=0.1)

    engine = Unsure()
    (only,) = recognise(tmp_path / "a", engine, clips([speech("rm")]))
    assert (only.fault, only.empty, len(only.heard.words)) == ("", (), 1)
    assert len(engine.said) == 1


def test_a_language_that_the_programme_expects_is_likelier(tmp_path):
    spanish = Hints((Hint(start_ms=0, end_ms=9_000, languages=("es",)),))
    found = recognise(tmp_path / "a", Parrot(), clips([speech("?.")]), hints=spanish)
    assert [one.language for one in found] == ["ru"], "by its text, see above"
    found = recognise(tmp_path / "b", Parrot(), clips([speech("=.")]), hints=spanish)
    assert [one.language for one in found] == ["es"]


@pytest.mark.parametrize(
    "damage", [b"{}", b"\xff\xfe", b'{"key":"a"}', b"", b'{"more":' + b"[" * 9_999 + b"]" * 9_999]
)
def test_a_damaged_line_in_the_journal_is_passed_over(tmp_path, damage):
    path = tmp_path / "a"
    chunks = clips([speech("r."), speech("s."), speech("r. s.")])
    undisturbed = recognise(path, Parrot(), chunks)
    for number in range(len(path.read_bytes().splitlines())):
        rows = path.read_bytes().split(b"\n")
        was_text = b'"type":"text"' in rows[number]
        rows[number] = damage
        path.write_bytes(b"\n".join(rows))
        engine = Parrot()
        assert recognise(path, engine, chunks) == undisturbed
        assert len(engine.said) == was_text


def test_a_line_of_the_journal_says_what_was_asked_and_where(tmp_path):
    recognise(tmp_path / "a", Parrot(), clips([speech("r. r.")]), hints=HINTS)
    (line,) = texts(tmp_path / "a")
    assert msgspec.structs.asdict(line) | {"key": "", "heard": None} == {
        "key": "",
        "pieces": ((0, 2_000), (2_300, 4_300)),
        "own": (0, 4_300),
        "language": "ru",
        "hotwords": "Бильбао",
        "way": "usual",
        "heard": None,
    }


def test_what_the_encoder_made_goes_when_its_result_is_there(tmp_path):
    """At once, not when Python next looks for circles: for large weights one is 8 MB."""
    alive: list[weakref.ref[np.ndarray]] = []
    most = 0

    class Counted(Parrot):
        def encode(self, chunks):
            nonlocal most
            made = [replace(one, values=one.values.copy()) for one in super().encode(chunks)]
            alive.extend(weakref.ref(one.values) for one in made)
            most = max(most, sum(one() is not None for one in alive))
            return made

    mixed = [[("r", "."), ("s", "."), ("e", ".")], [("r", "."), ("r", ".")]] * 40
    gc.disable()
    try:
        recognise(tmp_path / "a", Counted(), clips(mixed), batch=2, step=2)
    finally:
        gc.enable()
    assert len(alive) >= 200
    assert most < 20


class Doubting(Parrot):
    """It is not sure of anything."""

    def transcribe(self, encoded, language, hotwords="", *, careful=False):
        found = super().transcribe(encoded, language, hotwords, careful=careful)
        return [msgspec.structs.replace(heard, log_probability=-0.7) for heard in found]


@pytest.mark.parametrize(
    ("length_ms", "music", "fault"),
    [
        (1_500, ((0, 9_000),), MUSICAL),  # seen: one doubtful word of half a second of a song
        (1_500, ((360, 1_140),), MUSICAL),  # the ends are padding
        (650, ((390, 9_000),), ""),  # most of it stands before the music
        (1_500, ((600, 9_000),), ""),
        (1_500, (), ""),
        (2_000, ((0, 9_000),), ""),  # somebody may speak over it
    ],
)
def test_doubtful_words_shorter_than_the_music_around_them_are_none(
    tmp_path, length_ms, music, fault
):
    (clip,) = clips([speech("r.")])
    span = Span(start_ms=0, end_ms=length_ms)
    chunk = Chunk((Stretch(span, 300),), (span,))
    clip = replace(clip, chunk=chunk, samples=clip.samples[: length_ms * 16], music=music)
    (result,) = recognise(tmp_path / "journal", Doubting(), [clip])
    assert result.heard.words
    assert result.fault == fault
