"""The cues of every track: what the machine says, with people's work laid over it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from pipeline.core.timeline import Span
from pipeline.core.workspace import ORIGINAL
from pipeline.emit.conflicts import Conflict, ranked
from pipeline.emit.disputes import Dispute, disputes
from pipeline.emit.merging import Merged, Merging
from pipeline.emit.nearby import Changed
from pipeline.emit.tracks import Programme
from pipeline.review import fold, locks, track_words
from pipeline.review.chains import text_key
from pipeline.review.decisions import Delete, Insert, Text
from pipeline.review.fold import Fate
from pipeline.review.labelling import spoken

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.core.payloads import Translation
    from pipeline.emit.inputs import Inputs
    from pipeline.emit.tracks import Script
    from pipeline.review.decisions import Decision
    from pipeline.review.locks import Locks

_OPEN = frozenset({Fate.SUPERSEDED, Fate.NO_WORDS})


class Tracks:
    """Each track is laid out once, and once more for a file that was edited otherwise."""

    def __init__(self, inputs: Inputs) -> None:
        self._inputs = inputs
        self._made: dict[tuple[str, Locks], Merged] = {}
        self._scripts: dict[str, Script] = {}
        self._files: dict[str, frozenset[str]] = {}
        self._locks: dict[tuple[str, str], Locks] = {}
        self._found: dict[tuple[str, str], list[tuple[str, Dispute]]] = {}

    def merged(self, track: str, path: str = "") -> Merged:
        """The cues of a track as they are to stand in the file at `path`."""
        own = self._of(track, path)
        key = (track, own)
        if key not in self._made:
            merging = Merging(
                programme=self._heard,
                profile=self._inputs.profile,
                until_ms=self._inputs.heard.duration_ms,
            )
            self._made[key] = merging.merged(
                track,
                self._script(track),
                own,
                doubted=self._doubted(track),
                changed=[*self._changed(track)],
                disputed={base for _, one in self._disputes(track) for base in one.bases},
            )
        return self._made[key]

    @property
    def conflicts(self) -> list[Conflict]:
        """Where people and the machine, or two files, say otherwise, in what was laid out."""
        found = [one for merged in self._made.values() for one in merged.conflicts]
        for track in dict.fromkeys(track for track, _ in self._made):
            found += [_clash(track, *dispute) for dispute in self._disputes(track)]
        return ranked(found)

    def disputed(self, track: str, path: str) -> list[Conflict]:
        """Where other files say otherwise than the one at `path`."""
        return ranked(_clash(track, *dispute) for dispute in self._disputes(track, path))

    def _of(self, track: str, path: str) -> Locks:
        """A track's locks for a file; where no decision was read from it, for any."""
        path = path if path in self._sources(track) else ""
        key = (track, path)
        if key not in self._locks:
            self._locks[key] = locks.locks(self._inputs.decisions, track, source=path)
        return self._locks[key]

    def _sources(self, track: str) -> frozenset[str]:
        if track not in self._files:
            found = locks.sources(self._inputs.decisions, track)
            self._files[track] = found if len(found) > 1 else frozenset()
        return self._files[track]

    def _disputes(self, track: str, path: str = "") -> list[tuple[str, Dispute]]:
        """Where other files have a track otherwise than the one at `path`: which one has what."""
        path = path if path in self._sources(track) else ""
        key = (track, path)
        if key not in self._found:
            own = self._of(track, path)
            self._found[key] = [
                (other, dispute)
                for other in sorted(self._sources(track) - {path})
                for dispute in disputes(own, self._of(track, other))
            ]
        return self._found[key]

    def _script(self, track: str) -> Script:
        """What the machine says in a track, with what people said of its words elsewhere."""
        if track not in self._scripts:
            source, _, target = track.rpartition("+")
            if track == ORIGINAL:
                script = self._heard.as_spoken()
            elif source:
                script = self._reviewed.in_two_languages(self._told(target, is_own=True), source)
            else:
                script = self._reviewed.translated(self._told(target, is_own=False))
            self._scripts[track] = script
        return self._scripts[track]

    def _told(self, target: str, *, is_own: bool) -> Translation:
        """A translation with what people said of its words: in other tracks, or in its own too."""
        everything = self._inputs.decisions
        told = (track_words.of_words if is_own else track_words.fed)(everything, target)
        return track_words.retold(self._inputs.shown[target], self._inputs.segments, told)

    @cached_property
    def _reviewed(self) -> Programme:
        inputs = self._inputs
        return Programme(inputs.transcript, inputs.segments, inputs.interpreted)

    @cached_property
    def _heard(self) -> Programme:
        inputs = self._inputs
        fed = track_words.fed(inputs.decisions, ORIGINAL)
        told = fold.reviewed(inputs.heard, inputs.segments, fed).transcript
        return Programme(told, inputs.segments, inputs.interpreted)

    def _doubted(self, track: str) -> Sequence[Span]:
        target = track.rpartition("+")[2]
        of = {track, target, ORIGINAL} if "+" in track else {track}
        found = (one for one in self._inputs.findings if one.track in of)
        return [Span(start_ms=one.start_ms, end_ms=one.end_ms) for one in found]

    def _changed(self, track: str) -> Iterator[Changed]:
        """The sentences of which people corrected what was spoken."""
        if track == ORIGINAL:
            return
        sentences = [
            sentence
            for sentence in self._inputs.shown[track.rpartition("+")[2]].sentences
            if any(each.words for each in sentence.hypotheses)
        ]
        for start_ms, end_ms, when in self._corrected:
            for sentence in sentences:
                if sentence.start_ms < end_ms and start_ms < sentence.end_ms:
                    yield Changed(sentence.start_ms, sentence.end_ms, when)

    @cached_property
    def _corrected(self) -> list[Changed]:
        """Where people said that something else is spoken, not only how it is written."""
        told = track_words.of_words(self._inputs.decisions, ORIGINAL)
        found = []
        for decision, outcome in zip(told, self._inputs.reviewed.by_decision, strict=True):
            if outcome.fate in _OPEN or not _says_otherwise(decision):
                continue
            words = outcome.words
            start_ms = words[0].start_ms if words else decision.at.start_ms
            end_ms = words[-1].end_ms if words else decision.at.end_ms
            found.append(Changed(start_ms, end_ms, decision.when))
        return found


def _says_otherwise(decision: Decision) -> bool:
    if isinstance(decision, Delete | Insert):
        return True
    if not isinstance(decision, Text):
        return False
    before, after = spoken(decision.at.text), spoken(decision.text)
    return text_key(before) != text_key(after)


def _clash(track: str, path: str, dispute: Dispute) -> Conflict:
    yours, theirs = dispute.texts
    return Conflict(
        start_ms=dispute.span.start_ms,
        end_ms=dispute.span.end_ms,
        track=track,
        was=dispute.was,
        yours=yours,
        new="",
        file=path,
        also=theirs,
    )
