"""The systems compared: each is told what to do, loads its weights and gives the job to be timed.

All of them give word times, search with five beams, and decide the language of every window where
more than one is spoken. Nobody carries text from one window to the next. Where the weights are
random, nobody decodes a window twice; with others each does what it does by default.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final

import msgspec

BEAM: Final = 5


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """What a process of its own is to do."""

    system: str
    weights: str
    sound: str
    languages: tuple[str, ...]
    threads: int
    batch: int
    device: str = "cpu"
    is_random: bool = False

    @property
    def number_format(self) -> str:
        """What CTranslate2 computes in: the same for all systems."""
        return "float16" if self.device == "cuda" else "int8"


class Done(msgspec.Struct, kw_only=True):
    """What a job came to."""

    words: int
    windows: int = 0
    silero_s: float = 0.0  # decoding and Silero alone, or only Silero
    chunking_s: float = 0.0  # decoding and all that leads to chunks


Job = Callable[[], Done]


def ours(ask: Ask) -> Job:
    """The stage `transcribe` in its default grouping, from the file to the finished transcript."""
    from pipeline.core import artifacts
    from pipeline.core.artifacts import TRANSCRIPT
    from pipeline.core.progress import Silent
    from pipeline.core.timeline import Phrase
    from pipeline.core.workspace import Workspace
    from pipeline.engines import weights
    from pipeline.engines.whisper import Whisper
    from pipeline.transcribe import stage

    folder = Path(ask.weights)
    demo = weights.is_demo(folder)
    found = weights.find_asr(ask.weights, offline=True, demo=demo, progress=Silent())
    loaded = Whisper(found, device=ask.device, threads=ask.threads)
    engine = stage.Engine(
        choice=ask.weights,
        demo=demo,
        offline=True,
        device=ask.device,
        batch=ask.batch,
        rescues=not ask.is_random,
        load=lambda *_, **__: loaded,
    )

    def job() -> Done:
        with tempfile.TemporaryDirectory(prefix="marathon-bench-") as out:
            ws = Workspace.open(Path(ask.sound), Path(out))
            stage.run(ws, stage.Options(languages=ask.languages, beam=BEAM), engine, Silent())
            lines = artifacts.read(ws.transcript_path, TRANSCRIPT).payload.lines
        return Done(words=sum(len(line.words) for line in lines if isinstance(line, Phrase)))

    counted(loaded, job_counts := Done(words=0), len)
    return partial(_told, job, job_counts)


def batched(ask: Ask) -> Job:
    """faster-whisper's batches, with its default voice detection."""
    from faster_whisper import BatchedInferencePipeline

    model = _faster_whisper(ask)
    pipeline = BatchedInferencePipeline(model=model)

    def job() -> Done:
        segments, _ = pipeline.transcribe(
            ask.sound, batch_size=ask.batch, beam_size=BEAM, word_timestamps=True, **_spoken(ask)
        )
        return Done(words=_words(segments))

    return _counting(model, job)


def sequential(ask: Ask) -> Job:
    """faster-whisper window after window; voice detection spares it what is no speech."""
    model = _faster_whisper(ask)

    def job() -> Done:
        segments, _ = model.transcribe(
            ask.sound,
            beam_size=BEAM,
            word_timestamps=True,
            vad_filter=True,
            condition_on_previous_text=False,
            **_spoken(ask),
            **_once(ask),
        )
        return Done(words=_words(segments))

    return _counting(model, job)


def whisper_ctranslate2(ask: Ask) -> Job:
    """whisper-ctranslate2 with its own defaults, but for word times and what the module says."""
    from whisper_ctranslate2.transcribe import (  # type: ignore[import-not-found]
        Transcribe,
        TranscriptionOptions,
    )

    tool = Transcribe(
        ask.weights, ask.device, 0, ask.number_format, ask.threads, "", True, False, ask.batch
    )
    once = _once(ask)
    options = TranscriptionOptions(
        beam_size=BEAM,
        best_of=5,
        patience=1.0,
        length_penalty=1.0,
        repetition_penalty=1.0,
        no_repeat_ngram_size=0,
        log_prob_threshold=-1.0,
        no_speech_threshold=0.6,
        compression_ratio_threshold=2.4,
        condition_on_previous_text=False,
        prompt_reset_on_temperature=0.5,
        temperature=once.get("temperature", [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]),
        initial_prompt=None,
        prefix=None,
        hotwords=None,
        suppress_blank=True,
        suppress_tokens=[-1],
        word_timestamps=True,
        print_colors=False,
        prepend_punctuations="\"'“¿([{-",
        append_punctuations="\"'.。,，!！?？:：”)]}、",
        hallucination_silence_threshold=None,
        vad_filter=False,
        vad_threshold=None,
        vad_min_speech_duration_ms=None,
        vad_max_speech_duration_s=None,
        vad_min_silence_duration_ms=None,
        multilingual=len(ask.languages) > 1,
    )

    def job() -> Done:
        language = _spoken(ask).get("language")
        tool.batch_size = None  # its sequential mode takes none
        found = tool.inference(ask.sound, "transcribe", language, False, True, options)
        return Done(words=sum(len(segment["words"]) for segment in found["segments"]))

    return _counting(tool.model, job)


def stable_ts(ask: Ask) -> Job:
    """stable-ts over faster-whisper, with its own defaults, but for what the module says."""
    import stable_whisper  # type: ignore[import-not-found]
    from faster_whisper.audio import decode_audio

    model = stable_whisper.load_faster_whisper(
        ask.weights,
        device=ask.device,
        compute_type=ask.number_format,
        cpu_threads=ask.threads,
        local_files_only=True,
    )

    def job() -> Done:
        transcribe = getattr(model, "transcribe_stable", None) or model.transcribe
        found = transcribe(
            decode_audio(ask.sound),
            verbose=None,
            beam_size=BEAM,
            condition_on_previous_text=False,
            **_spoken(ask),
            **_once(ask),
        )
        return Done(words=len(found.all_words()))

    return _counting(model, job)


def counted(engine: Any, told: Done, size: Callable[[Any], int]) -> None:
    """Count the windows that the encoder of `engine` is given."""
    encode = engine.encode

    def encoded(given: Any) -> Any:
        told.windows += size(given)
        return encode(given)

    engine.encode = encoded


def _counting(model: Any, job: Job) -> Job:
    told = Done(words=0)
    counted(model, told, lambda features: features.shape[0] if features.ndim > 2 else 1)
    return partial(_told, job, told)


def _told(job: Job, counts: Done) -> Done:
    done = job()
    done.windows = counts.windows
    return done


def _faster_whisper(ask: Ask) -> Any:
    from faster_whisper import WhisperModel

    return WhisperModel(
        ask.weights,
        device=ask.device,
        compute_type=ask.number_format,
        cpu_threads=ask.threads,
        local_files_only=True,
    )


def _spoken(ask: Ask) -> dict[str, Any]:
    """One language is told; among several, each window's is found."""
    if len(ask.languages) == 1:
        return {"language": ask.languages[0]}
    return {"multilingual": True}


def _once(ask: Ask) -> dict[str, Any]:
    return {"temperature": 0.0} if ask.is_random else {}


def _words(segments: Any) -> int:
    return sum(len(segment.words or ()) for segment in segments)
