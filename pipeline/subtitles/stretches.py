"""What the layout is given: words that may share cues, and what is known of who says them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pipeline.core.timeline import Word

NO_SCENE: Final = -1


@dataclass(frozen=True, slots=True)
class Part:
    """Words as spoken; beneath them, where asked for, their translation."""

    words: tuple[Word, ...]
    beneath: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class Stretch:
    """Words that may share cues: of one language, speaker and item, no music between."""

    parts: tuple[Part, ...]
    language: str
    speaker: str = ""
    beneath: str = ""  # the language of what is shown beneath, if anything is
    # Stretches of one scene, one after the other, may share a cue in which two speak.
    scene: int = NO_SCENE
    is_interpreter: bool = False
    is_off_screen: bool = False  # no stage tells: sound alone does not show who is in the picture
    is_sung: bool = False

    @property
    def words(self) -> tuple[Word, ...]:
        """All words as spoken."""
        return tuple(word for part in self.parts for word in part.words)
