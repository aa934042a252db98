"""One number for a whole ledger: equal ledgers have equal digests, whatever the database."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from linkedaccounts.domain.ledger import Transaction


def ledger_digest(transactions: Iterable[Transaction]) -> str:
    """The SHA-256 of all transactions, which come ordered by id, with all that is kept of them."""
    found = hashlib.sha256()
    for one in transactions:
        found.update(repr(one).encode())
    return found.hexdigest()
