"""How often a term is found that is not there: hits in Russian lines, to be judged by reading.

    python -m tests.bench.false_hits LINES [--verdicts FILE]

Takes as terms the names that LINES has most often, not only at the beginning of a sentence: the
first 30, and as many more as give 300 hits. Draws 300 with a fixed seed and prints each with its
line. Who reads them writes down which are wrong; with FILE, those that were judged are left out,
and the share of wrong ones is told.
"""

from __future__ import annotations

import argparse
import csv
import random
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from pipeline.programme import inflection, terms
from pipeline.programme.glossary import Term

SAMPLE: Final = 300
MOST: Final = 30
_SEED: Final = 6
_AROUND: Final = 60
# What has a capital inside a sentence, in the nominative: the first ones by how often it is said.
CANDIDATES: Final = """США|Земля|Китай|Европа|Луна|Африка|Америка|Джон|Новая Зеландия|Турция
Германия|Солнце|Пакистан|Австралия|Италия|Интернет|Гренландия|Рид|Индия|Великобритания|СМИ|Исландия
Сан-Франциско|Кения|Япония|Венера|Франция|Тутанхамон|Люксембург|Канада|Эквадор|Чили|Костелло
Россия|Калифорния|Эфиопия|Берлин|Советский Союз|Флорида|Польша|Чарльз|Бельгия|Камбоджа|Старк|Мара
Ванкувер|Гавайи|Армения|Видаль|Овечкин|Сингапур|Алонсо|Венгрия|Провенцано|Бразилия|Афганистан
Аляска|Джонсон|Техас|Мусаси|Лондон|Ромни|Эстония|Сайто|Норвегия|Серенгети|Ливия|Полинезия|Чатем
Дамадьян|Тонлесап|Израиль|Куба|Испания|Гаити|Кук|Росс|Швейцария|Олимпийские игры|Соединенные Штаты
Пуэрто-Рико|Ленц|Бобек|Этельред|Буффало|Альбукерке|Манарола""".replace("\n", "|").split("|")


class Found(NamedTuple):
    """A hit: in which line, counted from 1, from which character, of which name."""

    line: int
    offset: int
    name: str


def hits(lines: Sequence[str], names: Sequence[str]) -> list[Found]:
    """All hits in order."""
    finders = terms.finders([Term(source=name, target="x") for name in names], "ru")
    return [
        Found(number, hit.start, hit.term.source)
        for number, line in enumerate(lines, 1)
        for hit in terms.occurrences(line, finders)
    ]


def commonest(found: Sequence[Found]) -> list[str]:
    """The first 30 names by their hits, and as many more as give a sample."""
    said = Counter(one.name for one in found).most_common()
    names: list[str] = []
    total = 0
    for name, count in said:
        if len(names) >= MOST and total >= SAMPLE:
            break
        names.append(name)
        total += count
    return names


def _judged(path: Path) -> dict[Found, str]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader((row for row in file if not row.startswith("#")), delimiter="\t")
        return {
            Found(int(row["line"]), int(row["offset"]), row["term"]): row["verdict"] for row in rows
        }


def _share(name: str, sample: Sequence[Found], known: dict[Found, str]) -> str:
    judged = [known[one] for one in sample if one in known]
    wrong = judged.count("wrong")
    share = f"{100 * wrong / len(judged):.1f} %" if judged else "-"
    return f"# {name}: {len(sample)} hits, {len(judged)} judged, {wrong} wrong: {share}"


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def main() -> None:
    """Print the sample, and the share of wrong hits in it."""
    parser = argparse.ArgumentParser(description="Hits of names, to be judged by reading.")
    parser.add_argument("lines", type=Path)
    parser.add_argument("--verdicts", type=Path)
    asked = parser.parse_args()
    lines = asked.lines.read_text("utf-8").splitlines()
    names = commonest(hits(lines, CANDIDATES))
    found = hits(lines, names)
    sample = sorted(random.Random(_SEED).sample(found, min(SAMPLE, len(found))))
    known = _judged(asked.verdicts) if asked.verdicts else {}
    first = [one for one in found if one.name in names[:MOST]]
    for one in sorted({*sample, *first} - known.keys()):
        line = lines[one.line - 1]
        before, after = line[: one.offset][-_AROUND:], line[one.offset :][:_AROUND]
        _say("\t".join((*map(str, one), f"{before}[[{after}")))
    _say(f"# {inflection.identity()}; {', '.join(names)}")
    _say(_share(f"the first {MOST} names", first, known))
    _say(_share("sample of all", sample, known))


if __name__ == "__main__":
    main()
