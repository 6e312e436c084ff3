"""A recording's streams as they are, with tracks of subtitles beside them, in one new file.

Nothing is encoded but subtitles: SRT as it stands in Matroska, `mov_text` in MP4. Packets pass one
by one; what the container holds back to put streams in order is ten seconds of them.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from pipeline.core import decoding, media
from pipeline.core.clock import exact
from pipeline.core.errors import EnvironmentGaveOutError, InputError, UsageError
from pipeline.subtitles import formats

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from av.container import InputContainer, OutputContainer
    from av.packet import Packet
    from av.stream import Stream

    from pipeline.core.growing import Growing
    from pipeline.core.progress import Progress
    from pipeline.subtitles.found import Found

log = logging.getLogger(__name__)

# Name's ending -> FFmpeg's name of the container.
CONTAINERS: Final = {".mkv": "matroska", ".mka": "matroska", ".mp4": "mp4", ".m4v": "mp4"}
_MATROSKA: Final = "matroska"
_TO_WRITE: Final = "w"  # through core.growing: nothing is opened here by its name
_MS: Final = Fraction(1, 1000)
_AT_ONCE: Final = 1 << 20  # bytes
_LONGEST: Final = 60_000  # bytes of text that one sample of mov_text takes
_COPIED: Final = ("video", "audio", "subtitle", "attachment")
_NEEDED: Final = ("video", "audio")
# What each muxer writes anew, of itself.
_OF_THE_CONTAINER: Final = frozenset(
    "DURATION ENCODER MAJOR_BRAND MINOR_VERSION COMPATIBLE_BRANDS HANDLER_NAME VENDOR_ID".split()
)


@dataclass(frozen=True, slots=True)
class Subtitles:
    """One track to be: its cues, the ISO 639-2 code of its language, what a player's menu says."""

    cues: tuple[Found, ...]
    language: str
    title: str
    is_default: bool = False


def container_of(target: Path) -> str:
    """FFmpeg's name of the container that a file's name asks for.

    Raises:
        UsageError: it is none that takes such subtitles.
    """
    found = CONTAINERS.get(target.suffix.lower())
    if found is None:
        raise UsageError(
            f"{target}: subtitles cannot be put into such a file",
            hint=f"give it one of these endings: {', '.join(CONTAINERS)}",
        )
    return found


