"""Jobs without weights: what listening costs by itself."""

from __future__ import annotations

from pathlib import Path

from tests.bench.systems import Ask, Done, Job


def silero(ask: Ask) -> Job:
    """Decode and Silero, and nothing else."""
    from pipeline.core import media
    from pipeline.engines.voice import Voice

    voice = Voice()

    def job() -> Done:
        heard = sum(len(voice.feed(block)) for block in media.blocks(Path(ask.sound)))
        return Done(words=0, windows=heard + len(voice.finish()))

    return job


def chunking(ask: Ask) -> Job:
    """Decode, voice detection with both thresholds, the sound of every second, chunks."""
    from pipeline.core import media
    from pipeline.engines.voice import VoiceOptions
    from pipeline.transcribe.chunks import Rule
    from pipeline.transcribe.listening import Listener

    listener = Listener(VoiceOptions(), Rule(), quiet=VoiceOptions().threshold / 2)

    def job() -> Done:
        chunks = sum(len(listener.feed(block)) for block in media.blocks(Path(ask.sound)))
        return Done(words=0, windows=chunks + len(listener.finish()))

    return job
