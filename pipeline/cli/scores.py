"""Scores of one recording, as a table for people and in full for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from pipeline.core import files
from pipeline.measure import cer, chrf, wer
from pipeline.measure.coverage import Accounting
from pipeline.measure.evaluation import Recognition, TrackScore

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pipeline.core.artifacts import Made
    from pipeline.measure.languages import LanguageErrors
    from pipeline.measure.word_times import Distances, WordTimes

_ALL = "all"
_MEASURES = [wer.SIGNATURE, cer.SIGNATURE, chrf.SIGNATURE]


class Signature(msgspec.Struct, frozen=True, kw_only=True):
    """What made a result: equal signatures, the same engine at the same work."""

    engine: str
    weights: str
    options: dict[str, Any]
    stage_version: int
    libraries: dict[str, str]  # releases at work
    digest: str  # of all above but the libraries


class Evaluation(msgspec.Struct, frozen=True, kw_only=True):
    """All scores of one recording; what has no reference is None or missing."""

    recognition: Recognition | None
    coverage: Accounting | None
    tracks: dict[str, TrackScore]
    from_reference: dict[str, float]  # chrF by track, the reference's words translated
    signature: Signature | None


def signature(made: Made[Any]) -> Signature:
    """The signature of an artifact, from its origin; where it came from is no part of it."""
    origin = made.origin
    decides = [origin.engine, origin.weights, origin.options, origin.stage_version]
    return Signature(
        engine=origin.engine,
        weights=origin.weights,
        options=origin.options,
        stage_version=origin.stage_version,
        libraries=dict(made.libraries),
        digest=files.digest(msgspec.json.encode(decides, order="deterministic")),
    )


def lines(found: Evaluation) -> Iterator[str]:
    """The scores for people."""
    if (heard := found.recognition) is not None:
        yield from table(_recognition(heard))
        yield ""
    if (told := found.coverage) is not None:
        sums = {**told.heard_ms, "sum": sum(told.heard_ms.values()), "duration": told.duration_ms}
        yield from table([["", *sums], ["seconds", *(f"{ms / 1_000:.1f}" for ms in sums.values())]])
        yield ""
    if heard is not None:
        yield from _words(heard)
        yield ""
    if found.tracks:
        yield from table(_tracks(found.tracks))
    for track, value in found.from_reference.items():
        yield f"track {track:5} chrF {value:5.1f} when the reference's words are translated"
    yield ""
    yield "; ".join(_MEASURES)
    if (by := found.signature) is not None:
        yield made_by(by)


def made_by(by: Signature) -> str:
    """What made a result, for people."""
    engine = " ".join(filter(None, [by.engine or "no engine", by.libraries.get(by.engine)]))
    return f"{engine}; weights {by.weights or 'none'}; with all options {by.digest[:12]}"


def plain(found: Evaluation) -> dict[str, Any]:
    """The scores for programs: everything counted, and the rates."""
    told: dict[str, Any] = msgspec.to_builtins(found)
    if (heard := found.recognition) is not None:
        told["recognition"] |= {
            "word_error_rate": _rates(heard.errors, wer.total(heard.errors.values()).rate),
            "character_error_rate": _rates(
                heard.characters, cer.total(heard.characters.values()).rate
            ),
            "language_right": heard.languages.right if heard.languages else None,
            "unheard": heard.languages.unheard if heard.languages else None,
        }
    if (said := found.coverage) is not None:
        told["coverage"] = {
            "seconds": {name: ms / 1_000 for name, ms in said.heard_ms.items()},
            "duration": said.duration_ms / 1_000,
            "unlisted": said.unlisted_ms / 1_000,
        }
    return told | {"signatures": _MEASURES}


def _rates(errors: Mapping[str, Any], whole: float | None) -> dict[str, float | None]:
    return {_ALL: whole, **{language: each.rate for language, each in errors.items() if language}}


def _recognition(heard: Recognition) -> Iterator[list[str]]:
    """A column for all and for each language spoken; rows say what became of its words."""
    spoken = [language for language in heard.errors if language]
    yield ["", _ALL, *spoken]
    words = {_ALL: wer.total(heard.errors.values()), **heard.errors}
    texts = {_ALL: cer.total(heard.characters.values()), **heard.characters}
    columns = [_ALL, *spoken]
    yield ["words", *(str(words[each].words) for each in columns)]
    yield ["WER", *(percent(words[each].rate) for each in columns)]
    yield ["CER", *(percent(texts[each].rate if each in texts else None) for each in columns)]
    if heard.languages is not None:
        yield from _confusion(heard.languages, spoken)


def _confusion(found: LanguageErrors, spoken: Sequence[str]) -> Iterator[list[str]]:
    """As what the words of each language were heard; what was heard as nothing comes last."""
    rows = {language: found.heard.get(language, {}) for language in spoken}
    yield [
        "language right",
        percent(found.right),
        *(
            percent(row.get(language, 0) / sum(row.values()) if row else None)
            for language, row in rows.items()
        ),
    ]
    named = {language for row in rows.values() for language in row}
    others = sorted(named.difference(spoken, [""]))
    for language in [each for each in (*spoken, *others, "") if each in named]:
        counts = [row.get(language, 0) for row in rows.values()]
        name = f"heard as {language}" if language else "not heard"
        yield [name, str(sum(counts)), *map(str, counts)]


def _tracks(tracks: Mapping[str, TrackScore]) -> Iterator[list[str]]:
    yield ["track", "chrF", "starts off", "ends off", "begin alike", "cues", "reference"]
    for name, score in tracks.items():
        times = score.times
        yield [
            name,
            f"{score.chrf:.1f}",
            _seconds(times.start_ms),
            _seconds(times.end_ms),
            percent(times.same_start),
            str(times.cues),
            str(times.reference_cues),
        ]


def _words(heard: Recognition) -> Iterator[str]:
    errors = wer.total(heard.errors.values())
    yield (
        f"words       {errors.substituted} wrong, {errors.missing} missing,"
        f" {errors.invented} too many; {percent(heard.covered).strip()} have a cue on screen"
    )
    if heard.times is not None:
        yield f"word times  {_times(heard.times)}"
    texts = " ".join(word.text for word in heard.invented)
    yield f"phantom     {len(heard.invented)} words where nobody speaks {texts}".rstrip()


def _times(times: WordTimes) -> str:
    def told(name: str, off: Distances) -> str:
        return f"{name} {_seconds(off.median_ms)} (90 %: {_seconds(off.ninth_tenth_ms)})"

    return f"{told('starts', times.starts)}, {told('ends', times.ends)} off"


def table(given: Iterator[list[str]] | list[list[str]]) -> Iterator[str]:
    """Rows with every column as wide as it must be, numbers to the right."""
    rows = list(given)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for first, *rest in rows:
        cells = [cell.rjust(max(width, 6)) for cell, width in zip(rest, widths[1:], strict=True)]
        yield "  ".join([first.ljust(max(widths[0], 10)), *cells]).rstrip()


def percent(share: float | None) -> str:
    """A share as people read it; a dash where there is none."""
    return "–" if share is None else f"{share:.1%}"


def _seconds(ms: float | None) -> str:
    return "–" if ms is None else f"{ms / 1_000:.2f} s"
