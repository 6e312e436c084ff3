"""Our cues beside those of others and of a person, on the same words.

    python -m tests.bench.layout [FILE.srt]

The person's cues are the long French file inside the source archive of pysrt, fetched from the
package index. Each cue's words are spread over its time by their letters; a gap of less than a
second is closed first, so that words do not tell where cues ended. Prints the table and keeps it
in results/layout.md. Exits 1 where a limit of ours does not hold.
"""

from __future__ import annotations

import platform
import re
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Final, NamedTuple
from unittest.mock import patch

from pipeline.core import files
from pipeline.core.timeline import Word, equal_parts
from pipeline.subtitles import breaks
from pipeline.subtitles import profile as profiles
from pipeline.subtitles.layout import Part, Stretch, lay_out
from tests.bench import layout_peers as peers
from tests.bench.layout_peers import Made

RESULTS: Final = Path(__file__).parent / "results" / "layout.md"
PACKAGE: Final = "pysrt==1.1.2"
_MEMBER: Final = "tests/static/utf-8.srt"
_TIMES: Final = re.compile(r"(\d+):(\d\d):(\d\d),(\d{3}) --> (\d+):(\d\d):(\d\d),(\d{3})")
_TAG: Final = re.compile(r"</?[a-z][^>]*>|\{[^}]*\}")
_SHORT_GAP_MS: Final = 1_000
_LONG_MS: Final = 4 * 3_600_000
_ROUNDS: Final = 3
# French words that wait for the next one: articles, prepositions, pronouns. This benchmark's own.
BINDING: Final = frozenset(
    """le la les un une des du de au aux à en dans sur sous par pour avec sans chez vers entre
    contre depuis pendant avant après je tu il elle on nous vous ils elles me te se ce ça cet cette
    ces mon ma mes ton ta tes son sa ses notre nos votre vos leur leurs et ou mais que qui dont où
    si ne ni comme quand lorsque puisque car très plus""".split()
)
# What counts as dangling: articles, prepositions and pronouns that stand before a verb or noun.
DANGLING: Final = frozenset(
    """le la les un une des du de au aux à en dans sur sous par pour avec sans chez vers entre
    contre je tu il on ils me te se ce cet cette ces mon ma mes ton ta tes son sa ses notre nos
    votre vos leur leurs""".split()
)


class Human(NamedTuple):
    """A cue as a person made it."""

    start_ms: int
    end_ms: int
    lines: tuple[tuple[str, ...], ...]


class Row(NamedTuple):
    """One system's figures; shares in percent."""

    name: str
    cues: int
    too_long: float
    too_short: float
    too_fast: float
    needlessly_fast: float
    wide: float
    dangling: float
    cue_f1: float
    break_f1: float


def fetch(folder: Path) -> str:
    """The text of the French file in pysrt's source archive."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary"]
    command += [":all:", "--no-build-isolation", "--dest", str(folder), PACKAGE]
    subprocess.run(command, check=True)
    [archive] = folder.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        [name] = [name for name in opened.getnames() if name.endswith(_MEMBER)]
        source = opened.extractfile(name)
        assert source is not None
        return source.read().decode("utf-8-sig")


def parse(text: str) -> list[Human]:
    """The cues that hold words; dialogue dashes and tags are no words."""
    found: list[Human] = []
    for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n")):
        match = _TIMES.search(block)
        if not match:
            continue
        h, m, s, ms, h2, m2, s2, ms2 = map(int, match.groups())
        lines = tuple(
            tuple(tokens)
            for line in block[match.end() :].strip().split("\n")
            if (tokens := _tokens(_TAG.sub("", line).strip().lstrip("-– ")))
        )
        start_ms = max(((h * 60 + m) * 60 + s) * 1_000 + ms, found[-1].end_ms if found else 0)
        end_ms = ((h2 * 60 + m2) * 60 + s2) * 1_000 + ms2
        if lines and start_ms < end_ms:
            found.append(Human(start_ms, end_ms, lines))
    return found


def _tokens(line: str) -> list[str]:
    """Words as a recogniser gives them: a mark that stands alone belongs to the word before."""
    found: list[str] = []
    for token in line.split():
        if found and not any(map(str.isalnum, token)):
            found[-1] += f"\u00a0{token}"
        else:
            found.append(token)
    return found


def spread(humans: Sequence[Human]) -> tuple[list[Word], list[Made]]:
    """All words with times, and the person's cues as word positions."""
    words: list[Word] = []
    made = []
    for cue, after in zip(humans, [*humans[1:], None], strict=True):
        end_ms = cue.end_ms
        if after and 0 <= after.start_ms - end_ms < _SHORT_GAP_MS:
            end_ms = after.start_ms
        texts = [word for line in cue.lines for word in line]
        letters = sum(len(text) + 1 for text in texts)
        parts = equal_parts(cue.start_ms, end_ms, letters)
        first, at = len(words), 0
        for text in texts:
            stop = at + len(text) + 1
            words.append(Word(start_ms=parts[at][0], end_ms=parts[stop - 1][1], text=text))
            at = stop
        ends, end = [], first
        for line in cue.lines:
            end += len(line)
            ends.append(end)
        made.append(Made(cue.start_ms, cue.end_ms, first, tuple(ends)))
    return words, made


