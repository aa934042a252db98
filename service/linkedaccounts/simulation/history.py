"""What happened in the simulated market, by its own account: what it expects of the service follows from this alone."""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from linkedaccounts.simulation.setting import at

ACTIVE, SUSPENDED, CLOSED = "active", "suspended", "closed"


@dataclass(slots=True)
class KnownAccount:
    """An account of the simulated seller ``owner``; billed from a day on; ``statuses`` with their moments, in order.

    ``email`` is that of its user.
    """

    id: str
    owner: int
    store: str
    registered_on: date
    billed_from: date
    statuses: list[tuple[datetime, str]]
    email: str

    def status_on(self, day: date) -> str:
        """What it was when the day began, or else what it was first."""
        before = [status for moment, status in self.statuses if moment < at(day)]
        return before[-1] if before else self.statuses[0][1]

    @property
    def status(self) -> str:
        """The newest."""
        return self.statuses[-1][1]


@dataclass(frozen=True, slots=True)
class GivenBack:
    """A refund or a reversal: so many minor units of the charge of an account on a cycle's ``day``, given on a day."""

    account: str
    day: date
    given_on: date
    minor: int
    reversal: bool


@dataclass(slots=True)
class History:
    """Accounts by id and by seller, which were linked with one another when, and what was given back of charges."""

    accounts: dict[str, KnownAccount] = field(default_factory=dict)
    of_seller: dict[int, list[KnownAccount]] = field(default_factory=dict)
    linked: dict[int, list[tuple[datetime, frozenset[str]]]] = field(default_factory=dict)
    by_anchor: dict[int, list[KnownAccount]] = field(default_factory=dict)
    given_back: list[GivenBack] = field(default_factory=list)
    _given: Counter[tuple[str, date]] = field(default_factory=Counter)

    def add(self, account: KnownAccount) -> None:
        """A new account."""
        self.accounts[account.id] = account
        self.of_seller.setdefault(account.owner, []).append(account)
        self.by_anchor.setdefault(account.registered_on.day, []).append(account)

    def link(self, owner: int, ids: Sequence[str], moment: datetime) -> None:
        """Accounts, and all that they were linked with, are one from a moment on."""
        self.linked.setdefault(owner, []).append((moment, frozenset(ids)))

    def group(self, account: KnownAccount, before: datetime) -> frozenset[str]:
        """All that were linked with an account before a moment, itself included."""
        found = frozenset({account.id})
        events = [ids for moment, ids in self.linked.get(account.owner, ()) if moment < before]
        while more := [ids for ids in events if ids & found and not ids <= found]:
            found = found.union(*more)
        return found

    def linked_on(self, account: KnownAccount) -> date | None:
        """The day on which it was first linked with any other."""
        return next((m.date() for m, ids in self.linked.get(account.owner, ()) if account.id in ids), None)

    def seller_of(self, account: str) -> str:
        """The words for whose account it is."""
        known = self.accounts.get(account)
        return f"seller {known.owner}" if known else f"the seller of {account}, whom nobody knows"

    def give_back(self, given: GivenBack) -> None:
        """Something of a charge was given back."""
        self.given_back.append(given)
        self._given[given.account, given.day] += given.minor

    def given_back_of(self, account: str, day: date) -> int:
        """What of a charge was given back so far, in minor units."""
        return self._given[account, day]

    def due_on(self, day: date) -> Iterator[KnownAccount]:
        """The accounts of which a billing cycle begins on a day, unless they were closed when it began."""
        last = monthrange(day.year, day.month)[1]
        for anchor in range(day.day, 32) if day.day == last else (day.day,):
            for account in self.by_anchor.get(anchor, ()):
                begun = account.registered_on <= day and account.billed_from <= day
                if begun and account.status_on(day) != CLOSED:
                    yield account


def billed_from(registered_on: date, added: date) -> date:
    """From its registration on, or from the day after it was taken over from elsewhere."""
    return registered_on if registered_on >= added else added + timedelta(days=1)
