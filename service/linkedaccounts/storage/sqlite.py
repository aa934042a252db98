"""SQLite: one file, written ahead and synced at each commit."""

from __future__ import annotations

import fcntl
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.pool import NullPool, QueuePool

from linkedaccounts.storage.schema import migrate
from linkedaccounts.storage.sqlite_authorizer import authorize

BUSY_SECONDS = 5.0
"""How long a statement waits for another process that writes."""
_SETTINGS = ("foreign_keys = ON", "synchronous = FULL", "trusted_schema = OFF", "cell_size_check = ON")


def sqlite_engine(url: URL, connections: int) -> Engine:
    """The engine of the service, which may do what ``privileges`` says.

    A transaction with the option ``writes`` waits for its turn before it reads anything.
    """
    engine = _engine(url, poolclass=QueuePool, pool_size=connections, max_overflow=0)
    event.listen(engine, "connect", _restrict)
    event.listen(engine, "begin", _begin)
    return engine


@contextmanager
def owning_sqlite(url: URL) -> Iterator[Connection]:
    """One transaction in which tables may be changed."""
    engine = _engine(url, poolclass=NullPool)
    event.listen(engine, "begin", lambda connection: _execute(connection, "BEGIN IMMEDIATE"))
    with engine.begin() as connection:
        yield connection


def create_or_migrate(url: URL) -> None:
    """Creates the file and its tables, or brings them to this release's; safe if several processes start at once."""
    path = Path(str(url.database))
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_name(path.name + ".migrating").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _write_ahead(path)
        with owning_sqlite(url) as connection:
            migrate(connection)


def _write_ahead(path: Path) -> None:
    """Sets the file's journal, which it keeps; it holds e-mails and hashes, so that only its owner reads it."""
    path.touch(mode=0o600)
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
    finally:
        connection.close()


def _engine(url: URL, **pool: Any) -> Engine:
    arguments = {"timeout": BUSY_SECONDS, "check_same_thread": False}
    engine = create_engine(url, connect_args=arguments, hide_parameters=True, **pool)
    event.listen(engine, "connect", _set_up)
    return engine


def _set_up(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # transactions begin where the engine says, not where sqlite3 thinks
    for setting in _SETTINGS:
        connection.execute(f"PRAGMA {setting}")


def _restrict(connection: sqlite3.Connection, _record: object) -> None:
    connection.set_authorizer(authorize)


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    _execute(connection, "BEGIN IMMEDIATE" if writes else "BEGIN")


def _execute(connection: Connection, statement: str) -> None:
    connection.exec_driver_sql(statement)
