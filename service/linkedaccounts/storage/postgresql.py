"""PostgreSQL, and what speaks its protocol and keeps its serializable isolation."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.pool import NullPool

CONNECT_SECONDS = 5
"""How long a server may take to answer a new connection."""
# A machine that vanished in the middle of a transaction holds its locks no longer than this, and nobody waits longer.
_SETTINGS = ("lock_timeout = '5s'", "idle_in_transaction_session_timeout = '30s'")


def postgresql_engine(url: URL, connections: int) -> Engine:
    """The engine of the service; it holds as many connections as given, and mends those that a restart broke."""
    engine = create_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=CONNECT_SECONDS,
        pool_pre_ping=True,
        connect_args={"connect_timeout": CONNECT_SECONDS, "application_name": "linked-accounts"},
        hide_parameters=True,
    )
    event.listen(engine, "connect", _set_up)
    # It warns of every batch of statements that a conflict ended. Those are done again, or told to who asked.
    logging.getLogger("psycopg").setLevel(logging.ERROR)
    return engine


@contextmanager
def owning_postgresql(url: URL) -> Iterator[Connection]:
    """One transaction in which tables may be changed, if the URL's role owns them."""
    engine = create_engine(
        url, poolclass=NullPool, connect_args={"connect_timeout": CONNECT_SECONDS}, hide_parameters=True
    )
    with engine.begin() as connection:
        yield connection


def _set_up(connection: psycopg.Connection, _record: object) -> None:
    for setting in _SETTINGS:
        connection.execute(f"SET {setting}".encode())
    connection.commit()
