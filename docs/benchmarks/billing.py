"""Measures what charging takes, by the number of sellers, and writes docs/billing-benchmarks.md.

`python docs/benchmarks/billing.py` measures SQLite; `--postgresql URL` a PostgreSQL too, whose role may create
databases. `--sellers 10000` is for a look; a million takes an hour or more.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
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
rules, about a second a process, stays in.

CPU is user and system time of all processes of a run, and of PostgreSQL's; the rest is by the clock. Memory is the most
that one process of a run had resident (VmHWM). Rounds: {rounds}, and 1 from a million sellers on.{settings}

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


def main() -> None:
    """Reads the arguments, measures, writes the page; exit status 1 if an aim is missed."""
    given = _arguments().parse_args()
    measured: dict[Case, list[Ran]] = {}
    for size in given.sellers:
        for kind in KINDS[: 2 if given.postgresql else 1]:
            if kind == "PostgreSQL" and size > given.most_on_postgresql:
                continue
            with _database(kind, given.postgresql) as (url, scratch):
                write_sellers(url, size)
                measured |= _measured(kind, url, size, scratch, given.rounds if size < LARGE else 1)
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


def _measured(kind: str, url: str, sellers: int, scratch: Path, rounds: int) -> dict[Case, list[Ran]]:
    """The runs of one database: with one process, and where several may write at once with two."""
    months = (date(2025 + number // 12, number % 12 + 1, ANCHOR) for number in count())
    cases = [Case(kind, sellers, processes) for processes in (1, 2)[: 1 if kind == "SQLite" else 2]]
    return alternating({case: partial(_run, case, url, months, scratch) for case in cases}, rounds)


def _run(case: Case, url: str, months: Iterator[date], scratch: Path) -> Ran:
    day = next(months)
    ran, again = (billing_run(url, day, case.processes, scratch) for _ in range(2))
    if again.charges or ran.charges < case.sellers:
        raise RuntimeError(f"{case}: {ran.charges} charges on {day}, and {again.charges} when it was run again")
    _tell(f"{case}, {day}: {ran} of which to start {again}")
    return ran.less(again)


@contextmanager
def _database(kind: str, server: str | None) -> Iterator[tuple[str, Path]]:
    """An empty database, and a folder for what else a run keeps."""
    with TemporaryDirectory(prefix="linked-accounts-bench-") as folder:
        if kind == "SQLite":
            yield f"sqlite:///{folder}/accounts.db", Path(folder)
            return
        with closing(psycopg.connect(server or "", autocommit=True)) as connection:
            connection.execute(f"CREATE DATABASE {DATABASE}".encode())
            try:
                place = make_url(server or "").set(database=DATABASE)
                yield place.render_as_string(hide_password=False), Path(folder)
            finally:
                connection.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)".encode())


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
