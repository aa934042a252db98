"""What is remembered of a transaction: enough to see that it stays, and that reports show it as it is."""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from typing import NamedTuple

from linkedaccounts.domain.ledger import Transaction

FINGERPRINT_BYTES = 16


class Booked(NamedTuple):
    """A transaction that was found right; ``minor`` is what it added to what is owed, ``fingerprint`` all of it."""

    id: str
    account: str
    day: date
    currency: str
    minor: int
    fingerprint: bytes

    def __str__(self) -> str:
        return f"{self.id} of {self.account}, {self.minor} minor units of {self.currency}"


def booked(one: Transaction) -> Booked:
    """What is remembered of it."""
    fingerprint = sha256(repr(one).encode()).digest()[:FINGERPRINT_BYTES]
    return Booked(one.id, one.account, one.day, one.currency.code, one.amount.minor, fingerprint)
