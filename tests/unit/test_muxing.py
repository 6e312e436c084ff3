"""A copy of a recording with subtitles in it: every packet as it was, every cue in its place."""

from __future__ import annotations

import tracemalloc
from collections import Counter
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from pipeline.core import files, growing
from pipeline.core.errors import EnvironmentGaveOutError, InputError, UsageError
from pipeline.core.progress import Silent
from pipeline.emit import muxing
from pipeline.emit.muxing import Subtitles
from pipeline.subtitles.found import Found
from tests.sounds import tones, write_media, write_streams, write_wav

CUES = (
    Found(500, 1_500, ("Hello <i>you</i>,", "{laughs}"), 1),
    Found(1_200, 2_000, ("привет",), 4),
    Found(2_500, 2_900, ("adiós",), 7),
)
TRACKS = [
    Subtitles(CUES, "eng", "English", is_default=True),
    Subtitles(CUES[:1], "mul", "As spoken"),
]


def mux(recording: Path, target: Path, tracks=TRACKS) -> Path:
    with growing.opened(target) as out:
        muxing.mux(recording, out, muxing.container_of(target), tracks, Silent())
    return target


def packets(path: Path, kind: str) -> list[tuple[bytes, Fraction, Fraction]]:
    """Of a file's sound or picture: bytes, and times on a clock that starts with the file."""
    with av.open(str(path)) as given:
        stream = getattr(given.streams, kind)[0]
        return [
            (bytes(packet), packet.pts * packet.time_base)
            for packet in given.demux(stream)
            if packet.size
        ]


def cues(path: Path, number: int = 0) -> list[tuple[int, int, str]]:
    found = []
    with av.open(str(path)) as given:
        stream = given.streams.subtitles[number]
        for packet in given.demux(stream):
            data = bytes(packet)
            if stream.codec_context.name == "mov_text":
                data = data[2 : 2 + int.from_bytes(data[:2])]
            if data:
                ms = packet.time_base * 1000
                found.append((round(packet.pts * ms), round(packet.duration * ms), data.decode()))
    return found


@pytest.fixture(scope="module")
def film(tmp_path_factory) -> Path:
    """AAC and MPEG-4, three seconds."""
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    return write_media(path, tones(3.0, 44_100), 44_100, video_s=3)


@pytest.mark.parametrize("name", ["copy.mkv", "copy.mp4", "copy.M4V"])
def test_sound_and_pictures_are_the_very_packets(film, tmp_path, name):
    made = mux(film, tmp_path / name)
    for kind in ("audio", "video"):
        before, after = packets(film, kind), packets(made, kind)
        assert [data for data, _ in after] == [data for data, _ in before]
        shift = after[0][1] - before[0][1]
        assert all(
            abs(now - was - shift) <= Fraction(1, 1000)
            for (_, was), (_, now) in zip(before, after, strict=True)
        )
    with av.open(str(film)) as given, av.open(str(made)) as copied:
        assert abs(copied.duration - given.duration) < 50_000


def test_matroska_holds_the_cues_as_they_stand(film, tmp_path):
    made = mux(film, tmp_path / "copy.mkv")
    sound_ms = round(packets(made, "video")[0][1] * 1000)  # what precedes the pictures moves all
    assert cues(made) == [
        (one.start_ms + sound_ms, one.end_ms - one.start_ms, "\n".join(one.lines)) for one in CUES
    ]
    assert len(cues(made, 1)) == 1


def test_mp4_holds_the_same_text_at_every_moment(film, tmp_path):
    made = mux(film, tmp_path / "copy.mp4")
    assert cues(made) == [
        (500, 700, "Hello you,\n{laughs}"),
        (1_200, 300, "Hello you,\n{laughs}\nпривет"),
        (1_500, 500, "привет"),
        (2_500, 400, "adiós"),
    ]


@pytest.mark.parametrize(("name", "codec"), [("copy.mkv", "srt"), ("copy.mp4", "mov_text")])
def test_tracks_have_language_title_and_one_default(film, tmp_path, name, codec):
    with av.open(str(mux(film, tmp_path / name))) as made:
        streams = made.streams.subtitles
        assert [stream.codec_context.name.replace("subrip", "srt") for stream in streams] == [
            codec
        ] * 2
        assert [stream.metadata["language"] for stream in streams] == ["eng", "mul"]
        titles = [each.metadata.get("title") or each.metadata.get("name") for each in streams]
        assert titles == ["English", "As spoken"]
        assert [bool(stream.disposition & 1) for stream in streams] == [True, False]
        decoded = [text for packet in made.demux(streams[0]) for text in packet.decode()]
        assert decoded


