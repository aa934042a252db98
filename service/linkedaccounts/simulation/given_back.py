"""Refunds and reversals in the ledger: each that the market made once, and of no charge more than it was."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping

from linkedaccounts.domain.ledger import Transaction, TransactionKind
from linkedaccounts.simulation.booked import Booked, booked
from linkedaccounts.simulation.history import GivenBack, History
from linkedaccounts.simulation.violation import Violation


class GivenBackFound:
    """What was found in the ledger, held against what the market made."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._of_charge: defaultdict[str, int] = defaultdict(int)
        self._awaited: Counter[GivenBack] = Counter()
        self._counted = 0

    def add(self, one: Transaction, charges: Mapping[str, Booked]) -> None:
        """A refund or reversal that is new; Violation."""
        seller, charge = self._history.seller_of(one.account), charges.get(one.of or "")
        if charge is None or charge.account != one.account:
            raise Violation(one.day, seller, f"a charge {one.of} of {one.account}", charge or "none")
        self._of_charge[charge.id] -= one.amount.minor
        if self._of_charge[charge.id] > charge.minor:
            at_most = f"at most {charge.minor} minor units given back of the charge {charge.id} of {one.account}"
            raise Violation(charge.day, seller, at_most, self._of_charge[charge.id])
        reversal = one.kind is TransactionKind.REVERSAL
        found = GivenBack(one.account, charge.day, one.day, -one.amount.minor, reversal)
        if not self._made()[found]:
            raise Violation(one.day, seller, "nothing given back that nobody asked for", booked(one))
        self._awaited -= Counter([found])

    def all_found(self) -> None:
        """Everything that the market made is there; Violation."""
        if missing := self._made():
            first = min(missing, key=lambda one: (one.given_on, one.account))
            raise Violation(first.given_on, self._history.seller_of(first.account), first, "nothing")

    def _made(self) -> Counter[GivenBack]:
        """What the market made by now and was not found yet, each how often."""
        self._awaited.update(self._history.given_back[self._counted :])
        self._counted = len(self._history.given_back)
        return self._awaited