def ours(words: Sequence[Word]) -> list[Made]:
    """The layout of this project, by the default profile and French binding words."""
    with patch.object(breaks, "binds_next", lambda _: BINDING):
        [cues] = lay_out([Stretch((Part(tuple(words)),), "fr")], profiles.load("default"))
    made = []
    end = 0
    for cue in cues:
        first, ends = end, []
        for line in cue.lines:
            end += len(line.split(" "))
            ends.append(end)
        made.append(Made(cue.start_ms, cue.end_ms, first, tuple(ends)))
    assert end == len(words)
    return made


def row(name: str, made: Sequence[Made], human: Sequence[Made], words: Sequence[Word]) -> Row:
    """What is measured of one system's cues."""
    rules = profiles.load("default").rules("fr")
    lengths = [_characters(words, cue.first, cue.end) for cue in made]
    shown = [cue.end_ms - cue.start_ms for cue in made]
    fast = [n * 1_000 / ms > rules.speed_limit for n, ms in zip(lengths, shown, strict=True)]
    allowed = [
        n * 1_000 / rules.speed_limit <= _room_ms(words, cue, rules.gap_ms)
        for n, cue in zip(lengths, made, strict=True)
    ]
    lines = [line for cue in made for line in pairwise([cue.first, *cue.ends])]
    ends = [cue.end for cue in made]
    all_ends = [end for cue in made for end in cue.ends]
    inner = [end for end in all_ends if end < len(words)]
    return Row(
        name=name,
        cues=len(made),
        too_long=_share(ms > rules.longest_ms for ms in shown),
        too_short=_share(ms < rules.shortest_limit_ms for ms in shown),
        too_fast=_share(fast),
        needlessly_fast=_share(a and b for a, b in zip(fast, allowed, strict=True)),
        wide=_share(_characters(words, *line) > rules.line_limit for line in lines),
        dangling=_share(words[end - 1].text.lower() in DANGLING for end in inner),
        cue_f1=_f1(ends, [cue.end for cue in human], len(words)),
        break_f1=_f1(all_ends, [end for cue in human for end in cue.ends], len(words)),
    )


def _room_ms(words: Sequence[Word], cue: Made, gap_ms: int) -> int:
    """How long a cue's words leave it on screen: from its first one to the next cue's first."""
    after_ms = words[cue.end].start_ms - gap_ms if cue.end < len(words) else cue.end_ms
    return min(after_ms, words[cue.end - 1].end_ms + 1_000) - words[cue.first].start_ms


def _characters(words: Sequence[Word], first: int, end: int) -> int:
    return sum(len(word.text) + 1 for word in words[first:end]) - 1


def _share(flags: Iterable[bool]) -> float:
    found = list(flags)
    return 100 * sum(found) / len(found)


def _f1(ends: Sequence[int], wanted: Sequence[int], count: int) -> float:
    a, b = set(ends) - {count}, set(wanted) - {count}
    return 2 * len(a & b) / (len(a) + len(b))


