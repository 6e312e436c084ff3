"""TMX: what goes out is TMX 1.4 and comes back; what comes in may be anything."""

from __future__ import annotations

import contextlib
import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.core.errors import InputError
from pipeline.programme import tmx, tmx_units
from pipeline.programme.memory import Pair

texts = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff")
    | st.sampled_from("\n\t\r<>&\"']")
)
filled = texts.filter(str.strip)
tags = st.sampled_from(["ru", "en", "pt-BR", "sr-Latn", "es-419"])
times = st.sampled_from(["", "2024-05-16T10:20:30+00:00", "2024-05-16T10:20:30+03:00", "x", "0001"])
pairs = st.builds(Pair, tags, tags, filled, filled, texts, texts, texts, times | texts, texts)


def file(*units: str, header: str = 'srclang="ru"', before: str = "") -> bytes:
    body = "".join(units)
    return f'{before}<tmx version="1.4"><header {header}/><body>{body}</body></tmx>'.encode()


def unit(source: str, target: str, more: str = "", of: str = "") -> str:
    return (
        f'<tu>{more}<tuv xml:lang="ru"><seg>{source}</seg></tuv>'
        f'<tuv xml:lang="en" {of}><seg>{target}</seg></tuv></tu>'
    )


def one(data: bytes) -> Pair:
    (found,) = tmx.parse(data, "x.tmx").pairs
    return found


def composed(given_) -> bytes:
    return b"".join(tmx.compose(given_, '0.1 <"&'))


@given(st.lists(pairs, max_size=4))
@example([Pair("ru", "en", "a\r\nb\rc", "]]>", "\n ", when="9999-12-31T23:59:59-09:00")])
def test_what_goes_out_comes_back(given_):
    found = tmx.parse(composed(given_), "x.tmx")
    assert found.pairs == tuple(given_)
    assert not found.passed_over


# TMX 1.4b, the elements that we write: attributes that are needed, that may be there, and content.
RULES = {
    "tmx": ({"version"}, set(), "header body"),
    "header": (
        {"creationtool", "creationtoolversion", "segtype", "o-tmf", "adminlang", "srclang"}
        | {"datatype"},
        {"o-encoding", "creationdate", "creationid", "changedate", "changeid"},
        "((note|ude|prop) ?)*",
    ),
    "body": (set(), set(), "(tu ?)*"),
    "tu": (
        set(),
        {"tuid", "o-encoding", "datatype", "usagecount", "lastusagedate", "creationtool"}
        | {"creationtoolversion", "creationdate", "creationid", "changedate", "segtype"}
        | {"changeid", "o-tmf", "srclang"},
        "((note|prop) )*(tuv ?)+",
    ),
    "tuv": (
        {"{http://www.w3.org/XML/1998/namespace}lang"},
        {"o-encoding", "datatype", "usagecount", "lastusagedate", "creationtool"}
        | {"creationtoolversion", "creationdate", "creationid", "changedate", "o-tmf"}
        | {"changeid"},
        "((note|prop) )*seg",
    ),
    "seg": (set(), set(), ""),
    "prop": ({"type"}, {"{http://www.w3.org/XML/1998/namespace}lang", "o-encoding"}, ""),
}


@given(st.lists(pairs, max_size=3))
def test_what_goes_out_follows_the_rules_of_tmx(given_):
    root = ET.fromstring(composed(given_))
    assert root.tag == "tmx"
    assert root.get("version") == "1.4"
    assert root[0].get("segtype") in {"block", "paragraph", "sentence", "phrase"}
    for element in root.iter():
        needed, may, content = RULES[element.tag]
        assert needed <= set(element.keys()) <= needed | may
        assert re.fullmatch(content, " ".join(child.tag for child in element))
        for name in ("creationdate", "changedate"):
            assert re.fullmatch(r"\d{8}T\d{6}Z", element.get(name, "20240516T102030Z"))


def test_what_xml_cannot_hold_becomes_a_blank():
    sent = Pair("ru", "en", "a\0b\x1b", "\ufffe\ud800c", who="\0o")
    assert one(composed([sent])) == Pair("ru", "en", "a b ", "  c", who=" o")


