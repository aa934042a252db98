"""Opening the memory: the one place that knows which databases there are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from linkedaccounts.storage.database_url import database_url
from linkedaccounts.storage.faults import described
from linkedaccounts.storage.grants import excess
from linkedaccounts.storage.postgresql import owning_postgresql, postgresql_engine
from linkedaccounts.storage.retrying import Patience, Warn, log_warning
from linkedaccounts.storage.schema import schema_of
from linkedaccounts.storage.sql_storage import READS, SqlStorage
from linkedaccounts.storage.sqlite import create_or_migrate, owning_sqlite, sqlite_engine

CONNECTIONS = 8
"""How many threads of a process work with the database at once, without waiting for each other's connection."""


class StorageUnreachable(Exception):
    """The database cannot be opened; the text is one line."""


def open_storage(
    url: str,
    *,
    migrate: bool = True,
    connections: int = CONNECTIONS,
    patience: Patience | None = None,
    warn: Warn = log_warning,
) -> SqlStorage:
    """The memory in the database of a URL, `sqlite:///FILE` or `postgresql://USER@HOST/DATABASE`.

    With ``migrate``, SQLite's file is created and brought to this release's tables; PostgreSQL's never are, as the
    service's role may not. UnknownDatabase, StorageUnreachable, or SchemaMismatch if the tables do not fit.
    """
    place = database_url(url)
    with reached(place):
        if migrate and place.get_backend_name() == "sqlite":
            create_or_migrate(place)
        engine = _engine(place, connections)
        with ExitStack() as on_failure:
            on_failure.callback(engine.dispose)
            _check(engine, warn)
            on_failure.pop_all()
    return SqlStorage(engine, patience, warn)


@contextmanager
def viewing(url: str) -> Iterator[Connection]:
    """One transaction that reads, as the service may; UnknownDatabase, StorageUnreachable."""
    place = database_url(url)
    with reached(place):
        engine = _engine(place, connections=1)
        try:
            with engine.connect() as connection, connection.execution_options(**READS[engine.dialect.name]).begin():
                yield connection
        finally:
            engine.dispose()


@contextmanager
def owning(url: URL) -> Iterator[Connection]:
    """One transaction in which tables may be changed, on a connection that the service never has."""
    with reached(url), (owning_sqlite if url.get_backend_name() == "sqlite" else owning_postgresql)(url) as connection:
        yield connection


@contextmanager
def reached(url: URL) -> Iterator[None]:
    """Turns what shows that a database cannot be had into StorageUnreachable, with neither password nor values."""
    try:
        yield
    except BrokenPipeError:  # of whoever writes out what was read
        raise
    except (SQLAlchemyError, OSError) as error:
        why = described(error) if isinstance(error, SQLAlchemyError) else error.strerror or str(error)
        raise StorageUnreachable(f"the database `{url.render_as_string()}` cannot be used: {why}") from None


def _check(engine: Engine, warn: Warn) -> None:
    with engine.connect() as connection:
        schema_of(connection).require()
        _check_rights(connection, warn)


def _check_rights(connection: Connection, warn: Warn) -> None:
    """Triggers hold against any role, but only one that does not own the tables cannot drop them."""
    if connection.dialect.name == "postgresql" and (too_much := excess(connection)):
        warn("database_role_may_too_much", rights=", ".join(too_much), remedy="database migrate --grant-to ROLE")


def _engine(url: URL, connections: int) -> Engine:
    if url.get_backend_name() == "postgresql":
        return postgresql_engine(url, connections)
    if not Path(str(url.database)).exists():
        raise FileNotFoundError(2, "there is no such file; run `linked-accounts database migrate`")
    return sqlite_engine(url, connections)
