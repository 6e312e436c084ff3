"""Find weights: a folder, what is installed, what the project brings, or fetched on first use."""

from __future__ import annotations

import contextlib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pipeline
from pipeline.core.errors import MissingError, UsageError
from pipeline.core.language import base
from pipeline.engines import (
    argos_index,
    argos_packages,
    cache,
    card,
    digests,
    gpu,
    hub,
    opus_folders,
)
from pipeline.engines.argos_index import NotOfferedError
from pipeline.engines.argos_packages import OtherLanguagesError
from pipeline.engines.card import Card

if TYPE_CHECKING:
    from pipeline.core.progress import Progress
    from pipeline.engines.argos_packages import Package

ON_GPU: Final = "large-v3-turbo"
ON_CPU: Final = "small"
_LOOKS_LIKE_A_PATH: Final = re.compile(r"[.~/\\].*|.*\\.*|[^/]*/[^/]*/.*|.*/", re.DOTALL)
_ARCHIVE: Final = ".argosmodel"
_BETWEEN: Final = "en"  # what Argos translates from and to; other pairs go through it


@dataclass(frozen=True, slots=True)
class Weights:
    """Files an engine can load: their folder, their identity (name and digest) and their card."""

    folder: Path
    identity: str
    card: Card | None = None


def find_asr(choice: str | None, *, offline: bool, demo: bool, progress: Progress) -> Weights:
    """Speech weights: a folder, a size, a hub id; None takes what suits the machine.

    Raises:
        MissingError: they are not on this machine and cannot be fetched, or are damaged.
        UsageError: `choice` names nothing, or names demo weights without `demo`.
    """
    if choice is None and demo:
        return _asr_folder(demo_folder() / "asr", demo=demo, progress=progress)
    if choice is not None:
        folder = Path(choice).expanduser()
        if folder.is_dir():
            return _asr_folder(folder, demo=demo, progress=progress)
        if _LOOKS_LIKE_A_PATH.fullmatch(choice) or folder.exists():
            raise UsageError(f"{choice}: no such folder", hint="--asr takes a folder of weights")
    return from_hub(choice or default_asr(), offline=offline, progress=progress)


def from_hub(choice: str, *, offline: bool, progress: Progress) -> Weights:
    """Speech weights for a size or a hub id, from the hub's cache or from the hub.

    Raises:
        MissingError: they are not on this machine and cannot be fetched, or are damaged.
        UsageError: `choice` is neither.
    """
    wanted = hub.repository(choice)
    folder = _whole(wanted, offline=offline, progress=progress)
    name = wanted.repo.rpartition("/")[2]
    return Weights(folder, hub.identity(folder, name), card.read(folder))


def find_mt(
    source: str, target: str, choice: str | None, *, offline: bool, demo: bool, progress: Progress
) -> Weights:
    """Translation weights; None takes the installed package.

    `choice` is a package's folder or .argosmodel file, or a folder with an engine.toml.

    Raises:
        MissingError: they are not on this machine and cannot be fetched, or are damaged.
        InputError: what people wrote into the folder cannot be understood.
        UsageError: `choice` names nothing, or names demo weights without `demo`.
    """
    pair = (base(source), base(target))  # Argos knows no regions
    if choice is None and demo:
        choice = str(demo_folder() / f"translate-{pair[0]}_{pair[1]}{_ARCHIVE}")
        if not Path(choice).is_file():
            raise NotOfferedError(
                f"no demo weights translate {source} to {target}",
                hint="leave out --demo, or leave the language out of translate in the info file",
            )
    if choice is None:
        package = _installed(pair, offline=offline, progress=progress)
        return _package(package, card.read(package.folder), demo=demo, progress=progress)
    path = Path(choice).expanduser()
    if opus_folders.is_one(path):
        return _opus(path, pair, demo=demo, progress=progress)
    if path.is_dir():
        package, its_card = argos_packages.opened(path), card.read(path)
    elif path.is_file():
        package = _unpacked(path, pair)
        its_card = card.read(package.folder) or card.beside(path)
    else:
        raise UsageError(f"{choice}: no such file", hint=f"--mt takes a folder or *{_ARCHIVE}")
    argos_packages.check_languages(package, *pair, path)
    return _package(package, its_card, demo=demo, progress=progress)


def find_route(
    source: str, target: str, choice: str | None, *, offline: bool, demo: bool, progress: Progress
) -> tuple[Weights, ...]:
    """Weights from one language to another: one, or two that lead there through English.

    Two where only those are on this machine, where Argos offers none for the direct way, or where
    `choice` is for a half of it. Where nothing leads there, the error is about the direct way, and
    where nobody offers what `choice` lacks, about `choice`; arguments and errors are those of
    `find_mt`.
    """
    direct = (base(source), base(target))
    halves = ((direct[0], _BETWEEN), (_BETWEEN, direct[1]))

    def each(*pairs: tuple[str, str], local: bool = offline) -> tuple[Weights, ...]:
        return tuple(
            find_mt(*pair, choices.get(pair), offline=local, demo=demo, progress=progress)
            for pair in pairs
        )

    choices = {direct: choice}
    try:
        return each(direct, local=offline or (choice is None and _BETWEEN not in direct))
    except OtherLanguagesError as error:
        choices = {pair: choice for pair in halves if pair in error.pairs}
        if not choices or _BETWEEN in direct:
            raise
        try:
            return each(*halves)
        except NotOfferedError as lacking:
            raise error from lacking
    except MissingError:
        if choice is not None or _BETWEEN in direct:
            raise
    with contextlib.suppress(MissingError):
        return each(*halves, local=True)
    try:
        return each(direct)
    except NotOfferedError as error:
        try:
            return each(*halves)
        except NotOfferedError:
            raise error from None


