"""The tables come up from every version with what is in them, and are what the code says they are."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from linkedaccounts.storage import schema as schema_module
from linkedaccounts.storage.audit_trail import verify
from linkedaccounts.storage.database_url import UnknownDatabase, database_url
from linkedaccounts.storage.grants import grant
from linkedaccounts.storage.opening import StorageUnreachable, open_storage, owning
from linkedaccounts.storage.schema import SchemaMismatch, migrate, schema_of
from linkedaccounts.storage.tables import METADATA
from linkedaccounts.storage.upkeep import NoRoles, bring_up_to_date, schema_in
from tests.storage.databases import Database, fresh_postgresql, fresh_sqlite
from tests.storage.postgresql_server import SERVICE, PostgresqlServer

VERSIONS = [script.revision for script in ScriptDirectory.from_config(schema_module._config()).walk_revisions()][::-1]
ROWS = Path(__file__).parent / "rows"


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database without any table."""
    if request.param == "sqlite":
        yield fresh_sqlite(tmp_path / "new" / "accounts.db")
        return
    server: PostgresqlServer = request.getfixturevalue("postgresql")
    name = server.fresh()
    yield fresh_postgresql(server, name)
    server.drop(name)


def bring_to(database: Database, version: str) -> None:
    if database.kind == "sqlite":
        Path(database.url.removeprefix("sqlite:///")).parent.mkdir(exist_ok=True)
    with database.owning() as connection:
        migrate(connection, version)
        for statement in (ROWS / f"{version}.sql").read_text("utf-8").split(";\n"):
            connection.exec_driver_sql(statement)
        if database.kind == "postgresql" and version == VERSIONS[-1]:  # `grant` knows the newest tables only
            grant(connection, SERVICE)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_database_of_every_version_comes_up_with_what_is_in_it(empty: Database, version: str) -> None:
    bring_to(empty, version)

    bring_up_to_date(empty.owner_url, grant_to=SERVICE if empty.kind == "postgresql" else None)

    storage = empty.open()
    assert [account.group for account in storage.read(lambda reading: reading.accounts(["a", "b"]))] == ["g1", "g1"]
    assert storage.read(lambda reading: reading.session("s")) is not None
    assert storage.read(lambda reading: reading.registration("r")) is not None
    storage.close()
    with empty.owning() as connection:
        assert verify(connection).position == 1


def test_every_version_has_rows_to_test_with() -> None:
    assert sorted(path.stem for path in ROWS.glob("*.sql")) == VERSIONS


def test_the_migrations_make_the_tables_that_the_code_states(database: Database) -> None:
    with database.owning() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, METADATA) == []


def test_several_workers_that_start_at_once_make_the_tables_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/data/accounts.db"

    with ThreadPoolExecutor(6) as workers:
        for storage in workers.map(lambda _: open_storage(url), range(6)):
            storage.close()

    assert schema_in(url).fits


def test_the_file_is_written_ahead_and_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "accounts.db"
    open_storage(f"sqlite:///{path}").close()

    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert path.stat().st_mode & 0o077 == 0


def test_a_service_says_of_an_empty_postgresql_what_to_do(empty: Database) -> None:
    if empty.kind == "sqlite":
        empty.open().close()
        return
    with pytest.raises(SchemaMismatch, match=r"is empty, this release needs .* run `linked-accounts database migrate`"):
        empty.open()


def test_a_service_says_of_an_older_database_what_to_do(database: Database) -> None:
    with database.owning() as connection:
        connection.exec_driver_sql("DELETE FROM alembic_version")

    with pytest.raises(SchemaMismatch, match="run `linked-accounts database migrate`"):
        open_storage(database.url, migrate=False)


def test_a_service_does_not_touch_a_newer_database(database: Database) -> None:
    with database.owning() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(SchemaMismatch, match=r"newer than .* start the release that made it"):
        database.open()
    with pytest.raises(SchemaMismatch, match="`9999`"):
        bring_up_to_date(database.owner_url)


def test_bringing_up_to_date_what_is_so_changes_nothing(database: Database) -> None:
    bring_up_to_date(database.owner_url)

    with database.owning() as connection:
        assert schema_of(connection).fits


def test_a_role_that_owns_the_tables_is_warned_of(database: Database) -> None:
    warnings: dict[str, dict[str, str]] = {}
    open_storage(database.owner_url, warn=lambda event, **fields: warnings.update({event: fields})).close()

    if database.kind == "sqlite":
        assert warnings == {}
    else:
        assert "DELETE on links" in warnings["database_role_may_too_much"]["rights"]


def test_a_migration_that_fails_leaves_nothing(empty: Database) -> None:
    if empty.kind == "sqlite":
        Path(empty.url.removeprefix("sqlite:///")).parent.mkdir()

    def migrate_and_fail() -> None:
        with owning(database_url(empty.owner_url)) as connection:
            migrate(connection)
            connection.exec_driver_sql("no SQL")

    with pytest.raises(StorageUnreachable):
        migrate_and_fail()

    assert schema_in(empty.owner_url).found is None


def test_sqlite_has_no_roles(tmp_path: Path) -> None:
    with pytest.raises(NoRoles):
        bring_up_to_date(f"sqlite:///{tmp_path}/a.db", grant_to="service")


def test_a_role_that_is_not_there_is_named(database: Database) -> None:
    if database.kind == "postgresql":
        with pytest.raises(StorageUnreachable, match="nobody-knows"):
            bring_up_to_date(database.owner_url, grant_to="nobody-knows")


@pytest.mark.parametrize(
    "url", ["", "nothing", "sqlite://", "sqlite:///:memory:", "mysql://u:secret@h/d", "postgresql", "sqlite:a.db"]
)
def test_what_is_no_database_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(UnknownDatabase) as refused:
        database_url(url)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("url", ["postgresql://u:secret@127.0.0.1:1/d", "postgres://u:secret@127.0.0.1:1/d"])
def test_a_server_that_is_not_there_is_told_without_its_password(url: str) -> None:
    with pytest.raises(StorageUnreachable, match=r"127\.0\.0\.1") as refused:
        open_storage(url)
    assert "secret" not in str(refused.value)


def test_a_file_that_is_not_there_is_not_made_where_it_should_not_be(tmp_path: Path) -> None:
    with pytest.raises(StorageUnreachable, match="no such file"):
        open_storage(f"sqlite:///{tmp_path}/none.db", migrate=False)
    assert list(tmp_path.iterdir()) == []
