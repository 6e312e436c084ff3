"""What emit makes its files from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from pipeline.core.workspace import ORIGINAL
from pipeline.emit import choosing, findings
from pipeline.review import fold, track_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipeline.core.artifacts import Origin
    from pipeline.core.payloads import Segments, Transcript, Translation
    from pipeline.emit.findings import Finding
    from pipeline.review.decisions import Decision
    from pipeline.review.fold import Reviewed
    from pipeline.subtitles.profile import Profile


@dataclass(frozen=True)
class Inputs:
    """All that the files are made from."""

    heard: Transcript  # the machine's words
    segments: Segments
    translations: Mapping[str, Translation]  # by target
    profile: Profile
    interpreted: str
    origin: Origin
    decisions: tuple[Decision, ...] = ()

    @cached_property
    def reviewed(self) -> Reviewed:
        """The words as people left them."""
        told = track_words.of_words(self.decisions, ORIGINAL)
        return fold.reviewed(self.heard, self.segments, told)

    @property
    def transcript(self) -> Transcript:
        """The same as a transcript."""
        return self.reviewed.transcript

    @cached_property
    def shown(self) -> dict[str, Translation]:
        """The translations, of each sentence that hypothesis first that is shown."""
        return {
            target: choosing.chosen(translation, self.profile.rules(target))
            for target, translation in self.translations.items()
        }

    @cached_property
    def findings(self) -> list[Finding]:
        """What people should look at in the transcript and these translations."""
        return findings.findings(self.transcript, self.shown, self.profile)
