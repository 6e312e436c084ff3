"""A process of its own that installs a package with Argos Translate's own installer and uses it.

Reads a job from stdin as JSON (`package`, `sources`, `own`) and writes what came of it to stdout.
`translated` starts it with every folder of Argos inside a temporary one.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import types
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

BEAM = 4
_HEAVY = ("torch", "stanza", "spacy")


@dataclass(frozen=True, slots=True)
class Result:
    """What the process did."""

    folder: str
    """The installed package's name."""
    texts: tuple[str, ...]
    """Through the installed package's tokenizer and CTranslate2, one string at a time."""
    own: tuple[str, ...]
    """Through `argostranslate.translate`, where asked for."""
    heavy: tuple[str, ...]
    """Which of torch, stanza and spacy it imported."""


def translated(package: Path, sources: Sequence[str], *, own: bool = False) -> Result:
    """Install a package in a new process and translate with it; `own`: by Argos' function too."""
    job = {"package": str(package.resolve()), "sources": list(sources), "own": own}
    with tempfile.TemporaryDirectory() as home:
        folders = {name: f"{home}/{name}" for name in ("data", "config", "cache", "packages")}
        environment = {key: value for key, value in os.environ.items() if "ARGOS" not in key} | {
            "XDG_DATA_HOME": folders["data"],
            "XDG_CONFIG_HOME": folders["config"],
            "XDG_CACHE_HOME": folders["cache"],
            "ARGOS_PACKAGES_DIR": folders["packages"],
            "HOME": home,
        }
        done = subprocess.run(
            [sys.executable, "-m", "samples.training.argos_process"],
            input=json.dumps(job),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            env=environment,
            cwd=Path(__file__).parents[2],
        )
    found = json.loads(done.stdout)
    return Result(found["folder"], *(tuple(found[key]) for key in ("texts", "own", "heavy")))


def _stand_in() -> None:
    """An empty stanza where there is none.

    Argos' installer imports it on the way to a cache that it empties; a package with a sentence
    splitter of its own never calls it.
    """
    if importlib.util.find_spec("stanza") is None:
        sys.modules["stanza"] = types.ModuleType("stanza")


def _work(job: dict[str, Any]) -> dict[str, Any]:
    _stand_in()
    import ctranslate2
    from argostranslate import package

    package.install_from_path(Path(job["package"]))
    [installed] = package.get_installed_packages()
    translator = ctranslate2.Translator(str(installed.package_path / "model"), compute_type="int8")
    results = translator.translate_batch(
        [installed.tokenizer.encode(source) for source in job["sources"]],
        beam_size=BEAM,
        length_penalty=0.2,
        max_batch_size=32,
    )
    own = []
    if job["own"]:
        from argostranslate import translate

        own = [translate.translate(source, "ru", "en") for source in job["sources"]]
    return {
        "folder": installed.package_path.name,
        "texts": [installed.tokenizer.decode(one.hypotheses[0]).strip() for one in results],
        "own": own,
        "heavy": [name for name in _HEAVY if getattr(sys.modules.get(name), "__file__", None)],
    }


if __name__ == "__main__":
    with contextlib.redirect_stdout(sys.stderr):
        answer = _work(json.load(sys.stdin))
    print(json.dumps(answer, ensure_ascii=False))
