"""How the people of a roster sound: vectors of their clips, kept or made now.

They lie in `clips.f16`, in the form of `voices.f16`, each under its clip's contents and times: to
rename a person, or to add a clip, asks for nothing that is known, least of all for the recording.
"""

from __future__ import annotations

import logging
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING, Final

import msgspec

from pipeline.core import files, media
from pipeline.core.artifacts import Origin
from pipeline.core.clock import clock
from pipeline.core.errors import InputError, UsageError
from pipeline.engines.voice import WINDOW, Voice
from pipeline.segment import voices
from pipeline.segment.names import LIKELY
from pipeline.segment.pieces import LONGEST_MS, sounds
from pipeline.segment.voices import Heard

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from pipeline.core.decoding import Samples
    from pipeline.engines.speakers import Embedder, Vectors
    from pipeline.programme.roster import Clip, Person

    Rows = dict[str, Vectors]  # by `_key`

log = logging.getLogger(__name__)

_HEARD_MS: Final = 60_000  # of a clip
_LEAST_MS: Final = 1_000  # of speech that a clip needs
_SPEECH: Final = 0.5
_ONE_PERSON: Final = 0.88  # people's own clips are as alike as that, strangers hardly ever

_made: Final[dict[str, Rows]] = {}  # by identity: what was heard ahead is not heard again


def digest(people: Sequence[Person]) -> str:
    """What names all clips and their contents."""
    named = [(name, _digest(clip.path), clip.from_ms, clip.to_ms) for name, clip in _of(people)]
    return files.digest(msgspec.json.encode(named))


def unheard(path: Path, people: Sequence[Person], identity: str) -> tuple[Clip, ...]:
    """The clips whose vectors are not known, neither from the file at `path` nor in this process.

    Raises:
        InputError: a clip cannot be read.
    """
    known = _known(path, identity)
    return tuple(clip for _, clip in _of(people) if _key(clip) not in known)


def vectors(
    path: Path, people: Sequence[Person], identity: str, embedder: Embedder | None
) -> dict[str, Vectors]:
    """The vectors of each person's clips, [clips, d]; tells of clips that contradict one another.

    Args:
        path: of the kept vectors; nothing is written.
        people: whose clips.
        identity: of what makes the vectors.
        embedder: what makes them; None where it is not here: then only known ones are given.

    Raises:
        InputError: a clip cannot be read, is over before its time, or holds no speech.
    """
    import numpy as np

    missing = {_key(clip): clip for clip in unheard(path, people, identity)}
    if embedder is not None and missing:
        _made.setdefault(identity, {}).update(_listened(missing, embedder))
    known = _known(path, identity)
    found = [(name, clip, known[key]) for name, clip in _of(people) if (key := _key(clip)) in known]
    _compare([name for name, *_ in found], [clip for _, clip, _ in found], [v for *_, v in found])
    rows: dict[str, list[Vectors]] = {}
    for name, _, vector in found:
        rows.setdefault(name, []).append(vector)
    return {name: np.array(own, np.float32) for name, own in rows.items()}


def keep(path: Path, people: Sequence[Person], identity: str) -> None:
    """Keep what is known of people's clips in the file at `path`; the caller holds the lock."""
    import numpy as np

    known = _known(path, identity)
    rows = {key: known[key] for _, clip in _of(people) if (key := _key(clip)) in known}
    if rows and rows.keys() != _read(path, identity).keys():
        heard = Heard(
            vectors=np.array([*rows.values()], np.float32), identity=identity, keys=(*rows,)
        )
        voices.write(path, _origin(identity), heard)


def _of(people: Sequence[Person]) -> Iterator[tuple[str, Clip]]:
    return ((person.name, clip) for person in people for clip in person.clips)


def _origin(identity: str) -> Origin:
    return Origin(stage="clips", stage_version=1, weights=identity)


def _known(path: Path, identity: str) -> Rows:
    return {**_read(path, identity), **_made.get(identity, {})}


def _read(path: Path, identity: str) -> Rows:
    heard = voices.read(path, _origin(identity))
    return {} if heard is None else dict(zip(heard.keys, heard.vectors, strict=False))


def _key(clip: Clip) -> str:
    return f"{_digest(clip.path)}:{clip.from_ms}-{_end_ms(clip)}"


def _end_ms(clip: Clip) -> int:
    longest_ms = clip.from_ms + _HEARD_MS
    return longest_ms if clip.to_ms is None else min(clip.to_ms, longest_ms)


