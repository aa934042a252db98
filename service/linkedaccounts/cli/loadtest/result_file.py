"""The file that a load test writes its result to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


def out_option(command: Command) -> Command:
    """Gives a command the option ``out``."""
    kind = click.Path(dir_okay=False, path_type=Path)
    return click.option("--out", type=kind, help="Write the result there, as JSON.")(command)


def write(out: Path, text: str) -> None:
    """Writes a result; a usage error if the file cannot be written."""
    try:
        out.write_text(text, "utf-8")
    except OSError as error:
        raise click.UsageError(f"the result cannot be written to {out}: {error.strerror}") from None
