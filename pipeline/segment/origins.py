"""What decides segments: the options, and the origin that says whether they are current."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pipeline.core import files
from pipeline.core.artifacts import TRANSCRIPT, Made, Origin
from pipeline.engines import embedders
from pipeline.programme import roster
from pipeline.segment import deciding, listening

if TYPE_CHECKING:
    from pipeline.core.payloads import Transcript
    from pipeline.core.workspace import Workspace
    from pipeline.programme.info import Info

NAME: Final = "segment"
VERSION: Final = 3  # raise it when the same inputs would give other segments
_RTTM: Final = "rttm:"
_REMEMBERED: Final = ("embedder", "speakers", "threshold")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What decides where turns and items begin, and how voices are told apart."""

    window_ms: int = 20_000  # how far the rundown's times may be off
    border_pause_ms: int = 700  # a pause that a border may fall into
    turn_pause_ms: int = 1_500  # a pause that ends a turn
    embedder: str = ""  # ge2e, gmm, none, rttm:FILE; "": the best that is installed
    speakers: int | None = None  # how many there are, where it is known
    threshold: float | None = None  # the distance below which voices are one; None: the embedder's


def kept(options: Options, old: Origin | None) -> Options:
    """The options with those of the last run for all that nobody chose now.

    So who once said that five people speak need not say it again with every command.
    """
    before = {} if old is None else old.options
    chosen = {name: value for name, value in asdict(options).items() if value not in ("", None)}
    remembered = {name: before.get(name) for name in _REMEMBERED if name not in chosen}
    return replace(options, **{name: value for name, value in remembered.items() if value})


def origin(
    ws: Workspace,
    transcript: Made[Transcript],
    info: Info,
    options: Options,
    old: Origin | None,
) -> Origin:
    """What decides the segments; an embedder that nobody chose is that of the old ones."""
    inputs = {TRANSCRIPT.name: transcript.digest}
    named: dict[str, str] = {}
    if info.rundown is None:
        named["title"] = info.title
    else:
        inputs["rundown"] = files.digest_file(info.rundown)
    if info.roster is not None:
        inputs["roster"] = files.digest_file(info.roster)
        inputs["clips"] = listening.clips_digest(roster.load(info.roster))
    if decided := deciding.digest(ws):
        inputs["decisions"] = decided
    return Origin(
        stage=NAME,
        stage_version=VERSION,
        engine=options.embedder,
        weights=_weights(options.embedder, old),
        options={**asdict(options), **named},
        inputs=inputs,
    )


def rttm_file(embedder: str) -> Path | None:
    """The file of `rttm:FILE`; None for another embedder."""
    return Path(embedder.removeprefix(_RTTM)) if embedder.startswith(_RTTM) else None


def _weights(embedder: str, old: Origin | None) -> str:
    """What tells voices apart; where nobody chose, what did so on whichever machine it was."""
    if given := rttm_file(embedder):
        return files.digest_file(given)
    if not embedder and old is not None and old.stage_version == VERSION:
        return old.weights
    found = embedders.find(embedder)
    return found.identity if found else ""
