"""Runs of billing are killed anywhere, alone and two at a time, and resumed: the ledger is that of runs left in peace.

LINKED_ACCOUNTS_BILLING_KILLS says how often in each of the tests; their names have the seeds.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from linkedaccounts.policy.load import load_policy
from linkedaccounts.policy.policy import Policy
from linkedaccounts.settings import default_rules
from linkedaccounts.storage.opening import open_storage
from linkedaccounts.storage.sql_storage import SqlStorage
from tests.application.billing.billed_market import BilledMarket, moment
from tests.application.billing.ledger_bytes import ledger_bytes
from tests.durability.mortal_run import NEVER, SLICE, Runs
from tests.storage.databases import Database

KILLS = int(os.environ.get("LINKED_ACCOUNTS_BILLING_KILLS", "8"))
FIRST, LAST = date(2019, 3, 1), date(2019, 3, 12)
ACCOUNTS = 48
STORES = ["US", "CA", "JP", "EU", "MX"]
LONGEST = 7
"""A run dies at a step below two to the power of this. Each power is as likely: early and late, or not at all."""

Begin = Callable[[Runs], list[int]]


@pytest.fixture(scope="module")
def default_policy() -> Policy:
    return load_policy(default_rules())


@pytest.fixture(scope="module")
def begin() -> Iterator[Begin]:
    """Begins runs and waits until they have ended; gives their exit codes."""
    command = [sys.executable, "-m", "tests.durability.mortal_run"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
    ) as program:
        assert program.stdin is not None
        yield lambda runs: _ended(program, runs)
        program.stdin.close()


def _ended(program: subprocess.Popen[str], runs: Runs) -> list[int]:
    assert program.stdin is not None
    assert program.stdout is not None
    program.stdin.write(runs.as_line())
    program.stdin.flush()
    codes: list[int] = json.loads(program.stdout.readline())
    return codes


def grown(market: BilledMarket, chance: random.Random) -> BilledMarket:
    """Sellers with one account or three, added in any order, and an account in a store that nobody knows of."""
    numbers = chance.sample(range(ACCOUNTS), ACCOUNTS)
    for number in numbers:
        market.account(f"a{number:02}", STORES[number % 5], f"2018-0{1 + number % 3}-{1 + number % 12:02}")
    for number in numbers:
        if number % 4:
            market.link(f"g{number // 4}", "2018-12-05", f"a{number:02}")
    market.account("moon", "MOON", "2018-03-02")
    return market


def in_peace(policy: Policy, path: Path) -> bytes:
    """The ledger of a market that is charged by one run a day."""
    storage = open_storage(f"sqlite:///{path}")
    market = grown(BilledMarket(storage, policy), random.Random("in peace"))
    for day in range((LAST - FIRST).days + 1):
        market.run(str(FIRST + timedelta(days=day)))
    found = ledger_bytes(storage)
    storage.close()
    return found


def runs_through(url: str, day: date, *die_at: int, rates_through: date = LAST) -> Runs:
    return Runs(url, str(day), str(moment(f"{day + timedelta(days=1)}T12:00:00")), str(rates_through), die_at)


@pytest.mark.parametrize("seed", ["2019-09-30", "39.99"])
def test_killed_anywhere_and_resumed_late_or_by_two_at_once_the_ledger_is_the_same(
    database: Database, storage: SqlStorage, default_policy: Policy, tmp_path: Path, begin: Begin, seed: str
) -> None:
    chance, killed, day = random.Random(seed), 0, FIRST
    grown(BilledMarket(storage, default_policy), chance)
    peaceful = in_peace(default_policy, tmp_path / "peaceful.db")
    while killed < KILLS:
        dying = [int(2 ** chance.uniform(0, LONGEST)) for _ in range(chance.choice([1, 2]))]
        ended = begin(runs_through(database.url, day, *dying, rates_through=chance.choice([day, FIRST])))
        killed += ended.count(-signal.SIGKILL)
        assert set(ended) <= {0, -signal.SIGKILL}
        assert set(ledger_bytes(storage).splitlines()) <= set(peaceful.splitlines())
        day = min(day + timedelta(days=chance.randint(0, 1)), LAST)
    assert begin(runs_through(database.url, LAST, NEVER, NEVER)) == [0, 0]

    assert len(peaceful.splitlines()) > 2 * ACCOUNTS
    assert ledger_bytes(storage) == peaceful


def test_the_slice_of_a_dead_process_is_taken_over(
    database: Database, storage: SqlStorage, default_policy: Policy, begin: Begin
) -> None:
    market, names = BilledMarket(storage, default_policy), [f"a{number:02}" for number in range(5 * SLICE)]
    for name in names:
        market.account(name, "US", "2018-03-01")
    died = replace(runs_through(database.url, FIRST, NEVER), die_in_slice=3)
    assert begin(died) == [-signal.SIGKILL]
    assert [account for _, account, _ in market.charges()] == names[: 2 * SLICE]

    market.run(str(FIRST))
    assert [account for _, account, _ in market.charges()] == names
    assert market.billing.open_slices(FIRST) == 0
