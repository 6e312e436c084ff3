import datetime as dt
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.errors import InputError
from pipeline.programme import info
from pipeline.programme.info import Info

LONG = "a" * 300  # no file system has names of that length


def load(tmp_path: Path, text: str | bytes) -> Info:
    data = text.encode() if isinstance(text, str) else text
    (tmp_path / "show.toml").write_bytes(data)
    return info.load(tmp_path / "show.mp4")


def test_without_a_file_everything_has_its_default(tmp_path: Path):
    assert info.load(tmp_path / "show.mp4") == Info(
        languages=("ru", "es", "en"), translate={"ru": "en"}, interpreted="both", profile="default"
    )


def test_every_key_is_read(tmp_path: Path):
    for name in ("a.csv", "b.toml", "c.tsv"):
        (tmp_path / name).touch()
    text = """
        title = "Anti-imperialist marathon"
        date = 2019-12-08
        languages = ["uk", "ru"]
        translate = { uk = "en", ru = "es" }
        rundown = "a.csv"
        roster = "b.toml"
        glossary = "c.tsv"
        profile = "wide"
        interpreted = "interpreter"
    """
    assert load(tmp_path, text) == Info(
        title="Anti-imperialist marathon",
        date=dt.date(2019, 12, 8),
        languages=("uk", "ru"),
        translate={"uk": "en", "ru": "es"},
        rundown=tmp_path / "a.csv",
        roster=tmp_path / "b.toml",
        glossaries=(tmp_path / "c.tsv",),
        profile="wide",
        interpreted="interpreter",
    )


def test_a_translation_may_be_a_table_and_a_date_may_be_text(tmp_path: Path):
    found = load(tmp_path, 'date = "2019-12-08"\n[translate]\nes = "en"\n')
    assert found.date == dt.date(2019, 12, 8)
    assert found.translate == {"es": "en"}
    assert load(tmp_path, "date = 2019-12-08T10:00:00").date == dt.date(2019, 12, 8)


def test_the_recordings_file_beats_the_archives(tmp_path: Path):
    (tmp_path / "words.tsv").touch()
    toml = 'title = "all"\nprofile = "wide"\nglossary = "words.tsv"\n'
    (tmp_path / "archive.toml").write_text(toml)
    (tmp_path / "show.toml").write_text('title = "one"\n')
    found = info.load(tmp_path / "show.mp4")
    assert (found.title, found.profile) == ("one", "wide")
    assert found.glossary == tmp_path / "words.tsv"
    assert found.archive == tmp_path


def test_the_recordings_glossary_stands_before_the_archives(tmp_path: Path):
    for name in ("all.tsv", "own.tsv"):
        (tmp_path / name).touch()
    (tmp_path / "archive.toml").write_text('glossary = "all.tsv"\n')
    (tmp_path / "show.toml").write_text('glossary = "own.tsv"\n')
    found = info.load(tmp_path / "show.mp4")
    assert found.glossary == tmp_path / "own.tsv"
    assert found.glossaries == (tmp_path / "own.tsv", tmp_path / "all.tsv")


def test_the_nearest_archive_file_is_taken_however_the_recording_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "2019" / "may").mkdir(parents=True)
    (tmp_path / "2020").mkdir()
    (tmp_path / "archive.toml").write_text('title = "all"\n')
    (tmp_path / "2020" / "archive.toml").write_text('title = "2020"\n')
    monkeypatch.chdir(tmp_path / "2019")
    for name in ("may/a.mp4", "a.mp4", "../a.mp4", "../2020/../2019/may/a.mp4"):
        assert info.load(Path(name)).title == "all"
    assert info.load(tmp_path / "2020" / "a.mp4").title == "2020"
    assert info.load(Path("../2020/a.mp4")).title == "2020"


def test_what_lies_above_the_home_folder_is_nobodys_archive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "archive.toml").write_text('title = "all"\n')
    (tmp_path / "me" / "talks").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "me"))
    assert info.load(tmp_path / "me" / "talks" / "a.mp4").title == ""
    (tmp_path / "me" / "archive.toml").write_text('title = "mine"\n')
    assert info.load(tmp_path / "me" / "talks" / "a.mp4").title == "mine"


