"""A recording as 16 kHz blocks: the very samples faster-whisper decodes, and nothing but them."""

from __future__ import annotations

import os
import re
import struct
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from faster_whisper.audio import decode_audio

from pipeline.core import media
from pipeline.core.decoding import RATE, Clock
from pipeline.core.errors import ExitCode, InputError, UsageError
from tests.sounds import Sound, tones, write_media, write_wav


def whole(path: Path, **options: int) -> Sound:
    return np.concatenate(list(media.blocks(path, **options)))


@pytest.mark.parametrize(
    ("name", "rate"),
    [
        ("a.mp3", 44_100),
        ("a.m4a", 44_100),
        ("a.opus", 48_000),
        ("a.mkv", 48_000),
        ("a.flac", 8_000),
    ],
)
def test_blocks_are_the_samples_that_faster_whisper_decodes(tmp_path: Path, name: str, rate: int):
    path = write_media(tmp_path / name, tones(7.3, rate), rate)
    assert np.array_equal(whole(path), decode_audio(str(path)))


@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 44_100, 48_000])
@pytest.mark.parametrize("channels", [1, 2, 6])
def test_a_wav_of_any_rate_and_layout_gives_the_same_samples(tmp_path, rate, channels):
    path = write_wav(tmp_path / "a.wav", tones(3.1, rate), rate, channels)
    assert np.array_equal(whole(path), decode_audio(str(path)))


