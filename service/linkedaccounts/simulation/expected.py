"""What each charge must be, computed anew from what the simulation itself knows: no code of charging or quoting.

It states the rules that come with the service once more, by hand: a linked store pays in full in its first month, from
the next one on it shares a plan's cap in proportion to the standard fees, and rounding is down. Of the policies it
takes tables of prices and caps alone; decisions it does not ask for.
"""

from __future__ import annotations

from bisect import bisect_right
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from fractions import Fraction

from linkedaccounts.domain.money import Money
from linkedaccounts.domain.rates import RateBook
from linkedaccounts.policy.policy import Policy
from linkedaccounts.simulation.history import CLOSED, History, KnownAccount
from linkedaccounts.simulation.policies import InForce
from linkedaccounts.simulation.setting import at

ONE = Fraction(1)


@dataclass(frozen=True, slots=True)
class Expected:
    """A charge as it must be: the fee, what is charged of it (minor units), and who is linked with the account.

    ``cap`` is what the seller's charges that share a plan add up to at the most, in the reporting currency; None for a
    charge in full. ``per_unit`` is what one unit of the fee's currency is worth in that.
    """

    fee: Money
    minor: int
    members: frozenset[str]
    cap: Fraction | None
    per_unit: Fraction


class Expectation:
    """Knows the history, the policies and all rates, those of the future too."""

    def __init__(self, history: History, policies: Sequence[InForce], book: RateBook) -> None:
        self.history, self._policies, self._book = history, policies, book

    def of(self, account: KnownAccount, day: date) -> Expected:
        """What is charged on the first day of a cycle of the account."""
        policy = self.policy_on(day)
        fee, members = _fee(policy, account, day), self.history.group(account, at(day))
        per_unit = self.per_unit(fee.currency.code, day)
        used = [one for one in map(self.history.accounts.__getitem__, members) if one.status_on(day) != CLOSED]
        if len(used) < 2 or self._first_month(account, day):
            return Expected(fee, fee.minor, members, None, per_unit)
        sharing = [_fee(policy, one, day) for one in used if not self._first_month(one, day)]
        cap, total = self._worth(_cap(policy, day), day), sum((self._worth(each, day) for each in sharing), Fraction(0))
        share = min(ONE, cap / total) if total else ONE
        return Expected(fee, int(fee.minor * share), members, cap, per_unit)

    def policy_on(self, day: date) -> Policy:
        """The newest that was in force when the day began."""
        return next(one.policy for one in reversed(self._policies) if one.since < at(day))

    def due_at(self, account: KnownAccount, day: date) -> datetime:
        """From when on a cycle is charged: the day has begun in the store and by UTC; if it is the first, is over."""
        zone = self.policy_on(day).catalogue.stores[account.store].zone
        begins = max(datetime.combine(day, time.min, zone).astimezone(UTC), at(day))
        return max(begins, at(day, 24 * 3600)) if account.registered_on == day else begins

    def per_unit(self, code: str, day: date) -> Fraction:
        """What one unit of a currency is worth in the reporting currency, crossed through the book's base."""
        catalogue = self.policy_on(day).catalogue
        reporting = catalogue.reporting_currency.code
        if code == reporting:
            return ONE
        if pegs := [peg for peg in catalogue.pegs.get(code, ()) if peg.since <= day]:
            return self.per_unit(pegs[-1].to_currency, day) / Fraction(pegs[-1].per_unit)
        row = self._book.per_base(self._book.days[bisect_right(self._book.days, day) - 1])
        per_base = {self._book.base: ONE, **{name: Fraction(row[name]) for name in (reporting, code) if name in row}}
        return per_base[reporting] / per_base[code]

    def _worth(self, money: Money, day: date) -> Fraction:
        return money.exact * self.per_unit(money.currency.code, day)

    def _first_month(self, account: KnownAccount, day: date) -> bool:
        """Whether the cycle that contains the day contains the linking too, which was before it."""
        linked = self.history.linked_on(account)
        return linked is not None and max(linked, account.registered_on) >= begin(account.registered_on, day)


def _fee(policy: Policy, account: KnownAccount, day: date) -> Money:
    entries = policy.catalogue.stores[account.store].terms.entries
    return [entry.value.fee for entry in entries if entry.since <= day][-1]


def _cap(policy: Policy, day: date) -> Money:
    (plan,) = policy.catalogue.plans.values()
    return [entry.value.cap for entry in plan.terms.entries if entry.since <= day][-1]


def begin(anchor: date, day: date) -> date:
    """The day on which the cycle of an account registered on ``anchor`` begins that contains a day."""
    this = min(anchor.day, monthrange(day.year, day.month)[1])
    if this <= day.day:
        return day.replace(day=this)
    year, month = (day.year, day.month - 1) if day.month > 1 else (day.year - 1, 12)
    return date(year, month, min(anchor.day, monthrange(year, month)[1]))