def test_default_translations_are_limited_to_what_may_be_spoken(tmp_path: Path):
    assert load(tmp_path, 'languages = ["es", "en"]').translate == {}
    assert load(tmp_path, "translate = {}").translate == {}


def test_the_archives_translations_are_limited_to_what_one_recording_says_is_spoken(
    tmp_path: Path,
):
    (tmp_path / "archive.toml").write_text('translate = { ru = "en", uk = "es" }\n')
    assert load(tmp_path, 'languages = ["uk", "es"]').translate == {"uk": "es"}
    with pytest.raises(InputError, match=r"archive\.toml, line 1: translate: 'uk' is not in"):
        load(tmp_path, 'title = "One"')
    (tmp_path / "archive.toml").write_text('languages = ["ru"]\n')
    with pytest.raises(InputError, match=r"show\.toml, line 2: translate: 'es' is not in"):
        load(tmp_path, 'title = "One"\ntranslate = { es = "en" }')


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path):
    assert load(tmp_path, "\ufefftitle = 'a'\r\nprofile = 'b'\r\n").profile == "b"


@pytest.mark.parametrize(
    ("text", "fault", "hint"),
    [
        ('\ntitel = "x"', "line 2: unknown key 'titel'", "did you mean 'title'?"),
        ("[Glossary]", "line 1: unknown key 'Glossary'", "did you mean 'glossary'?"),
        ("zzz = 1", "line 1: unknown key 'zzz'", "known keys: title, date"),
        ("\n\ntitle = marathon", "line 3: not TOML", "quotes"),
        ('title = "x', "line 1: not TOML", "quotes"),
        ("title = 5", "line 1: title: text is needed", "quotes"),
        ('date = "8.12.2019"', "line 1: date: '8.12.2019' is no date", "2019-12-08"),
        ("date = 10:30:00", "line 1: date", "2019-12-08"),
        ('title = "x"\nlanguages = ["rus"]', "line 2: languages: unknown language 'rus'", "'ru'?"),
        ("languages = [1]", "unknown language 1", "tags are like"),
        ("languages = []", "a list of languages is needed", "write it as"),
        ('languages = "ru"', "a list of languages is needed", "write it as"),
        ('languages = ["ru", "ru"]', "named twice", ""),
        ('translate = "en"', "translate: source and target", "write it as"),
        ('translate = { ru = "ru" }', "into itself", ""),
        ('translate = { ru = "English" }', "unknown language 'English'", "'en'?"),
        ('translate = { ru = ["en"] }', "unknown language", "tags are like"),
        (f"rundown = '{LONG}'", "aaa': no such file", "looked for in"),
        ('rundown = "none.csv"', "line 1: rundown: 'none.csv': no such file", "looked for in"),
        ('\ntranslate = { de = "en" }', "line 2: translate: 'de' is not in languages", '"de"]'),
        (
            'languages = ["es"]\n\n[translate]\nru = "en"\nuk = "en"',
            "line 3: translate: 'ru', 'uk' are not in languages",
            'languages = ["es", "ru", "uk"]',
        ),
        ('interpreted = "none"', "not one of original, interpreter, both", ""),
    ],
)
def test_a_fault_is_named_with_its_line_and_a_way_out(
    tmp_path: Path, text: str, fault: str, hint: str
):
    with pytest.raises(InputError) as caught:
        load(tmp_path, text)
    assert fault in caught.value.message
    assert str(tmp_path / "show.toml") in caught.value.message
    assert hint in caught.value.hint


def test_a_file_that_is_not_utf_8_is_named_with_its_line(tmp_path: Path):
    with pytest.raises(InputError, match="line 2: not UTF-8"):
        load(tmp_path, b"profile = 'a'\ntitle = '" + "марафон".encode("cp1251") + b"'")


def test_a_file_that_cannot_be_read_is_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def fail(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "show.toml").touch()
    monkeypatch.setattr(os, "open", fail)
    with pytest.raises(InputError, match="Permission denied"):
        info.load(tmp_path / "show.mp4")


@given(st.binary(max_size=80) | st.text(max_size=80).map(str.encode))
def test_no_file_whatever_is_more_than_an_input_error(tmp_path: Path, data: bytes):
    said = "line "
    try:
        load(tmp_path, data)
    except InputError as error:
        said = error.message
    assert "line " in said
