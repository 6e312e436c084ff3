"""One way to translate a text, in a process of its own: what is asked on stdin, figures on stdout.

    python -m tests.bench.translation_worker          measure what stdin asks for
    python -m tests.bench.translation_worker first    only say one translation, as soon as possible

Weights are loaded before the clock starts, and memory is counted from there. Argos loads its own
with the first text, so it gets one beforehand.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from tests.bench.clocked import clocked

BEAM: Final = 4
BATCH_TOKENS: Final = 1_024  # of the floor; larger batches are no faster
LENGTH_PENALTY: Final = 0.2  # Argos' own
HELLO: Final = "Доброе утро, Москва!"


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """What a process is to do: `units` are cues or whole lines."""

    system: str
    package: str
    threads: int
    units: tuple[str, ...]
    hypotheses: int = 1


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """What it took; memory in bytes, `loaded` before the job and `peak` while it ran.

    `sentences` were handed to the engine and `source_pieces` are theirs; `texts` came back.
    """

    system: str
    hypotheses: int
    load_s: float
    seconds: float
    cpu_s: float
    loaded: int
    peak: int
    sentences: int
    source_pieces: int
    target_pieces: int
    texts: tuple[str, ...]


class Done(msgspec.Struct, kw_only=True):
    """What a job came to; the sentences as its engine got them, as far as they are known."""

    texts: list[str]
    sentences: list[str]


Job = Callable[[], Done]


def ours(ask: Ask) -> Job:
    """From the words of cues to sentences with word times, as the stage does it."""
    engine = _our_engine(ask)

    def job() -> Done:
        made = _translated(ask.units, engine)
        return Done(
            texts=[one.hypotheses[0].text if one.hypotheses else one.source for one in made],
            sentences=[one.source for one in made],
        )

    return job


def floor(ask: Ask) -> Job:
    """One call of the engine with the same sentences, tokenised and sorted beforehand."""
    from pipeline.translate.sentences import Limits, sentences
    from tests.bench import translation_text

    package = _package(ask)
    encode = package.tokenizer.encode
    transcript, turns = translation_text.transcript(ask.units)
    cut = sentences(transcript.phrases, turns, Limits(), lambda _, text: len(encode(text)))
    texts = [*dict.fromkeys(each.meant for each in cut)]
    rows = sorted(map(encode, texts), key=len, reverse=True)
    translator = _engine(ask)

    def job() -> Done:
        results = translator.translate_batch(
            rows,
            beam_size=BEAM,
            num_hypotheses=ask.hypotheses,
            length_penalty=LENGTH_PENALTY,
            max_batch_size=BATCH_TOKENS,
            batch_type="tokens",
            replace_unknowns=True,
            return_scores=True,
        )
        said = [package.tokenizer.decode(one.hypotheses[0]) for one in results]
        return Done(texts=said, sentences=texts)

    return job


def peer(ask: Ask) -> Job:
    """Argos' own `translate`, one unit after another."""
    from argostranslate import translate

    translate.translate(HELLO, "ru", "en")

    def job() -> Done:
        texts = [translate.translate(unit, "ru", "en") for unit in ask.units]
        return Done(texts=texts, sentences=[*ask.units])

    return job


def peer_whole(ask: Ask) -> Job:
    """Argos' own `translate`, once, with all in one paragraph."""
    from argostranslate import translate

    translate.translate(HELLO, "ru", "en")
    whole = " ".join(ask.units)

    def job() -> Done:
        return Done(texts=[translate.translate(whole, "ru", "en")], sentences=[whole])

    return job


SYSTEMS: Final[dict[str, Callable[[Ask], Job]]] = {
    "floor": floor,
    "ours": ours,
    "peer": peer,
    "peer whole": peer_whole,
}


def measure(ask: Ask) -> Cell:
    """Load, then do the job by the clock; what was said is counted afterwards."""
    began = time.perf_counter()
    job = SYSTEMS[ask.system](ask)
    load_s = time.perf_counter() - began
    done, cost = clocked(job)
    encode = _package(ask).tokenizer.encode
    return Cell(
        system=ask.system,
        hypotheses=ask.hypotheses,
        load_s=load_s,
        seconds=cost.seconds,
        cpu_s=cost.cpu_s,
        loaded=cost.loaded,
        peak=cost.peak,
        sentences=len(done.sentences),
        source_pieces=sum(len(encode(text)) for text in done.sentences),
        target_pieces=sum(len(encode(text)) for text in done.texts),
        texts=tuple(done.texts),
    )


def first(ask: Ask) -> str:
    """One sentence with nothing loaded before."""
    if ask.system == "peer":
        from argostranslate import translate

        return str(translate.translate(HELLO, "ru", "en"))
    from pipeline.cli import translate as command  # what the command loads is counted

    assert command
    [[(text, _), *_]] = _our_engine(ask).translate([HELLO])
    return str(text)


def _our_engine(ask: Ask) -> Any:
    from pipeline.core.progress import Silent
    from pipeline.engines import translators, weights
    from pipeline.engines.seq2seq import Decoding

    found = weights.find_mt("ru", "en", ask.package, offline=True, demo=True, progress=Silent())
    return translators.load(found, Decoding(beam=BEAM, hypotheses=ask.hypotheses), "cpu")


def _translated(units: Sequence[str], engine: Any) -> Sequence[Any]:
    from pipeline.translate import core
    from pipeline.translate.drafts import Known, Route
    from tests.bench import translation_text

    transcript, turns = translation_text.transcript(units)
    routes = {"ru": Route(engine=engine)}
    made = core.from_words(transcript.phrases, turns, routes, "en", Known(), lambda _: None)
    return made.sentences


def _package(ask: Ask) -> Any:
    from pipeline.engines import argos_home

    return argos_home.library().Package(Path(ask.package))


def _engine(ask: Ask) -> Any:
    import ctranslate2

    return ctranslate2.Translator(
        str(Path(ask.package) / "model"),
        device="cpu",
        compute_type="int8",
        inter_threads=max(1, ask.threads // 2),
        intra_threads=min(2, ask.threads),
    )


def main() -> None:
    """Answer what stdin asks; whatever else a library prints goes to stderr."""
    answer = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    ask = msgspec.json.decode(sys.stdin.buffer.read(), type=Ask)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: ask.threads])
    if sys.argv[1:] == ["first"]:
        answer.write(first(ask).encode() + b"\n")
    else:
        answer.write(msgspec.json.encode(measure(ask)))
    answer.close()


if __name__ == "__main__":
    main()
