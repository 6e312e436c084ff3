"""What an editor does to a whole file on saving it, told from what a person did.

A rewriting shows throughout: nearly all cues that could show it do. What only some cues show is a
person's. Times: a grid of frames, a rounding, a shift of less than a frame. Text: tags spelt
otherwise or left out, entities, ellipses, blanks, quotes, dashes, invisible marks, characters that
the file's encoding has no place for.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections import Counter
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from pipeline.subtitles.text import TAG

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from pipeline.subtitles.found import Shown

_NEARLY_ALL: Final = 0.9  # the rest are cues that a person changed as well
_ON_GRID: Final = 0.95  # of all times: an editor with a grid has no others
_LEAST_TIMES: Final = 2  # fewer times tell nothing
_FRAME_MS: Final = 42  # the longest: 23.976 a second
_CENTISECONDS: Final = 10.0  # ASS writes no more; all others are rounded to a millisecond
_GRIDS: Final = (
    *(1_000 / rate for rate in (24_000 / 1_001, 23.976, 24, 25, 30_000 / 1_001, 29.97, 30)),
    *(1_000 / rate for rate in (50, 60_000 / 1_001, 60)),
    _CENTISECONDS,
)


class Habit(StrEnum):
    """A way to write all text of a file otherwise."""

    TAGS = "tags"
    NO_TAGS = "no-tags"
    ENTITIES = "entities"
    ELLIPSES = "ellipses"
    BLANKS = "blanks"
    QUOTES = "quotes"
    DASHES = "dashes"
    MARKS = "marks"


class Rewriting(NamedTuple):
    """What was done to all of a file; nothing, if it says nothing."""

    habits: frozenset[Habit] = frozenset()
    grid_ms: float = 0.0  # the length of its frames
    shift_ms: int = 0  # less than a frame
    encoding: str = ""  # one that has no place for every character

    def is_same_text(self, before: str, after: str) -> bool:
        """Whether a text differs at most by what was done to all."""
        if before == after:
            return True
        after = self._plain(after)
        return any(self._plain(text) == after for text in _encoded(before, self.encoding))

    def is_same_time(self, before_ms: int, after_ms: int) -> bool:
        """Whether a time differs at most by what was done to all."""
        later_ms = after_ms - before_ms
        if not later_ms:
            return True
        if self.shift_ms and abs(later_ms - self.shift_ms) <= 1:
            return True
        return bool(self.grid_ms) and _snapped(before_ms, after_ms, self.grid_ms)

    def restored(self, text: str) -> str:
        """A person's text in such a file, as near to ours as is sure: tags and entities."""
        for habit in (Habit.TAGS, Habit.ENTITIES):
            if habit in self.habits:
                text = _HABITS[habit].plain(text)
        return text

    def _plain(self, text: str) -> str:
        for habit, form in _HABITS.items():
            if habit in self.habits:
                text = form.plain(text)
        return unicodedata.normalize("NFC", text)  # nobody sees which form it has


def text_of(cue: Shown) -> str:
    """A cue's text without blanks at line ends and without blank lines, which no SRT can hold."""
    return "\n".join(filter(None, (line.rstrip() for line in cue.lines)))


def found(pairs: Sequence[tuple[Shown, Shown]], encoding: str = "") -> Rewriting:
    """What was done to all of a file, by its cues as emitted and as they came back.

    Args:
        pairs: cues that stand for each other, one for one; times of both may be nonsense.
        encoding: Python's name of the encoding that came back.
    """
    grid_ms, shift_ms = _of_times(
        [
            (before, after)
            for one, other in pairs
            for before, after in ((one.start_ms, other.start_ms), (one.end_ms, other.end_ms))
        ]
    )
    narrow = "" if encoding.lower().startswith("utf") else encoding
    texts = [(text_of(one), text_of(other)) for one, other in pairs]
    changed = [(one, other) for one, other in texts if one != other]
    return Rewriting(_of_texts(texts, changed, narrow), grid_ms, shift_ms, narrow)


