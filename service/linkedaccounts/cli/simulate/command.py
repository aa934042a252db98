"""`linked-accounts simulate`: months of a whole market, by the service's own use cases, checked after every day."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
from click.exceptions import Exit
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from linkedaccounts.cli.keeping import CannotBeReached
from linkedaccounts.cli.simulate.ended import Ended
from linkedaccounts.cli.simulate.html import page_maker, write_page
from linkedaccounts.settings import default_rules
from linkedaccounts.simulation.journal import Journal, OtherMarket, journal_in
from linkedaccounts.simulation.mortal_workers import MortalWorkers
from linkedaccounts.simulation.possible import NotPossible
from linkedaccounts.simulation.run import Simulation
from linkedaccounts.simulation.setting import Setting
from linkedaccounts.simulation.violation import Violation
from linkedaccounts.simulation.workers import OwnWork
from linkedaccounts.storage.database_url import UnknownDatabase
from linkedaccounts.storage.ledger_check import SqlLedgerCheck
from linkedaccounts.storage.opening import StorageUnreachable, open_storage
from linkedaccounts.storage.schema import SchemaMismatch
from linkedaccounts.storage.sql_storage import SqlStorage

VIOLATED = 1
EXIT_CODES = """\b
Exit codes:
  0  every day was found right
  1  a violation, or the database does not fit
  2  wrong arguments
  3  the database cannot be reached"""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the market is kept, and what was noted of it so far."""

    url: str
    storage: SqlStorage
    journal: Journal


@click.command(epilog=EXIT_CODES)
@click.option("--from", "first", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The first simulated day.")
@click.option("--months", type=click.IntRange(1, 240), default=24, show_default=True, help="How long it goes on.")
@click.option("--sellers", type=click.IntRange(1, 99_999), default=1000, show_default=True, help="How many there are.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed makes the same market and ledger.")
@click.option("--database", metavar="URL", help="An empty database; by default one of SQLite that is thrown away.")
@click.option(
    "--kill-every",
    type=click.FloatRange(min=0.05),
    metavar="SECONDS",
    help="Work in two other processes, and kill one of them about so often.",
)
@click.option(
    "--resume",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Note there what is done; if it is there already, go on from it. Takes a --database.",
)
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="Draw what happened there, as a page.")
@click.option("--json", "as_json", is_flag=True, help="What it came to as a JSON object, for programs.")
def simulate(html: Path | None, *, as_json: bool, kill_every: float | None, **given: Any) -> None:
    """Live through months of a whole market in minutes, and check every day that everybody was charged right.

    Sellers arrive, link, register, are suspended and closed, and get money back; prices and caps change; rates are
    those of the days, known only once they were published. All of it goes through the service's use cases, with a
    simulated clock, into a real database.
    """
    if html:
        page_maker()  # what is missing is better said now than after the simulation
    setting = Setting(given["first"].date(), given["months"], given["sellers"], given["seed"])
    with _place(given["database"], given["resume"], setting) as place:
        ended = _lived(setting, place, kill_every)
    if html:
        write_page(ended, html)
    if as_json:
        click.echo(ended.as_json())
    else:
        for line in ended.lines():
            click.echo(line)
    if ended.violation:
        raise Exit(VIOLATED)


@contextmanager
def _place(url: str | None, resume: Path | None, setting: Setting) -> Iterator[_Place]:
    """What is wrong with the database or the file ends the command in one line."""
    if resume and not url:
        raise click.UsageError("--resume takes a --database, which is there the next time")
    try:
        with TemporaryDirectory(prefix="linked-accounts-simulation-") as folder, journal_in(resume, setting) as journal:
            own = url or f"sqlite:///{folder}/market.db"
            with closing(open_storage(own)) as storage:
                if not journal.outcomes and not SqlLedgerCheck(storage).is_empty():
                    raise click.UsageError("the database has accounts already: give an empty one")
                yield _Place(own, storage, journal)
    except UnknownDatabase as error:
        raise click.UsageError(str(error)) from None
    except OtherMarket as error:
        raise click.UsageError(f"{resume} is of another market: {error}") from None
    except StorageUnreachable as error:
        raise CannotBeReached(str(error)) from None
    except SchemaMismatch as error:
        raise click.ClickException(str(error)) from None


def _lived(setting: Setting, place: _Place, kill_every: float | None) -> Ended:
    violation, days = None, 0
    with MortalWorkers(place.url, kill_every, setting.random("kills")) if kill_every else nullcontext() as killed:
        try:
            simulation = Simulation(
                setting, place.storage, default_rules(), killed or OwnWork(place.storage), place.journal
            )
        except NotPossible as why:
            raise click.UsageError(str(why)) from None
        try:
            for number in _shown(simulation):
                days = number
        except Violation as found:
            violation = found
        return Ended(
            setting,
            simulation.tally,
            simulation.policies,
            place.url.partition(":")[0],
            len(simulation.history.accounts),
            days,
            "" if violation else simulation.digest(),
            violation,
            killed.killed if killed else 0,
        )


def _shown(simulation: Simulation) -> Iterator[int]:
    """How many days were found right, day after day, with a bar for people on the error output."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        bar = progress.add_task(str(simulation.setting.first), total=len(simulation.setting.days))
        for number, found in enumerate(simulation(), 1):
            progress.update(bar, completed=number, description=f"{found.day}, {simulation.tally.charges:,} charges")
            yield number
