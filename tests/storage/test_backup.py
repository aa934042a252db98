"""A copy that was made as the page on storage says is whole, and its guards stand."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from linkedaccounts.storage.audit_trail import verify
from linkedaccounts.storage.faults import StorageFailed
from linkedaccounts.storage.sql_storage import SqlStorage
from linkedaccounts.storage.upkeep import bring_up_to_date
from tests.storage.databases import Database, fresh_postgresql, fresh_sqlite
from tests.storage.postgresql_server import SERVICE, PostgresqlServer
from tests.storage.sample import audited, filled, linked


@pytest.fixture
def full(storage: SqlStorage) -> SqlStorage:
    return audited(linked(filled(storage), {"a": "g", "b": "g"}), 3)


@pytest.fixture
def restored(
    database: Database, full: SqlStorage, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Database]:
    if database.kind == "sqlite":
        copy = tmp_path / "copy.db"
        with (
            closing(sqlite3.connect(database.url.removeprefix("sqlite:///"))) as original,
            closing(sqlite3.connect(copy)) as file,
        ):
            original.backup(file)
        yield fresh_sqlite(copy)
        return
    server: PostgresqlServer = request.getfixturevalue("postgresql")
    name = server.copy(database.url.partition("@/")[2].partition("?")[0])
    bring_up_to_date(server.url(name, "keeper"), grant_to=SERVICE)
    yield fresh_postgresql(server, name)
    server.drop(name)


def test_a_restored_copy_has_everything_and_its_chain_is_whole(restored: Database) -> None:
    storage = restored.open()

    assert [account.id for account in storage.read(lambda reading: reading.accounts_in(["g"]))] == ["a", "b"]
    audited(storage, 1)
    with restored.owning() as connection:
        assert verify(connection).position == 4
    storage.close()


def test_links_in_a_restored_copy_are_for_good(restored: Database) -> None:
    storage = restored.open()

    with pytest.raises(StorageFailed):
        linked(storage, {"a": "elsewhere"})
    storage.close()
