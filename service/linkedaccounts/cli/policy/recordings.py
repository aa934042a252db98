"""What commands on recorded decisions have in common: the argument, the number of processes, and how far they are."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from linkedaccounts.workbench.records.ranges import Range, ranges_of, record_files
from linkedaccounts.workbench.records.tally import Reading

Command = TypeVar("Command", bound=Callable[..., Any])
T = TypeVar("T")


def decisions_argument(command: Command) -> Command:
    """Gives a command the argument ``decisions``: files, or directories of them."""
    kind = click.Path(exists=True, readable=True, path_type=Path)
    return click.argument("decisions", metavar="DECISIONS...", nargs=-1, required=True, type=kind)(command)


def processes_option(command: Command) -> Command:
    """Gives a command the option ``processes``."""
    help_text = "how many processes work at once  [default: as many as CPUs]"
    option = click.option("--processes", type=click.IntRange(1, 256), default=os.cpu_count() or 1, help=help_text)
    return option(command)


def ranges_meant(decisions: Sequence[Path]) -> list[Range]:
    """The parts of all files meant; a usage error if there are none."""
    files = record_files(decisions)
    if not files:
        raise click.UsageError(f"there is no recorded decision (*.jsonl) in {', '.join(map(str, decisions))}")
    return ranges_of(files)


def watched(found: Iterable[tuple[Range, T]], ranges: Sequence[Range], last: T) -> T:
    """What was found at last, ``last`` if nothing was; on a terminal with a bar meanwhile that says how far it is."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("replaying", total=sum(part.end - part.start for part in ranges))
        for part, so_far in found:
            last = so_far
            progress.advance(task, part.end - part.start)
    return last


def not_replayed(reading: Reading) -> Iterator[str]:
    """What could not be replayed, and why: a line each."""
    if reading.skipped:
        yield f"{reading.skipped:,} could not be replayed:"
    for reason, noted in sorted(reading.unplayed.items()):
        yield f"  {noted.count:,}: {reason}; the first is {noted.first}"
    if reading.lost:
        yield f"{reading.lost:,} were never recorded: the service says in these files that it lost them"