@pytest.mark.parametrize("block_ms", [1, 999, 5_000, 60_000])
def test_blocks_are_as_long_as_asked_and_only_the_last_is_shorter(tmp_path, block_ms):
    path = write_wav(tmp_path / "a.wav", tones(2.0))
    blocks = list(media.blocks(path, block_ms=block_ms))
    assert {len(block) for block in blocks[:-1]} <= {block_ms * RATE // 1000}
    assert 0 < len(blocks[-1]) <= block_ms * RATE // 1000
    assert np.array_equal(np.concatenate(blocks), whole(path))


@pytest.mark.parametrize(("start_ms", "end_ms"), [(0, 1_000), (1_500, 4_200), (6_900, 99_000)])
def test_a_part_is_what_the_whole_has_there(tmp_path, start_ms, end_ms):
    path = write_media(tmp_path / "a.m4a", tones(7.0, 44_100), 44_100)
    part = whole(path, start_ms=start_ms, end_ms=end_ms, block_ms=700)
    assert np.array_equal(part, whole(path)[start_ms * 16 : end_ms * 16])


@pytest.mark.parametrize("start_ms", [2_000, 60_000])
def test_a_part_behind_the_end_says_how_long_the_recording_is(tmp_path, start_ms):
    path = write_wav(tmp_path / "a.wav", tones(2.0))
    for read in (
        lambda: list(media.blocks(path, start_ms=start_ms)),
        lambda: media.try_out(path, start_ms),
    ):
        with pytest.raises(InputError, match=r"a\.wav: is 0:00:02\.000 long") as caught:
            read()
        assert "--from" in caught.value.hint


@pytest.mark.parametrize("name", ["a.ts", "a.opus"])
def test_a_part_of_files_that_were_joined_may_begin_behind_what_the_header_says(tmp_path, name):
    path = write_media(tmp_path / name, tones(4.0, 48_000), 48_000)
    one = whole(path)
    path.write_bytes(path.read_bytes() * 2)
    assert media.probe(path).duration_ms < 7_000
    media.try_out(path, 7_000)
    part = whole(path, start_ms=7_000)
    assert len(part) == pytest.approx(RATE, abs=RATE // 10)
    assert np.abs(part[-8_000:]).max() == pytest.approx(np.abs(one[-8_000:]).max(), rel=0.2)
    assert np.array_equal(part, whole(path)[7_000 * 16 :])
    with pytest.raises(InputError, match=r"long, and --from 0:00:09\.000 is not before its end"):
        whole(path, start_ms=9_000)


def test_an_ogg_that_is_one_is_over_where_its_header_says(tmp_path):
    path = write_media(tmp_path / "a.opus", tones(4.0, 48_000), 48_000)
    with pytest.raises(InputError, match="is 0:00:04"):
        media.try_out(path, 5_000)
    data = path.read_bytes()
    path.write_bytes(data[:-100] + b"not a page of an Ogg" * 10)
    media.try_out(path, 5_000)  # nobody can tell


def test_the_last_millisecond_is_a_part(tmp_path):
    path = write_wav(tmp_path / "a.wav", tones(2.0))
    media.try_out(path, 1_999)
    assert len(whole(path, start_ms=1_999)) == 16


def test_a_recording_that_goes_away_while_its_header_is_read_is_bad_input(tmp_path, monkeypatch):
    import av

    path = write_wav(tmp_path / "a.wav", tones(2.0))
    opened = av.open

    def gone(*given, **more):
        try:
            return opened(*given, **more)
        finally:
            path.unlink()

    monkeypatch.setattr(av, "open", gone)
    with pytest.raises(InputError, match=r"a\.wav: cannot be read any more") as caught:
        media.probe(path)
    assert caught.value.hint


def test_sound_that_starts_later_than_the_picture_gets_silence_before_it(tmp_path):
    sound = tones(3.0, 48_000)
    path = write_media(tmp_path / "a.mkv", sound, 48_000, starts_s=1.5, video_s=5)
    assert media.probe(path).streams[0].start_ms == 1_500
    heard = whole(path)
    assert not heard[:24_000].any()
    assert np.array_equal(heard[24_000:], decode_audio(str(path)))


def test_packets_that_are_lost_leave_a_gap_and_the_clock_goes_on(tmp_path):
    early, late = tones(2.0, 48_000), tones(2.0, 48_000, seed=1)
    path = tmp_path / "a.mkv"
    write_media(path, np.concatenate([early, np.zeros(48_000, np.float32), late]), 48_000)
    all_there = whole(path)
    _lose_packets(path, 2.0, 3.0)
    some_lost = whole(path)
    assert abs(len(some_lost) - len(all_there)) < 400
    assert np.abs(some_lost[-16_000:] - all_there[-len(some_lost) :][-16_000:]).max() < 0.5
    silent = some_lost[33_000:46_000]
    assert not silent.any()


def test_an_hour_that_is_missing_is_not_held_in_memory(tmp_path):
    path = tmp_path / "a.mkv"
    sound = tones(2.0, 48_000)
    write_media(path, sound, 48_000, starts_s=3_500, video_s=1)
    tracemalloc.start()
    try:
        count = sum(len(block) for block in media.blocks(path, block_ms=1_000))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count > 3_500 * RATE
    assert peak < 8 << 20


def test_probe_says_what_the_headers_say(tmp_path):
    probe = media.probe(write_wav(tmp_path / "a.wav", tones(2.5, 8_000), 8_000, 2))
    assert probe.duration_ms == 2_500
    (stream,) = probe.streams
    assert (stream.rate, stream.channels, stream.duration_ms) == (8_000, 2, 2_500)


def test_a_missing_file_is_a_wrong_command(tmp_path):
    with pytest.raises(UsageError, match="no such file") as caught:
        media.probe(tmp_path / "none.mp4")
    assert caught.value.exit_code is ExitCode.USAGE


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("empty.mp4", b""),
        ("text.mp4", b"This is a shopping list: bread, milk.\n" * 50),
        ("random.mp3", bytes(range(256)) * 3),
        ("list.m3u8", b"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nsecret.ts\n#EXT-X-ENDLIST\n"),
        ("list.mp4", b"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nsecret.wav\n#EXT-X-ENDLIST\n"),
        ("concat.mp4", b"ffconcat version 1.0\nfile secret.wav\n"),
        ("sdp.mp4", b"v=0\ns=x\nc=IN IP4 127.0.0.1\nm=audio 5004 RTP/AVP 0\n"),
    ],
)  # fmt: skip
def test_what_is_no_media_file_is_bad_input_that_names_it(tmp_path, name, data):
    write_wav(tmp_path / "secret.wav", tones(1))
    path = tmp_path / name
    path.write_bytes(data)
    for read in (media.probe, whole):
        with pytest.raises(InputError, match=name):
            read(path)


def test_a_name_that_looks_like_a_protocol_is_a_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_wav(Path("concat:a.wav|b.wav"), tones(1))
    assert len(whole(Path("concat:a.wav|b.wav"))) == RATE


def test_a_name_of_bytes_that_are_no_characters_can_be_read(tmp_path):
    path = tmp_path / os.fsdecode(b"caf\xe9.wav")
    try:
        write_wav(path, tones(1))
    except (OSError, UnicodeEncodeError):
        pytest.skip("this file system has no such names")
    assert len(whole(path)) == RATE


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes here")
def test_a_pipe_is_not_opened(tmp_path):
    os.mkfifo(tmp_path / "pipe.wav")
    with pytest.raises(InputError, match="not a file"):
        media.probe(tmp_path / "pipe.wav")


def test_a_picture_without_sound_has_no_audio_stream(tmp_path):
    import av

    path = tmp_path / "silent.mp4"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("mpeg4", rate=10)
        stream.width = stream.height = 32
        stream.pix_fmt = "yuv420p"
        picture = av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8), format="rgb24")
        out.mux(stream.encode(picture))
        out.mux(stream.encode(None))
    with pytest.raises(InputError, match="no audio stream"):
        whole(path)


def test_a_recording_of_no_length_holds_no_sound(tmp_path):
    path = write_wav(tmp_path / "a.wav", np.zeros(0, np.float32))
    with pytest.raises(InputError, match="holds no sound"):
        whole(path)


