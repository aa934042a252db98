"""What must hold after every day, checked on the tables as they are, against what the simulation itself expects."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from fractions import Fraction

from linkedaccounts.domain.ledger import AppliedRate, EntryKind, Transaction, TransactionKind
from linkedaccounts.simulation.booked import booked
from linkedaccounts.simulation.due_cycles import DueCycles
from linkedaccounts.simulation.expected import Expectation, Expected
from linkedaccounts.simulation.given_back import GivenBackFound
from linkedaccounts.simulation.ledger_found import LedgerCheck, LedgerFound
from linkedaccounts.simulation.violation import Violation

NOT_PUBLISHED = "RATES_NOT_PUBLISHED"
LOOK_BACK = timedelta(days=5)
"""So far back every transaction is looked at again each day, so that a day costs the same however long it all lasts.
Of all earlier ones the sums are looked at once a month, and at the end each one again."""


class Invariants:
    """``due`` knows which cycles are charged; cycles before the day ``first`` are nobody's."""

    def __init__(self, expectation: Expectation, check: LedgerCheck, first: date) -> None:
        self.due, self._found = DueCycles(expectation, first), LedgerFound(check, expectation.history)
        self._expectation, self._check = expectation, check
        self._given_back = GivenBackFound(expectation.history)
        self._together: defaultdict[tuple[str, date], Fraction] = defaultdict(Fraction)

    def after_day(self, now: datetime, rates_through: date) -> list[Transaction]:
        """Checks everything; Violation. What was booked since the last time."""
        self.due.look(now)
        since = min([now.date() - LOOK_BACK, *(day for _, day in self.due.open)])
        new = self._found.look(since)
        for one in sorted(new, key=lambda one: one.kind is not TransactionKind.CHARGE):
            self._new(one)
        self._given_back.all_found()
        self._set_aside(rates_through)
        self._found.add_up(date.min if now.day == 1 else since)
        return new

    def at_the_end(self) -> None:
        """Every transaction once more, as it was found first; Violation."""
        for one in self._found.look(date.min):
            raise Violation(one.day, self._seller(one), "nothing that was not there before", booked(one))
        self._found.add_up(date.min)

    def _seller(self, one: Transaction) -> str:
        return self._expectation.history.seller_of(one.account)

    def _new(self, one: Transaction) -> None:
        """Something that was not there before: it has to be, and to be right to the minor unit."""
        if wrong := [entry for entry in one.entries if entry.minor < 0]:
            raise Violation(one.day, self._seller(one), f"entries of {one.id} that are not negative", wrong)
        if one.kind is TransactionKind.CHARGE:
            self._charge(one)
        else:
            self._given_back.add(one, self._found.by_id)
        self._found.keep(one)

    def _charge(self, one: Transaction) -> None:
        cycle = (one.account, one.day)
        account = self.due.charge(cycle)
        if account is None:
            right = "charged once" if cycle in self.due.charged else "not charged, as nothing is due"
            raise Violation(one.day, self._seller(one), f"{one.account} {right}", f"{one.id} of {one.amount}, too")
        wanted = self._expectation.of(account, one.day)
        self._under_the_cap(one, wanted)
        version = self._expectation.policy_on(one.day).version
        for says, must_be, found in _facts(one, wanted, account.store, version):
            if must_be != found:
                raise Violation(one.day, self._seller(one), f"{one.account}: {says} {must_be}", found)

    def _under_the_cap(self, one: Transaction, wanted: Expected) -> None:
        """A seller's charges of a day that share a plan are together at or under its cap, exactly."""
        if wanted.cap is None:
            return
        together = min(wanted.members), one.day
        self._together[together] += one.amount.exact * _worth(one.grounds.rate)
        if (found := self._together[together]) > wanted.cap:
            right = f"discounted charges of at most {_shown(wanted.cap)} in all"
            raise Violation(one.day, self._seller(one), right, f"{_shown(found)} with {one.id} of {one.account}")

    def _set_aside(self, rates_through: date) -> None:
        """What is due and not charged is set aside, with its reason, only where rates are not published yet."""
        aside = self._check.set_aside()
        for (name, day), account in self.due.open.items():
            reason = aside.get((name, day))
            right = f"a charge of {name}" if day <= rates_through else f"{name} set aside: {NOT_PUBLISHED}"
            if day <= rates_through or reason != NOT_PUBLISHED:
                found = f"{name} set aside: {reason}" if reason else "neither a charge nor a reason for none"
                raise Violation(day, f"seller {account.owner}", right, found)
        for extra in sorted(aside.keys() - self.due.open.keys()):
            owner = self._expectation.history.seller_of(extra[0])
            raise Violation(extra[1], owner, f"{extra[0]} not set aside", aside[extra])


def _facts(one: Transaction, wanted: Expected, store: str, version: str) -> Iterable[tuple[str, object, object]]:
    """What a charge has to say, and what it says."""
    fee = sum(entry.minor for entry in one.entries if entry.kind is EntryKind.STANDARD_FEE)
    yield "a standard fee of", wanted.fee.minor, fee
    yield "a charge of", wanted.minor, one.amount.minor
    yield "unlinked, a charge of", wanted.fee.minor, one.unlinked
    yield "the currency", wanted.fee.currency, one.currency
    yield "the store", store, one.store
    yield "a cycle from", one.day, one.cycle.starts_on
    yield "the policy", version, one.grounds.policy_version
    yield "the rate", wanted.per_unit, _worth(one.grounds.rate)


def _worth(rate: AppliedRate | None) -> Fraction:
    return Fraction(1) if rate is None else Fraction(rate.numerator) / Fraction(rate.denominator)


def _shown(worth: Fraction) -> str:
    """A sum in the reporting currency, near enough to be read, never so near that it would look like another."""
    return f"{worth.numerator / worth.denominator:.6f}"
