"""What weights are on this machine, for people to see and to have verified."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Final

import msgspec

from pipeline.core.errors import MissingError, PipelineError
from pipeline.engines import argos_packages, card, digests, hub, weights

DEFAULT_PAIR: Final = ("ru", "en")
_DEFAULT_SIZES: Final = (weights.ON_GPU, weights.ON_CPU)
_IN_CACHE: Final = "models--"


class Task(StrEnum):
    """What weights are for; the values are the options that take them."""

    ASR = "asr"
    MT = "mt"


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """Weights that are here, or, without a folder, a default that could be fetched."""

    task: Task
    name: str
    default: str = ""  # when they are taken without being asked for
    demo: bool = False
    folder: str = ""
    bytes: int = 0


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """Whether weights are what they were: `whole`, `unknown` (nothing to compare) or `damaged`."""

    name: str
    state: str
    folder: str
    reason: str = ""


def held() -> list[Held]:
    """All weights on this machine, and the defaults whether here or not."""
    return [*_speech(), *_packages(), *_demo()]


def verify(of: Held) -> Verdict:
    """Read every file of weights that are here and compare it with what is known of it."""
    folder = Path(of.folder)
    state, reason = "unknown", "nothing to compare with"
    if of.task is Task.MT and folder.is_dir():
        try:
            if argos_packages.check(argos_packages.opened(folder)):
                state, reason = "whole", ""
        except MissingError as error:
            state, reason = "damaged", error.message
    elif of.task is Task.ASR and folder.parent.name == "snapshots":
        bad = hub.damaged(folder)
        state = "damaged" if bad else "whole"
        reason = ", ".join(path.name for path in bad)
    return Verdict(name=of.name, state=state, folder=of.folder, reason=reason)


def _speech() -> list[Held]:
    sizes: dict[str, str] = {}
    for name, repo in hub.SIZES.items():
        sizes.setdefault(repo, name)
    found = []
    for repo in dict.fromkeys([*sizes, *_repositories_in_cache()]):
        name = sizes.get(repo, repo)
        folder = hub.cached(hub.repository(name))
        if folder or name in _DEFAULT_SIZES:
            default = {weights.ON_GPU: "with a GPU", weights.ON_CPU: "without a GPU"}.get(name, "")
            found.append(_held(Task.ASR, name, folder, default=default))
    return found


def _repositories_in_cache() -> list[str]:
    from huggingface_hub import constants

    try:
        names = sorted(path.name for path in Path(constants.HF_HUB_CACHE).iterdir())
    except OSError:
        return []
    return [
        name.removeprefix(_IN_CACHE).replace("--", "/", 1)
        for name in names
        if name.startswith(_IN_CACHE) and name.count("--") > 1
    ]


def _packages() -> list[Held]:
    packages = argos_packages.installed()
    default = "-".join(DEFAULT_PAIR)
    found = []
    for package in packages:
        pair = f"{package.source}-{package.target}"
        demo = weights.is_demo(package.folder)
        use = "for Russian" if pair == default and not demo else ""
        name = f"{pair} {package.version}"
        found.append(_held(Task.MT, name, package.folder, default=use, demo=demo))
    if not any(each.default for each in found):
        found.append(_held(Task.MT, default, None, default="for Russian"))
    return found


def _demo() -> list[Held]:
    try:
        folder = weights.demo_folder()
    except PipelineError:
        return []
    found = []
    if (folder / "asr").is_dir():
        about = card.read(folder / "asr")
        found.append(_held(Task.ASR, about.name if about else "demo", folder / "asr", demo=True))
    for archive in sorted(folder.glob("translate-*.argosmodel")):
        about = card.beside(archive)
        name = about.name if about else archive.stem
        found.append(_held(Task.MT, name, archive, demo=True))
    return found


def _held(
    task: Task, name: str, folder: Path | None, *, default: str = "", demo: bool = False
) -> Held:
    size = digests.size_of(folder) if folder else 0
    return Held(
        task=task, name=name, default=default, demo=demo, folder=str(folder or ""), bytes=size
    )
