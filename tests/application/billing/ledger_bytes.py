"""The ledger as a database holds it, every column of every row, so that two of them can be compared to the byte."""

from __future__ import annotations

import json

from sqlalchemy import Connection, select

from linkedaccounts.storage.ledger_tables import LEDGER_ENTRIES, LEDGER_TRANSACTIONS
from linkedaccounts.storage.sql_storage import SqlStorage


def ledger_bytes(storage: SqlStorage) -> bytes:
    """A line of JSON for each row, in one order for all databases."""
    return storage.read_by(_lines)


def _lines(connection: Connection) -> bytes:
    rows = [tuple(row) for table in (LEDGER_TRANSACTIONS, LEDGER_ENTRIES) for row in connection.execute(select(table))]
    return "\n".join(sorted(json.dumps(row, default=str, ensure_ascii=False) for row in rows)).encode()
