"""What a database's error means for the work that met it."""

from __future__ import annotations

import sqlite3
from enum import Enum, auto

import psycopg
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnectionFree


class Fault(Enum):
    """The kinds of errors that are told apart."""

    RACE = auto()
    """Others came between; nothing is written, and doing it again can succeed."""
    TAKEN = auto()
    """A key is there already. Others may have added it just now: then doing it again finds it."""
    LOST = auto()
    """The database cannot be reached, or not any longer."""
    OTHER = auto()
    """The statement itself is refused or broken."""


class StorageFailed(Exception):
    """The database refused a statement. The text names no value that was to be kept."""


# SQLSTATEs: serialization_failure, deadlock_detected, lock_not_available; those that say that the server is stopping,
# has crashed, is starting, or takes no more connections.
_RACES = {"40001", "40P01", "55P03"}
_LOST = {"57P01", "57P02", "57P03", "53300"}
_TAKEN = "23505"
_CONNECTION_EXCEPTIONS = "08"
_LOCKED = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_PRIMARY_CODE = 0xFF


def fault_of(error: SQLAlchemyError) -> Fault:
    """What the error means."""
    if isinstance(error, NoConnectionFree):
        return Fault.LOST
    if not isinstance(error, DBAPIError):
        return Fault.OTHER
    if isinstance(error.orig, sqlite3.Error):
        return _sqlite_fault(error.orig)
    if error.connection_invalidated:
        return Fault.LOST
    return _postgresql_fault(error.orig) if isinstance(error.orig, psycopg.Error) else Fault.OTHER


def described(error: SQLAlchemyError) -> str:
    """The error without any value that was to be kept: PostgreSQL's own text would repeat a key that exists."""
    orig = getattr(error, "orig", None)
    if isinstance(orig, psycopg.Error):
        return f"{type(orig).__name__}: {orig.diag.message_primary or 'no connection'}"
    return f"{type(orig).__name__}: {orig}" if isinstance(orig, sqlite3.Error) else type(error).__name__


def _sqlite_fault(error: sqlite3.Error) -> Fault:
    code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY_CODE
    return Fault.RACE if code in _LOCKED else Fault.OTHER


def _postgresql_fault(error: psycopg.Error) -> Fault:
    state = error.sqlstate
    if state in _RACES:
        return Fault.RACE
    if state == _TAKEN:
        return Fault.TAKEN
    unreachable = state is None and isinstance(error, psycopg.OperationalError)
    if unreachable or state in _LOST or (state or "").startswith(_CONNECTION_EXCEPTIONS):
        return Fault.LOST
    return Fault.OTHER
