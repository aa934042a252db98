"""The ledger as it was found right so far: nothing of it may go, change or be added to, and it has to balance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Protocol

from linkedaccounts.domain.ledger import LedgerAccount, Transaction
from linkedaccounts.simulation.booked import Booked, booked
from linkedaccounts.simulation.due_cycles import Cycle
from linkedaccounts.simulation.history import History
from linkedaccounts.simulation.violation import Violation
from linkedaccounts.storage.ledger_check import Unbalanced

EVERYBODY = "all sellers"


class LedgerCheck(Protocol):
    """The ledger as it is kept, read by none of the ways in which charging reads it; always of a day and later ones."""

    def since(self, day: date) -> Iterable[Transaction]:
        """What is booked."""

    def sums(self, day: date) -> Mapping[str, tuple[int, int]]:
        """How many transactions there are in each currency, and the sum of their amounts in minor units."""

    def balances(self, day: date) -> Mapping[str, Mapping[str, int]]:
        """Debits less credits of each ledger account, by currency, of the entries alone."""

    def unbalanced(self, day: date) -> Iterable[Unbalanced]:
        """Transactions whose amount is not what their entries come to."""

    def set_aside(self) -> Mapping[Cycle, str]:
        """The reason of each cycle that is set aside, whatever its day."""


class LedgerFound:
    """``by_id`` is all that was found right."""

    def __init__(self, check: LedgerCheck, history: History) -> None:
        self.by_id: dict[str, Booked] = {}
        self._check, self._history = check, history
        self._by_day: defaultdict[date, dict[str, Booked]] = defaultdict(dict)

    def keep(self, one: Transaction) -> None:
        """A transaction that is right."""
        self.by_id[one.id] = self._by_day[one.day][one.id] = booked(one)

    def look(self, since: date) -> list[Transaction]:
        """What is booked of a day and later ones and was not before; Violation if the rest is not as it was."""
        missing = {id_: one for day, of in self._by_day.items() if day >= since for id_, one in of.items()}
        new = []
        for one in self._check.since(since):
            before = missing.pop(one.id, None) or self.by_id.get(one.id)
            if before is None:
                new.append(one)
            elif before != booked(one):
                now = f"it changed: {booked(one)}, by {one.grounds.policy_version[:16]}, {one.entries}"
                raise Violation(before.day, self._history.seller_of(before.account), before, now)
        if missing:
            gone = min(missing.values(), key=lambda each: (each.day, each.id))
            raise Violation(gone.day, self._history.seller_of(gone.account), gone, "nothing: it is gone")
        return new

    def add_up(self, since: date) -> None:
        """Violation if what is booked since a day is not the sum of what was found right, or does not balance."""
        for one in self._check.unbalanced(since):
            right = f"{one.id} of {one.account} with entries that come to its amount, {one.amount}"
            raise Violation(one.day, self._history.seller_of(one.account), right, one.entries)
        wanted = self._sums(since)
        if (found := dict(self._check.sums(since))) != wanted:
            self._name_it(since)
            raise Violation(f"since {since}", EVERYBODY, f"by currency, count and sum {wanted}", found)
        for code, accounts in self._check.balances(since).items():
            owed = wanted[code][1]
            if sum(accounts.values()) or accounts.get(LedgerAccount.RECEIVABLE.value, 0) != owed:
                raise Violation(f"since {since}", EVERYBODY, f"{code} in balance, with {owed} receivable", accounts)

    def _name_it(self, since: date) -> None:
        """The one transaction that sums differ by; Violation."""
        for one in self.look(since):
            raise Violation(one.day, self._history.seller_of(one.account), "nothing new of that day", booked(one))

    def _sums(self, since: date) -> dict[str, tuple[int, int]]:
        found: defaultdict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
        for day, of in self._by_day.items():
            if day >= since:
                for one in of.values():
                    count, minor = found[one.currency]
                    found[one.currency] = (count + 1, minor + one.minor)
        return dict(found)
