"""The floor: CTranslate2 alone, on features of the library's own chunks that are there already.

What is decoded, listened to, cut and turned into features beforehand is not timed. What is left,
encode, generate and align, no system over the same library and the same chunks can do without.
"""

from __future__ import annotations

import time
from typing import Any, Final

import numpy as np

from tests.bench.systems import BEAM, Ask, Done, Job

_SECONDS: Final = 30
_MIN_SILENCE_MS: Final = 160  # what the library's batches are cut with


def floor(ask: Ask) -> Job:
    """The engine's part of what `batched` does; on a GPU Silero may be slower, so it is timed."""
    import ctranslate2
    from faster_whisper import WhisperModel

    model = WhisperModel(
        ask.weights,
        device=ask.device,
        compute_type=ask.number_format,
        cpu_threads=ask.threads,
        local_files_only=True,
    )
    features, silero_s = _features(model, ask.sound)
    views = [
        (
            ctranslate2.StorageView.from_array(
                np.ascontiguousarray(np.stack([row for row, _ in features[at : at + ask.batch]]))
            ),
            [frames for _, frames in features[at : at + ask.batch]],
        )
        for at in range(0, len(features), ask.batch)
    ]

    def job() -> Done:
        tokens = sum(_batch(model, ask, view, frames) for view, frames in views)
        return Done(words=tokens, windows=len(features), silero_s=silero_s)

    return job


def _features(model: Any, sound: str) -> tuple[list[tuple[Any, int]], float]:
    """The features of each chunk and its own number of frames; what finding speech took."""
    from faster_whisper.audio import decode_audio, pad_or_trim
    from faster_whisper.vad import VadOptions, collect_chunks, get_speech_timestamps

    samples = decode_audio(sound)
    options = VadOptions(max_speech_duration_s=_SECONDS, min_silence_duration_ms=_MIN_SILENCE_MS)
    began = time.perf_counter()
    spans = get_speech_timestamps(samples, options)
    silero_s = time.perf_counter() - began
    chunks, _ = collect_chunks(samples, spans, max_duration=_SECONDS)
    made = [model.feature_extractor(chunk)[..., :-1] for chunk in chunks]
    return [(pad_or_trim(each), each.shape[-1]) for each in made], silero_s


def _batch(model: Any, ask: Ask, features: Any, frames: list[int]) -> int:
    """How many tokens a batch said."""
    engine, place = model.model, model.hf_tokenizer.token_to_id
    encoded = engine.encode(features, to_cpu=False)
    languages = [f"<|{ask.languages[0]}|>"] * len(frames)
    if len(ask.languages) > 1:
        languages = [found[0][0] for found in engine.detect_language(encoded)]
    begin, task = place("<|startoftranscript|>"), place("<|transcribe|>")
    bare = place("<|notimestamps|>")
    results = engine.generate(
        encoded,
        [[begin, place(language), task, bare] for language in languages],
        beam_size=BEAM,
        max_length=model.max_length,
        return_scores=True,
        return_no_speech_prob=True,
    )
    end = place("<|endoftext|>")
    tokens = [[one for one in result.sequences_ids[0] if one < end] for result in results]
    engine.align(encoded, [begin, place(languages[0]), task], tokens, frames, median_filter_width=7)
    return sum(map(len, tokens))
