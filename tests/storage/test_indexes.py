"""Whatever a use case asks, SQLite finds by a key or an index, never by reading a whole table.

However many rows its planner believes there to be: it decides by what `ANALYZE` has noted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.event import listen

from linkedaccounts.application.storage_port import Sought
from linkedaccounts.storage.accounts_on_day import accounts_on
from linkedaccounts.storage.reading import SqlReading
from linkedaccounts.storage.sql_storage import SqlStorage
from linkedaccounts.storage.tables import METADATA
from tests.storage.databases import Database
from tests.storage.sample import DAY, NOW, filled, linked

Statement = tuple[str, Any]

LATER = DAY + timedelta(days=1)

QUESTIONS = {
    "user": ("ann",),
    "user_by_email": ("ann@example.com",),
    "memberships": (["ann", "bob"],),
    "accounts": (["a", "b"],),
    "accounts_in": (["g1", "g2"],),
    "session": ("s",),
    "session_begun_by": ("ann", "q"),
    "proofs": ("s", NOW),
    "registration": ("r",),
    "open_registrations": (["a", "b"], NOW),
    "kept_answer": ("ann", "q"),
    "attempts": ("key",),
    "transaction": ("t",),
    "transactions_of": ("t",),
    "transactions": (Sought(("a", "b"), DAY, None), 10),
    "owed": (["a", "b"], DAY),
}

SIZES = (None, 1_000, 10_000, 100_000, 1_000_000, 10_000_000)
"""How many rows are noted of each table; nothing, as it is unless somebody analyses."""
WHOLE = re.compile(r"(?:SCAN|BLOOM FILTER ON) (\w+)")


@pytest.mark.parametrize("rows", SIZES)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("name", "arguments"), QUESTIONS.items(), ids=QUESTIONS)
def test_no_table_is_read_as_a_whole(
    database: Database, storage: SqlStorage, name: str, arguments: tuple[Any, ...], rows: int | None
) -> None:
    _fill(storage)
    asked = _asked(storage, lambda: storage.read(lambda reading: getattr(reading, name)(*arguments)))

    _note(database, rows)
    assert asked
    assert _read_whole(database, asked) == []


@pytest.mark.parametrize("rows", SIZES)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_charging_reads_no_table_as_a_whole(database: Database, storage: SqlStorage, rows: int | None) -> None:
    _fill(storage)
    asked = _asked(storage, lambda: storage.read_by(lambda connection: accounts_on(connection, ["a", "b", "f"], LATER)))

    _note(database, rows)
    assert len(asked) == len(("linked", "merged", "alone", "statuses"))
    assert _read_whole(database, asked) == []


def test_every_question_is_asked() -> None:
    assert {name for name in vars(SqlReading) if not name.startswith("_")} == QUESTIONS.keys()


def _fill(storage: SqlStorage) -> None:
    linked(filled(storage, "abcdef"), {**dict.fromkeys("abcd", "g1"), "e": "g2"})
    storage.write(lambda writing: writing.merge("g2", "g1", NOW))


def _asked(storage: SqlStorage, ask: Callable[[], object]) -> list[Statement]:
    asked: list[Statement] = []
    listen(storage._engine, "before_cursor_execute", lambda *given: asked.append((given[2], given[3])))
    ask()
    return [one for one in asked if one[0] != "BEGIN"]


def _note(database: Database, rows: int | None) -> None:
    """As `ANALYZE` would of tables with so many rows, whose other figures are as few as they are here."""
    if rows is None:
        return
    with database.owning() as connection:
        connection.exec_driver_sql("ANALYZE")
        noted = "stat = ? || substr(stat, instr(stat, ' '))"
        connection.exec_driver_sql(f"UPDATE sqlite_stat1 SET {noted}", (str(rows),))


def _read_whole(database: Database, asked: Sequence[Statement]) -> list[str]:
    """The steps of the statements' plans that read all of a table."""
    with database.owning() as connection:
        plans = [connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {each}", given).all() for each, given in asked]
    steps = [(row.detail, WHOLE.match(row.detail)) for plan in plans for row in plan]
    return [step for step, match in steps if match and match[1] in METADATA.tables]
