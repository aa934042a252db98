"""The directory of rules that a `policy` command is about."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from linkedaccounts.cli.options import settings_from

Command = TypeVar("Command", bound=Callable[..., Any])

DIRECTORY = click.Path(exists=True, file_okay=False, path_type=Path)


def rules_argument(command: Command) -> Command:
    """Gives a command the argument ``directory``; left out, it is what LINKED_ACCOUNTS_RULES names, or the default."""
    return click.argument("directory", metavar="[DIR]", required=False, type=DIRECTORY, callback=_or_default)(command)


def _or_default(_context: click.Context, _parameter: click.Parameter, directory: Path | None) -> Path:
    return directory or settings_from({}).rules
