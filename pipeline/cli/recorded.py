"""What is known of the recording that a file of subtitles belongs to: its words, its glossary."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from pipeline.core import artifacts
from pipeline.core.artifacts import SEGMENTS, TRANSCRIPT, TRANSLATION
from pipeline.core.errors import ArtifactError, UsageError
from pipeline.core.language import is_tag
from pipeline.core.workspace import ORIGINAL, Workspace, around
from pipeline.emit import choosing
from pipeline.emit.tracks import Programme
from pipeline.programme import glossary
from pipeline.review import decisions, fold

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pipeline.core.payloads import Segments, Transcript, TranslatedSentence
    from pipeline.core.timeline import Word
    from pipeline.emit.tracks import Script
    from pipeline.programme.glossary import Term
    from pipeline.programme.info import Info
    from pipeline.subtitles.profile import Profile

log = logging.getLogger(__name__)

_ITEM: Final = re.compile(r"(\d{2,})(\..+)?")
_ITEMS: Final = "items"
FIXED: Final = ".fixed"  # before the ending of a file that check wrote


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A track of a recording: the languages it may be in, its words, what they were made from.

    `others` are the files of the recording's other tracks. All but `languages` is empty where
    nothing was made yet. `is_part` says that the file need not hold all of the track.
    """

    languages: tuple[str, ...]
    is_part: bool = False
    words: tuple[Word, ...] = ()
    sentences: tuple[TranslatedSentence, ...] = ()
    terms: tuple[Term, ...] = ()
    others: dict[str, Path] = field(default_factory=dict)


def tag_of(path: Path) -> str:
    """`en` for talk.en.srt, `ru+en` for talk.ru+en.srt; "" where the name tells no language."""
    stem = path.stem.removesuffix(FIXED)
    tag = stem.rpartition(".")[2]
    return tag if tag != stem and all(map(is_tag, tag.split("+"))) else ""


def space_of(path: Path) -> Workspace | None:
    """The workspace in whose folder a file lies; None where it lies in none that can be used."""
    try:
        return around(path)
    except UsageError as error:
        log.debug("%s", error.message)
    except ArtifactError as error:
        log.warning("%s: not compared with its recording: %s", path, error.message)
    return None


def known(ws: Workspace, info: Info, path: Path, language: str, profile: Profile) -> Known:
    """What there is to compare a file with, which is a track of this recording.

    Args:
        ws: the recording's.
        info: what people told of it.
        path: the file; its name tells the track, and whether it is that of one item.
        language: the track, where somebody named it.
        profile: by which one of a sentence's translations is chosen.

    Raises:
        InputError: a glossary cannot be read.
        ArtifactError: what was made of the recording is damaged.
    """
    track = language or tag_of(path) or ORIGINAL
    track = track if track in _tracks(info) else ORIGINAL
    item = _ITEM.fullmatch(path.stem) if path.parent.name == _ITEMS else None
    heard: dict[str, None] = {}
    script: Script | None = None
    sentences: tuple[TranslatedSentence, ...] = ()
    try:
        transcript, segments = _spoken(ws)
        heard = dict.fromkeys(phrase.language for phrase in transcript.phrases)
        programme = Programme(transcript, segments, info.interpreted)
        script, sentences = _script(ws, programme, track, profile)
    except UsageError as error:
        log.info("%s: not compared with what is said: %s", path, error.message)
    words = (
        word
        for stretch in (script.stretches if script else ())
        for part in stretch.parts
        for word in part.words
    )
    return Known(
        languages=_languages(info, track, tuple(heard)),
        is_part=path.name not in _names(ws, track),
        words=tuple(words),
        sentences=sentences,
        terms=glossary.load_all(info.glossaries),
        others=_others(ws, info, track, int(item[1]) if item else 0),
    )


def _names(ws: Workspace, track: str) -> set[str]:
    """What files of a whole track are called."""
    path = ws.srt_path(track)
    return {path.name, f"{path.stem}{FIXED}{path.suffix}"}


def _spoken(ws: Workspace) -> tuple[Transcript, Segments]:
    """What was said, as people left it."""
    transcript = artifacts.read(ws.transcript_path, TRANSCRIPT).payload
    segments = artifacts.read(ws.segments_path, SEGMENTS).payload
    decided = decisions.read(ws.decisions_path)
    return fold.reviewed(transcript, segments, decided).transcript, segments


def _script(
    ws: Workspace, programme: Programme, track: str, profile: Profile
) -> tuple[Script, tuple[TranslatedSentence, ...]]:
    """The words of a track and, of a translated one, what was said and what it became."""
    if track == ORIGINAL:
        return programme.as_spoken(), ()
    source, _, target = track.rpartition("+")
    made = artifacts.read(ws.translation_path(target), TRANSLATION).payload
    chosen = choosing.chosen(made, profile.rules(target))
    if source:
        return programme.in_two_languages(chosen, source), chosen.sentences
    return programme.translated(chosen), chosen.sentences


def _languages(info: Info, track: str, heard: Sequence[str]) -> tuple[str, ...]:
    """What may be in a track: what it is in, and what is not translated for it."""
    if track == ORIGINAL:
        return tuple(dict.fromkeys((*info.languages, *heard)))
    own = track.split("+")
    stays = [tag for tag in heard if info.translate.get(tag) not in own]
    return tuple(dict.fromkeys((*own, *stays)))


def _tracks(info: Info) -> set[str]:
    pairs = {f"{source}+{target}" for source, target in info.translate.items()}
    return {ORIGINAL, *info.translate.values(), *pairs}


def _others(ws: Workspace, info: Info, track: str, item: int) -> dict[str, Path]:
    """The files of other tracks, of the same item if it is one, but for those of two languages."""
    tracks = sorted(one for one in _tracks(info) if one != track and "+" not in one)
    paths = [ws.item_srt_path(item, one) if item else ws.srt_path(one) for one in tracks]
    return {path.name: path for path in paths if path.is_file()}
