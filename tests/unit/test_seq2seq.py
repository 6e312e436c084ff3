"""What engines of one encoder and one decoder share: batches, isolation, a second search."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core.errors import EngineError
from pipeline.core.progress import Silent
from pipeline.engines import batching, translators, weights
from pipeline.engines.batching import Share, batches
from pipeline.engines.seq2seq import Decoding, Seq2Seq, Wording
from pipeline.engines.weights import Weights
from tests import packages

SENTENCES = [
    "Добрый вечер, дорогие друзья!",
    "Мы начинаем наш марафон.",
    "Спасибо.",
    "У нас в гостях врач из Никарагуа.",
    "Здравствуйте, дорогие друзья! Вы слушаете радиомарафон, и сегодня с нами гости из Лимы.",
    "Нас слышно?",
    "Говорит Мадрид, у микрофона редактор.",
    "Спасибо вам, друзья.",
]


@dataclass
class Parrot:
    """A translator that says the words again, loops on "цикл" unless it is told not to."""

    device: str = "cpu"
    compute_type: str = "int8"
    num_translators: int = 1
    learns: bool = True
    fails_on: str = "сбой"
    calls: list = field(default_factory=list)

    def translate_batch(self, rows, **options):
        self.calls.append((rows, options))
        begun = options["target_prefix"] or [[]] * len(rows)
        fails = any(self.fails_on in row for row in rows)
        careful = "repetition_penalty" in options

        def result(row, prefix):
            if fails:
                raise RuntimeError("no position encodings")
            again = row * (9 if "цикл" in row and not (careful and self.learns) else 1)
            said = [*prefix, *(word.replace("цикл", "round") for word in again)]
            return SimpleNamespace(hypotheses=[said, said], scores=[-1.0, -2.0])

        return [
            SimpleNamespace(result=lambda row=row, prefix=prefix: result(row, prefix))
            for row, prefix in zip(rows, begun, strict=True)
        ]


def parrot(decoding=None, **said):
    wording = Wording(
        encode=str.split,
        decode=" ".join,
        encode_target=str.split,
        known=lambda: {"So", "then"},
        languages=("es",),
        into=("en",),
    )
    fake = Parrot(**said)
    return Seq2Seq("parrot", fake, wording, decoding), fake


def test_a_sentence_that_fails_takes_no_other_with_it_and_few_more_calls():
    engine, fake = parrot()
    asked = [f"frase {number}" for number in range(60)]
    asked[17] = "un сбой aqui"
    found = engine.translate(asked)
    assert [bool(texts) for texts in found] == [at != 17 for at in range(60)]
    assert len(fake.calls) < 15


def test_all_that_fail_are_an_error():
    engine, _ = parrot()
    with pytest.raises(EngineError, match="gave up: no position"):
        engine.translate(["сбой uno", "otro сбой"])


def test_sentences_that_fail_are_told_of_once_with_what_to_do(caplog):
    engine, _ = parrot()
    engine.translate(["сбой uno", "frase", "otro сбой"])
    engine.translate(["сбой dos", "frase"])
    (told,) = caplog.records
    assert "no position encodings" in told.getMessage()
    assert "stay as they were spoken" in told.getMessage()
    assert "marathon models pull" in told.getMessage()
    with pytest.raises(EngineError) as caught:
        engine.translate(["сбой uno", "otro сбой"])
    assert "marathon models pull" in caught.value.hint


def test_a_package_whose_vocabulary_is_of_other_weights_is_told_once(tmp_path, caplog):
    folder = packages.build(tmp_path / "ru_en")
    for path in (folder / "model").glob("*vocabulary*"):
        pieces = json.loads(path.read_text())
        path.write_text(json.dumps(pieces[: len(pieces) // 2]))
    engine = translators.load(Weights(folder, "short"), device="cpu")
    with pytest.raises(EngineError, match="gave up") as caught:
        engine.translate(SENTENCES)
    assert len(caplog.records) <= 1
    assert "marathon models pull" in caught.value.hint


def test_a_call_that_is_refused_is_isolated_too():
    engine, fake = parrot()
    usual = fake.translate_batch

    def refusing(rows, **options):
        if any("no" in row for row in rows):
            raise ValueError("not taken")
        return usual(rows, **options)

    fake.translate_batch = refusing
    assert [bool(texts) for texts in engine.translate(["si", "no", "claro"])] == [True, False, True]


def test_what_goes_round_is_searched_again_all_in_one_call_with_care():
    engine, fake = parrot()
    found = engine.translate(["el цикл uno", "frase", "otro цикл aqui"])
    assert [texts[0][0] for texts in found] == ["el round uno", "frase", "otro round aqui"]
    (rows, options) = fake.calls[-1]
    assert len(fake.calls) == 2
    assert len(rows) == 2
    assert (options["no_repeat_ngram_size"], options["repetition_penalty"]) == (4, 1.1)


def test_what_care_does_not_better_stays_as_it_was():
    engine, _ = parrot(learns=False)
    ((text, score), *_) = engine.translate(["el цикл uno"])[0]
    assert text == " ".join(["el round uno"] * 9)
    assert score < 0


def test_the_second_search_can_be_left_out():
    engine, fake = parrot(Decoding(again=False))
    engine.translate(["el цикл uno"])
    assert len(fake.calls) == 1
    assert engine.setting != parrot()[0].setting


def test_texts_that_are_the_same_are_given_once():
    engine, _ = parrot()
    assert len(engine.translate(["frase"])[0]) == 1


def test_a_search_may_go_twice_as_far_as_the_sentence_and_no_further_than_it_has_to():
    engine, fake = parrot()
    for length in range(1, 251):
        engine.translate(["a " * length])
        limit = fake.calls[-1][1]["max_decoding_length"]
        assert min(2 * length + 20, 256) <= limit <= max(64, 2 * (2 * length + 20))
    assert engine.translate(["a " * 251]) == [[]]


def test_a_beginning_is_what_the_text_begins_with_where_its_pieces_are_known():
    engine, fake = parrot()
    found = engine.translate(["uno", "dos", "tres"], beginnings=["So then", "", "Unheard"])
    assert [texts[0][0] for texts in found] == ["So then uno", "dos", "tres"]
    assert all(len({len(p) for p in o["target_prefix"] or []}) < 2 for _, o in fake.calls)
    with pytest.raises(ValueError, match="zip"):
        engine.translate(["uno"], beginnings=["So", "then"])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        (" \n\t", []),
        ("\ud800\udfff", []),
        ("\0", []),
        ("\u200f\u202e", []),
        ("…!?", [("…!?", 0.0)]),
        ("🎉 🎉", [("🎉 🎉", 0.0)]),
        ("👩‍🚀!", [("👩‍🚀!", 0.0)]),
        ("25.03.2019", [("25.03.2019", 0.0)]),
        (" -\0- ", [("- -", 0.0)]),
    ],
)
def test_text_without_a_letter_is_its_own_translation(text, found):
    engine, fake = parrot()
    assert engine.translate([text]) == [found]
    assert fake.calls == []


def test_what_cannot_be_seen_does_not_reach_the_engine():
    engine, fake = parrot()
    engine.translate(["uno\ud800 \u200fdos\0tres\ncuatro\u2028"])
    assert fake.calls[0][0] == [["uno", "dos", "tres", "cuatro"]]


SIZES = st.dictionaries(
    st.integers(0, 500),
    st.tuples(st.sampled_from([64, 128, 256]), st.integers(0, 2), st.integers(1, 250)),
)


@given(SIZES, st.sampled_from([Share(1, 1), Share(1024, 64), batching.share("cuda", 1)]))
def test_every_sentence_is_in_one_batch_with_its_like_and_no_batch_is_too_large(sizes, most):
    made = batches(sizes, most)
    assert Counter(at for batch in made for at in batch) == Counter(sizes.keys())
    for batch in made:
        assert len({sizes[at][:2] for at in batch}) == 1
        longest = max(sizes[at][2] for at in batch)
        assert len(batch) == 1 or len(batch) * longest <= most.tokens
        assert len(batch) <= most.sentences


def test_weights_that_take_more_memory_are_given_fewer_sentences():
    small, base, big = (batching.share("cpu", 4 * known) for known in (1_400, 32_000, 300_000))
    assert small.sentences > base.sentences > big.sentences > 1


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("MARATHON_CACHE", str(tmp_path_factory.mktemp("cache")))
        found = weights.find_mt("ru", "en", None, offline=True, demo=True, progress=Silent())
    return translators.load(found, device="cpu")


@pytest.fixture(scope="module")
def alone(demo):
    return {sentence: demo.translate([sentence])[0] for sentence in SENTENCES}


@settings(max_examples=25)
@given(asked=st.lists(st.sampled_from(SENTENCES), max_size=20))
def test_a_batch_gives_what_one_by_one_gives(demo, alone, asked):
    for sentence, found in zip(asked, demo.translate(asked), strict=True):
        assert [text for text, _ in found] == [text for text, _ in alone[sentence]]
        for (_, score), (_, by_itself) in zip(found, alone[sentence], strict=True):
            assert score == pytest.approx(by_itself, abs=1e-3)


def test_a_score_is_the_mean_log_probability_of_a_token(demo):
    for sentence in SENTENCES:
        pieces = demo._wording.encode(sentence)
        for opening in ("", "We"):
            best = demo.translate([sentence], beginnings=[opening])[0][0]
            begun = demo._wording.encode(opening)
            (result,) = demo._translator.translate_batch(
                [pieces],
                target_prefix=[begun] if begun else None,
                beam_size=4,
                num_hypotheses=4,
                length_penalty=0.2,
                max_decoding_length=64,
            )
            (scored,) = demo._translator.score_batch([pieces], [result.hypotheses[0]])
            chances = scored.log_probs[len(begun) :]
            assert best[1] == pytest.approx(sum(chances) / len(chances), abs=1e-3)


def test_a_text_begins_as_it_is_told_and_others_do_not_notice(demo, alone):
    found = demo.translate(SENTENCES, beginnings=["", "We", "", "Our guest", *[""] * 4])
    assert all(text.startswith("We") for text, _ in found[1])
    assert all(text.startswith("Our guest") for text, _ in found[3])
    for at in (0, 2, 4, 5, 6, 7):
        assert [text for text, _ in found[at]] == [text for text, _ in alone[SENTENCES[at]]]


@pytest.fixture(scope="module")
def dice(tmp_path_factory):
    folder = packages.build(tmp_path_factory.mktemp("package") / "ru_en")
    return translators.load(Weights(folder, "dice"), device="cpu")


@settings(max_examples=25)
@given(st.lists(st.text(max_size=60), max_size=8))
def test_whatever_is_written_never_fails_and_is_never_lost(dice, asked):
    found = dice.translate(asked)
    assert len(found) == len(asked)
    for texts in found:
        for text, score in texts:
            assert text == text.strip() != ""
            text.encode()
            assert score <= 0


def test_what_weights_do_not_know_is_copied_and_not_replaced_by_a_mark(dice):
    for texts in dice.translate(["Спасибо 漢字 вам", "Добрый ☂ вечер"]):
        assert texts
        assert "⁇" not in "".join(text for text, _ in texts)


def test_a_beginning_that_the_weights_do_not_know_is_none(dice):
    assert dice.translate(SENTENCES[:2], beginnings=["漢字", "\ud800"]) == dice.translate(
        SENTENCES[:2]
    )
