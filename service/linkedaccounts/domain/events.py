"""What others are told of what happened: one event a thing, written together with what it tells.

``seller`` is the group that the accounts are in by then, or the account's id if it is linked to no other; it is empty
for what is about no seller.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import Enum
from itertools import groupby
from types import MappingProxyType
from typing import TypeAlias

from linkedaccounts.domain.accounts import Account
from linkedaccounts.domain.ledger import Transaction, TransactionKind
from linkedaccounts.domain.money import Money


class EventKind(Enum):
    """What happened."""

    LINKED = "linked"
    REGISTERED = "registered"
    CHARGED = "charged"
    REFUNDED = "refunded"
    REVERSED = "reversed"
    STATUS_CHANGED = "status_changed"
    POLICY_CHANGED = "policy_changed"


@dataclass(frozen=True, slots=True)
class Linked:
    """Accounts became one group for good: ``joined`` were in none, and the groups ``merged`` became part of it.

    ``members`` are all that are in it by now, by store and id: of each its id and its store.
    """

    group: str
    members: tuple[tuple[str, str], ...]
    joined: tuple[str, ...]
    merged: tuple[str, ...]

    @property
    def accounts(self) -> tuple[str, ...]:
        """Whom it is about."""
        return tuple(account for account, _ in self.members)


@dataclass(frozen=True, slots=True)
class Registered:
    """An account was opened in a store, from another account; that it is linked, an event of its own says."""

    account: str
    store: str
    registered_on: date
    from_account: str
    registration: str

    @property
    def accounts(self) -> tuple[str, ...]:
        """Whom it is about."""
        return self.account, self.from_account


@dataclass(frozen=True, slots=True)
class Booked:
    """A transaction of the ledger, as far as an event tells it: ``day`` is the store's own, ``of`` the charge."""

    transaction: str
    account: str
    store: str
    day: date
    amount: Money
    of: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Charged:
    """The billing cycles of a seller's stores that begin on a day and were charged together."""

    day: date
    charges: tuple[Booked, ...]

    @property
    def accounts(self) -> tuple[str, ...]:
        """Whom it is about."""
        return tuple(charge.account for charge in self.charges)


@dataclass(frozen=True, slots=True)
class Refunded:
    """A charge, or a part of it, was given back; the amount is below nothing, as in the ledger."""

    refund: Booked

    @property
    def accounts(self) -> tuple[str, ...]:
        """Whom it is about."""
        return (self.refund.account,)


@dataclass(frozen=True, slots=True)
class Reversed:
    """A charge was taken back as a whole, because it was a mistake; the amount is below nothing, as in the ledger."""

    reversal: Booked

    @property
    def accounts(self) -> tuple[str, ...]:
        """Whom it is about."""
        return (self.reversal.account,)


@dataclass(frozen=True, slots=True)
class StatusChanged:
    """Whether an account may be used was changed; statuses are values of the contract's enum, None is not known."""

    account: str
    store: str
    before: str | None
    status: str | None

    @property
    def accounts(self) -> tuple[str, ...]:
        """Whom it is about."""
        return (self.account,)


@dataclass(frozen=True, slots=True)
class PolicyChanged:
    """Another policy serves; ``before`` is the version that did, None if it is the first."""

    version: str
    before: str | None

    @property
    def accounts(self) -> tuple[str, ...]:
        """Nobody in particular."""
        return ()


Happening: TypeAlias = Linked | Registered | Charged | Refunded | Reversed | StatusChanged | PolicyChanged

HAPPENINGS: Mapping[EventKind, type[Happening]] = MappingProxyType(
    {
        EventKind.LINKED: Linked,
        EventKind.REGISTERED: Registered,
        EventKind.CHARGED: Charged,
        EventKind.REFUNDED: Refunded,
        EventKind.REVERSED: Reversed,
        EventKind.STATUS_CHANGED: StatusChanged,
        EventKind.POLICY_CHANGED: PolicyChanged,
    }
)
"""What is told of each kind."""
_KINDS = {happening: kind for kind, happening in HAPPENINGS.items()}


@dataclass(frozen=True, slots=True)
class Event:
    """What happened to a seller, and when: a charge is told as of the beginning of its day by UTC."""

    seller: str
    at: datetime
    what: Happening

    @property
    def kind(self) -> EventKind:
        """What happened."""
        return _KINDS[type(self.what)]


def seller_of(account: Account) -> str:
    """By which name events go that are about an account."""
    return account.group or account.id


def events_of(charges: Iterable[Transaction]) -> list[Event]:
    """One event for each seller and day of some charges, in an order that follows from them."""
    ordered = sorted(charges, key=lambda one: (one.day, one.seller, one.account))
    return [
        Event(seller, datetime.combine(day, time.min, UTC), Charged(day, tuple(map(booked, together))))
        for (day, seller), together in groupby(ordered, key=lambda one: (one.day, one.seller))
    ]


def given_back(transaction: Transaction, seller: str, at: datetime) -> Event:
    """What is told of a refund or reversal."""
    what = booked(transaction)
    return Event(seller, at, Refunded(what) if transaction.kind is TransactionKind.REFUND else Reversed(what))


def booked(one: Transaction) -> Booked:
    """What events tell of a transaction."""
    return Booked(one.id, one.account, one.store, one.day, one.amount, one.of, one.note)
