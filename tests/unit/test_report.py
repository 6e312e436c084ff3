"""report.html: complete in itself, true to what it is made from, and nothing in it is markup."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core import catalogue
from pipeline.core.payloads import Segments, Transcript
from pipeline.core.timeline import Cue, Gap, Item, ItemKind, Phrase, Sound, Turn, Word
from pipeline.emit import counting
from pipeline.emit.findings import DOUBTS, Finding
from pipeline.emit.markup import join, tag, words
from pipeline.emit.ranking import ranked
from pipeline.emit.report import Shown, Subject, html, media_link
from pipeline.emit.report_bars import speeds
from pipeline.review.states import State
from pipeline.subtitles import profile as profiles
from tests.strategies import transcripts

PROFILE = profiles.load("default")
ENGLISH = catalogue.load("en")
HOUR = 3_600_000
VOID = {"meta"}


class Page(HTMLParser):
    """A page as a browser takes it: its elements with their attributes, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(page)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs)
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in {"rect", "line"}
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(f"{text} " for text in self.texts).split())

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    def links(self) -> list[str]:
        return [str(attributes["href"]) for attributes in self.all("a")]


def phrase(start_ms: int, end_ms: int, language: str = "ru", text: str = "да") -> Phrase:
    word = Word(start_ms=start_ms, end_ms=end_ms, text=text)
    return Phrase(start_ms=start_ms, end_ms=end_ms, language=language, words=(word,))


def gap(start_ms: int, end_ms: int, sound: Sound = Sound.MUSIC, **more: str) -> Gap:
    return Gap(start_ms=start_ms, end_ms=end_ms, sound=sound, **more)


def cue(start_ms: int, end_ms: int, text: str = "Hello.", language: str = "en") -> Cue:
    return Cue(start_ms=start_ms, end_ms=end_ms, lines=(text,), language=language)


def finding(start_ms: int, end_ms: int, kind: str = "loop", **more: str) -> Finding:
    given_of = {"track": "en", "source": "Привет.", "text": "Hello.", "language": "ru"}
    return Finding(start_ms=start_ms, end_ms=end_ms, kind=kind, **{**given_of, **more})


def subject(**more) -> Subject:
    transcript = Transcript(
        duration_ms=100_000,
        lines=(
            phrase(0, 50_000),
            gap(50_000, 80_000),
            phrase(80_000, 90_000, "es"),
            gap(
                90_000,
                100_000,
                Sound.NOISE,
                removed="Спасибо за просмотр",
                reason="a phrase that recognisers invent",
            ),
        ),
    )
    segments = Segments(
        turns=(Turn(start_ms=0, end_ms=50_000, speaker="Anna", voice=1),),
        items=(
            Item(start_ms=0, end_ms=50_000, title="Opening", speakers=("Anna",)),
            Item(start_ms=50_000, end_ms=80_000, kind=ItemKind.MUSIC),
        ),
    )
    values = {
        "title": "Marathon",
        "date": "2024-05-16",
        "media": "../recording.mp4",
        "transcript": transcript,
        "segments": segments,
        "tracks": (Shown(track="en", cues=(cue(0, 2_000), cue(2_000, 12_000))),),
        "findings": (finding(0, 2_000),),
        "profile": PROFILE,
    }
    return Subject(**{**values, **more})


def page(made: Subject, language: str = "en") -> Page:
    return Page(html(made, catalogue.load(language)))


def test_all_that_was_made_is_told():
    text = page(subject()).text
    for told in (
        "Marathon 2024-05-16",
        "1:40",
        "Russian 0:50 (50%)",
        "Spanish 0:10 (10%)",
        "music 0:30 (30%)",
        "1. Opening",
        "Anna 0:50",
        "2. Music 2",
        "The translation says the same words again and again.",
        "Привет.",
        "Спасибо за просмотр",
        "a phrase that recognisers invent",
        "not yet read 2",
    ):
        assert told in text


def test_links_open_the_recording_at_the_second():
    links = page(subject(findings=(finding(61_900, 63_000),))).links()
    assert "../recording.mp4#t=61" in links
    assert {link for link in links if not link.startswith("#")} == {
        "../recording.mp4#t=0",
        "../recording.mp4#t=50",
        "../recording.mp4#t=61",
        "../recording.mp4#t=90",
    }


def test_without_a_recording_to_link_to_times_are_plain():
    made = page(subject(media=""))
    assert all(link.startswith("#") for link in made.links())
    assert "opens the recording" not in made.text
    assert "0:50" in made.text