def mux(
    recording: Path, out: Growing, container: str, tracks: Sequence[Subtitles], progress: Progress
) -> None:
    """Write the streams of `recording` and `tracks` to `out`, which is to be `container`.

    Its own clock begins where a player's does, as that of the cues does.

    Raises:
        UsageError: there is no such file.
        InputError: it cannot be read, or the container cannot take its streams.
        EnvironmentGaveOutError: the disk is full, or one of the disks is gone.
    """
    import av

    try:
        with (
            media.opened(recording) as given,
            av.open(out, _TO_WRITE, format=container, buffer_size=_AT_ONCE) as made,
        ):
            progress.begin("export", (given.duration or 0) // 1000)
            copies = _copies(recording, given, made)
            made.metadata.update(_tags(given.metadata))
            made.set_chapters(_chapters(given))
            added = [_Added(made, track) for track in tracks]
            made.start_encoding()
            _pass_on(recording, (given, made), copies, added, progress)
        progress.end()
    except EnvironmentGaveOutError:
        raise
    except (av.FFmpegError, ValueError) as error:
        if out.failure is not None:
            raise out.failure from error
        raise InputError(
            f"{recording}: cannot be copied into {container}: "
            f"{getattr(error, 'strerror', None) or error}",
            hint=_elsewhere(container),
        ) from error


class _Added:
    """A stream of subtitles, and the packets that are to go into it."""

    def __init__(self, made: OutputContainer, track: Subtitles) -> None:
        from av.stream import Disposition

        self._is_text = made.format.name == _MATROSKA
        # A stream of subtitles, though the library's types know only sound and pictures.
        self._stream: Any = made.add_stream("srt" if self._is_text else "mov_text")
        self._stream.time_base = self._stream.codec_context.time_base = _MS
        self._stream.codec_context.subtitle_header = formats.ass_header()
        self._stream.metadata.update({"language": track.language, "title": track.title})
        self._stream.disposition = Disposition.default if track.is_default else Disposition(0)
        ordered = sorted(track.cues, key=lambda cue: (cue.start_ms, cue.end_ms))
        self._cues = tuple(ordered) if self._is_text else formats.apart(ordered)
        self._at = 0

    def until(self, ms: float) -> Iterator[Packet[Any]]:
        """The packets of cues that begin by then and were not given yet."""
        while self._at < len(self._cues) and self._cues[self._at].start_ms <= ms:
            yield self._packet(self._cues[self._at])
            self._at += 1

    def _packet(self, cue: Found) -> Packet[Any]:
        import av

        packet = av.Packet("\n".join(cue.lines).encode()) if self._is_text else self._encoded(cue)
        packet.pts = packet.dts = cue.start_ms
        packet.duration = cue.end_ms - cue.start_ms
        packet.time_base = _MS
        packet.stream = self._stream
        return packet

    def _encoded(self, cue: Found) -> Packet[Any]:
        from av.subtitles.subtitle import SubtitleSet

        text = formats.ass_text(cue.lines, escape_braces=False)
        if len(text.encode()) > _LONGEST:
            message = f"a cue at {exact(cue.start_ms)} has too much text for MP4"
            raise InputError(message, hint="shorten it, or give a name that ends in .mkv")
        event = f"0,0,Default,,0,0,0,,{text}".encode()
        subtitle = SubtitleSet.create(event, 0, cue.end_ms - cue.start_ms, cue.start_ms)
        encoded: Packet[Any] = self._stream.codec_context.encode_subtitle(subtitle)
        return encoded


class _Copy:
    """A stream that is copied: where it goes, and times as the container must have them."""

    def __init__(self, target: Stream, time_base: Fraction, start_us: int) -> None:
        self.target = target
        self._time_base = time_base
        self._start = round(Fraction(start_us, 1_000_000) / time_base)
        self._last: int | None = None

    def moved(self, packet: Packet[Any]) -> float:
        """Put a packet on the clock that begins at 0; gives back when it is decoded, in ms.

        A stream may state no times, or the same one twice: a container takes neither.
        """
        dts, pts = packet.dts, packet.pts
        dts = dts if dts is not None else pts
        if dts is None:
            dts = (self._last or 0) + self._start + 1
        now = dts - self._start
        if self._last is not None and now <= self._last:
            now = self._last + 1
        packet.dts = self._last = now
        packet.pts = max(now, pts - self._start) if pts is not None else now
        packet.stream = self.target
        return float(now * self._time_base) * 1000


def _pass_on(
    recording: Path,
    ends: tuple[InputContainer, OutputContainer],
    copies: dict[int, _Copy],
    added: Sequence[_Added],
    progress: Progress,
) -> None:
    """All packets in the order of the recording, each cue before what is shown with it."""
    given, made = ends
    streams = [given.streams[index] for index in copies]
    for packet in decoding.packets(recording, given, *streams):
        if not packet.size:  # the library's mark that a stream has ended
            continue
        at_ms = copies[packet.stream.index].moved(packet)
        for track in added:
            for cue in track.until(at_ms):
                made.mux(cue)
        made.mux(packet)
        progress.at(max(0, int(at_ms)))
    for track in added:
        for cue in track.until(float("inf")):
            made.mux(cue)


def _copies(recording: Path, given: InputContainer, made: OutputContainer) -> dict[int, _Copy]:
    """By their index the streams that are copied; says which are not.

    Raises:
        InputError: the container takes not all of its sound and pictures.
    """
    from av.stream import Disposition

    found = {}
    for stream in given.streams:
        context: Any = getattr(stream, "codec_context", None)
        codec = context.name if context else stream.type
        is_cover = bool(stream.disposition & Disposition.attached_pic)
        target = None if is_cover else _added(stream, made)
        if target is None and stream.type in _NEEDED and not is_cover:
            raise InputError(
                f"{recording}: its {stream.type} ({codec}) cannot be put into {made.format.name}",
                hint=_elsewhere(made.format.name),
            )
        if target is None:
            what = "a cover picture" if is_cover else f"a stream of {stream.type} ({codec})"
            log.warning("%s: %s is not copied", recording, what)
        elif stream.type != "attachment":
            start_us = given.start_time or 0
            found[stream.index] = _Copy(target, stream.time_base or _MS, start_us)
    return found


def _added(stream: Stream, made: OutputContainer) -> Stream | None:
    """A stream like another one; None where the container cannot take it."""
    from av.stream import Disposition

    if stream.type not in _COPIED:
        return None
    if stream.type == "attachment" and made.format.name != _MATROSKA:
        return None
    try:
        target = made.add_stream_from_template(stream, opaque=True)
    except ValueError:
        return None
    flags = Disposition(stream.disposition)
    target.disposition = flags & ~Disposition.default if stream.type == "subtitle" else flags
    target.metadata.update(_tags(stream.metadata))
    return target


def _elsewhere(container: str) -> str:
    first = "" if container == _MATROSKA else "give a name that ends in .mkv, or "
    return f"{first}put the tracks beside it: leave out --into"


def _tags(metadata: dict[str, str]) -> dict[str, str]:
    return {key: each for key, each in metadata.items() if key.upper() not in _OF_THE_CONTAINER}


def _chapters(given: InputContainer) -> list[Any]:
    """Those of the recording, on the clock that begins at 0."""
    start_s = Fraction(given.start_time or 0, 1_000_000)
    found = []
    for chapter in given.chapters():
        shift = round(start_s / (chapter["time_base"] or _MS))
        moved = {key: max(0, chapter[key] - shift) for key in ("start", "end")}
        found.append({**chapter, **moved})
    return found
