"""A command group that imports a command's module when the command is used, so that help is quick."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import click


@dataclass(frozen=True, slots=True)
class Lazy:
    """A command that stands elsewhere: the module, the name in it, and what the group's help says of it."""

    module: str
    attribute: str
    summary: str


class LazyGroup(click.Group):
    """A group whose commands are named in ``lazy``, in the order in which its help lists them."""

    def __init__(self, *arguments: Any, lazy: Mapping[str, Lazy], **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self._lazy = lazy

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        """The names of all commands."""
        return list(self._lazy)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # likewise
        """The command, imported now; None if there is no such command."""
        place = self._lazy.get(cmd_name)
        if place is None:
            return None
        command: click.Command = getattr(import_module(place.module), place.attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Lists the commands with their summaries, none of them imported."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, place.summary) for name, place in self._lazy.items()])
