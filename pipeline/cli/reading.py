"""The language of what people read: `--ui`, else the locale's, else English."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import click

from pipeline.core import catalogue

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipeline.core.catalogue import Texts

F = TypeVar("F", bound="Callable[..., Any]")


def option(command: F) -> F:
    """`ui: str | None`."""
    return click.option(
        "--ui",
        type=click.Choice(catalogue.LANGUAGES),
        envvar="MARATHON_UI",
        help="The language of the texts for reviewers. [default: the locale's, else en]",
    )(command)


def texts(ui: str | None) -> Texts:
    """The texts in the language that was asked for, else in the locale's."""
    return catalogue.load(ui or catalogue.choose())