def _of_times(times: Sequence[tuple[int, int]]) -> tuple[float, int]:
    moved = Counter(after - before for before, after in times)
    if len(times) < _LEAST_TIMES or moved[0] == len(times):
        return 0.0, 0
    best = max(_GRIDS, key=partial(_share_on, times))
    showing = [pair for pair in times if not _is_on(pair[0], best)]
    near = sum(_snapped(*pair, best) for pair in showing)
    is_grid = (
        _share_on(times, best) >= _ON_GRID
        and len(showing) >= _LEAST_TIMES
        and near >= len(showing) / 2  # people may have changed the times of many others
    )
    shift_ms = max(
        (ms for ms in moved if 0 < abs(ms) <= _FRAME_MS), key=moved.__getitem__, default=0
    )
    like = sum(moved[ms] for ms in range(shift_ms - 1, shift_ms + 2))
    is_shift = shift_ms and like >= _NEARLY_ALL * len(times) and moved[0] < len(times) / 2
    return best if is_grid else 0.0, shift_ms if is_shift else 0


def _share_on(times: Sequence[tuple[int, int]], grid_ms: float) -> float:
    return sum(_is_on(after, grid_ms) for _, after in times) / len(times)


def _is_on(at_ms: int, grid_ms: float) -> bool:
    rest = at_ms % grid_ms
    return min(rest, grid_ms - rest) <= (0 if grid_ms == _CENTISECONDS else 1)


def _snapped(before_ms: int, after_ms: int, grid_ms: float) -> bool:
    return abs(after_ms - before_ms) <= grid_ms + 1 and _is_on(after_ms, grid_ms)


def _of_texts(
    texts: Sequence[tuple[str, str]], changed: Sequence[tuple[str, str]], encoding: str
) -> frozenset[Habit]:
    """The habits that nearly all texts show which could, and that explain what became of them."""
    alike = {
        (before, after)
        for before, after in changed
        if _skeleton(after) in map(_skeleton, _encoded(before, encoding))
    }
    habits = set()
    for habit, form in _HABITS.items():
        if not alike:
            break
        before = [Counter(form.marks(one)) for one, _ in texts]
        after = [Counter(form.marks(other)) for _, other in texts]
        for mark in {mark for counts in before for mark in counts}:
            having = [at for at, counts in enumerate(before) if counts[mark]]
            fewer = [at for at in having if after[at][mark] < before[at][mark]]
            told = sum(texts[at] in alike for at in fewer)
            least = max(form.least, len(having) * _NEARLY_ALL)
            if len(fewer) >= least and told >= max(1, len(fewer) / 2):
                habits.add(habit)
    if Habit.NO_TAGS in habits and any(TAG.search(other) for _, other in texts):
        habits.discard(Habit.NO_TAGS)  # spelt otherwise, or a person's
    if any(_has_new_entity(one, other) for one, other in alike):
        habits.add(Habit.ENTITIES)  # nobody types them
    return frozenset(habits)


def _has_new_entity(before: str, after: str) -> bool:
    return bool(_ENTITY.search(after)) and not _ENTITY.search(before)


def _skeleton(text: str) -> str:
    """What all habits together leave of a text."""
    for form in _HABITS.values():
        text = form.plain(text)
    return unicodedata.normalize("NFC", text)


def _encoded(text: str, encoding: str) -> Iterable[str]:
    """A text as it comes back from an encoding that has no place for all of it."""
    if not encoding or text.isascii():
        return (text,)
    try:
        ways = [text.encode(encoding, how).decode(encoding) for how in ("replace", "ignore")]
    except (LookupError, ValueError):
        return (text,)
    return (text, *ways)