def test_a_recording_of_sound_alone_works(tmp_path):
    sound = write_media(tmp_path / "talk.mp3", tones(3.0, 44_100), 44_100)
    made = mux(sound, tmp_path / "talk.mka")
    assert Counter(data for data, _ in packets(made, "audio")) == Counter(
        data for data, _ in packets(sound, "audio")
    )
    assert [text for _, _, text in cues(made)][1:] == ["привет", "adiós"]


def test_every_stream_of_sound_and_its_language_is_there(tmp_path):
    given = write_streams(tmp_path / "two.mkv", {"rus": tones(1.0), "spa": tones(1.0, seed=1)})
    with av.open(str(mux(given, tmp_path / "copy.mkv"))) as made:
        assert [stream.metadata["language"] for stream in made.streams.audio] == ["rus", "spa"]


def test_subtitles_that_were_there_stay_and_are_no_default_any_more(film, tmp_path, caplog):
    once = mux(film, tmp_path / "once.mkv")
    with av.open(str(mux(once, tmp_path / "twice.mkv"))) as made:
        flags = [bool(stream.disposition & 1) for stream in made.streams.subtitles]
    assert flags == [False, False, True, False]
    assert not caplog.text
    mux(once, tmp_path / "twice.mp4")  # has no place for SRT: that is said
    assert "a stream of subtitle" in caplog.text
    assert "not copied" in caplog.text


def test_h264_with_frames_out_of_order_is_copied(tmp_path):
    path = tmp_path / "film.mkv"
    with av.open(str(path), "w") as out:
        video = out.add_stream("libx264", rate=25, options={"bf": "3", "preset": "ultrafast"})
        video.width = video.height = 64
        video.pix_fmt = "yuv420p"
        sound = out.add_stream("pcm_s16le", rate=16_000, layout="mono")
        rng = np.random.default_rng(0)
        for number in range(40):
            grey = np.full((64, 64, 3), number * 5, np.uint8) + rng.integers(0, 5, 1, np.uint8)
            frame = av.VideoFrame.from_ndarray(grey, format="rgb24")
            frame.pts = number
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
        samples = (tones(1.6) * 32767).astype(np.int16)[None, :]
        frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
        frame.sample_rate, frame.pts = 16_000, 0
        out.mux(sound.encode(frame))
    for name in ("copy.mkv", "copy.mp4"):
        made = mux(path, tmp_path / name)
        with av.open(str(made)) as copied:
            assert sum(1 for _ in copied.decode(video=0)) == 40


def test_the_clock_begins_where_a_players_does(tmp_path):
    late = write_media(tmp_path / "late.mkv", tones(2.0, 44_100), 44_100, starts_s=5.0)
    with av.open(str(late)) as given:
        assert given.start_time > 4_000_000
    made = mux(late, tmp_path / "copy.mkv")
    start = packets(made, "audio")[0][1]
    assert start < Fraction(1, 10)
    assert cues(made)[0][0] == pytest.approx(500, abs=60)


def test_chapters_are_kept(tmp_path):
    path = tmp_path / "talk.mka"
    with av.open(str(path), "w", format="matroska") as out:
        sound = out.add_stream("pcm_s16le", rate=16_000, layout="mono")
        chapter = {"id": 1, "start": 0, "end": 900, "time_base": Fraction(1, 1000)}
        out.set_chapters([{**chapter, "metadata": {"title": "News"}}])
        samples = (tones(1.0) * 32767).astype(np.int16)[None, :]
        frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
        frame.sample_rate, frame.pts = 16_000, 0
        out.mux(sound.encode(frame))
    with av.open(str(mux(path, tmp_path / "copy.mka"))) as made:
        [found] = made.chapters()
    assert found["metadata"]["title"] == "News"


@pytest.mark.parametrize("name", ["copy.avi", "copy.webm", "copy", "copy.srt"])
def test_a_name_for_another_format_is_refused_with_those_that_work(tmp_path, name):
    with pytest.raises(UsageError, match="cannot be put into") as caught:
        muxing.container_of(tmp_path / name)
    assert ".mkv" in caught.value.hint


