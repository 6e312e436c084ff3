"""What else can be tried where a chunk's text is doubtful: always the same, in the same order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pipeline.transcribe import guards

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeline.core.decoding import Samples
    from pipeline.engines import Heard
    from pipeline.transcribe.results import Result, Way

_BAND_HZ: Final = (300, 3_400)
_LOUDNESS: Final = 0.1  # root mean square of speech that is neither quiet nor loud
_MOST_GAIN: Final = 30.0
_PLAUSIBLE: Final = 0.3  # a language so likely may be the right one
_LIKELY: Final = 0.05  # a language less likely than this is not tried
_RATE: Final = 16_000
_LESS_LIKELY: Final = 0.1  # per token, at most, where more words are to stand in place of fewer
_MOST_OF: Final = 0.9


def ways(why: str, languages: Mapping[str, float], language: str, parts: int) -> list[Way]:
    """What to try, in order, for a chunk of so many parts whose text has the fault `why`.

    Another language is tried where the script says so, and else only where it is likely by its
    sound. What is invented as a whole is not split: its halves might pass.
    """
    if why in guards.ACOUSTIC:
        return ["phone"]
    found: list[Way] = ["careful"]
    share = languages.get(other(languages, language), 0.0)
    if why == guards.FOREIGN:
        found = ["other language", "parts", "careful"] if share else ["parts", "careful"]
    elif share >= _PLAUSIBLE:
        found.append("other language")
    if parts > 1 and why != guards.PHANTOM:
        found.append("halves")
    return [*found, "phone"]


def is_better(tried: Sequence[Result], heard: Heard, way: Way, *, is_faulty: bool) -> bool:
    """Whether what was tried is to stand in place of what was heard at first."""
    words = sum(len(result.heard.words) for result in tried if not result.fault)
    if way == "parts":  # a breath between them may be no speech
        return words > 0 and (is_faulty or words >= len(heard.words) * _MOST_OF)
    if not words or any(result.fault for result in tried):
        return False
    if is_faulty or not heard.words:
        return True
    likely = sum(len(one.heard.words) * one.heard.log_probability for one in tried) / words
    is_as_likely = likely >= heard.log_probability - _LESS_LIKELY
    return words > len(heard.words) and (is_as_likely or heard.is_full)


def other(languages: Mapping[str, float], language: str) -> str:
    """The likeliest other language that a chunk may be in; empty where none is likely."""
    rest = {name: share for name, share in languages.items() if name != language}
    best = max(rest, key=rest.__getitem__, default="")
    return best if best and rest[best] >= _LIKELY else ""


def as_on_the_phone(samples: Samples) -> Samples:
    """Only what a telephone carries of it, at the loudness of ordinary speech."""
    import numpy as np

    spectrum = np.fft.rfft(samples)
    hertz = np.fft.rfftfreq(len(samples), 1 / _RATE)
    spectrum[(hertz < _BAND_HZ[0]) | (hertz > _BAND_HZ[1])] = 0
    band = np.fft.irfft(spectrum, len(samples)).astype(np.float32)
    loudness = float(np.sqrt(np.mean(np.square(band)))) + 1e-9
    louder: Samples = np.clip(band * min(_MOST_GAIN, _LOUDNESS / loudness), -1, 1)
    return louder.astype(np.float32)
