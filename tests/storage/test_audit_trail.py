"""Whatever is altered, removed, inserted or swapped in the audit behind the service's back is found, and named."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import Connection, insert, select

from linkedaccounts.application.audit import AuditEntry
from linkedaccounts.storage.audit_chain import BEFORE_THE_FIRST, Head, chained, head_of
from linkedaccounts.storage.audit_trail import ChainBroken, Sought, entries, verify
from linkedaccounts.storage.sql_storage import SqlStorage
from linkedaccounts.storage.tables import AUDIT
from tests.storage.databases import Database
from tests.storage.sample import NOW, appending, audited, entry

COLUMNS = "at, action, outcome, caller, request_id, actor, session, subjects, decisions, policy_version"
ROW = f"INSERT INTO audit SELECT {{}}, {COLUMNS}, previous_hash, hash FROM audit WHERE position = {{}}"

TAMPERING = {
    "alter an outcome": (["UPDATE audit SET outcome = 'refused' WHERE position = 3"], 3, "was altered"),
    "alter a moment": (["UPDATE audit SET at = '2020-01-01 00:00:00' WHERE position = 1"], 1, "was altered"),
    "forget an actor": (["UPDATE audit SET actor = NULL WHERE position = 5"], 5, "was altered"),
    "add a blank to a decision": (
        ["UPDATE audit SET decisions = decisions || ' ' WHERE position = 2"],
        2,
        "was altered",
    ),
    "alter a hash": (["UPDATE audit SET hash = previous_hash WHERE position = 4"], 4, "was altered"),
    "remove the first": (["DELETE FROM audit WHERE position = 1"], 1, "is missing"),
    "remove one in the middle": (["DELETE FROM audit WHERE position = 3"], 3, "is missing"),
    "remove the last": (["DELETE FROM audit WHERE position = 5"], 5, "is missing"),
    "remove all": (["DELETE FROM audit"], 1, "is missing"),
    "remove one and move up the rest": (
        ["DELETE FROM audit WHERE position = 3", "UPDATE audit SET position = position - 1 WHERE position = 4"],
        3,
        "was altered",
    ),
    "remove the last and move the end back": (
        [
            "DELETE FROM audit WHERE position = 5",
            "UPDATE audit_head SET position = 4, hash = 'f'",
        ],
        4,
        "another hash",
    ),
    "insert at the end": ([ROW.format(6, 5)], 6, "was altered"),
    "insert before the first": ([ROW.format(0, 1)], 1, "has the position 0"),
    "swap two": (
        [
            "UPDATE audit SET position = 9 WHERE position = 2",
            "UPDATE audit SET position = 2 WHERE position = 3",
            "UPDATE audit SET position = 3 WHERE position = 9",
        ],
        2,
        "was altered",
    ),
    "remove the end": (["DELETE FROM audit_head"], 5, "not written down any more"),
}


@pytest.fixture
def five(storage: SqlStorage) -> SqlStorage:
    return audited(storage, 5)


def end_of(database: Database, expected: Head | None = None) -> Head:
    with database.owning() as connection:
        return verify(connection, expected)


def test_a_chain_without_entries_is_whole(database: Database) -> None:
    assert end_of(database) == BEFORE_THE_FIRST


def test_a_chain_is_whole_over_more_rows_than_are_read_at_once(
    database: Database, storage: SqlStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("linkedaccounts.storage.audit_trail.ROWS_AT_ONCE", 3)
    audited(storage, 10)

    assert end_of(database).position == 10


@pytest.mark.parametrize(("statements", "position", "what"), TAMPERING.values(), ids=TAMPERING)
def test_tampering_is_found_at_the_first_row_that_shows_it(
    database: Database, five: SqlStorage, statements: list[str], position: int, what: str
) -> None:
    with database.unguarded() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)

    with pytest.raises(ChainBroken, match=what) as broken:
        end_of(database)
    assert broken.value.position == position


def test_a_row_that_was_replaced_by_a_sound_one_of_its_own_does_not_fit_the_next(
    database: Database, five: SqlStorage
) -> None:
    with database.unguarded() as connection:
        rewrite(connection, 3)

    with pytest.raises(ChainBroken, match="does not follow") as broken:
        end_of(database)
    assert broken.value.position == 4


def test_a_chain_written_anew_is_found_by_an_end_noted_down_elsewhere(database: Database, five: SqlStorage) -> None:
    noted = end_of(database)
    audited(five, 2)
    with database.unguarded() as connection:
        for position in range(2, 8):
            rewrite(connection, position)
        connection.exec_driver_sql(
            "UPDATE audit_head SET hash = (SELECT hash FROM audit WHERE position = 7) WHERE position = 7"
        )

    assert end_of(database).position == 7
    with pytest.raises(ChainBroken, match="not the one that was noted down") as broken:
        end_of(database, noted)
    assert broken.value.position == 5


def test_an_end_noted_down_is_found_in_a_chain_that_went_on(database: Database, five: SqlStorage) -> None:
    noted = head_of(str(end_of(database)))
    audited(five, 1)

    assert end_of(database, noted).position == 6


def test_an_older_copy_of_the_database_lacks_the_end_noted_down(database: Database, five: SqlStorage) -> None:
    with pytest.raises(ChainBroken, match="is missing: an end at 8 was noted down"):
        end_of(database, Head(8, "0" * 64))


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_sqlite_cannot_read_as_a_moment_was_altered(database: Database, five: SqlStorage) -> None:
    with database.unguarded() as connection:
        connection.exec_driver_sql("UPDATE audit SET at = 'once' WHERE position = 4")

    with pytest.raises(ChainBroken) as broken:
        end_of(database)
    assert broken.value.position == 4


def test_entries_come_back_as_they_were_appended(database: Database, storage: SqlStorage) -> None:
    bare = AuditEntry(NOW, "sign_in", "refused", "shop", "q2")
    storage.write(appending(entry("q1")))
    storage.write(appending(bare))

    with database.owning() as connection:
        assert list(entries(connection, Sought())) == [(1, entry("q1")), (2, bare)]


def test_entries_are_sought_by_day_action_and_subject(database: Database, storage: SqlStorage) -> None:
    later = replace(entry("q2", action="register"), at=NOW + timedelta(days=1), subjects=("c",))
    for one in (entry("q1"), later):
        storage.write(appending(one))

    with database.owning() as connection:
        assert [at for at, _ in entries(connection, Sought(since=date(2019, 10, 1)))] == [2]
        assert [at for at, _ in entries(connection, Sought(action="link"))] == [1]
        assert [at for at, _ in entries(connection, Sought(subject="b"))] == [1]
        assert [at for at, _ in entries(connection, Sought(subject="c", action="link"))] == []


@pytest.mark.parametrize("text", ["", "5", "5:", "x:" + "0" * 64, "5:" + "0" * 63, "-1:" + "0" * 64])
def test_what_is_no_end_of_a_chain_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not an end of a chain"):
        head_of(text)


def rewrite(connection: Connection, position: int) -> None:
    """Puts another entry in the place of one, sound in itself and tied to the one before it."""
    before = connection.execute(select(AUDIT.c.hash).where(AUDIT.c.position == position - 1)).scalar_one()
    connection.exec_driver_sql(f"DELETE FROM audit WHERE position = {position}")
    connection.execute(insert(AUDIT), chained(entry(f"forged{position}"), Head(position - 1, before)))
