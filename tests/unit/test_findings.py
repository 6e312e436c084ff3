"""findings.md: every doubt in words that people understand, and nothing in it is markup."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from pipeline.core import catalogue
from pipeline.core.payloads import Suggestion, Transcript, TranslatedSentence, Translation
from pipeline.core.timeline import CUT_SHORT, Phrase
from pipeline.emit.findings import DOUBTS, Finding, findings, places, said, text, track_name
from pipeline.engines import degenerate
from pipeline.subtitles import profile as profiles
from tests.strategies import transcripts, translations
from tests.unit.test_tracks import phrase, sentence

ENGLISH = catalogue.load("en")
PROFILE = profiles.load("default")
SILENT = Transcript(duration_ms=100_000, lines=())
TRANSLATE = Path(__file__).parents[2] / "pipeline" / "translate"


def found(*sentences: TranslatedSentence, transcript: Transcript = SILENT) -> list[Finding]:
    made = Translation(target="en", sentences=sentences)
    return findings(transcript, {"en": made}, PROFILE)


def flagged(*flags: str, start_ms: int = 0, **more: object) -> TranslatedSentence:
    return replace(sentence("Привет.", "Hello.", start_ms), flags=flags, **more)


def rows(given_findings: list[Finding]) -> list[list[str]]:
    """The cells of each row, as a reader of Markdown splits them."""
    lines = [line for line in text(given_findings).splitlines() if line.startswith("| ")]
    return [re.split(r"(?<!\\)\|", line)[1:-1] for line in lines[1:]]


def test_nothing_to_look_at_is_no_text():
    assert found(flagged()) == []
    assert text([]) == ""


def test_a_row_has_time_track_reason_source_and_translation():
    [row] = rows(found(flagged("loop", start_ms=61_000)))
    why = ENGLISH("finding.loop.text")
    assert [cell.strip() for cell in row] == ["1:01", "English", why, "Привет.", "Hello.", ""]


SAID = {
    "term_missing:Музей моря=Museum of the Sea": "For “Музей моря” write “Museum of the Sea”.",
    "term_forbidden:kids club": "Do not write “kids club”.",
    "term_forbidden:детский клуб=kids club": "For “детский клуб” do not write “kids club”.",
    "made_consistent:Kasan=Kazan": "It was “Kasan”, it is now “Kazan”.",
    "name_varies:Kazan|Kasan": "In other places it is “Kazan”, here “Kasan”.",
    "pronoun_check:Anna": "(Anna)",
    "gender_check:Anna": "(Anna)",
    "near_miss:Казанн=Казань": "(Казанн: Казань)",
    "numbers:12": "It should be 12.",
    "loop:{0}{:{x}}": "({0}{:{x}})",
    "from_a_later_stage:x": "(from\\_a\\_later\\_stage x)",
}


@pytest.mark.parametrize("flag", SAID)
def test_what_a_flag_tells_is_said_in_words(flag: str):
    assert SAID[flag] in text(found(flagged(flag)))


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("ru", "| 1:01 | английский | «Казань» нельзя переводить как «Kasan». |"),
        ("es", "| 1:01 | inglés | Para «Казань» no escriba «Kasan». |"),
    ],
)
def test_findings_are_told_in_the_readers_language(language: str, told: str):
    texts = catalogue.load(language)
    made = text(found(flagged("term_forbidden:Казань=Kasan", start_ms=61_000)), texts)
    first, rest = told.rsplit("| ", 1)
    assert f"{first}| {texts('finding.term_forbidden.text')} {rest[:-2]}" in made
    assert made.startswith(f"# {texts('findings.heading')}\n")
    late = [flagged("loop", start_ms=1_000 * at) for at in range(521)]
    assert text(found(*late), texts).endswith(f"\n{texts('findings.more', count=21)}\n")


def test_said_is_plain_text_and_tracks_have_names():
    [one] = found(flagged("term_missing:<b>=*x*"))
    assert said(one, ENGLISH).endswith("For “<b>” write “*x*”.")
    assert track_name("ru+en", catalogue.load("es")) == "ruso + inglés"
    assert track_name("orig", catalogue.load("ru")) == "как звучит"


def test_every_kind_has_its_doubt_and_what_is_new_has_one_too():
    assert all(0 < doubt < 1 for doubt in DOUBTS.values())
    [new] = found(flagged("from_a_later_stage"))
    assert 0 < new.doubt < 1


def test_the_transcripts_flags_are_told_with_what_was_heard():
    line = replace(phrase("раз два", 2_000, 3_000), flags=(CUT_SHORT,))
    assert isinstance(line, Phrase)
    [finding] = found(transcript=Transcript(duration_ms=9_000, lines=(line,)))
    assert (finding.track, finding.kind, finding.source) == ("orig", CUT_SHORT, "раз два")
    assert "as spoken" in text([finding])


def test_what_nobody_can_read_is_told_with_its_speed():
    fast = sentence("Привет.", "These are very many words that nobody reads in a second", 0)
    [finding] = found(fast, sentence("Да.", "Yes.", 1_000))
    assert (finding.kind, finding.detail) == ("too_fast", "55")
    assert "(55 characters a second)" in text([finding])


def test_what_others_made_of_it_is_offered():
    alike = Suggestion(source="Приветик.", text="Hi there.", likeness=0.9)
    same = Suggestion(source="Привет!", text="hello.", likeness=0.95)
    one = flagged("disagrees", opinion="Good day.", suggestions=(alike, same))
    told = found(one)
    assert [finding.kind for finding in told] == ["disagrees", "suggestion"]
    [row] = rows(told)
    assert row[-1].strip() == "Good day. / Hi there."
    assert "(90% the same)" in row[2]
    assert [f.kind for f in found(flagged(opinion="Good day."))] == ["disagrees"]
    assert found(flagged(suggestions=(alike,), is_recalled=True)) == []


def test_all_of_a_sentence_is_one_row_and_rows_are_in_time_order():
    late, early = flagged("loop", "length", start_ms=5_000), flagged("loop", start_ms=1_000)
    told = found(early, late)
    assert [row[0].strip() for row in rows(told)] == ["0:01", "0:05"]
    assert len(places(told)) == 2
    assert len(told) == 3


def test_of_very_many_places_the_rest_is_counted():
    told = found(*(flagged("loop", start_ms=1_000 * at) for at in range(503)))
    assert len(rows(told)) == 500
    assert text(told).endswith("\nThere are 3 more places.\n")


def test_every_reason_the_stages_know_has_its_words():
    """The names of flags are constants with an underscore in the room that translates."""
    names = {degenerate.LOOP, degenerate.LENGTH, degenerate.LEFT_OVER, CUT_SHORT}
    for path in TRANSLATE.glob("*.py"):
        for node in ast.parse(path.read_text("utf-8")).body:
            value = node.value if isinstance(node, ast.AnnAssign) else None
            is_text = isinstance(value, ast.Constant) and isinstance(value.value, str)
            if is_text and re.fullmatch("[a-z]+(_[a-z]+)+", value.value):
                names.add(value.value)
    names.discard("second_opinion")  # an input's name
    assert len(names) > 4
    assert names <= DOUBTS.keys()


EVIL = st.text("<>|[]()`*_~\\&#;!@/:.wh \n\r\0\u202e\u2066\u2028\ud800aя5") | st.sampled_from(
    ["<img src=x onerror=alert(1)>", "[x](javascript:alert(1))", "https://x.y", "www.x.y", "a@b.c"]
)


@given(EVIL, EVIL, EVIL, EVIL)
def test_what_others_wrote_is_never_markup_nor_another_row(kind, detail, source, offered):
    finding = Finding(
        start_ms=0, end_ms=1, track="en", kind=kind, detail=detail, source=source, offered=offered
    )
    made = text([finding])
    made.encode()
    assert made.count("\n") == 7
    [row] = rows([finding])
    assert len(row) == 6
    bare = re.sub(r"\\[\\`*_\[\]<|~#&:.@]", "", made.splitlines()[-1])
    assert not re.search(r"[<\[\]`*_~@\u202a-\u202e\u2066-\u2069]|://|www\.", bare)


@given(transcripts(), translations())
def test_any_artifacts_give_a_table(transcript: Transcript, translation: Translation):
    told = findings(transcript, {translation.target: translation}, PROFILE)
    assert [one.start_ms for one in told] == sorted(one.start_ms for one in told)
    assert len(rows(told)) == len(places(told)) if told else text(told) == ""