def _digest(path: Path) -> str:
    try:
        found = path.stat()
    except OSError:
        return files.digest_file(path)  # it says what is wrong
    return _digest_once(path, found.st_size, found.st_mtime_ns)


@cache
def _digest_once(path: Path, size: int, mtime_ns: int) -> str:  # noqa: ARG001 - what it is of
    """One reading of a file of hours, however many clips it has and whoever asks."""
    return files.digest_file(path)


def _listened(clips: Mapping[str, Clip], embedder: Embedder) -> Rows:
    """The vector of each clip, in the order of files and times, so that each is decoded once."""
    ordered = sorted(clips.items(), key=lambda one: (one[1].path, one[1].from_ms))

    def spoken() -> Iterator[Samples]:
        for path, own in groupby((clip for _, clip in ordered), key=lambda clip: clip.path):
            yield from _spoken(path, list(own))

    found = voices.rounded(embedder.vectors(spoken))
    return dict(zip((key for key, _ in ordered), found, strict=True))


def _spoken(path: Path, clips: Sequence[Clip]) -> Iterator[Samples]:
    """What of each clip of a file is speech; the clips do not overlap (the roster sees to it)."""
    spans = [
        (begin, min(begin + LONGEST_MS, _end_ms(clip)))
        for clip in clips
        for begin in range(clip.from_ms, _end_ms(clip), LONGEST_MS)
    ]
    blocks = media.blocks(path, end_ms=_end_ms(clips[-1]))
    heard = _placed(sounds(blocks, spans), clips[0].place)
    for clip in clips:
        starts = range(clip.from_ms, _end_ms(clip), LONGEST_MS)
        yield _speech(clip, [next(heard) for _ in starts])


def _placed(heard: Iterator[Samples], place: str) -> Iterator[Samples]:
    try:
        yield from heard
    except (InputError, UsageError) as error:
        raise InputError(f"{place}: {error.message}", hint=error.hint) from error


def _speech(clip: Clip, parts: Sequence[Samples]) -> Samples:
    import numpy as np

    sound = np.concatenate([np.zeros(0, np.float32), *parts])
    if not len(sound):
        message = f"{clip.place}: {clip.path}: is over before {clock(clip.from_ms)}"
        raise InputError(message, hint="give times at which the person is heard in the file")
    voice = Voice()
    likely = np.concatenate([voice.feed(sound), voice.finish()]) >= _SPEECH
    whole = np.pad(sound, (0, len(likely) * WINDOW - len(sound)))
    spoken: Samples = whole.reshape(-1, WINDOW)[likely].reshape(-1)
    if len(spoken) < _LEAST_MS * media.PER_MS:
        message = f"{clip.place}: {clip.path}: nobody is heard to speak for a second"
        hint = "choose a clip of 10 to 20 s in which only this person speaks"
        raise InputError(message, hint=hint)
    return spoken


def _compare(names: Sequence[str], clips: Sequence[Clip], rows: Sequence[Vectors]) -> None:
    """Tell of two people who sound like one, and of one who sounds like two.

    Of each clip only the one of somebody else that is most like it, of each person only the two
    that are least alike.
    """
    import numpy as np

    if not rows:
        return
    alike = np.array(rows) @ np.array(rows).T
    who = np.array(names)
    nearest = np.where(who[:, None] == who, -1.0, alike)
    for at, other in enumerate(nearest.argmax(axis=1).tolist()):
        if nearest[at, other] >= _ONE_PERSON and (at < other or nearest[other].argmax() != at):
            pair = f"{_shown(clips[at])}, {_shown(clips[other])}"
            _tell(f"{names[at]} and {names[other]} sound like one person: {pair}")
    for name in dict.fromkeys(names):
        among = np.flatnonzero(who == name)
        inside = alike[np.ix_(among, among)]
        one, other = (among[int(i)] for i in np.unravel_index(inside.argmin(), inside.shape))
        if one != other and alike[one, other] < LIKELY:
            pair = f"{_shown(clips[one])}, {_shown(clips[other])}"
            _tell(f"{name} sounds like two people: {pair}")


@cache
def _tell(message: str) -> None:
    """Once in a process: a roster may be that of a whole archive."""
    log.warning("%s", message)


def _shown(clip: Clip) -> str:
    is_whole = not clip.from_ms and clip.to_ms is None
    return f"{clip.path}" if is_whole else f"{clip.path}@{clock(clip.from_ms)}"
