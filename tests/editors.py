"""SRT files as other people's programs save them again."""

from __future__ import annotations

import io
import shutil
import subprocess
from typing import TYPE_CHECKING, Final

import av
import pysrt
import pysubs2
import webvtt

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FFMPEG: Final = shutil.which("ffmpeg")


def by_pysrt(data: bytes, folder: Path) -> bytes:
    out = io.StringIO()
    pysrt.from_string(data.decode()).write_into(out)
    return out.getvalue().encode()


def by_pysubs2(data: bytes, folder: Path) -> bytes:
    return pysubs2.SSAFile.from_string(data.decode()).to_string("srt").encode()


def by_pysubs2_as_ass(data: bytes, folder: Path) -> bytes:
    text = pysubs2.SSAFile.from_string(data.decode()).to_string("ass")
    return pysubs2.SSAFile.from_string(text).to_string("srt").encode()


def by_webvtt_py(data: bytes, folder: Path) -> bytes:
    """To WebVTT and back, through files."""
    given = folder / "a.srt"
    given.write_bytes(data)
    webvtt.from_srt(str(given)).save(str(folder / "a.vtt"))
    back = webvtt.read(str(folder / "a.vtt"))
    out = io.StringIO()
    back.write(out, format="srt")
    return out.getvalue().encode()


def by_libavformat(data: bytes, folder: Path, *, by_way_of: str = "") -> bytes:
    """Each packet as ffmpeg's library reads it, written by it again."""
    given = folder / "a.srt"
    given.write_bytes(data)
    if by_way_of:
        given = _remuxed(given, folder / f"a.{by_way_of}")
    return _remuxed(given, folder / "b.srt").read_bytes()


def by_libavformat_and_mkv(data: bytes, folder: Path) -> bytes:
    return by_libavformat(data, folder, by_way_of="mkv")


def by_ffmpeg(data: bytes, folder: Path) -> bytes:
    """The command, which reads the text of cues as ASS and writes it anew."""
    return _converted(data, folder, "srt")


def by_ffmpeg_as_vtt(data: bytes, folder: Path) -> bytes:
    return _converted(data, folder, "vtt", "srt")


def by_ffmpeg_and_mkv(data: bytes, folder: Path) -> bytes:
    return _converted(data, folder, "mkv", "srt")


LIBRARIES: Final[dict[str, Callable[[bytes, Path], bytes]]] = {
    "pysrt": by_pysrt,
    "pysubs2": by_pysubs2,
    "webvtt-py": by_webvtt_py,
    "libavformat": by_libavformat,
    "libavformat-mkv": by_libavformat_and_mkv,
}
COMMANDS: Final[dict[str, Callable[[bytes, Path], bytes]]] = {
    "ffmpeg": by_ffmpeg,
    "ffmpeg-vtt": by_ffmpeg_as_vtt,
    "ffmpeg-mkv": by_ffmpeg_and_mkv,
}


def _remuxed(given: Path, target: Path) -> Path:
    with av.open(str(given)) as source, av.open(str(target), "w") as out:
        stream = source.streams.subtitles[0]
        written = out.add_stream_from_template(stream)
        for packet in source.demux(stream):
            if packet.dts is not None:
                packet.stream = written
                out.mux(packet)
    return target


def _converted(data: bytes, folder: Path, *ends: str) -> bytes:
    assert FFMPEG is not None
    given = folder / "a.srt"
    given.write_bytes(data)
    for at, end in enumerate(ends):
        target = folder / f"{'bc'[at]}.{end}"
        command = [FFMPEG, "-v", "error", "-y", "-i", str(given), str(target)]
        subprocess.run(command, check=True, timeout=60, stdin=subprocess.DEVNULL)
        given = target
    return given.read_bytes()
