"""No SQL through the service's own connections takes an account out of its group, or rewrites what happened."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from linkedaccounts.storage.audit_trail import verify
from linkedaccounts.storage.event_log import number_some
from linkedaccounts.storage.opening import StorageUnreachable
from linkedaccounts.storage.sql_storage import SqlStorage
from tests.storage.databases import Database
from tests.storage.sample import NOW, audited, filled, linked

WAYS = tomllib.loads(Path(__file__).with_name("forbidden.toml").read_text("utf-8"))
CASES = [
    pytest.param(kind, statements, id=f"{kind}: {name}")
    for kind in ("sqlite", "postgresql")
    for name, statements in (WAYS["both"] | WAYS[kind]).items()
]
TABLES = (
    "users",
    "accounts",
    "memberships",
    "links",
    "merges",
    "audit",
    "audit_head",
    "billed_accounts",
    "account_statuses",
    "policies",
    "policy_changes",
    "ledger_transactions",
    "ledger_entries",
    "billing_slices",
    "events",
    "event_cursors",
    "alembic_version",
)
# What the owner's triggers refuse too, whatever rights the owner has.
ALSO_REFUSED_TO_OWNERS = [
    "DELETE FROM links",
    "DELETE FROM merges",
    "DELETE FROM audit",
    "DELETE FROM accounts",
    "UPDATE links SET group_id = 'g9'",
    "UPDATE merges SET into_group_id = 'g9'",
    "UPDATE audit SET outcome = 'refused'",
    "UPDATE accounts SET store = 'XX'",
    "DELETE FROM audit_head",
    "DELETE FROM ledger_entries",
    "DELETE FROM ledger_transactions",
    "UPDATE ledger_entries SET minor = 0",
    "UPDATE ledger_transactions SET amount = 0",
    "UPDATE account_statuses SET status = 'active'",
    "UPDATE billing_slices SET charged = false",
    "UPDATE policies SET files = '{}'",
    "UPDATE events SET content = '{}'",
    "UPDATE events SET position = 5 WHERE position IS NOT NULL",
    "DELETE FROM events",
    "UPDATE event_cursors SET position = 0",
    "DELETE FROM event_cursors",
    "INSERT INTO event_cursors (name, position) VALUES ('other', 1)",
]


# A charge of `a`, as the owner may write it.
BOOKED = [
    "INSERT INTO policies VALUES ('v1', '{}')",
    "INSERT INTO policy_changes VALUES ('2019-09-30 00:00:00', 'v1')",
    "INSERT INTO billing_slices VALUES ('2019-10-30', 'US', false, 0, '', '', true)",
    (
        "INSERT INTO ledger_transactions VALUES ('t', 'charge', 'a', 'g1', 'US', '2019-10-30', 1, '2019-10-30',"
        " '2019-11-29', 'USD', 2, false, 3999, 3999, 'q', 'v1', NULL, NULL, '')"
    ),
    "INSERT INTO events (kind, seller, at, content) VALUES ('policy_changed', '', '2019-09-30 00:00:00', '{}')",
    "INSERT INTO ledger_entries VALUES ('t', 0, 'standard_fee', 'receivable', 'fees', 3999, 'alone', 'STANDARD', '')",
]


@pytest.fixture
def kept(storage: SqlStorage, database: Database) -> SqlStorage:
    linked(filled(storage), {"a": "g1", "b": "g1", "c": "g2"})
    with database.owning() as connection:
        for statement in BOOKED:
            connection.exec_driver_sql(statement)
        assert number_some(connection) == 1
    storage.write(lambda writing: writing.merge("g2", "g1", NOW))
    return audited(storage, 1)


@pytest.fixture
def own(kept: SqlStorage) -> Iterator[Connection]:
    """One of the service's own connections, every statement of which is a transaction of its own."""
    connection = kept._engine.connect()
    yield connection
    connection.close()


def everything(database: Database) -> dict[str, list[Any]]:
    with database.owning() as connection:
        return {
            table: sorted(map(tuple, connection.exec_driver_sql(f"SELECT * FROM {table}").all())) for table in TABLES
        }


def attempt(connection: Connection, statement: str) -> bool:
    """Whether the database took the statement."""
    with suppress(DBAPIError), connection.execution_options(writes=True).begin():
        connection.exec_driver_sql(statement)
        return True
    return False


@pytest.mark.parametrize(("database", "statements"), CASES, indirect=["database"])
def test_every_row_is_there_still(database: Database, kept: SqlStorage, own: Connection, statements: list[str]) -> None:
    before = everything(database)

    taken = [statement for statement in statements if attempt(own, statement)]

    # A temporary table on PostgreSQL is allowed, and of no use.
    assert [statement for statement in taken if not statement.startswith("CREATE TEMP")] == []
    assert everything(database) == before
    assert kept.read(lambda reading: [account.id for account in reading.accounts_in(["g2"])]) == ["a", "b", "c"]


@pytest.mark.parametrize("statement", ALSO_REFUSED_TO_OWNERS)
def test_the_guards_hold_against_the_owner_too(database: Database, kept: SqlStorage, statement: str) -> None:
    before = everything(database)

    with pytest.raises(StorageUnreachable, match=r"never|once|only its status"), database.owning() as connection:
        connection.exec_driver_sql(statement)

    assert everything(database) == before


def test_what_the_service_may_do_is_enough_after_all_attempts(
    database: Database, kept: SqlStorage, own: Connection
) -> None:
    for statement in (statement for ways in WAYS["both"].values() for statement in ways):
        attempt(own, statement)

    audited(kept, 3)

    with database.owning() as connection:
        assert verify(connection).position == 4
