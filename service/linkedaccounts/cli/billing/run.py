"""`linked-accounts billing run`: charge every store whose billing cycle begins."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import UTC, date, datetime
from multiprocessing import get_context
from typing import Any

import click
from click.exceptions import Exit
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from linkedaccounts.application.billing.run_billing import RunBilling
from linkedaccounts.bootstrap.billing import compose_billing, compose_rehearsal
from linkedaccounts.cli.billing.opened import SETTINGS, Opened, opened
from linkedaccounts.cli.billing.rehearsal import show_rehearsal
from linkedaccounts.cli.billing.summary import Summary
from linkedaccounts.cli.options import settings_options

SET_ASIDE, NOT_BEGUN = 4, 5
LOOK_SECONDS = 0.2


@click.command()
@settings_options(*SETTINGS)
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="Through which day; by default today (UTC).")
@click.option("--processes", type=click.IntRange(1, 64), default=1, show_default=True, help="How many share the work.")
@click.option("--dry-run", is_flag=True, help="Say what would be charged on the day, and why; charge nothing.")
@click.option("--json", "as_json", is_flag=True, help="The summary as a JSON object, for programs.")
def run(day: datetime | None, processes: int, dry_run: bool, as_json: bool, **flags: Any) -> None:
    """Charge every store whose billing cycle begins on a day, and on every earlier day that no run has charged.

    Run it as often as you like, on as many machines as you like, and again after a crash: every cycle is charged once.
    The first run of a database charges from its own day on. A cycle that cannot be charged is set aside with its
    reason, and the next run takes it up again.

    Exit codes: 0 all is charged; 1 the database does not fit; 2 wrong arguments, settings or rules; 3 the database
    cannot be reached; 4 all but what is set aside; 5 all but stores in which the day has not begun yet.
    """
    through, console = day.date() if day else datetime.now(UTC).date(), Console(stderr=as_json)
    summary = Summary(through)
    with opened(flags) as found:
        runs = _runs(found)
        if dry_run:
            show_rehearsal(compose_rehearsal(found.storage, lambda: found.rates.current)(through), summary, console)
        elif processes == 1:
            _charge(runs, through, summary)
        else:
            _share(runs, through, processes, summary, flags)
        waiting = runs.waiting(through)
    if as_json:
        click.echo(summary.as_json())
    else:
        summary.show(console, dry_run=dry_run)
    _end(summary, [f"{store}: {through} begins there at {at:%Y-%m-%d %H:%M} UTC; run again" for store, at in waiting])


def _runs(found: Opened) -> RunBilling:
    return compose_billing(found.storage, lambda: found.rates.current, lambda: datetime.now(UTC), time.sleep)


def _charge(runs: RunBilling, through: date, summary: Summary) -> None:
    runs.plan(through)
    with _progress(runs, through) as look:
        for charged in runs(through):
            summary.add(charged)
            look()


def _share(runs: RunBilling, through: date, processes: int, summary: Summary, flags: dict[str, Any]) -> None:
    """Several processes charge slices, each with a connection of its own; this one shows how far they are.

    It takes up what was set aside first, alone: what one process sets aside, no other is to try and count again.
    """
    runs.plan(through)
    for charged in runs.take_up():
        summary.add(charged)
    with _progress(runs, through) as look, ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        working = [pool.submit(_worker, flags, through) for _ in range(processes)]
        while not all(each.done() for each in working):
            look()
            time.sleep(LOOK_SECONDS)
        for each in working:
            summary.merge(each.result())


def _worker(flags: dict[str, Any], through: date) -> Summary:
    summary = Summary(through)
    with opened(flags) as found:
        for charged in _runs(found).charge_slices(through):
            summary.add(charged)
    return summary


@contextmanager
def _progress(runs: RunBilling, through: date) -> Iterator[Callable[[], None]]:
    """A bar for people, on the error output; nothing where that is no terminal.

    What it gives looks how far the run is, whoever charges, if it is called some time after it last did.
    """
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        total = 0 if progress.disable else runs.storage.open_slices(through)
        bar, looked = progress.add_task(f"charging through {through}", total=total), time.monotonic()

        def look() -> None:
            nonlocal looked
            if not progress.disable and time.monotonic() - looked >= LOOK_SECONDS:
                progress.update(bar, completed=total - runs.storage.open_slices(through))
                looked = time.monotonic()

        yield look


def _end(summary: Summary, waiting: list[str]) -> None:
    for line in waiting:
        click.echo(line, err=True)
    if summary.set_aside:
        raise Exit(SET_ASIDE)
    if waiting:
        raise Exit(NOT_BEGUN)
