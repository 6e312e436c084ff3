"""The catalogue: the same texts in every language, and every text that is asked for."""

from __future__ import annotations

import ast
import re
from itertools import chain
from pathlib import Path
from string import Formatter

import pytest

from pipeline.core import catalogue, language
from pipeline.core.catalogue import FORMS, LANGUAGES, choose, load, plural
from pipeline.core.timeline import ItemKind, Sound
from pipeline.emit.findings import DOUBTS
from pipeline.review.states import State
from pipeline.transcribe import coverage, guards

ROOT = Path(__file__).parents[2] / "pipeline"
OTHERS = [tag for tag in LANGUAGES if tag != catalogue.DEFAULT]


def keys(tag: str) -> set[str]:
    """All keys but the names of languages, which English takes from elsewhere."""
    return {key for key in load(tag).forms if not key.startswith("language.")}


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("tag", OTHERS)
def test_every_text_is_there_in_every_language(tag: str):
    assert keys(tag) == keys("en")


@pytest.mark.parametrize("tag", OTHERS)
def test_a_text_has_the_same_fields_in_every_language(tag: str):
    english, other = load("en").forms, load(tag).forms
    for key in keys("en"):
        wanted = set().union(*map(fields, english[key].values()))
        assert set().union(*map(fields, other[key].values())) == wanted, key
        assert all(name.isidentifier() for name in wanted), key  # no `{x.__class__}`


@pytest.mark.parametrize("tag", LANGUAGES)
def test_a_text_that_counts_has_all_forms_of_its_language_and_no_others(tag: str):
    wanted = {plural(tag, count) for count in range(200)}
    for key, forms in load(tag).forms.items():
        if forms.keys() == {""}:
            continue
        assert forms.keys() == wanted <= FORMS, key
        counted = {form for form, text in forms.items() if "count" in fields(text)}
        if counted:  # "one" is 21 too in Russian, and only 1 elsewhere
            assert counted >= (wanted if tag == "ru" else wanted - {"one"}), key


@pytest.mark.parametrize("tag", LANGUAGES)
def test_no_text_is_empty_torn_or_markup(tag: str):
    for key, forms in load(tag).forms.items():
        for text in forms.values():
            assert text == " ".join(text.split()), key
            assert text, key
            assert not re.search(r"[<>|`*_\[\]\\]", re.sub(r"\{\w+\}", "", text)), key
            assert text.count("(") == text.count(")"), key


@pytest.mark.parametrize("tag", OTHERS)
def test_what_is_said_in_whole_sentences_is_translated(tag: str):
    english, other = load("en"), load(tag)
    same = [
        key
        for key in keys("en")
        if english.forms[key] == other.forms[key] and " " in "".join(english.forms[key].values())
    ]
    assert not same


def test_languages_have_names_of_their_own_and_are_languages():
    named = [
        {key.removeprefix("language.") for key in load(tag).forms if key.startswith("language.")}
        for tag in OTHERS
    ]
    assert named[0] == named[1]
    assert all(map(language.is_tag, named[0]))
    assert load("ru").language("es-MX") == "испанский (MX)"
    assert load("es").language("ru") == "ruso"
    assert load("en").language("ru") == "Russian"
    assert load("ru").language("haw") == "Hawaiian"
    assert load("ru").language("<x>") == "<x>"


def test_what_a_stage_may_say_has_its_words():
    wanted = {
        *(f"kind.{kind}" for kind in ItemKind),
        *(f"sound.{sound}" for sound in Sound),
        *(f"state.{state}" for state in State),
        *(f"finding.{kind}.text" for kind in DOUBTS),
    }
    assert wanted <= keys("en")
    told = {key.split(".")[1] for key in keys("en") if key.startswith("finding.")}
    assert told == DOUBTS.keys()


def test_every_reason_to_take_words_out_has_its_words():
    tree = ast.parse((ROOT / "transcribe" / "guards.py").read_text("utf-8"))
    (reasons,) = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "reasons"
    ]
    assert isinstance(reasons, ast.Dict)
    said = {ast.literal_eval(key) for key in reasons.keys if isinstance(key, ast.Constant)}
    said |= {getattr(guards, key.id) for key in reasons.keys if isinstance(key, ast.Name)}
    said |= {guards.ONSET, coverage._NO_TIMES}
    assert len(said) > 8
    known = {key.removeprefix("removed.") for key in keys("en") if key.startswith("removed.")}
    assert known == said


def test_every_text_that_is_asked_for_is_there_and_every_text_is_asked_for():
    rooms = chain((ROOT / "emit").glob("*.py"), (ROOT / "cli").glob("*.py"))
    sources = "".join(path.read_text("utf-8") for path in rooms)
    groups = {key.partition(".")[0] for key in keys("en")}
    asked = {
        key
        for key in re.findall(r"""["']([a-z]+(?:\.[a-z_]+)+)["']""", sources)
        if key.partition(".")[0] in groups
    }
    assert {key for key in asked if not re.search(r"\.(html|css|md)$", key)} <= keys("en")
    # what is put together: the last part is somewhere in the sources
    unused = [
        key
        for key in keys("en") - asked
        if key.split(".")[0] not in {"removed", "finding", "kind", "sound", "state"}
        and not re.search(f"[\"']{key.rpartition('.')[2]}[\"']", sources)
    ]
    assert not unused


@pytest.mark.parametrize(
    ("environment", "tag"),
    [
        ({}, "en"),
        ({"LANG": "ru_RU.UTF-8"}, "ru"),
        ({"LANG": "es_EC"}, "es"),
        ({"LANG": "es@euro"}, "es"),
        ({"LANG": "fr_FR.UTF-8"}, "en"),
        ({"LANG": "rue_UA.UTF-8"}, "en"),
        ({"LANG": "ru_RU.UTF-8", "LC_MESSAGES": "es_ES.UTF-8"}, "es"),
        ({"LANG": "ru_RU.UTF-8", "LC_MESSAGES": ""}, "ru"),
        ({"LANG": "ru_RU.UTF-8", "LC_MESSAGES": "es_ES.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        ({"LANG": "../../etc/passwd"}, "en"),
    ],
)
def test_the_locale_chooses_where_nobody_else_does(environment: dict[str, str], tag: str):
    assert choose(environment) == tag


def test_the_process_environment_is_asked(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LC_ALL", "ru_RU.UTF-8")
    assert choose() == "ru"


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "0 минут"),
        (1, "1 минута"),
        (2, "2 минуты"),
        (5, "5 минут"),
        (11, "11 минут"),
        (12, "12 минут"),
        (21, "21 минута"),
        (104, "104 минуты"),
        (111, "111 минут"),
    ],
)
def test_russian_has_three_forms(count: int, said: str):
    assert load("ru")("report.minutes", count=count) == said


def test_what_is_filled_in_is_never_read_as_a_template():
    evil = "{count} {0} {x.__class__} %s $title"
    assert load("en")("report.title", title=evil) == f"Report: {evil}"


def test_a_text_that_is_not_there_is_a_mistake_of_ours():
    with pytest.raises(KeyError):
        load("en")("report.nothing")
