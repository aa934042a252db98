"""Fixtures for tests elsewhere to import: ``database`` and ``storage`` run a test on SQLite and on a real PostgreSQL.

A conftest that imports them imports ``postgresql``, ``sqlite_template`` and ``postgresql_template`` too.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Connection

from linkedaccounts.storage.database_url import database_url
from linkedaccounts.storage.grants import grant
from linkedaccounts.storage.opening import open_storage, owning
from linkedaccounts.storage.retrying import Patience, Warn
from linkedaccounts.storage.schema import migrate
from linkedaccounts.storage.sql_storage import SqlStorage
from tests.storage.postgresql_server import OWNER, SERVICE, SUPERUSER, PostgresqlServer, running_postgresql

__all__ = ["database", "postgresql", "postgresql_template", "sqlite_template", "storage"]


@dataclass(frozen=True, slots=True)
class Database:
    """A database with this release's tables, and its URLs for the service, the tables' owner and a superuser."""

    kind: str
    url: str
    owner_url: str
    superuser_url: str

    def open(self, *, patience: Patience | None = None, warn: Warn | None = None) -> SqlStorage:
        """The memory, as the service opens it; what it warns of fails the test if ``warn`` is not given."""
        return open_storage(self.url, patience=patience, warn=warn or _unexpected)

    def owning(self) -> AbstractContextManager[Connection]:
        """A transaction of the tables' owner."""
        return owning(database_url(self.owner_url))

    @contextmanager
    def unguarded(self) -> Iterator[Connection]:
        """A transaction of somebody who owns everything and has taken the guards down; they are up again after it."""
        with owning(database_url(self.superuser_url)) as connection:
            if self.kind == "postgresql":
                connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
                yield connection
                return
            triggers = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all()
            for name, _ in triggers:
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
            yield connection
            for _, statement in triggers:
                connection.exec_driver_sql(statement)


def _unexpected(event: str, **fields: str) -> None:
    raise AssertionError(f"{event}: {fields}")


def fresh_sqlite(path: Path) -> Database:
    """A database in a file that is not there yet, or that was migrated."""
    url = f"sqlite:///{path}"
    return Database("sqlite", url, url, url)


def fresh_postgresql(server: PostgresqlServer, name: str) -> Database:
    """A database of a server."""
    urls = (server.url(name, role) for role in (SERVICE, OWNER, SUPERUSER))
    return Database("postgresql", *urls)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresqlServer]:
    """A server that is started when the first test needs it."""
    with running_postgresql() as server:
        yield server


@pytest.fixture(scope="session")
def postgresql_template(postgresql: PostgresqlServer) -> str:
    """The name of a database with this release's tables, which may be copied."""
    name = postgresql.fresh()
    with fresh_postgresql(postgresql, name).owning() as connection:
        migrate(connection)
        grant(connection, SERVICE)
    return name


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with this release's tables, which may be copied."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    open_storage(f"sqlite:///{path}").close()
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """A database with nothing in it."""
    make: Callable[[pytest.FixtureRequest], Iterator[Database]]
    make = {"sqlite": _sqlite, "postgresql": _postgresql}[request.param]
    yield from make(request)


@pytest.fixture
def storage(database: Database) -> Iterator[SqlStorage]:
    """The memory in ``database``, open."""
    opened = database.open()
    yield opened
    opened.close()


def _sqlite(request: pytest.FixtureRequest) -> Iterator[Database]:
    path = request.getfixturevalue("tmp_path") / "accounts.db"
    shutil.copy(request.getfixturevalue("sqlite_template"), path)
    yield fresh_sqlite(path)


def _postgresql(request: pytest.FixtureRequest) -> Iterator[Database]:
    server = request.getfixturevalue("postgresql")
    name = server.fresh(request.getfixturevalue("postgresql_template"))
    yield fresh_postgresql(server, name)
    server.drop(name)
