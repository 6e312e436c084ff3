"""Which engines translate a recording: their weights found, and loaded as routes."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pipeline.core.errors import MissingError
from pipeline.core.language import base
from pipeline.engines import Translator, devices, translators, weights
from pipeline.engines.argos_packages import OtherLanguagesError
from pipeline.engines.seq2seq import Decoding
from pipeline.engines.weights import Weights
from pipeline.translate import confidence
from pipeline.translate.drafts import Route
from pipeline.translate.pivot import Pivot
from pipeline.translate.remembering import Remembering

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.core.progress import Progress
    from pipeline.programme.info import Info

Found = Mapping[str, tuple[Weights, ...]]  # by source language; two lead through another language
_BETWEEN: Final = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """Which weights to use, and how to come by them.

    Without a choice, what other weights made stays current: a translation made where there are
    better weights is not made again where there are none.
    """

    choice: str | None = None  # a folder or an .argosmodel file
    demo: bool = False
    offline: bool = False
    device: str = "auto"
    forgets: bool = False  # whether what it gave before is asked anew
    load: Callable[..., Translator] = translators.load

    @property
    def is_chosen(self) -> bool:
        """Whether somebody named the weights, so that others make a translation stale."""
        return self.choice is not None or self.demo


def find(
    info: Info, target: str, sources: Iterable[str], engine: Engine, progress: Progress
) -> dict[str, tuple[Weights, ...]]:
    """Weights for each source language; those that are named serve the one pair they are for.

    Raises:
        MissingError: there are none for a language, or those named are for a pair that nobody asked
            for.
        UsageError: the weights that were named are not there.
    """

    def one(source: str, choice: str | None) -> tuple[Weights, ...]:
        return weights.find_route(
            source,
            target,
            choice,
            offline=engine.offline,
            demo=engine.demo,
            progress=progress,
        )

    found = {}
    for source in sources:
        try:
            found[source] = one(source, engine.choice)
        except OtherLanguagesError as error:
            asked = {(base(a), base(b)) for a, b in info.translate.items()}
            if asked.isdisjoint(error.pairs):
                raise MissingError(error.message, hint=_other(error.pair)) from error
            try:
                found[source] = one(source, None)
            except MissingError as lacking:
                others = f"{engine.choice} translates {' to '.join(error.pair)}"
                raise MissingError(f"{others}; {lacking.message}", hint=lacking.hint) from error
    return found


def _other(pair: tuple[str, str]) -> str:
    source, target = pair
    return (
        "leave out --mt to use the installed package, which is fetched where there is none;"
        f' or write translate = {{ {source} = "{target}" }} in the info file'
    )


def identity(found: Found) -> str:
    """What weights these are, for the origin of what they make: `ru: argos-ru_en-1.9@…`."""
    names = (
        f"{source}: {' > '.join(each.identity for each in way)}" for source, way in found.items()
    )
    return ", ".join(names)


def kinds(found: Found) -> str:
    """What kinds of engine these weights are for: `argos`."""
    names = (translators.name(each) for way in found.values() for each in way)
    return ", ".join(dict.fromkeys(names))


@contextlib.contextmanager
def routes(
    found: Found, decoding: Decoding, engine: Engine, journals: Callable[[str], Path] | None = None
) -> Iterator[dict[str, Route]]:
    """The engines of these weights; with a journal for a source language they remember.

    They are loaded when they are needed: of what is remembered nothing is asked again. Those that
    remember finish their journals where the block ends without an error.

    Raises:
        MissingError: a part of the weights is missing or damaged.
        EngineError: they do not fit into memory.
    """
    with contextlib.ExitStack() as opened:
        made: dict[str, Route] = {}
        for source, way in found.items():
            translator: Translator
            if journals is None:
                translator = _loaded(way, decoding, engine)
            else:
                translator = opened.enter_context(
                    _remembering(way, decoding, engine, journals(source))
                )
            made[source] = Route(
                engine=translator,
                via=_BETWEEN if len(way) > 1 else "",
                doubtful=min(confidence.doubtful_at(each.card) for each in way),
            )
        yield made


def _remembering(
    way: Sequence[Weights], decoding: Decoding, engine: Engine, journal: Path
) -> Remembering:
    setting = " > ".join([_likely_setting(decoding, engine)] * len(way))
    named = " > ".join(each.identity for each in way)
    return Remembering(
        lambda: _loaded(way, decoding, engine), named, setting, journal, forgets=engine.forgets
    )


def _loaded(way: Sequence[Weights], decoding: Decoding, engine: Engine) -> Translator:
    loaded = [engine.load(each, decoding, engine.device) for each in way]
    return Pivot(loaded[0], loaded[1]) if len(loaded) > 1 else loaded[0]


def _likely_setting(decoding: Decoding, engine: Engine) -> str:
    """What the setting of an engine will be; where it is another, it is loaded to see."""
    device = devices.chosen(engine.device)
    numbers = {"cpu": "int8_float32", "cuda": "int8_float16"}[device]
    return decoding.setting(device, numbers)
