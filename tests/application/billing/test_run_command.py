"""`linked-accounts billing run`: what it charges, says, and ends with."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from linkedaccounts.cli.main import main
from linkedaccounts.domain.rates import RateBook
from linkedaccounts.policy.policy import Policy
from linkedaccounts.storage.packaged_rate_book import packaged_rate_book
from linkedaccounts.storage.sql_storage import SqlStorage
from tests.application.billing.billed_market import BilledMarket
from tests.application.billing.ledger_bytes import ledger_bytes
from tests.storage.databases import Database

DAY, MONTH_LATER = "2019-04-10", "2019-05-10"
Run = Callable[..., Result]


@pytest.fixture
def market(storage: SqlStorage, default_policy: Policy) -> BilledMarket:
    return grown(BilledMarket(storage, default_policy))


def grown(market: BilledMarket) -> BilledMarket:
    """Two linked stores of one seller that share the plan, and one of another."""
    market.account("us", "US", "2019-02-10")
    market.account("jp", "JP", "2019-02-10")
    market.account("other", "CA", "2019-02-10")
    market.link("g", "2019-02-11", "us", "jp")
    return market


@pytest.fixture
def run(database: Database, tmp_path: Path) -> Run:
    def of(*arguments: str, url: str = database.url) -> Result:
        settings = ("--database", url, "--data-dir", str(tmp_path / "data"))
        return CliRunner().invoke(main, ["billing", "run", *settings, *arguments])

    return of


def summary(ran: Result) -> dict[str, Any]:
    """All that is on the standard output, which is nothing else."""
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


@pytest.mark.usefixtures("market")
def test_it_charges_what_is_due_and_ends_with_0_and_again_it_charges_nothing(run: Run) -> None:
    first, second = run("--day", DAY, "--json"), run("--day", DAY, "--json")

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert summary(first)["currencies"] == {
        "CAD": {"charges": 1, "standard_fees": "29.99", "discounts": "0.00", "charged": "29.99"},
        "JPY": {"charges": 1, "standard_fees": "4900", "discounts": "2570", "charged": "2330"},
        "USD": {"charges": 1, "standard_fees": "39.99", "discounts": "20.97", "charged": "19.02"},
    }
    assert summary(second)["currencies"] == {}


def test_a_dry_run_says_what_would_be_charged_and_why_not_as_last_month_and_writes_nothing(
    run: Run, market: BilledMarket
) -> None:
    run("--day", DAY)
    before = ledger_bytes(market.storage)
    market.set_status("jp", "closed", "2019-04-20T12:00:00")

    told, for_programs = run("--day", MONTH_LATER, "--dry-run"), run("--day", MONTH_LATER, "--dry-run", "--json")

    assert (told.exit_code, for_programs.exit_code) == (0, 0)
    assert "19.02 USD" in told.stdout
    assert "39.99 USD" in told.stdout
    assert summary(for_programs)["currencies"]["USD"]["charged"] == "39.99"
    assert ledger_bytes(market.storage) == before


@pytest.mark.usefixtures("market")
def test_what_is_set_aside_ends_it_with_4_until_a_later_run_can_charge_it(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = packaged_rate_book()
    early = RateBook(whole.base, [day for day in whole.days if day < date.fromisoformat(DAY)], whole._rows)
    with monkeypatch.context() as patched:
        patched.setattr("linkedaccounts.cli.billing.opened.packaged_rate_book", lambda: early)
        waiting = run("--day", DAY, "--json")
    later = run("--day", DAY, "--json")

    assert (waiting.exit_code, summary(waiting)["set_aside"]) == (4, {"RATES_NOT_PUBLISHED": 3})
    assert (later.exit_code, summary(later)["set_aside"]) == (0, {})
    assert sum(each["charges"] for each in summary(later)["currencies"].values()) == 3


@pytest.mark.usefixtures("market")
def test_a_day_that_has_not_begun_ends_it_with_5_and_names_the_moments(run: Run) -> None:
    ran = run("--day", "2999-01-10")

    assert ran.exit_code == 5
    assert "JP: 2999-01-10 begins there at 2999-01-10 00:01 UTC; run again" in ran.stderr


def test_arguments_and_rules_that_are_wrong_end_it_with_2(run: Run, tmp_path: Path) -> None:
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "catalogue.yaml").write_text("stores: [", "utf-8")

    assert run("--day", "10 April").exit_code == 2
    assert run("--rules", str(tmp_path / "broken")).exit_code == 2


def test_tables_of_another_release_end_it_with_1(run: Run, database: Database) -> None:
    with database.unguarded() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")

    assert run("--day", DAY).exit_code == 1


def test_a_database_that_cannot_be_reached_ends_it_with_3(run: Run) -> None:
    ran = run("--day", DAY, url="postgresql://nobody@127.0.0.1:1/none")

    assert (ran.exit_code, ran.stdout) == (3, "")


def test_two_processes_charge_what_one_does(
    run: Run, market: BilledMarket, fresh: SqlStorage, default_policy: Policy
) -> None:
    alone = grown(BilledMarket(fresh, default_policy))
    alone.run(DAY)
    alone.run(MONTH_LATER)

    shared = run("--day", DAY, "--json", "--processes", "2")

    assert (shared.exit_code, run("--day", MONTH_LATER).exit_code) == (0, 0)
    assert sum(each["charges"] for each in summary(shared)["currencies"].values()) == 3
    assert ledger_bytes(market.storage) == ledger_bytes(fresh)
