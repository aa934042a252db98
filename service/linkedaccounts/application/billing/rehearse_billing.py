"""Says what a run would charge on a day, and why that is not what the same stores were charged a month before."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum

from linkedaccounts.application.billing.charge_cycles import ChargeCycles, Quote
from linkedaccounts.application.billing.ports import Charged, DueCycle, Part
from linkedaccounts.domain.ledger import EntryKind, Transaction


class Cause(Enum):
    """Why a charge differs from the one before, the weightiest that holds."""

    FIRST = "first charge"
    STOPPED = "the account is not in use any more"
    PRICE = "another standard fee"
    RULE = "other rules apply"
    POLICY = "the rules were changed"
    SELLER = "the seller has other stores"
    RATE = "another exchange rate"


@dataclass(frozen=True, slots=True)
class Difference:
    """A charge that would be made and the one before it, of which one may be missing, and why they differ."""

    account: str
    store: str
    now: Transaction | None
    before: Transaction | None
    cause: Cause


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What would come of some cycles; nothing of it is kept."""

    charged: Charged
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class RehearseBilling:
    """The use case. ``due`` gives the cycles of a part that begin on a day, some at a time, charged or not yet."""

    stores: Callable[[], Sequence[str]]
    due: Callable[[Part], Iterator[Sequence[DueCycle]]]
    before: Callable[[Sequence[DueCycle]], dict[str, Transaction]]
    quote_on: Callable[[date], Quote]

    def __call__(self, day: date) -> Iterator[Rehearsed]:
        """Step by step, in bounded memory."""
        charge = ChargeCycles(self.quote_on(day))
        for store in self.stores():
            for first_cycles in (False, True):
                for cycles in self.due(Part(day, store, first_cycles)):
                    charged = charge(cycles)
                    yield Rehearsed(charged, tuple(_differences(cycles, charged, self.before(cycles))))


def _differences(
    cycles: Sequence[DueCycle], charged: Charged, before: Mapping[str, Transaction]
) -> Iterator[Difference]:
    """Those that are set aside are told as such."""
    booked = {one.account: one for one in charged.booked}
    aside = {each.account for each in charged.set_aside}
    for account in (cycle.account for cycle in cycles if cycle.account.id not in aside):
        now, earlier = booked.get(account.id), before.get(account.id)
        if cause := _cause(now, earlier):
            yield Difference(account.id, account.store, now, earlier, cause)


def _cause(now: Transaction | None, before: Transaction | None) -> Cause | None:
    """None if they are the same amount, or there is neither."""
    if now is None:
        return Cause.STOPPED if before else None
    if before is None:
        return Cause.FIRST
    return None if now.amount == before.amount else _weightiest(now, before)


def _weightiest(now: Transaction, before: Transaction) -> Cause:
    if _standard_fee(now) != _standard_fee(before):
        return Cause.PRICE
    if _rules(now) != _rules(before):
        return Cause.RULE
    if now.grounds.policy_version != before.grounds.policy_version:
        return Cause.POLICY
    return Cause.RATE if now.seller == before.seller and now.grounds.rate != before.grounds.rate else Cause.SELLER


def _standard_fee(one: Transaction) -> int:
    return sum(entry.minor for entry in one.entries if entry.kind is EntryKind.STANDARD_FEE)


def _rules(one: Transaction) -> frozenset[str]:
    return frozenset(entry.rule_id for entry in one.entries)