SYSTEMS: Final[dict[str, Callable[[Sequence[Word]], list[Made]]]] = {
    "whisper, greedy 42 x 2": peers.greedy,
    "whisperX, 45 characters": peers.whisperx,
    "whisperX, 84 characters": partial(peers.whisperx, longest=84),
    "stable-ts `da`": peers.stable,
    "ours": ours,
}


def long(words: Sequence[Word]) -> list[Word]:
    """Four hours of the same words, spoken without the film's silences."""
    found: list[Word] = []
    clock_ms = 0
    while clock_ms < _LONG_MS:
        for before, word in pairwise(words):
            clock_ms += min(word.start_ms - before.end_ms, 400)
            end_ms = clock_ms + word.duration_ms
            found.append(Word(start_ms=clock_ms, end_ms=end_ms, text=word.text))
            clock_ms = end_ms
    return found


def seconds(system: Callable[[Sequence[Word]], list[Made]], words: Sequence[Word]) -> float:
    """The best of a few rounds."""
    found = []
    for _ in range(_ROUNDS):
        begun = time.process_time()
        system(words)
        found.append(time.process_time() - begun)
    return min(found)


def missed(rows: Sequence[Row], taken_s: float) -> list[str]:
    """The limits that ours does not keep."""
    *others, own = rows
    best = max(other.cue_f1 for other in others[1:])
    limits = [
        ("dangling ends", own.dangling, 0.3),
        ("over the maximum duration", own.too_long, 0.0),
        ("under the minimum duration", own.too_short, 1.5),
        ("needlessly above the hard speed", own.needlessly_fast, 0.5),
        ("seconds for four hours", taken_s, 5.0),
        ("boundary F1 below the best other's by", best - own.cue_f1, 0.0),
    ]
    return [f"{what}: {value:.3f}, at most {most}" for what, value, most in limits if value > most]


def table(rows: Sequence[Row], times: dict[str, float], count: int) -> str:
    """All figures as Markdown."""
    head = "cues|over 7 s|under 0.833 s|above 20 cps|… needlessly|lines over 42|dangling ends"
    lines = [
        f"| system |{head}|cue F1|any-break F1|",
        "|---|" + "---:|" * 9,
        *(
            f"| {one.name} | {one.cues} | "
            + " | ".join(f"{share:.2f} %" for share in one[2:8])
            + f" | {one.cue_f1:.3f} | {one.break_f1:.3f} |"
            for one in rows
        ),
    ]
    python = platform.python_version()
    base = times["whisper, greedy 42 x 2"]
    speed = [f"| {name} | {taken:.2f} s | {taken / base:.1f} |" for name, taken in times.items()]
    return "\n".join(
        [
            "# Layout: ours, others and a person on the same words",
            "",
            *(re.sub(r"^    ", "", line) for line in _ABOUT.strip().split("\n")),
            "",
            *lines,
            "",
            f"Four hours, {count} words, best of {_ROUNDS}, processor time, Python {python}:",
            "",
            "| system | time | times greedy |",
            "|---|---:|---:|",
            *speed,
            "",
        ]
    )


_ABOUT: Final = """
    `make bench-layout` on the French film file in pysrt's source archive: one film, words spread
    over its cues by their letters, so a direction and no proof. Ours knows the benchmark's French
    binding words, the others know none (whisperX its conjunctions). "Needlessly" above the hard
    speed is a cue whose own words leave the time to read it. whisperX and stable-ts break no lines
    here, so their any-break F1 counts cue ends only.
"""


def main() -> int:
    """Measure, print, keep."""
    if sys.argv[1:]:
        text = Path(sys.argv[1]).read_text("utf-8-sig")
    else:
        with tempfile.TemporaryDirectory() as folder:
            text = fetch(Path(folder))
    words, human = spread(parse(text))
    made = {name: system(words) for name, system in SYSTEMS.items()}
    rows = [row("a person", human, human, words)]
    rows += [row(name, cues, human, words) for name, cues in made.items()]
    much = long(words)
    times = {name: seconds(system, much) for name, system in SYSTEMS.items()}
    text = table(rows, times, len(much))
    sys.stdout.write(text)
    files.replace(RESULTS, text.encode())
    wrong = missed(rows, times["ours"])
    sys.stderr.writelines(f"{line}\n" for line in wrong)
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
