"""A whole market through months: small, unless the environment says its size."""

from __future__ import annotations

import json
import os
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from linkedaccounts.cli.main import main
from linkedaccounts.settings import default_rules
from linkedaccounts.simulation.actions import Action, Outcome
from linkedaccounts.simulation.run import Simulation
from linkedaccounts.simulation.setting import Setting
from linkedaccounts.simulation.workers import OwnWork
from linkedaccounts.storage.sql_storage import SqlStorage
from tests.storage.databases import Database

SELLERS = os.environ.get("LINKED_ACCOUNTS_SIMULATED_SELLERS", "20")
MONTHS = os.environ.get("LINKED_ACCOUNTS_SIMULATED_MONTHS", "2")
KILL_EVERY = os.environ.get("LINKED_ACCOUNTS_SIMULATION_KILL_EVERY", "1")


def simulated(*options: str, seed: int = 1) -> dict[str, Any]:
    size = ["--from", "2019-09-01", "--months", MONTHS, "--sellers", SELLERS, "--seed", str(seed)]
    ran = CliRunner().invoke(main, ["simulate", *size, "--json", *options])
    assert ran.exit_code == 0, ran.output
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


@cache
def undisturbed() -> dict[str, Any]:
    """What comes of it on SQLite, in one process: computed once, as it is always the same."""
    return simulated()


def test_a_market_lives_with_no_violation_and_to_the_same_ledger_on_both_databases(database: Database) -> None:
    found = simulated("--database", database.url)

    assert found["charges"] > 0
    assert found == undisturbed()


class Twice(OwnWork):
    """Does everything once more, as whoever takes over from a process that died before it said what came of it."""

    def perform(self, action: Action) -> Outcome:
        super().perform(action)
        return super().perform(action)

    def charge(self, through: date, now: datetime) -> None:
        super().charge(through, now)
        super().charge(through, now)


def test_what_is_done_once_more_changes_nothing(storage: SqlStorage) -> None:
    setting = Setting(date(2019, 9, 1), int(MONTHS), int(SELLERS), 1)
    simulation = Simulation(setting, storage, default_rules(), Twice(storage))

    assert len(list(simulation())) == len(setting.days)
    assert simulation.digest() == undisturbed()["digest"]


def test_processes_that_are_killed_at_random_come_to_the_same_ledger(database: Database) -> None:
    found = simulated("--database", database.url, "--kill-every", KILL_EVERY)

    assert found["killed"] > 0
    assert found | {"killed": 0} == undisturbed()


def test_another_seed_is_another_market_and_its_page_one_file_that_says_which_ledger_it_shows(tmp_path: Path) -> None:
    page = tmp_path / "market.html"

    found = simulated("--html", str(page), seed=2)

    html = page.read_text("utf-8")
    assert found["digest"] != undisturbed()["digest"]
    assert found["digest"] in html
    assert html.count("<svg") == 5
    assert "<script" not in html
    assert '<link rel="stylesheet"' not in html
