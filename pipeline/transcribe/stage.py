"""The stage `transcribe`: from a recording to its transcript, every millisecond accounted for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Literal

import msgspec

from pipeline.core import artifacts, files, heap, media, streams
from pipeline.core.artifacts import TRANSCRIPT, Origin
from pipeline.core.errors import ArtifactError, UsageError
from pipeline.core.payloads import Transcript
from pipeline.core.progress import Progress, Silent
from pipeline.core.timeline import Span
from pipeline.core.workspace import Workspace, keep_digest, recording_digest
from pipeline.engines import Transcriber, devices, searching, voice, weights, whisper
from pipeline.engines.voice import VoiceOptions
from pipeline.engines.weights import Weights
from pipeline.transcribe import coverage, summary
from pipeline.transcribe.ahead import ahead
from pipeline.transcribe.chunks import Rule
from pipeline.transcribe.guards import Thresholds
from pipeline.transcribe.hints import Hint, Hints
from pipeline.transcribe.listening import Clip, Listener
from pipeline.transcribe.memory import Keys, Memory
from pipeline.transcribe.recognising import Ask, Recogniser
from pipeline.transcribe.results import Result
from pipeline.transcribe.suits import Listening, listening

if TYPE_CHECKING:
    from pipeline.core.decoding import Samples


NAME: Final = "transcribe"
VERSION: Final = 10  # raise it when the same sound, weights and options would give other words

Status = Literal["made", "current"]

_BATCHES: Final = {"cpu": 4, "cuda": 16}
_BLIP_MS: Final = 100  # what is shorter is no speech
_AHEAD: Final = 2  # blocks that are listened to before the engine asks for them
_QUIETER: Final = 0.5  # of the threshold for speech: what is heard only with this is looked at too


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What decides a transcript, besides the recording and the weights."""

    languages: tuple[str, ...] = ("ru", "es", "en")
    from_ms: int | None = None
    to_ms: int | None = None
    stream: str = ""  # a number or a language; empty: the likeliest
    beam: int = 5
    hints: tuple[Hint, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """Which weights to use, how to come by them, and where they run.

    Without a choice, what other weights made stays current: a transcript made on a machine with a
    GPU is not made again on one without.
    """

    choice: str | None = None  # a folder, a size or a hub id
    demo: bool = False
    offline: bool = False
    device: str = "auto"
    batch: int = 0  # chunks recognised at once, 0: as many as suit the device; decides nothing
    rescues: bool = True  # whether doubtful chunks are tried again; only a benchmark says no
    load: Callable[..., Transcriber] = whisper.Whisper

    @property
    def is_chosen(self) -> bool:
        """Whether somebody named the weights, so that others make a transcript stale."""
        return self.choice is not None or self.demo


def plan(ws: Workspace, options: Options, engine: Engine | None) -> list[str]:
    """Why the transcript is to be made (again); empty where it is current. Fetches nothing.

    Without an engine, whatever weights made it are right, demo weights too.
    """
    found = None
    if engine is not None and engine.is_chosen:
        found = _find(replace(engine, offline=True), Silent())
    return _reasons(ws, options, engine, found)


def look_ahead(ws: Workspace, options: Options, engine: Engine, progress: Progress) -> None:
    """Find what would stop a first `run`, before a folder is made for it: its sound, its weights.

    Raises:
        InputError: the recording cannot be read, or is over before the part that is wanted.
        MissingError: there are no weights.
    """
    if not ws.transcript_path.exists():
        try_sound(ws, options)
        _find(engine, progress)


def try_sound(ws: Workspace, options: Options) -> None:
    """Decode the beginning of a recording; an InputError where `run` could not begin."""
    stream = int(_settled(ws, options).stream)
    media.try_out(ws.recording, options.from_ms or 0, stream=stream)


def run(
    ws: Workspace, options: Options, engine: Engine, progress: Progress, *, force: bool = False
) -> Status:
    """Make the transcript of a recording where it is not current; the caller holds the lock.

    Raises:
        InputError: the recording cannot be read, or is cut off; says where.
        MissingError: there are no weights.
        EngineError: the engine gave up; what was recognised is kept.
    """
    keep_digest(ws)
    if not force and not engine.is_chosen and not _reasons(ws, options, engine, None):
        return "current"
    found = _find(engine, progress)
    if not force and not _reasons(ws, options, engine, found):
        return "current"
    options = _settled(ws, options)
    origin = _with(_origin(ws, options, demo=engine.demo), found)
    transcript = _make(ws, options, engine, found, progress)
    artifacts.write(
        ws.transcript_path, TRANSCRIPT, transcript, origin, libraries=whisper.libraries()
    )
    return "made"


def transcribe(
    blocks: Iterable[Samples],
    listener: Listener,
    recogniser: Recogniser,
    at: Callable[[int], None],
) -> Iterator[Result]:
    """What became of each chunk, nearly in time order; `at` hears up to when all is done.

    The next blocks are decoded and listened to while the engine works on the last ones.
    """
    for clips, heard_ms in ahead(_heard(blocks, listener), _AHEAD):
        yield from recogniser.feed(clips)
        waiting = recogniser.waits_from_ms
        at(heard_ms if waiting is None else waiting)
        heap.give_back()
    yield from recogniser.finish()
    at(listener.end_ms)


def _heard(blocks: Iterable[Samples], listener: Listener) -> Iterator[tuple[list[Clip], int]]:
    for block in blocks:
        clips = listener.feed(block)
        yield clips, listener.holds_from_ms
    yield listener.finish(), listener.end_ms


def _make(
    ws: Workspace, options: Options, engine: Engine, found: Weights, progress: Progress
) -> Transcript:
    heap.share()  # before the first thread begins
    length_ms = media.probe(ws.recording).duration_ms
    start_ms = options.from_ms or 0
    suits = listening(found)
    listener = _listener(suits, start_ms)
    setting = searching.setting(_decoding(options), engine.device)
    keys = Keys(VERSION, found.identity, setting)
    progress.begin(NAME, max(0, (options.to_ms or length_ms) - start_ms))
    try:
        with files.Journal.open(ws.journal_path) as journal:
            memory = Memory(journal, keys.run(asdict(options)), recording_digest(ws))
            load = partial(_load, options, engine, found)
            ask = _ask(options, engine, suits)
            recogniser = Recogniser(load, keys, memory, ask, listener.sound)
            blocks = media.blocks(
                ws.recording, start_ms=start_ms, end_ms=options.to_ms, stream=int(options.stream)
            )
            done = transcribe(blocks, listener, recogniser, lambda ms: progress.at(ms - start_ms))
            results = list(done)
    finally:
        progress.end()
    whole = Span(start_ms=start_ms, end_ms=listener.end_ms)
    lines = tuple(coverage.lines(results, whole, listener.sound))
    is_part = options.from_ms is not None or options.to_ms is not None
    summary.tell(lines, recogniser.decoded)
    return Transcript(
        duration_ms=max(whole.end_ms, length_ms) if is_part else whole.end_ms,
        lines=lines,
        music=listener.music(whole.start_ms, whole.end_ms),
    )


def _listener(suits: Listening, start_ms: int) -> Listener:
    rule = Rule(longest_ms=suits.longest_ms)
    spoken = VoiceOptions(
        threshold=suits.voice_threshold, min_speech_ms=_BLIP_MS, longest_ms=suits.longest_ms
    )
    return Listener(spoken, rule, start_ms, quiet=suits.voice_threshold * _QUIETER)


def _load(options: Options, engine: Engine, found: Weights) -> Transcriber:
    return engine.load(found, _decoding(options), device=engine.device)


def _decoding(options: Options) -> searching.Decoding:
    return searching.Decoding(beam=options.beam)


def _ask(options: Options, engine: Engine, suits: Listening) -> Ask:
    return Ask(
        languages=options.languages,
        hints=Hints(options.hints, has_words=suits.hotwords),
        thresholds=Thresholds(no_speech=suits.no_speech, log_probability=suits.log_probability),
        batch=engine.batch or _BATCHES[devices.chosen(engine.device)],
        rescues=engine.rescues,
    )


def _find(engine: Engine, progress: Progress) -> Weights:
    return weights.find_asr(
        engine.choice, offline=engine.offline, demo=engine.demo, progress=progress
    )


def _settled(ws: Workspace, options: Options) -> Options:
    """The same, with the number of the stream that is to be heard."""
    number = streams.find(ws.recording, options.stream, options.languages)
    return replace(options, stream=str(number))


def _origin(ws: Workspace, options: Options, *, demo: bool) -> Origin:
    """What decides the transcript, but for the weights; that it is the first stream goes unsaid."""
    chosen = {**asdict(options), "voice": voice.NAME, "demo": demo}
    if options.stream == streams.FIRST:
        del chosen["stream"]
    return Origin(
        stage=NAME,
        stage_version=VERSION,
        options=chosen,
        inputs={"recording": recording_digest(ws)},
    )


def _with(origin: Origin, found: Weights) -> Origin:
    return msgspec.structs.replace(
        origin,
        engine=whisper.NAME,
        weights=found.identity,
        options={**origin.options, **asdict(listening(found))},
    )


def _reasons(
    ws: Workspace, options: Options, engine: Engine | None, found: Weights | None
) -> list[str]:
    """Why the transcript is not current; without weights or a stream named, what made it is right.

    So a recording need not be opened to see that its transcript is current.
    """
    if not ws.transcript_path.exists():
        return [f"there is no {TRANSCRIPT.name} yet"]
    try:
        old = artifacts.read(ws.transcript_path, TRANSCRIPT).origin
    except (ArtifactError, UsageError) as error:
        return [error.message]
    demo = bool(old.options.get("demo")) if engine is None else engine.demo
    heard = replace(options, stream=old.options.get("stream", streams.FIRST))
    new = _origin(ws, _settled(ws, options) if options.stream else heard, demo=demo)
    if found is None:
        kept: dict[str, Any] = {name: old.options.get(name) for name in asdict(Listening())}
        new = msgspec.structs.replace(
            new, engine=old.engine, weights=old.weights, options={**new.options, **kept}
        )
    else:
        new = _with(new, found)
    return artifacts.differences(old, new)