@pytest.mark.parametrize(
    ("folder", "recording", "link"),
    [
        ("a/talk.subtitles", "a/talk.mp4", "../talk.mp4"),
        ("out/talk", "media/talk.mp4", ""),
        ("a/b", "a/№1 #?&\"'<x>:y.mp4", "../%E2%84%961%20%23%3F%26%22%27%3Cx%3E%3Ay.mp4"),
        ("a/b", "a/javascript:alert(1).mp4", "../javascript%3Aalert%281%29.mp4"),
        ("a/b", "a/\udcff.mp4", "../%FF.mp4"),
        ("a", "a/talk.mp4", ""),
    ],
)
def test_only_what_lies_beside_is_linked_and_encoded(folder: str, recording: str, link: str):
    assert media_link(Path("/x") / folder, Path("/x") / recording) == link


def test_every_link_inside_the_page_has_its_target():
    made = page(subject())
    ids = [str(attributes["id"]) for _, attributes in made.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {link[1:] for link in made.links() if link.startswith("#")} <= set(ids)
    labelled = [str(attributes["aria-labelledby"]) for attributes in made.all("section")]
    assert set(labelled) <= set(ids)


def test_the_page_asks_for_nothing_and_runs_nothing():
    raw = html(subject(), ENGLISH)
    made = Page(raw)
    (policy,) = [
        str(each["content"])
        for each in made.all("meta")
        if each.get("http-equiv") == "Content-Security-Policy"
    ]
    style = raw.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy.startswith("default-src 'none'; ")
    assert f"style-src 'sha256-{digest}'" in policy
    assert not {"script", "link", "img", "iframe", "object", "base", "form"} & {
        name for name, _ in made.elements
    }
    for _, attributes in made.elements:
        assert not [key for key in attributes if key.startswith("on") or key in {"style", "src"}]
    assert not re.search(r"https?:|//|@import|url\((?!#)", raw)


def test_the_same_values_give_the_same_bytes():
    assert html(subject(), ENGLISH) == html(subject(), ENGLISH)


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_it_is_in_the_language_of_its_reader(language: str):
    made = page(subject(), language)
    assert made.all("html") == [{"lang": language}]
    texts = catalogue.load(language)
    assert texts("report.first") in made.text
    assert texts("finding.loop.text") in made.text
    assert texts.language("es") in made.text
    assert {each.get("lang") for each in made.all("bdi")} >= {"ru"}


EVIL = [
    "<script>alert(1)</script>",
    '"onload="alert(1)',
    "'><img src=x onerror=alert(1)>",
    "]]><svg/onload=alert(1)>",
    "</title></style></textarea><script>",
    "<!-- --!> $style ${title} $$ {0} {title} &lt;b&gt; &#x3c;",
    "\u202eabc\u2066 \0\x07\ud800\ufffe",
    "javascript:alert(1)",
]


@pytest.mark.parametrize("evil", EVIL)
@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_what_people_wrote_is_text(evil: str, language: str):
    transcript = Transcript(
        duration_ms=9_000,
        lines=(
            phrase(0, 3_000, evil, evil),
            gap(3_000, 9_000, removed=evil, reason=evil),
        ),
    )
    item = Item(start_ms=0, end_ms=9_000, title=evil, speakers=(evil,), languages=(evil,))
    turn = Turn(start_ms=0, end_ms=3_000, speaker=f"{evil}2", voice=1)
    of_all = {"track": evil, "detail": evil, "source": evil, "text": evil, "offered": evil}
    told = (
        finding(0, 3_000, evil, **of_all, target=evil),
        finding(0, 3_000, "numbers", **of_all, target=evil),
    )
    hostile = subject(
        title=evil,
        date=evil,
        media=media_link(Path("/a/b"), Path("/a") / re.sub("[/\0\ud800]", "", evil)),
        transcript=transcript,
        segments=Segments(turns=(turn,), items=(item,)),
        tracks=(Shown(track=evil, cues=(cue(0, 3_000, evil, evil),), states=(State.CONFLICT,)),),
        findings=told,
    )
    raw = html(hostile, catalogue.load(language))
    raw.encode()
    made, plain = Page(raw), page(subject())
    assert {name for name, _ in made.elements} <= {name for name, _ in plain.elements} | {"tfoot"}
    for _, attributes in made.elements:
        assert not [key for key in attributes if key.startswith("on")]
    if evil.isprintable() and "  " not in evil:
        assert evil in made.text
    for link in made.links():
        assert re.fullmatch(r"#[a-z]+|\.\./[^:\"'<> ]*#t=\d+", link)
    assert not re.search("[\0-\x08\x0b-\x1f\ud800-\udfff]", raw)


@given(st.text(), st.text())
def test_any_text_comes_back_as_it_was_written(text: str, more: str):
    made = Page(tag("p", text, tag("b", more), title=text))
    known = re.sub("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]", "\ufffd", text + more)
    assert "".join(made.texts) == known.replace("\r\n", "\n") or "\r" in known
    assert [name for name, _ in made.elements] == ["p", "b"]


def test_long_text_is_cut_and_blank_tags_are_no_language():
    assert Page(words("x" * 1_000)).texts == ["x" * 239 + "…"]
    assert Page(words("да", "ru")).all("bdi") == [{"lang": "ru"}]
    assert Page(words("да", '"')).all("bdi") == [{}]
    assert join(["a<", tag("b", "c")], " & ") == "a&lt; &amp; <b>c</b>"


@given(transcripts())
def test_any_transcript_gives_a_page_and_its_bar_is_whole(transcript: Transcript):
    made = page(subject(transcript=transcript, segments=Segments(turns=(), items=())))
    runs = [each for each in made.all("rect") if str(each["class"]).startswith("heard ")]
    wide = sum(float(str(each["width"]).rstrip("%")) for each in runs if "x" in each)
    heard = sum(line.duration_ms for line in transcript.lines)
    if transcript.lines:
        # a step is of what is heard most in it
        assert wide >= 100 * heard / transcript.duration_ms - 0.01 * len(runs) - 0.1


def test_a_recording_of_nothing_still_gives_a_page():
    empty = Transcript(duration_ms=0, lines=())
    made = page(
        subject(
            title="",
            date="",
            transcript=empty,
            segments=Segments(turns=(), items=()),
            tracks=(Shown(track="orig", cues=()),),
            findings=(),
        )
    )
    assert "Programme" in made.text
    assert "There is nothing that the program doubts." in made.text
    assert "There are no cues." in made.text
    assert "Nothing was taken out." in made.text


def test_places_are_ranked_by_doubt_and_time_on_screen():
    told = [
        finding(0, 1_000, "loop"),
        finding(20_000, 30_000, "pronoun_check"),
        finding(40_000, 41_000, "loop"),
        finding(40_000, 41_000, "numbers"),
        finding(60_000, 60_500, "suggestion"),
    ]
    made = ranked(told, [])
    assert [place.findings[0].start_ms for place in made] == [20_000, 40_000, 0, 60_000]
    both = 1 - (1 - DOUBTS["loop"]) * (1 - DOUBTS["numbers"])
    assert [round(place.gain, 6) for place in made] == [3.0, round(both, 6), 0.9, 0.1]


def test_time_on_screen_is_that_of_the_cues():
    shown = Shown(track="en", cues=(cue(0, 4_000), cue(4_000, 9_000), cue(20_000, 30_000)))
    made = ranked([finding(500, 8_000), finding(24_000, 24_500), finding(50_000, 51_000)], [shown])
    assert {place.findings[0].start_ms: place.shown_ms for place in made} == {
        500: 9_000,
        24_000: 10_000,
        50_000: 1_000,
    }


def test_what_a_person_settled_is_no_place_to_look_at_and_a_conflict_is_one():
    cues = (cue(0, 2_000), cue(2_000, 4_000), cue(4_000, 6_000, "Yes."), cue(6_000, 8_000, "No."))
    states = (State.EDITED, State.APPROVED, State.CONFLICT, State.SOURCE_CHANGED)
    told = [finding(0, 2_000), finding(2_000, 4_000), finding(4_000, 6_000)]
    made = ranked(told, [Shown(track="en", cues=cues, states=states)])
    assert [(place.findings[0].kind, place.findings[0].text) for place in made] == [
        ("conflict", "Yes."),
        ("loop", "Hello."),
        ("source_changed", "No."),
    ]
    given_too = finding(4_000, 6_000, "conflict")
    again = ranked([given_too], [Shown(track="en", cues=cues, states=states)])
    assert [place.findings[0].kind for place in again] == ["conflict", "source_changed"]


def test_of_very_many_places_the_rest_is_counted():
    told = tuple(finding(at * 100, at * 100 + 50) for at in range(163))
    made = page(subject(findings=told))
    assert "13 more places are not shown here." in made.text
    assert made.text.count(ENGLISH("finding.loop.text")) == 150


def test_states_are_counted_and_minutes_told_with_their_assumption():
    states = (State.NEEDS_REVIEW, State.EDITED, State.CONFLICT, State.MACHINE)
    cues = tuple(cue(at * 20_000, at * 20_000 + 10_000) for at in range(4))
    found = counting.count("en", cues, states)
    assert found.left_ms == 4 * 20_000
    assert counting.minutes(found.left_ms) == 2
    assert {state: count for state, count in found.states.items() if count} == dict.fromkeys(
        states, 1
    )
    made = page(subject(tracks=(Shown(track="en", cues=cues, states=states),)))
    assert "2 minutes of work are left." in made.text
    assert "4 times the screen time" in made.text
    assert "needs review 1 edited 1 approved 0" in made.text
    waits = page(subject())
    assert "No cue waits for a review." in waits.text


def test_states_that_nobody_knows_are_the_machines():
    cues = (cue(0, 1_000), cue(1_000, 2_000))
    assert counting.count("en", cues, ("odd", "edited")).states[State.MACHINE] == 1
    assert counting.count("en", cues, ("edited",)).states[State.MACHINE] == 2
    assert counting.count("en", cues).left_ms == 0


@given(st.lists(st.tuples(st.integers(1, 20_000), st.text(max_size=90)), max_size=30))
def test_every_cue_is_in_one_bar_of_the_histogram(shapes: list[tuple[int, str]]):
    cues = [cue(0, duration_ms, text) for duration_ms, text in shapes]
    assert sum(speeds(cues, PROFILE).bins) == len(cues)


def test_speeds_are_those_of_the_cues():
    cues = [cue(0, 1_000, "x" * length) for length in (0, 2, 3, 20, 21, 99)]
    found = speeds(cues, PROFILE)
    assert [index for index, count in enumerate(found.bins) for _ in range(count)] == [
        0, 0, 1, 9, 10, 15,
    ]  # fmt: skip
    assert (found.median, found.fast) == (11.5, 2)
    assert found.limit == PROFILE.rules("en").speed_limit == 20
    mixed = [cue(0, 1_000, "x" * 18, "ru"), cue(0, 1_000, "x" * 18, "en")]
    assert speeds(mixed, PROFILE).fast == (PROFILE.rules("ru").speed_limit < 18)


def test_the_page_of_four_hours_stays_small():
    lines = tuple(
        phrase(at, at + 2_000, ("ru", "es", "en")[at // 3_000 % 3])
        if at % 2
        else gap(at, at + 3_000, removed="<&\"'>" * 60, reason="it repeats itself")
        for at in range(0, 4 * HOUR, 3_000)
    )
    long = "<&\"'>" * 99
    items = tuple(
        Item(
            start_ms=at,
            end_ms=at + 60_000,
            title=long,
            speakers=tuple(f"{long}{n}" for n in range(9)),
        )
        for at in range(0, 4 * HOUR, 60_000)
    )
    told = tuple(
        finding(at, at + 3_000, "numbers", detail=long, source=long, text=long, offered=long)
        for at in range(0, 4 * HOUR, 6_000)
    )
    cues = tuple(cue(at, at + 2_900, long) for at in range(0, 4 * HOUR, 3_000))
    states = (State.CONFLICT,) * len(cues)
    transcript = Transcript(duration_ms=4 * HOUR, lines=lines)
    made = subject(
        title=long,
        media=media_link(Path("/a/b"), Path("/a") / ("я" * 120)),
        transcript=transcript,
        segments=Segments(turns=(), items=items),
        tracks=tuple(Shown(track=track, cues=cues, states=states) for track in ("orig", "en")),
        findings=told,
    )
    raw = html(made, catalogue.load("ru"))
    assert len(raw.encode()) < 2_000_000
    Page(raw)


def test_people_may_have_no_colour_and_no_mouse():
    made = page(subject())
    images = [each for each in made.all("svg") if each.get("role") == "img"]
    assert images
    assert all(str(each["aria-label"]).strip() for each in images)
    assert [each["tabindex"] for each in made.all("div") if "tabindex" in each] == ["0"]
    assert all(each.get("scope") for each in made.all("th"))
    css = (Path(__file__).parents[2] / "pipeline" / "emit" / "report.css").read_text("utf-8")
    for needed in (
        "prefers-color-scheme: dark",
        "@media print",
        ":focus-visible",
        "max-width: 34rem",
    ):
        assert needed in css


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_contrast_is_enough_to_read(scheme: int):
    css = (Path(__file__).parents[2] / "pipeline" / "emit" / "report.css").read_text("utf-8")
    blocks = re.findall(r":root \{(.*?)\}", css, re.S)
    colours = dict(re.findall(r"--([a-z0-9]+): (#[0-9a-f]{6});", blocks[scheme]))

    def contrast(one: str, other: str) -> float:
        high, low = sorted((luminance(colours[one]), luminance(colours[other])), reverse=True)
        return (high + 0.05) / (low + 0.05)

    for text in ("ink", "soft", "link"):
        assert contrast(text, "paper") >= 4.5, text
    for text in ("ink", "soft"):
        assert contrast(text, "sheet") >= 4.5, text
    for shape in ("l0", "l1", "l2", "l3", "l4", "l5", "mark", "over"):
        assert contrast(shape, "paper") >= 3, shape
    assert contrast("music", "music2") >= 2.5
    assert contrast("unclear", "unclear2") >= 2.5


def test_a_place_without_cues_of_its_track_is_shown_all_the_same():
    made = replace(subject(), tracks=())
    assert ENGLISH("finding.loop.text") in page(made).text