_ENTITY: Final = re.compile(r"&(?:[A-Za-z]\w{1,7}|#\d{1,7}|#[xX][0-9A-Fa-f]{1,6});")
_ASS: Final = re.compile(r"\{(\\[^{}\n]*)\}")
_ASS_STYLE: Final = re.compile(r"\\([ibus])([01]?)(?=\\|$)")
_HTML: Final = re.compile(r"<(/?)\s*([A-Za-z][^<>\n]*+)\s*+>")
_BREAK: Final = re.compile(r"\\N|<[bB][rR]\s*/?>")
_REOPENED: Final = re.compile(r"</([ibus])>([ \n]*)<\1>")
_EMPTY: Final = re.compile(r"<([ibus])></\1>")
_BLANK: Final = re.compile("[ \u00a0\u2000-\u200a\u202f\u3000]+")
_ODD_BLANK: Final = re.compile("[\u00a0\u2000-\u200a\u202f\u3000]|  +")
_DOTS: Final = re.compile(r"\.\.\.|…")
_DOUBLE: Final = re.compile('["“”„‟«»]')
_SINGLE: Final = re.compile("['‘’‚‛]")
_DASH: Final = re.compile("--|[-\u2010-\u2015\u2212]")
_MARK: Final = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")


def _tags(text: str) -> str:
    r"""Every spelling of a tag as HTML's, in small letters.

    >>> _tags(r"{\i1}A{\i0} <B>b</B><Font Color='#FF0000'>c</FONT>")
    '<i>A</i> <b>b</b><font color=#ff0000>c</font>'
    """
    text = _BREAK.sub("\n", text) if "\\" in text or "<" in text else text
    if "{" in text:
        text = _ASS.sub(_styled, text)
    if "<" not in text:
        return text
    text = _HTML.sub(_spelt, text)
    return _EMPTY.sub("", _REOPENED.sub(r"\2", text))


def _styled(block: re.Match[str]) -> str:
    styles = _ASS_STYLE.findall(block[1])
    rest = _ASS_STYLE.sub("", block[1])
    tags = "".join(f"</{style}>" if on == "0" else f"<{style}>" for style, on in styles)
    return (f"{{{rest}}}" if rest else "") + tags


def _spelt(tag: re.Match[str]) -> str:
    return f"<{tag[1]}{tag[2].rstrip()}>".lower().replace('"', "").replace("'", "")


def _without_tags(text: str) -> str:
    return TAG.sub("", _BREAK.sub("\n", text))


def _tag_marks(text: str) -> Iterable[str]:
    marks = [*TAG.findall(text), *_BREAK.findall(text)] if "<" in text or "\\" in text else []
    return [mark.split()[0] for mark in marks]


def _outside(pattern: re.Pattern[str], text: str) -> Iterable[str]:
    return pattern.findall(TAG.sub("", text) if "<" in text or "{" in text else text)


def _meant(text: str) -> str:
    return _ENTITY.sub(lambda entity: html.unescape(entity[0]), text) if "&" in text else text


def _straight(text: str) -> str:
    return _SINGLE.sub("'", _DOUBLE.sub('"', text))


class _Form(NamedTuple):
    """How a habit shows: what of a text it changes, and what is the same for all its spellings."""

    marks: Callable[[str], Iterable[str]]
    plain: Callable[[str], str]
    least: int = 1  # so many cues; a person may well do by hand what can be seen in one or two


_QUOTE: Final = re.compile(f"{_DOUBLE.pattern}|{_SINGLE.pattern}")
_HABITS: Final = {
    Habit.TAGS: _Form(_tag_marks, _tags),
    Habit.NO_TAGS: _Form(_tag_marks, _without_tags, least=3),
    Habit.ENTITIES: _Form(partial(_outside, _ENTITY), _meant),
    Habit.ELLIPSES: _Form(partial(_outside, _DOTS), partial(_DOTS.sub, "…"), least=3),
    Habit.BLANKS: _Form(partial(_outside, _ODD_BLANK), partial(_BLANK.sub, " ")),
    Habit.QUOTES: _Form(partial(_outside, _QUOTE), _straight, least=3),
    Habit.DASHES: _Form(partial(_outside, _DASH), partial(_DASH.sub, "-"), least=3),
    Habit.MARKS: _Form(partial(_outside, _MARK), partial(_MARK.sub, "")),
}
