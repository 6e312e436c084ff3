"""What decides segments: the options, and the origin that says whether they are current."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from pipeline.core import files
from pipeline.core.artifacts import TRANSCRIPT, Made, Origin
from pipeline.core.errors import UsageError
from pipeline.engines import embedders
from pipeline.programme import roster
from pipeline.segment import clips, deciding, given

if TYPE_CHECKING:
    from pipeline.core.payloads import Transcript
    from pipeline.core.workspace import Workspace
    from pipeline.programme.info import Info

NAME: Final = "segment"
VERSION: Final = 7  # raise it when the same inputs would give other segments
_RTTM: Final = "rttm:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What decides where turns and items begin, and how voices are told apart."""

    window_ms: int = 20_000  # how far the rundown's times may be off
    border_pause_ms: int = 700  # a pause that a border may fall into
    turn_pause_ms: int = 1_500  # a pause that ends a turn
    embedder: str = ""  # ge2e, gmm, none, rttm:FILE; "": the best that is installed
    speakers: int | None = None  # how many there are, where it is known
    threshold: float | None = None  # the distance below which voices are one; None: the embedder's


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What of an older run's options may hold on; the file may be anybody's."""

    embedder: str = ""
    speakers: int | None = None
    threshold: float | None = None


def kept(options: Options, old: Origin | None) -> Options:
    """The options with those of the last run for all that nobody chose now.

    So who once said that five people speak need not say it again with every command. A number of
    people and a threshold are two ways to say one thing, and a threshold is one embedder's: what
    is chosen now ends what it contradicts.
    """
    if options.threshold is not None and isnan(options.threshold):
        raise UsageError("--threshold nan: is no number", hint="give one from 0 to 2")
    if path := rttm_file(options.embedder):
        options = replace(options, embedder=f"{_RTTM}{path.absolute()}")
    try:
        before = msgspec.convert({} if old is None else old.options, _Kept)
    except msgspec.ValidationError:
        before = _Kept()
    is_cut = options.speakers is not None or options.threshold is not None
    if not options.embedder:
        options = replace(options, embedder=before.embedder)
    elif options.embedder != before.embedder:
        before = msgspec.structs.replace(before, threshold=None)
    if is_cut:
        return options
    return replace(options, speakers=before.speakers, threshold=before.threshold)


def origin(
    ws: Workspace,
    transcript: Made[Transcript],
    info: Info,
    options: Options,
    old: Origin | None,
) -> Origin:
    """What decides the segments; what nobody chose is as in the old ones."""
    weights = _weights(options.embedder, old)
    options = kept(options, old)
    inputs = {TRANSCRIPT.name: transcript.digest}
    named: dict[str, str] = {}
    if info.rundown is None:
        named["title"] = info.title
    else:
        inputs["rundown"] = files.digest_file(info.rundown)
    if info.roster is not None:
        inputs["roster"] = files.digest_file(info.roster)
        inputs["clips"] = clips.digest(roster.load(info.roster))
    if decided := deciding.digest(ws):
        inputs["decisions"] = decided
    return Origin(
        stage=NAME,
        stage_version=VERSION,
        engine=options.embedder,
        weights=weights,
        options={**asdict(options), **named},
        inputs=inputs,
    )


def rttm_file(embedder: str) -> Path | None:
    """The file of `rttm:FILE`; None for another embedder."""
    return Path(embedder.removeprefix(_RTTM)) if embedder.startswith(_RTTM) else None


def _weights(embedder: str, old: Origin | None) -> str:
    """What tells voices apart; where nobody chose, what did so on whichever machine it was."""
    if not embedder and old is not None and old.stage_version == VERSION:
        return old.weights
    if not embedder and old is not None:
        embedder = kept(Options(), old).embedder
    if path := rttm_file(embedder):
        return files.digest(given.read(path))
    found = embedders.find(embedder)
    return found.identity if found else ""