def default_asr() -> str:
    """The size that suits this machine."""
    return ON_GPU if gpu.is_usable() else ON_CPU


def is_demo(folder: Path) -> bool:
    """Say whether the card in a folder calls its weights demo weights."""
    its_card = card.read(folder)
    return its_card is not None and its_card.demo


def demo_folder() -> Path:
    """Where the weights that come with the project are: `MARATHON_DEMO_WEIGHTS`, or the checkout.

    Raises:
        MissingError: they are not there.
    """
    own = os.environ.get("MARATHON_DEMO_WEIGHTS")
    checkout = Path(pipeline.__file__).resolve().parents[1]
    folder = Path(own).expanduser() if own else checkout / "samples" / "weights"
    if not folder.is_dir():
        raise MissingError(
            f"{folder}: the demo weights are not there",
            hint="they come with a clone of the project; "
            "elsewhere name their folder in MARATHON_DEMO_WEIGHTS",
        )
    return folder


def _asr_folder(folder: Path, *, demo: bool, progress: Progress) -> Weights:
    if lacking := hub.missing_parts(folder):
        raise MissingError(
            f"{folder}: no Whisper weights for CTranslate2: no {', no '.join(lacking)}",
            hint="give the folder that holds model.bin and the files beside it",
        )
    its_card = card.read(folder)
    _say_if_demo(its_card, folder, demo=demo, progress=progress)
    name = its_card.name if its_card else folder.resolve().name
    return Weights(folder, hub.identity(folder, name), its_card)


def _whole(wanted: hub.Repository, *, offline: bool, progress: Progress) -> Path:
    folder = hub.cached(wanted)
    bad = hub.damaged(folder) if folder else []
    if folder and not bad:
        return folder
    if offline or hub.is_offline():
        what = f"damaged: {bad[0]}" if bad else "not on this machine"
        raise MissingError(
            f"speech weights {wanted.name}: {what}, and the network is not to be used",
            hint=f"once, with a network: marathon models pull {wanted.name}; "
            "or give a folder with --asr FOLDER",
        )
    hub.discard(bad)
    return hub.fetch(wanted, progress)


def _installed(pair: tuple[str, str], *, offline: bool, progress: Progress) -> Package:
    """The installed package; where there is none, or a damaged one, it is fetched."""
    for package in argos_packages.installed():
        if (package.source, package.target) != pair or is_demo(package.folder):
            continue
        try:
            argos_packages.identity(package)
        except MissingError:
            if offline:
                raise
        else:
            return package
    if offline:
        raise MissingError(
            f"no package that translates {pair[0]} to {pair[1]} is on this machine, "
            "and the network is not to be used",
            hint=f"once, with a network: marathon models pull {pair[0]}-{pair[1]}; "
            "or give a package with --mt FOLDER",
        )
    return argos_index.fetch(*pair, progress)


def _unpacked(archive: Path, pair: tuple[str, str]) -> Package:
    """The package of an .argosmodel file, unpacked once into our own cache."""
    name = f"packages/{digests.sha256([archive])[archive][:32]}"
    place = cache.folder() / name
    for folder in sorted(place.iterdir()) if place.is_dir() else []:
        try:
            return argos_packages.opened(folder)
        except MissingError:
            continue
    return argos_index.install(archive, *pair, into=cache.room(name))


def _package(package: Package, its_card: Card | None, *, demo: bool, progress: Progress) -> Weights:
    identity = argos_packages.identity(package)
    _say_if_demo(its_card, package.folder, demo=demo, progress=progress)
    return Weights(package.folder, identity, its_card)


def _opus(folder: Path, pair: tuple[str, str], *, demo: bool, progress: Progress) -> Weights:
    found = opus_folders.opened(folder)
    opus_folders.check_languages(found, *pair)
    its_card = card.read(folder)
    _say_if_demo(its_card, folder, demo=demo, progress=progress)
    return Weights(folder, opus_folders.identity(found), its_card)


def _say_if_demo(its_card: Card | None, folder: Path, *, demo: bool, progress: Progress) -> None:
    """Demo weights know next to nothing: they are used when asked for, and never silently."""
    if its_card is None or not its_card.demo:
        return
    if not demo:
        raise UsageError(
            f"{folder}: demo weights, which know {its_card.knows}",
            hint="they turn any other recording into nonsense; add --demo to use them all the same",
        )
    progress.note(f"demo weights {its_card.name} know {its_card.knows}")