@pytest.mark.parametrize("name", ["copy.mp4", "copy.mkv"])
def test_sound_that_the_container_cannot_take_is_refused_and_leaves_nothing(tmp_path, name):
    with av.open(str(tmp_path / "old.wma"), "w", format="asf") as out:
        sound = out.add_stream("wmav2", rate=44_100, layout="mono", bit_rate=64_000)
        out.start_encoding()
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 2_048), np.float32), "fltp", "mono")
        frame.sample_rate, frame.pts = 44_100, 0
        out.mux(sound.encode(frame))
        out.mux(sound.encode(None))
    with pytest.raises(InputError, match=r"audio \(wmav2\) cannot be put into") as caught:
        mux(tmp_path / "old.wma", tmp_path / name)
    assert "leave out --into" in caught.value.hint
    assert (".mkv" in caught.value.hint) == name.endswith("mp4")
    assert [path.name for path in tmp_path.iterdir()] == ["old.wma"]


def test_a_full_disk_leaves_nothing_and_the_earlier_file_as_it_was(film, tmp_path, monkeypatch):
    target = tmp_path / "copy.mkv"
    target.write_bytes(b"earlier")
    write = growing.os.write

    def full(file: int, data: bytes) -> int:
        if growing.os.fstat(file).st_size > 10_000:
            raise OSError(28, "No space left on device")
        return write(file, data)

    monkeypatch.setattr(growing.os, "write", full)
    with pytest.raises(EnvironmentGaveOutError, match="No space left"):
        mux(film, target)
    monkeypatch.undo()
    assert target.read_bytes() == b"earlier"
    assert [path.name for path in tmp_path.iterdir()] == ["copy.mkv"]


@pytest.mark.parametrize("fault", [KeyboardInterrupt, MemoryError])
def test_an_end_in_the_middle_leaves_nothing(film, tmp_path, fault):
    class Stops(Silent):
        def at(self, position_ms: int) -> None:
            if position_ms > 1_000:
                raise fault

    with pytest.raises(fault), growing.opened(tmp_path / "copy.mp4") as out:
        muxing.mux(film, out, "mp4", TRACKS, Stops())
    assert not [*tmp_path.iterdir()]


def test_what_a_kill_left_is_swept_by_the_next_one_and_nothing_else(film, tmp_path):
    left = tmp_path / ".copy [1].mkv.0123abcd.partial"
    other = tmp_path / ".copy.mkv.0123abcd.partial"
    left.write_bytes(b"half")
    other.write_bytes(b"of somebody else")
    mux(film, tmp_path / "copy [1].mkv")
    assert not left.exists()
    assert other.exists()


def test_what_a_container_refuses_at_its_end_is_said_and_leaves_nothing(tmp_path):
    given = write_wav(tmp_path / "talk.wav", tones(1.0), channels=2)  # names no speakers
    with pytest.raises(InputError, match="cannot be copied into mp4: Invalid argument") as caught:
        mux(given, tmp_path / "copy.mp4")
    assert ".mkv" in caught.value.hint
    assert [path.name for path in tmp_path.iterdir()] == ["talk.wav"]


def test_no_media_file_is_refused(tmp_path):
    (tmp_path / "talk.mp4").write_bytes(b"no film")
    with pytest.raises(InputError, match="cannot be read as a recording"):
        mux(tmp_path / "talk.mp4", tmp_path / "copy.mkv")
    assert not (tmp_path / "copy.mkv").exists()


def test_memory_does_not_grow_with_the_recording(tmp_path):
    peaks = []
    for seconds in (20, 80):
        given = write_wav(
            tmp_path / f"{seconds}.wav", np.zeros(seconds * 48_000, np.float32), 48_000
        )
        tracemalloc.start()
        mux(given, tmp_path / f"{seconds}.mka")
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 300_000


def test_only_what_was_flushed_whole_stands_at_its_name(tmp_path):
    path = tmp_path / "a.bin"
    with growing.opened(path) as out:
        out.write(b"head....tail")
        out.seek(4)
        out.write(b"body")
        assert out.tell() == 8
        assert not path.exists()
    assert path.read_bytes() == b"headbodytail"
    assert files.digest_file(path)
