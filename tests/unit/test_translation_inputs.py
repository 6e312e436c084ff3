"""What makes a translation stale, and which weights serve which pair of languages."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from pipeline.core import artifacts
from pipeline.core.artifacts import TRANSLATION
from pipeline.core.errors import MissingError
from pipeline.core.progress import Silent
from pipeline.engines import argos_home
from pipeline.programme.info import Info
from pipeline.segment import stage as segment
from pipeline.translate import stage as translate
from tests import packages
from tests.unit.test_text_stages import engine, package, ws

if TYPE_CHECKING:
    from pipeline.core.workspace import Workspace

__all__ = ["engine", "package", "ws"]  # fixtures


def test_another_title_or_speaker_translates_nothing_again(ws: Workspace, engine: translate.Engine):
    segment.run(ws, Info(title="One"), segment.Options())
    translate.run(ws, Info(title="One"), translate.Options(), engine, Silent())
    info = Info(title="Two")
    assert segment.run(ws, info, segment.Options()) == "made"
    assert translate.plan(ws, info, translate.Options(), engine) == []
    assert translate.run(ws, info, translate.Options(), engine, Silent()) == "current"


def test_other_turns_make_it_stale(ws: Workspace, engine: translate.Engine):
    segment.run(ws, Info(), segment.Options())
    translate.run(ws, Info(), translate.Options(), engine, Silent())
    rundown = ws.recording.with_name("r.csv")
    rundown.write_text("start\n0\n1\n")
    segment.run(ws, Info(rundown=rundown), segment.Options(window_ms=0))
    (reason,) = translate.plan(ws, Info(rundown=rundown), translate.Options(), engine)
    assert reason.startswith("en: input turns changed")


def test_named_weights_serve_their_own_pair_and_the_installed_ones_the_others(
    ws: Workspace, engine: translate.Engine
):
    segment.run(ws, Info(), segment.Options())
    both = Info(translate={"ru": "en", "es": "en"})
    with pytest.raises(MissingError, match="translates es to en is on this machine"):
        translate.run(ws, both, translate.Options(), engine, Silent())
    installed = packages.build(argos_home.package_folder() / "es_en", "es")
    try:
        translate.run(ws, both, translate.Options(), engine, Silent())
    finally:
        shutil.rmtree(installed)
    used = artifacts.read(ws.translation_path("en"), TRANSLATION).origin.weights
    assert "ru: argos-ru_en" in used
    assert "es: argos-es_en" in used


def test_named_weights_for_a_pair_nobody_asked_for_are_refused(
    ws: Workspace, engine: translate.Engine
):
    segment.run(ws, Info(), segment.Options())
    info = Info(translate={"es": "en"})
    with pytest.raises(MissingError, match="translates ru to en, not es to en"):
        translate.run(ws, info, translate.Options(), engine, Silent())
