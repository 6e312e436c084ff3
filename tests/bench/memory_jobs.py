"""Jobs without weights: what listening costs by itself."""

from __future__ import annotations

import time
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
    """Decode, voice detection with both thresholds, the sound of every second, chunks.

    Every block goes to Silero alone as well, so that both are timed in the same moments.
    """
    from pipeline.core import media
    from pipeline.engines.voice import Voice, VoiceOptions
    from pipeline.transcribe.chunks import Rule
    from pipeline.transcribe.listening import Listener

    listener = Listener(VoiceOptions(), Rule(), quiet=VoiceOptions().threshold / 2)
    alone = Voice()

    def job() -> Done:
        done = Done(words=0)
        blocks, at = media.blocks(Path(ask.sound)), time.thread_time()
        for block in blocks:
            decoded = time.thread_time()
            done.windows += len(listener.feed(block))
            chunked = time.thread_time()
            alone.feed(block)
            done.chunking_s += chunked - at
            done.silero_s += decoded - at + time.thread_time() - chunked
            at = time.thread_time()
        done.windows += len(listener.finish())
        return done

    return job
