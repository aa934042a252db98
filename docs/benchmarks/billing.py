"""Measures what charging takes, by the number of sellers, and writes docs/billing-benchmarks.md.

`python docs/benchmarks/billing.py` measures SQLite; `--postgresql URL` a PostgreSQL too, whose role may create
databases. `--sellers 10000` is for a look; a million takes an hour or more.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import partial
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from billed_sellers import ANCHOR, STORES, write_sellers
from billing_run import Ran, billing_run
from machine import machine
from rounds import alternating, spread_of
from section import Aim, Section, table
from sqlalchemy import make_url
from writing import body

PAGE = Path(__file__).parents[1] / "billing-benchmarks.md"
KINDS = ("SQLite", "PostgreSQL")
SIZES = (10_000, 100_000, 1_000_000)
LARGE = 1_000_000
ROUNDS = 3
MOST_TIMES, MOST_MIB = 1.3, 1024
DATABASE = "linked_accounts_bench"
SETTINGS = ("fsync", "synchronous_commit", "shared_buffers")
HEAD = """# Benchmarks of billing

Measured on {date} by `{command}`, which measures again and writes this page.
The machine: {machine}."""
TEXT = """`linked-accounts billing run --json`, as processes of its own, for a day on which every store of every seller
is due. Sellers are drawn (seed 1) and written in bulk (`docs/benchmarks/billed_sellers.py`): they have 1 to 9 of the
stores that come with the service, {mean:.2f} on average; those with several have linked them, and one account of a
hundred is suspended. A round charges one month, so the ledger grows from round to round, and is followed by the same
run once more: it charges nothing (it is checked), and takes what a run takes to start. That is taken off; loading the
rules, about a second a process, stays in. Machines drift while a million is charged: so the smallest market is charged
before and after each larger one, and its figure is the middle of all of these.

CPU is user and system time of all processes of a run, and of PostgreSQL's; the rest is by the clock. Memory is the most
that one process of a run had resident (VmHWM). Rounds: {rounds}, of the smallest market as many
each time, and 1 from a million sellers on.{settings}

{table}"""
COLUMNS = ("", "a seller, ms", "CPU a seller, ms", "PostgreSQL's share of it", "sellers/s", "charges/s", "memory, MiB")


@dataclass(frozen=True, slots=True)
class Case:
    """A market of so many sellers in a kind of database, and how many processes charge it."""

    kind: str
    sellers: int
    processes: int

    def __str__(self) -> str:
        run = f", {self.processes} processes" if self.processes > 1 else ""
        return f"{self.kind}{run}: {self.sellers:,} sellers"


def _months() -> Iterator[date]:
    return (date(2025 + number // 12, number % 12 + 1, ANCHOR) for number in count())


@dataclass(frozen=True, slots=True)
class Market:
    """So many sellers in a database, who are charged month after month; ``scratch`` keeps what else a run does."""

    kind: str
    sellers: int
    url: str
    scratch: Path
    months: Iterator[date] = field(default_factory=_months)

    def __post_init__(self) -> None:
        write_sellers(self.url, self.sellers)

    def charged(self, rounds: int) -> dict[Case, list[Ran]]:
        """Runs with one process, and where several may write at once with two."""
        cases = [Case(self.kind, self.sellers, processes) for processes in (1, 2)[: 1 if self.kind == "SQLite" else 2]]
        return alternating({case: partial(self._run, case) for case in cases}, rounds)

    def _run(self, case: Case) -> Ran:
        day = next(self.months)
        ran, again = (billing_run(self.url, day, case.processes, self.scratch) for _ in range(2))
        if again.charges or ran.charges < self.sellers:
            raise RuntimeError(f"{case}: {ran.charges} charges on {day}, and {again.charges} when it was run again")
        _tell(f"{case}, {day}: {ran} of which to start {again}")
        return ran.less(again)


def main() -> None:
    """Reads the arguments, measures, writes the page; exit status 1 if an aim is missed."""
    given = _arguments().parse_args()
    measured: dict[Case, list[Ran]] = {}
    for kind in KINDS[: 2 if given.postgresql else 1]:
        most = given.most_on_postgresql if kind == "PostgreSQL" else max(given.sellers)
        with ExitStack() as databases:
            markets = [
                Market(kind, size, *databases.enter_context(_database(kind, size, given.postgresql)))
                for size in sorted(given.sellers)
                if size <= most
            ]
            _measure(markets, given.rounds, measured)
    found = section(measured, given.rounds, _settings(given.postgresql))
    command = " ".join(("python docs/benchmarks/billing.py", *_said(given)))
    head = HEAD.format(date=datetime.now(UTC).date(), machine=machine(), command=command)
    given.out.write_text(f"{head}\n\n{body([found])}", "utf-8")
    sys.exit(0 if all(aim.reached for aim in found.aims) else 1)


def section(measured: Mapping[Case, Sequence[Ran]], rounds: int, settings: str) -> Section:
    """What was measured, as a section of the page."""
    rows = [(str(case), *_figures(case, ran)) for case, ran in measured.items()]
    mean = sum(count * share for count, share in STORES.items()) / sum(STORES.values())
    text = TEXT.format(mean=mean, rounds=rounds, settings=settings, table=table(COLUMNS, rows))
    return Section("Charging", text, list(_aims(measured)))


def _figures(case: Case, ran: Sequence[Ran]) -> Iterator[object]:
    yield spread_of([each.seconds / case.sellers * 1000 for each in ran])
    yield spread_of([_cpu(each) / case.sellers * 1000 for each in ran])
    yield "" if case.kind == "SQLite" else spread_of([each.server_cpu / _cpu(each) for each in ran])
    yield spread_of([case.sellers / each.seconds for each in ran])
    yield spread_of([each.charges / each.seconds for each in ran])
    yield spread_of([each.peak for each in ran])


def _cpu(ran: Ran) -> float:
    return ran.cpu + ran.server_cpu


def _aims(measured: Mapping[Case, Sequence[Ran]]) -> Iterator[Aim]:
    """Of the largest market of each kind of database against the smallest."""
    for large, ran in measured.items():
        small = Case(large.kind, min(case.sellers for case in measured), large.processes)
        if large.sellers != max(case.sellers for case in measured if case.kind == large.kind):
            continue
        yield Aim(f"MiB at {large}", "at most", MOST_MIB, max(each.peak for each in ran))
        if small != large:
            costs = [spread_of([_cpu(one) / case.sellers for one in measured[case]]).middle for case in (large, small)]
            yield Aim(f"CPU a seller, {large}, against {small.sellers:,}", "at most", MOST_TIMES, costs[0] / costs[1])


def _measure(markets: Sequence[Market], rounds: int, measured: dict[Case, list[Ran]]) -> None:
    """The runs of one kind of database; each larger market's between those of the smallest."""
    small, *larger = markets
    for market in (small, *(each for one in larger for each in (one, small))):
        for case, ran in market.charged(rounds if market.sellers < LARGE else 1).items():
            measured.setdefault(case, []).extend(ran)


