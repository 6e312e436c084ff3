"""What the program says to people in its files, in the languages of those who read them."""

from __future__ import annotations

import functools
import os
import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from pipeline.core import language

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LANGUAGES: Final = ("en", "ru", "es")
DEFAULT: Final = "en"
FORMS: Final = frozenset({"one", "few", "many", "other"})  # the keys of a text that counts

_SHIPPED: Final = files("pipeline.core") / "catalogue"
_ASKED: Final = ("LC_ALL", "LC_MESSAGES", "LANG")  # the first one that says anything holds (POSIX)


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of one language by key: `texts("report.more", count=3)`.

    A text that counts has a table of forms, and `count` chooses the form. Fields are put in as they
    are: what they hold is never read as a template, nor is it escaped for any format.
    """

    tag: str
    forms: Mapping[str, Mapping[str, str]]  # by key, then form; "" where a text has one form only

    def __call__(self, key: str, /, **fields: object) -> str:
        """The text of `key` with its fields filled in; KeyError for what the catalogue lacks."""
        forms = self.forms[key]
        count = fields.get("count")
        form = "" if "" in forms else plural(self.tag, count if isinstance(count, int) else 0)
        return forms[form].format(**fields)

    def of(self, group: str, name: str, otherwise: str) -> str:
        """The text `name` of a group that may not know it; then `otherwise`."""
        forms = self.forms.get(f"{group}.{name}", {})
        return forms.get("", otherwise)

    def language(self, tag: str) -> str:
        """How a language is called: `испанский`; in English where nothing else is known."""
        first, _, rest = tag.partition("-")
        known = self.of("language", first, language.name(first))
        return f"{known} ({rest})" if rest else known


@functools.cache
def load(tag: str) -> Texts:
    """The texts in a language, one of LANGUAGES."""
    tables = tomllib.loads((_SHIPPED / f"{tag}.toml").read_text(encoding="utf-8"))
    return Texts(tag, dict(_flat(tables)))


def choose(environment: Mapping[str, str] | None = None) -> str:
    """The language of the environment's locale, where it is one of LANGUAGES; else English.

    >>> choose({"LANG": "ru_RU.UTF-8"}), choose({"LC_ALL": "C", "LANG": "ru_RU.UTF-8"})
    ('ru', 'en')
    """
    environment = os.environ if environment is None else environment
    said = next((environment[name] for name in _ASKED if environment.get(name)), "")
    tag = said.partition(".")[0].partition("_")[0].partition("@")[0].casefold()
    return tag if tag in LANGUAGES else DEFAULT


def plural(tag: str, count: int) -> str:
    """The form that goes with `count` (Unicode CLDR, cardinals of whole numbers; no millions).

    >>> [plural("ru", count) for count in (1, 3, 11, 13, 21, 25)]
    ['one', 'few', 'many', 'many', 'one', 'many']
    """
    count = abs(count)
    if tag != "ru":
        return "one" if count == 1 else "other"
    tens, ones = count // 10 % 10, count % 10
    if tens == 1 or ones == 0 or ones > 4:  # noqa: PLR2004 - the rule's own numbers
        return "many"
    return "one" if ones == 1 else "few"


def _flat(tables: Mapping[str, Any], place: str = "") -> Iterator[tuple[str, dict[str, str]]]:
    for key, value in tables.items():
        if isinstance(value, str):
            yield f"{place}{key}", {"": value}
        elif value.keys() <= FORMS:
            yield f"{place}{key}", value
        else:
            yield from _flat(value, f"{place}{key}.")
