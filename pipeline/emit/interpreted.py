"""What a track shows of an interpreted conversation: who was interpreted, the interpreter, both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pipeline.core.language import base
from pipeline.core.timeline import NO_TURN, OTHER_LANGUAGE

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from pipeline.core.timeline import Turn

ORIGINAL: Final = "original"
INTERPRETER: Final = "interpreter"
BOTH: Final = "both"


class Interpreted:
    """Which turns a track leaves out, by what the turns' tags say of each other.

    Of a voice-over only the interpreter is shown, whatever is chosen. Of an interpretation that
    follows what it gives, `original` leaves out the interpreter and `interpreter` what was
    interpreted. `both` shows all, but for a machine translation into a language in which one of
    the two said the same; where both are translated, the original is shown.
    """

    def __init__(self, turns: Sequence[Turn], heard: Sequence[str], choice: str) -> None:
        """Args are the turns, the language that is mostly spoken in each, and what is to be shown.

        A tag that no turn can have, for instance of an interpretation that is interpreted, counts
        as none.
        """
        self._turns = turns
        self._heard = [base(language) for language in heard]
        self._choice = choice
        tags = {i: turn.interprets for i, turn in enumerate(turns) if turn.interprets != NO_TURN}
        sound = {i: s for i, s in tags.items() if 0 <= s < len(turns) and s not in tags}
        self._over = {i: s for i, s in sound.items() if turns[i].is_over}
        self._beneath = frozenset(self._over.values())
        self._after = {
            i: s for i, s in sound.items() if i not in self._over and s not in self._beneath
        }
        self._sources = frozenset(sound.values())

    def left_out(self, into: str = "", translated: Collection[int] = ()) -> frozenset[int]:
        """The turns of which a track shows nothing.

        Args:
            into: the language that the track is translated into, "" for none.
            translated: the turns that it shows by their translations.
        """
        if self._choice == ORIGINAL:
            return self._beneath | self._after.keys()
        if self._choice == INTERPRETER:
            return self._beneath.union(*(self._given(s, i) for i, s in self._after.items()))
        return self._beneath | self._said_twice(into, translated)

    def is_beneath(self, turn: int, language: str) -> bool:
        """Whether words in a turn of voice-over are of the one who is still heard beneath."""
        source = self._over.get(turn, NO_TURN)
        if source == NO_TURN:
            return False
        return self._heard[turn] != base(language) == self._heard[source]

    def also_said_in(self, language: str) -> frozenset[int]:
        """The turns of which the other side is shown too, and was spoken in that language."""
        if self._choice != BOTH:
            return frozenset()
        return frozenset(
            one
            for i, s in self._after.items()
            for one, other in ((i, s), (s, i))
            if self._heard[other] == base(language)
        )

    def _said_twice(self, into: str, translated: Collection[int]) -> frozenset[int]:
        """Translations of what the other one said in the track's language; of two, the second."""
        own = self.also_said_in(into).intersection(translated)
        pairs = ((i, s) for i, s in self._after.items() if s not in own)
        return own.union(i for i, s in pairs if i in translated and s in translated)

    def _given(self, source: int, interpretation: int) -> set[int]:
        """What an interpretation gives: the turn that its tag names, and those that led up to it.

        A tag names one turn, the last. Turns of the same voice and language just before it belong
        to it, as long as nobody else interprets them and the interpretation is long enough.
        """
        last = self._turns[source]
        room_ms = OTHER_LANGUAGE * self._turns[interpretation].duration_ms - last.duration_ms
        found = {source}
        for index in range(source - 1, -1, -1):
            one = self._turns[index]
            room_ms -= one.duration_ms
            is_same = (one.voice, one.speaker) == (last.voice, last.speaker)
            is_own = is_same and self._heard[index] == self._heard[source]
            is_tagged = one.interprets != NO_TURN or index in self._sources
            if room_ms < 0 or is_tagged or not is_own:
                break
            found.add(index)
        return found
