"""Which words may share a cue, in each track."""

from __future__ import annotations

from hypothesis import given, settings

from pipeline.core.payloads import Hypothesis, Segments, Transcript, TranslatedSentence, Translation
from pipeline.core.timeline import Gap, Item, Phrase, Sound, Turn, Word
from pipeline.emit.tracks import NO_ITEM, Programme
from tests.strategies import segments, transcripts, translations


def words(text: str, start_ms: int, end_ms: int) -> tuple[Word, ...]:
    texts = text.split()
    step = (end_ms - start_ms) // len(texts)
    return tuple(
        Word(start_ms=start_ms + k * step, end_ms=start_ms + (k + 1) * step, text=each)
        for k, each in enumerate(texts)
    )


def phrase(text: str, start_ms: int, end_ms: int, language: str = "ru") -> Phrase:
    spoken = words(text, start_ms, end_ms)
    return Phrase(start_ms=start_ms, end_ms=end_ms, language=language, words=spoken)


def sentence(source: str, target: str, start_ms: int, language: str = "ru") -> TranslatedSentence:
    end_ms = start_ms + 1_000
    hypotheses = (
        (Hypothesis(text=target, score=-0.1, words=words(target, start_ms, end_ms)),)
        if target
        else ()
    )
    return TranslatedSentence(
        start_ms=start_ms,
        end_ms=end_ms,
        language=language,
        source=source,
        words=words(source, start_ms, end_ms),
        hypotheses=hypotheses,
    )


def programme(*lines: Phrase | Gap, turns: tuple[Turn, ...] = (), cut_ms: int = 0) -> Programme:
    end_ms = lines[-1].end_ms
    items = [Item(start_ms=0, end_ms=cut_ms or end_ms)]
    if cut_ms:
        items.append(Item(start_ms=cut_ms, end_ms=end_ms))
    return Programme(
        Transcript(duration_ms=end_ms, lines=lines), Segments(turns=turns, items=tuple(items))
    )


def texts(script) -> list[str]:
    return [" ".join(word.text for word in stretch.words) for stretch in script.stretches]


def test_phrases_of_one_turn_and_language_are_one_stretch():
    found = programme(phrase("раз два", 0, 900), phrase("три", 1_000, 1_400)).as_spoken()
    assert texts(found) == ["раз два три"]


def test_a_change_of_language_ends_a_stretch():
    lines = (phrase("раз", 0, 900), phrase("dos", 900, 1_400, "es"))
    found = programme(*lines).as_spoken()
    assert [(each.language, *texts_of(each)) for each in found.stretches] == [
        ("ru", "раз"),
        ("es", "dos"),
    ]


def texts_of(stretch) -> list[str]:
    return [word.text for word in stretch.words]


def test_music_ends_a_stretch_and_silence_does_not():
    def found(sound: Sound) -> list[str]:
        gap = Gap(start_ms=900, end_ms=1_000, sound=sound)
        return texts(programme(phrase("раз", 0, 900), gap, phrase("два", 1_000, 2_000)).as_spoken())

    assert found(Sound.MUSIC) == ["раз", "два"]
    assert found(Sound.SILENCE) == ["раз два"]


def test_a_turn_ends_a_stretch_and_names_its_speaker():
    turns = (Turn(start_ms=0, end_ms=1_000, speaker="host"), Turn(start_ms=1_000, end_ms=2_000))
    found = programme(phrase("раз два", 0, 2_000), turns=turns).as_spoken()
    assert [(each.speaker, *texts_of(each)) for each in found.stretches] == [
        ("host", "раз"),
        ("", "два"),
    ]


def test_a_border_between_items_ends_a_stretch():
    found = programme(phrase("раз два", 0, 2_000), cut_ms=1_000).as_spoken()
    assert texts(found) == ["раз", "два"]
    assert found.items == (0, 1)


def test_what_is_outside_all_items_belongs_to_none():
    early = Programme(
        Transcript(duration_ms=2_000, lines=(phrase("раз два", 0, 2_000),)),
        Segments(turns=(), items=(Item(start_ms=1_000, end_ms=2_000),)),
    )
    assert early.as_spoken().items == (NO_ITEM, 0)


def test_only_what_was_translated_is_shown_in_the_target_language():
    translation = Translation(
        target="en",
        sentences=(
            sentence("Привет.", "Hello.", 0),
            sentence("Hola.", "", 1_000, "es"),
            sentence("Hi.", "", 2_000, "en"),
        ),
    )
    base = programme(phrase("x", 0, 3_000))
    found = base.translated(translation).stretches
    assert [(each.language, *texts_of(each)) for each in found] == [
        ("en", "Hello."),
        ("es", "Hola."),
        ("en", "Hi."),
    ]
    both = base.in_two_languages(translation, "ru").stretches
    assert [(each.language, each.beneath) for each in both] == [
        ("ru", "en"),
        ("es", ""),
        ("en", ""),
    ]
    assert [word.text for word in both[0].parts[0].beneath] == ["Hello."]


def test_a_sentence_that_could_not_be_translated_stands_as_spoken():
    empty = Hypothesis(text="", score=0, words=())
    one = sentence("Привет.", "", 0)
    lost = TranslatedSentence(
        start_ms=0, end_ms=1_000, language="ru", source="", words=one.words, hypotheses=(empty,)
    )
    base = programme(phrase("x", 0, 3_000))
    translation = Translation(target="en", sentences=(lost,))
    assert texts(base.translated(translation)) == ["Привет."]
    assert texts(base.in_two_languages(translation, "ru")) == ["Привет."]


@settings(max_examples=20)  # three whole artifacts each
@given(transcripts(), segments(), translations())
def test_every_word_is_in_one_stretch_in_order(
    transcript: Transcript, given_segments: Segments, translation: Translation
):
    base = Programme(transcript, given_segments)
    spoken = [word for each in transcript.phrases for word in each.words]
    assert [word for each in base.as_spoken().stretches for word in each.words] == spoken
    both = base.in_two_languages(translation, "ru")
    shown = base.translated(translation)
    assert len(shown.items) == len(shown.stretches)
    for script in (shown, both):
        count = sum(len(each.parts) for each in script.stretches)
        assert count == len(translation.sentences)
