"""What of its charges a seller gets back: a part, all of it, a reversal; and who asks for too much is refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from linkedaccounts.simulation.actions import GivingBack, Outcome
from linkedaccounts.simulation.expected import Expectation, begin
from linkedaccounts.simulation.history import CLOSED, GivenBack, KnownAccount
from linkedaccounts.simulation.violation import Violation

SETTLED = timedelta(days=12)
"""After so long a cycle is charged, however late the rates were and the runs."""
TOO_MUCH = "REFUND_EXCEEDS_CHARGE"


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is asked for, what of the charge is left by the market's own record, and how it has to end."""

    asks: GivingBack
    left: int
    right: Outcome


class Complaints:
    """Of charges on ``first`` or later; by its own expectation of what was charged."""

    def __init__(self, expectation: Expectation, first: date) -> None:
        self._expectation, self._history, self._first = expectation, expectation.history, first

    def of(self, number: int, now: datetime, chance: Random) -> Complaint | None:
        """About one of the seller's charges, not the newest; None if there is none yet."""
        account = chance.choice(self._history.of_seller[number])
        day = begin(account.registered_on, now.date() - timedelta(days=chance.randrange(SETTLED.days, 120)))
        if day < max(self._first, account.billed_from) or account.status_on(day) == CLOSED:
            return None
        return self._asking(account, day, chance)

    def _asking(self, account: KnownAccount, day: date, chance: Random) -> Complaint:
        given = self._history.given_back_of(account.id, day)
        left = self._expectation.of(account, day).minor - given
        kind = chance.random()
        if kind < 0.15 and not given and left:
            return Complaint(GivingBack(account.id, day, None), left, Outcome())
        if kind < 0.3 or not left:
            return Complaint(GivingBack(account.id, day, left + 1 + chance.randrange(100)), left, Outcome("", TOO_MUCH))
        minor = left if kind < 0.5 else 1 + chance.randrange(left)
        return Complaint(GivingBack(account.id, day, minor), left, Outcome())

    def answered(self, complaint: Complaint, outcome: Outcome, now: datetime) -> None:
        """Takes down what was given back; Violation if it ended otherwise than it has to."""
        asks = complaint.asks
        if outcome != complaint.right:
            wanted = f"{asks} with {complaint.left} left: {complaint.right}"
            raise Violation(asks.day, self._history.seller_of(asks.account), wanted, outcome)
        if not outcome.refused:
            minor = complaint.left if asks.minor is None else asks.minor
            given = GivenBack(asks.account, asks.day, now.date(), minor, reversal=asks.minor is None)
            self._history.give_back(given)