@pytest.mark.parametrize("rate", [1, 3_999, 1_000_000, 4_000_000_000])
def test_a_rate_that_nobody_records_at_is_refused(tmp_path, rate):
    path = write_wav(tmp_path / "bomb.wav", tones(1))
    data = bytearray(path.read_bytes())
    data[24:28] = struct.pack("<I", rate)
    path.write_bytes(data)
    with pytest.raises(InputError, match=r"bomb\.wav"):
        whole(path)


@pytest.mark.parametrize("name", ["a.wav", "a.flac"])
def test_a_file_that_is_cut_off_says_at_which_second_and_what_to_do(tmp_path, name):
    path = tmp_path / name
    if name == "a.wav":
        write_wav(path, tones(10))
    else:
        write_media(path, tones(10), 16_000)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 6 // 10])
    with pytest.raises(InputError, match=r"a\.\w+: ends at 0:00:0[4-7]") as caught:
        whole(path)
    assert "--to 0:00:0" in caught.value.hint
    assert len(whole(path, end_ms=4_000)) == 4 * RATE


@pytest.mark.parametrize("name", ["a.mkv", "a.mp3", "a.flv"])
def test_a_file_that_may_be_cut_off_is_heard_as_far_as_it_goes_and_told(tmp_path, caplog, name):
    path = write_media(tmp_path / name, tones(12, 48_000), 48_000)
    whole(path)
    assert "header" not in caplog.text
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 6 // 10])
    whole(path, end_ms=5_000)
    assert "header" not in caplog.text
    assert 6 * RATE < len(whole(path, end_ms=60_000)) < 9 * RATE
    (told,) = (each for each in caplog.records if "header" in each.message)
    assert told.levelname == "WARNING"
    assert re.fullmatch(
        rf".*{name}: its header says that it lasts 0:00:1[12]\.\d+, but its sound ends at"
        r" 0:00:0[678]\.\d+: the file may be cut off",
        told.message,
    )


def test_a_picture_that_goes_on_after_the_sound_is_no_file_that_is_cut_off(tmp_path, caplog):
    whole(write_media(tmp_path / "a.mkv", tones(3, 48_000), 48_000, video_s=8))
    assert "header" not in caplog.text


def test_a_length_that_was_only_reckoned_from_a_bit_rate_warns_nobody(tmp_path, caplog):
    path = write_media(tmp_path / "a.mp3", tones(12, 48_000), 48_000)
    data = path.read_bytes()
    at = data.index(b"Info")
    path.write_bytes(data[:at] + b"\0" * 150 + data[at + 150 :] + b"\0" * len(data))
    assert media.probe(path).duration_ms > 14_000
    whole(path)
    assert "header" not in caplog.text


def test_an_index_at_the_end_that_was_cut_away_makes_it_unreadable(tmp_path):
    path = write_media(tmp_path / "a.mp4", tones(10), 16_000)
    path.write_bytes(path.read_bytes()[:20_000])
    with pytest.raises(InputError, match="cannot be read"):
        whole(path)


def test_timestamps_that_jump_back_or_too_far_are_not_believed_and_told(caplog):
    class Frame:
        samples, sample_rate = 16_000, 16_000

    clock = Clock(10_000)
    for at_ms, missing in [(0, 0), (1_000, 0), (5_000, 3_000), (2_000, 0), (3_000, 0), (9e9, 0)]:
        assert clock.missing_ms(at_ms) == missing
        clock.advance(missing, Frame())  # type: ignore[arg-type]
    assert clock.now_ms == 9_000
    told = "".join(each.message for each in caplog.records if each.levelname == "WARNING")
    assert told.count("jump") == 1  # one line for many
    assert told.startswith("0:00:06.000: timestamps jump back by")


def test_a_single_wrong_timestamp_does_not_move_what_follows():
    class Frame:
        samples, sample_rate = 16_000, 16_000

    clock = Clock(60_000)
    for at_ms in [0, 1_000, 2_000, 1, 4_000, 5_000]:
        assert clock.missing_ms(at_ms) == 0
        clock.advance(0, Frame())  # type: ignore[arg-type]
    assert clock.missing_ms(8_000) == 2_000


def _lose_packets(path: Path, start_s: float, end_s: float) -> None:
    """Copy the packets of `path` but for those in a stretch."""
    import av

    with av.open(str(path)) as source:
        kept = [
            packet
            for packet in source.demux(audio=0)
            if packet.pts is not None
            and not start_s <= float(packet.pts * packet.time_base) < end_s
        ]
        with av.open(str(path.with_name("less.mkv")), "w") as out:
            stream = out.add_stream_from_template(source.streams.audio[0])
            for packet in kept:
                packet.stream = stream
                out.mux(packet)
    path.with_name("less.mkv").replace(path)
