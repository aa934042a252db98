"""The memory that use cases read and write, on any of the databases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, RootTransaction
from sqlalchemy.exc import SQLAlchemyError

from linkedaccounts.application.refusals import TryAgain
from linkedaccounts.application.storage_port import Reading, Writing
from linkedaccounts.storage.faults import Fault, fault_of
from linkedaccounts.storage.reading import SqlReading
from linkedaccounts.storage.retrying import OutcomeUnknown, Patience, Warn, log_warning, persistently
from linkedaccounts.storage.writing import SqlWriting

T = TypeVar("T")

READS: Mapping[str, Mapping[str, Any]] = {
    "postgresql": {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
    "sqlite": {},
}
"""By database, how a transaction that reads sees one state of everything: the newest that was committed."""
WRITES: Mapping[str, Mapping[str, Any]] = {
    "postgresql": {"isolation_level": "SERIALIZABLE"},
    "sqlite": {"writes": True},
}
"""By database, how transactions that write take place as if one after the other."""


class SqlStorage:
    """A database whose tables are those of this release."""

    def __init__(self, engine: Engine, patience: Patience | None = None, warn: Warn = log_warning) -> None:
        self._engine = engine
        self._patience = patience or Patience()
        self._warn = warn
        # One write at a time in a process: the others would only be turned back. Nothing relies on it.
        self._turn = Lock()

    def read(self, work: Callable[[Reading], T]) -> T:
        """What ``work`` returns, which sees one state of everything; TryAgain if the database cannot be reached."""
        return self.read_by(lambda connection: work(SqlReading(connection)))

    def write(self, work: Callable[[Writing], T]) -> T:
        """What ``work`` returns, once all that it wrote is kept for good.

        ``work`` may be called several times. What it raises leaves nothing written. TryAgain if others come between
        for too long, if the database cannot be reached, or if the connection was lost while it committed: only then
        it may have been written, and whoever repeats the request with its id gets the answer that was kept.
        """
        return self.write_by(lambda connection: work(SqlWriting(connection)), WRITES)

    def read_by(self, work: Callable[[Connection], T]) -> T:
        """``read``, with queries of one's own."""
        return persistently(lambda: self._read(work), self._patience, self._warn)

    def write_by(self, work: Callable[[Connection], T], options: Mapping[str, Mapping[str, Any]]) -> T:
        """``write``, with statements of one's own, in a transaction with ``options`` by database."""
        if not self._turn.acquire(timeout=self._patience.seconds):
            raise TryAgain(self._patience.retry_after)
        try:
            return persistently(lambda: self._write(work, options), self._patience, self._warn)
        finally:
            self._turn.release()

    def close(self) -> None:
        """Closes all connections."""
        self._engine.dispose()

    def _read(self, work: Callable[[Connection], T]) -> T:
        with self._connected(READS) as connection, connection.begin():
            return work(connection)

    def _write(self, work: Callable[[Connection], T], options: Mapping[str, Mapping[str, Any]]) -> T:
        with self._connected(options) as connection:
            transaction = connection.begin()
            try:
                result = work(connection)
            except BaseException:
                transaction.rollback()
                raise
            _commit(transaction)
            return result

    def _connected(self, options: Mapping[str, Mapping[str, Any]]) -> Connection:
        return self._engine.connect().execution_options(**options[self._engine.dialect.name])


def _commit(transaction: RootTransaction) -> None:
    """Commits; OutcomeUnknown if the connection was lost at it."""
    try:
        transaction.commit()
    except SQLAlchemyError as error:
        if fault_of(error) is Fault.LOST:
            raise OutcomeUnknown from error
        transaction.rollback()
        raise
