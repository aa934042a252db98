"""What is wrong in a ledger is found, and named: mistakes are planted in copies of a market that was found right."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeAlias

import pytest
from click.testing import CliRunner
from sqlalchemy import Connection

from linkedaccounts.cli.main import main
from linkedaccounts.settings import default_rules
from linkedaccounts.simulation.expected import Expectation
from linkedaccounts.simulation.history import History
from linkedaccounts.simulation.invariants import Invariants
from linkedaccounts.simulation.known_rates import KnownRates
from linkedaccounts.simulation.policies import InForce
from linkedaccounts.simulation.reports import Reports
from linkedaccounts.simulation.run import Simulation
from linkedaccounts.simulation.setting import Setting, at
from linkedaccounts.simulation.violation import Violation
from linkedaccounts.simulation.workers import OwnWork
from linkedaccounts.storage.ledger_check import SqlLedgerCheck
from linkedaccounts.storage.opening import open_storage
from linkedaccounts.storage.packaged_rate_book import packaged_rate_book
from linkedaccounts.storage.sql_storage import SqlStorage
from tests.storage.databases import Database, fresh_sqlite

SETTING = Setting(date(2019, 9, 1), 3, 30, 1)
NOW = at(SETTING.days[-1], 24 * 3600 - 1)
BOOK = packaged_rate_book()
RATES_THROUGH = KnownRates(BOOK).at(NOW).last_day
ALONE = "id NOT IN (SELECT of_id FROM ledger_transactions WHERE of_id IS NOT NULL) AND amount > 0 AND kind = 'charge'"
DISCOUNTED = "(SELECT transaction_id FROM ledger_entries WHERE kind = 'linked_discount')"
PLAIN = f"{ALONE} AND id NOT IN {DISCOUNTED}"
SHARING = f"{ALONE} AND id IN {DISCOUNTED}"
REFUND = "kind = 'refund'"


@dataclass(frozen=True, slots=True)
class Lived:
    """A market that was found right, and where it is kept."""

    path: Path
    history: History
    policies: Sequence[InForce]

    def invariants(self, storage: SqlStorage) -> Invariants:
        expectation = Expectation(self.history, self.policies, BOOK)
        return Invariants(expectation, SqlLedgerCheck(storage), SETTING.first)


@dataclass(frozen=True, slots=True)
class Victim:
    """The transaction that is tampered with."""

    id: str
    account: str
    day: str


Plant: TypeAlias = Callable[[Connection, Victim], object]


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Lived:
    path = tmp_path_factory.mktemp("lived") / "market.db"
    shutil.copy(sqlite_template, path)
    with closing(open_storage(f"sqlite:///{path}")) as storage:
        simulation = Simulation(SETTING, storage, default_rules(), OwnWork(storage))
        for _ in simulation():
            pass
    return Lived(path, simulation.history, simulation.policies)


@pytest.fixture
def scratch(lived: Lived, tmp_path: Path) -> Database:
    return fresh_sqlite(Path(shutil.copy(lived.path, tmp_path / "scratch.db")))


def victim(connection: Connection, where: str) -> Victim:
    query = f"SELECT id, account_id, day FROM ledger_transactions WHERE {where} ORDER BY day, id LIMIT 1"
    row = connection.exec_driver_sql(query).one()
    return Victim(row.id, row.account_id, str(row.day))


def planted(database: Database, where: str, plant: Plant) -> Victim:
    with database.unguarded() as connection:
        found = victim(connection, where)
        plant(connection, found)
    return found


def delete(connection: Connection, of: Victim) -> None:
    connection.exec_driver_sql("DELETE FROM ledger_entries WHERE transaction_id = ?", (of.id,))
    connection.exec_driver_sql("DELETE FROM ledger_transactions WHERE id = ?", (of.id,))


def double(connection: Connection, of: Victim) -> None:
    for table, key in (("ledger_transactions", "id"), ("ledger_entries", "transaction_id")):
        names = connection.exec_driver_sql(f"SELECT name FROM pragma_table_info('{table}')").scalars().all()
        values = ", ".join(f"{name} || '-again'" if name == key else name for name in names)
        again = f"INSERT INTO {table} ({', '.join(names)}) SELECT {values} FROM {table} WHERE {key} = ?"
        connection.exec_driver_sql(again, (of.id,))


def raised_by(minor: int) -> Plant:
    """A standard fee that is higher, and a charge with it: the transaction itself is in balance."""

    def plant(connection: Connection, of: Victim) -> None:
        raised = "UPDATE ledger_entries SET minor = minor + ? WHERE transaction_id = ? AND kind = 'standard_fee'"
        connection.exec_driver_sql(raised, (minor, of.id))
        amount(connection, of, minor)

    return plant


def amount(connection: Connection, of: Victim, minor: int = 1) -> None:
    connection.exec_driver_sql("UPDATE ledger_transactions SET amount = amount + ? WHERE id = ?", (minor, of.id))


def put_aside(connection: Connection, of: Victim) -> None:
    row = (of.day, of.account, of.account, "US", "RATES_NOT_PUBLISHED", "{}")
    aside = "INSERT INTO set_aside (day, account_id, seller, store, reason, says) VALUES (?, ?, ?, ?, ?, ?)"
    connection.exec_driver_sql(aside, row)


def charged_aside(connection: Connection, of: Victim) -> None:
    delete(connection, of)
    put_aside(connection, of)


def note(connection: Connection, of: Victim) -> None:
    connection.exec_driver_sql("UPDATE ledger_transactions SET note = 'another' WHERE id = ?", (of.id,))


def test_a_market_that_was_not_tampered_with_is_found_right(lived: Lived, scratch: Database) -> None:
    with closing(scratch.open()) as storage:
        invariants = lived.invariants(storage)

        assert invariants.after_day(NOW, RATES_THROUGH)
        invariants.at_the_end()


@pytest.mark.parametrize(
    ("where", "plant", "expected", "found"),
    [
        pytest.param(PLAIN, delete, "a charge of {account}", "neither a charge nor a reason", id="a charge is missing"),
        pytest.param(PLAIN, double, "{account} charged once", "{id}", id="a charge is doubled"),
        pytest.param(PLAIN, raised_by(1), "{account}: a standard fee of", "", id="a minor unit too much"),
        pytest.param(SHARING, raised_by(10**6), "discounted charges of at most", "with {id} of", id="over the cap"),
        pytest.param(PLAIN, amount, "{id} of {account} with entries that", "", id="out of balance"),
        pytest.param(PLAIN, put_aside, "{account} not set aside", "RATES_NOT_PUBLISHED", id="set aside though charged"),
        pytest.param(PLAIN, charged_aside, "a charge of {account}", "set aside", id="set aside though rates are there"),
        pytest.param(REFUND, double, "given back", "", id="a refund is doubled"),
        pytest.param(REFUND, delete, "GivenBack(account='{account}'", "nothing", id="a refund is missing"),
    ],
)
def test_what_is_wrong_is_named_with_its_day_seller_and_what_was_expected(
    lived: Lived, scratch: Database, where: str, plant: Plant, expected: str, found: str
) -> None:
    of = planted(scratch, where, plant)

    with closing(scratch.open()) as storage, pytest.raises(Violation) as violation:
        lived.invariants(storage).after_day(NOW, RATES_THROUGH)

    said = violation.value
    assert said.seller == lived.history.seller_of(of.account)
    assert expected.format(id=of.id, account=of.account) in said.expected
    assert found.format(id=of.id, account=of.account) in said.found
    if where != REFUND:  # which names the day of the charge, or its own
        assert said.day == of.day


@pytest.mark.parametrize(("plant", "found"), [(delete, "it is gone"), (note, "it changed")])
def test_what_was_right_once_may_neither_go_nor_change_later(
    lived: Lived, scratch: Database, plant: Plant, found: str
) -> None:
    with closing(scratch.open()) as storage:
        invariants = lived.invariants(storage)
        invariants.after_day(NOW, RATES_THROUGH)
        of = planted(scratch, PLAIN, plant)

        with pytest.raises(Violation) as violation:
            invariants.at_the_end()

    assert (violation.value.day, violation.value.seller) == (of.day, lived.history.seller_of(of.account))
    assert found in violation.value.found


def test_a_report_that_leaves_out_a_charge_is_not_the_ledgers(lived: Lived, scratch: Database) -> None:
    with closing(scratch.open()) as storage:
        reports = Reports(storage, lived.history)
        reports.add(SqlLedgerCheck(storage).since(SETTING.first))
        of = planted(scratch, PLAIN, delete)

        with pytest.raises(Violation) as violation:
            reports.check(of.account, NOW, [NOW.date().replace(day=1)])

    assert violation.value.seller == lived.history.seller_of(of.account)
    assert f"1 missing and 0 others, such as {of.id}" in violation.value.found


def test_the_command_names_a_violation_and_fails(sqlite_template: Path, tmp_path: Path) -> None:
    database = fresh_sqlite(Path(shutil.copy(sqlite_template, tmp_path / "market.db")))
    size = ["--from", "2019-09-01", "--months", "1", "--sellers", "10"]
    command = ["simulate", *size, "--database", database.url, "--resume", str(tmp_path / "journal")]
    assert CliRunner().invoke(main, command).exit_code == 0
    of = planted(database, PLAIN, delete)

    again = CliRunner().invoke(main, command)

    assert again.exit_code == 1
    assert "A violation after" in again.stdout
    assert f"expected a charge of {of.account}; found neither" in again.stdout