def test_several_source_languages_are_said_at_each_unit():
    data = composed([Pair("ru", "en", "а", "b"), Pair("es", "en", "c", "d")])
    assert b'srclang="*all*"' in data
    assert [found.source_language for found in tmx.parse(data, "x").pairs] == ["ru", "es"]


def test_a_file_of_omegat_is_understood():
    data = file(
        "<tu><prop type='file'>a.srt</prop>"
        "<prop type='prev'>Да.</prop><prop type='next'>Нет.</prop>"
        '<tuv lang="RU-RU"><seg>Мы здесь.</seg></tuv>'
        '<tuv lang="EN-US" changeid="olga" changedate="20240516T102030Z" creationid="ivan"'
        ' creationdate="20230101T000000Z"><seg>We are here.</seg></tuv></tu>',
        header='srclang="RU-RU"',
        before='<?xml version="1.0"?><!DOCTYPE tmx SYSTEM "tmx11.dtd">',
    )
    assert one(data) == Pair(
        "ru-RU",
        "en-US",
        "Мы здесь.",
        "We are here.",
        "Да.",
        "Нет.",
        "olga",
        "2024-05-16T10:20:30+00:00",
    )


@pytest.mark.parametrize("on", ["tu", "tuv"])
def test_who_made_it_and_when_is_kept(on):
    made = 'creationid="olga" creationdate="20240516T102030Z"'
    data = file(unit("а", "b", of=made if on == "tuv" else ""))
    found = one(data if on == "tuv" else data.replace(b"<tu>", f"<tu {made}>".encode()))
    assert (found.who, found.when) == ("olga", "2024-05-16T10:20:30+00:00")


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ('Не <bpt i="1">&lt;b&gt;</bpt>здесь<ept i="1">&lt;/b&gt;</ept>!', "Не здесь!"),
        ("а <ph>{0} <sub>x</sub></ph> б", "а б"),
        ("а<it pos='begin'>[i]</it>б<ut>x</ut>", "аб"),
        ("а <hi>б <hi>в</hi></hi> г", "а б в г"),
        ("<![CDATA[<а>]]> &amp; &#1041;", "<а> & Б"),
        ("а <!-- no --> б", "а  б"),
    ],
)
def test_codes_in_a_segment_are_no_text(written, text):
    assert one(file(unit(written, written))).source == text
    assert one(file(unit(written, written))).target == text


def test_a_unit_of_three_languages_makes_two_pairs():
    data = file(
        '<tu><tuv xml:lang="en"><seg>b</seg></tuv><tuv xml:lang="ru"><seg>а</seg></tuv>'
        '<tuv xml:lang="es_MX"><seg>c</seg></tuv></tu>'
    )
    found = tmx.parse(data, "x").pairs
    assert [(p.source, p.target, p.target_language) for p in found] == [
        ("а", "b", "en"),
        ("а", "c", "es-MX"),
    ]


def test_what_cannot_be_taken_is_counted_by_reason():
    data = file(
        unit("а", "b"),
        unit("а", " "),
        unit("а" * (tmx_units.LONGEST + 1), "b"),
        '<tu><tuv xml:lang="ru"><seg>а</seg></tuv><tuv xml:lang="klingon"><seg>b</seg></tuv></tu>',
        '<tu><tuv xml:lang="es"><seg>а</seg></tuv><tuv xml:lang="en"><seg>b</seg></tuv></tu>',
        "<tu/>",
    )
    found = tmx.parse(data, "x")
    assert len(found.pairs) == 1
    assert found.passed_over == {
        "with an empty segment": 1,
        "with more than 20000 characters in a segment": 1,
        "in a language that is not known": 1,
        "without a text in the language that it says it is from": 2,
    }


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1251"])
def test_encodings_that_programs_write(encoding):
    named = {"utf-8-sig": "utf-8"}.get(encoding, encoding)
    data = file(unit("Мы", "b"), before=f'<?xml version="1.0" encoding="{named}"?>\n')
    assert one(data.decode().encode(encoding)).source == "Мы"


_LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    ("dtd", "line"),
    [
        (f'<!DOCTYPE tmx [\n<!ENTITY l0 "lol">{_LAUGHS}]>', 2),
        ('<!DOCTYPE tmx [\n\n<!ENTITY l9 SYSTEM "file:///etc/passwd">]>', 3),
        ('<!DOCTYPE tmx [<!ENTITY % l9 SYSTEM "http://127.0.0.1/x"> %l9;]>', 1),
        ('<!DOCTYPE tmx SYSTEM "tmx14.dtd">\n', 2),
    ],
)
def test_entities_are_refused_with_their_line(dtd, line):
    with pytest.raises(InputError, match=rf"x\.tmx, line {line}: entities are not read"):
        tmx.parse(file(unit("&l9;", "b"), before=dtd), "x.tmx")


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", "line 1: not XML: no element found"),
        (b"1\n00:00:01,000", "line 1: not XML"),
        (b"<tmx>\n<body>", "line 2: not XML"),
        (b"<tmx>\n\n<body></tmx>", "line 3: not XML: mismatched tag"),
        (b"<html/>", "line 1: not TMX: it begins with <html>"),
        (b"<tmx>\n<a>\xff</a></tmx>", "line 2: not XML"),
        (b'<?xml version="1.0" encoding="no-such"?><tmx/>', "line 1"),
        (b'<?xml version="1.0" encoding="shift_jis"?><tmx/>', "line 1"),
        (b'<?xml version="1.0" encoding="zlib_codec"?><tmx/>', "line 1"),
        (b"<tmx>" + b"<a>" * 1_000_000, "nested too deeply"),
        (b"<tmx>\0</tmx>", "line 1: not XML"),
    ],
)
def test_what_is_no_tmx_is_an_error_with_its_line(data, fault):
    with pytest.raises(
        InputError, match=re.escape(f"x.tmx, {fault}" if "line" in fault else fault)
    ):
        tmx.parse(data, "x.tmx")


@given(st.binary(max_size=60), st.integers(0, 10_000))
def test_no_bytes_make_it_crash(junk, place):
    data = composed([Pair("ru", "en", "а", "b", "в", "г", "д", "2024-05-16", "е")])
    place %= len(data)
    for bad in (junk, data[:place] + junk + data[place:], data[:place] + junk):
        with contextlib.suppress(InputError):
            tmx.parse(bad, "x")


def test_a_file_too_large_or_not_there_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setattr(tmx, "_MOST_BYTES", 1 << 20)
    (tmp_path / "x.tmx").write_bytes(b" " * ((1 << 20) + 1))
    with pytest.raises(InputError, match="larger than 1 MB"):
        tmx.read(tmp_path / "x.tmx")
    for path in (tmp_path, tmp_path / "none", tmp_path / "a\0b"):
        with pytest.raises(InputError, match="cannot be read"):
            tmx.read(path)


def test_too_many_texts_are_refused(monkeypatch):
    monkeypatch.setattr(tmx_units, "_MOST_VARIANTS", 3)
    with pytest.raises(InputError, match="more than 3 texts"):
        tmx.parse(file(unit("а", "b"), unit("а", "b")), "x")


def test_too_many_empty_units_are_refused(monkeypatch):
    monkeypatch.setattr(tmx_units, "_MOST_UNITS", 3)
    with pytest.raises(InputError, match="more than 3 units"):
        tmx.parse(file(*["<tu/>"] * 4), "x")


def test_only_what_is_used_of_a_unit_is_kept():
    odd = "".join(f'<prop type="{at}">x</prop>' for at in range(9))
    texts = '<tuv xml:lang="ru" creationid="Ana" x="1"><seg>а</seg></tuv>'
    (found,) = tmx_units.units(file(f'<tu y="1">{odd}<prop type="prev">b</prop>{texts}</tu>'), "x")
    assert (found.props, found.attributes) == ({"prev": "b"}, {})
    assert found.variants[0].attributes == {"creationid": "Ana"}