@contextmanager
def _database(kind: str, sellers: int, server: str | None) -> Iterator[tuple[str, Path]]:
    """An empty database, and a folder for what else a run keeps."""
    with TemporaryDirectory(prefix="linked-accounts-bench-") as folder:
        if kind == "SQLite":
            yield f"sqlite:///{folder}/accounts.db", Path(folder)
            return
        name = f"{DATABASE}_{sellers}"
        with closing(psycopg.connect(server or "", autocommit=True)) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
            try:
                place = make_url(server or "").set(database=name)
                yield place.render_as_string(hide_password=False), Path(folder)
            finally:
                connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def _settings(server: str | None) -> str:
    """What of a server's settings matters here."""
    if not server:
        return ""
    with closing(psycopg.connect(server)) as connection:
        shown = [(name, connection.execute(f"SHOW {name}".encode()).fetchall()[0][0]) for name in SETTINGS]
        said = [f"`{name} = {value}`" for name, value in shown]
        return f" PostgreSQL {connection.info.server_version // 10000} with {', '.join(said)}."


def _arguments() -> argparse.ArgumentParser:
    arguments = argparse.ArgumentParser(description="Measures what charging takes, by the number of sellers.")
    arguments.add_argument("--sellers", nargs="+", type=int, default=list(SIZES), help="how many, of each market")
    arguments.add_argument("--postgresql", metavar="URL", help="measure on it too, as a role that may create databases")
    arguments.add_argument("--most-on-postgresql", type=int, default=LARGE, help="no larger market is measured on it")
    arguments.add_argument("--rounds", type=int, default=ROUNDS, help="months that are charged, of each market")
    arguments.add_argument("--out", type=Path, default=PAGE, help=f"the page to write; by default docs/{PAGE.name}")
    return arguments


def _said(given: argparse.Namespace) -> Iterator[str]:
    """The arguments as one would give them again; the URL is one's own."""
    if tuple(given.sellers) != SIZES:
        yield f"--sellers {' '.join(map(str, given.sellers))}"
    if given.postgresql:
        yield "--postgresql URL"
    if given.most_on_postgresql != LARGE:
        yield f"--most-on-postgresql {given.most_on_postgresql}"
    if given.rounds != ROUNDS:
        yield f"--rounds {given.rounds}"


def _tell(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
