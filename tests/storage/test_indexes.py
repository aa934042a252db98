"""Whatever a use case asks, SQLite finds by a key or an index, never by reading a whole table."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy.event import listen

from linkedaccounts.application.storage_port import Sought
from linkedaccounts.storage.reading import SqlReading
from linkedaccounts.storage.sql_storage import SqlStorage
from linkedaccounts.storage.tables import METADATA
from tests.storage.databases import Database
from tests.storage.sample import DAY, NOW, filled

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


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("name", "arguments"), QUESTIONS.items(), ids=QUESTIONS)
def test_no_table_is_read_as_a_whole(
    database: Database, storage: SqlStorage, name: str, arguments: tuple[Any, ...]
) -> None:
    asked: list[tuple[str, Any]] = []
    filled(storage)
    listen(storage._engine, "before_cursor_execute", lambda *given: asked.append((given[2], given[3])))
    storage.read(lambda reading: getattr(reading, name)(*arguments))

    statement, parameters = asked[-1]
    with database.owning() as connection:
        plan = [row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]

    scanned = {match[1] for detail in plan if (match := re.match(r"SCAN (\w+)", detail))}
    assert scanned & METADATA.tables.keys() == set(), plan


def test_every_question_is_asked() -> None:
    assert {name for name in vars(SqlReading) if not name.startswith("_")} == QUESTIONS.keys()
