"""Which effects are known to charge at most what others do, whatever the fee, the rates and the other stores.

It rests on `domain/pricing` and `domain/plan_split`, whose property tests hold it: every operation leaves from zero to
what was charged before, charges more for more, and never a store more than its standard fee.
"""

from __future__ import annotations

from linkedaccounts.domain.effects import (
    ChargedAlone,
    ChargedAmount,
    ChargedInFull,
    ChargedNothing,
    ChargedOnce,
    Effect,
    PlanShare,
    ReducedByAmount,
    ReducedByPercentage,
)
from linkedaccounts.domain.money import Money
from linkedaccounts.domain.plan_split import ByStandardFee, Equally, OnOneStore, Split

NEVER_RAISES = (
    ChargedAlone,
    ChargedOnce,
    ChargedInFull,
    ChargedNothing,
    ChargedAmount,
    PlanShare,
    ReducedByAmount,
    ReducedByPercentage,
)
"""Operations after which a store is charged at most what it was charged before, and at first its standard fee."""

WITHIN_CAP = (ByStandardFee, Equally, OnOneStore)
"""Ways of splitting a cap whose shares sum up to the cap at the most, before they are rounded down."""


def never_raises(effect: Effect) -> bool:
    """Whether an effect is known to leave a charge as it is, or to lower it."""
    return isinstance(effect, NEVER_RAISES)


def within_cap(split: Split) -> bool:
    """Whether the shares of a split are known to sum up to the cap at the most."""
    return isinstance(split, WITHIN_CAP)


def charges_at_most(one: Effect, other: Effect) -> bool:
    """Whether ``one`` is known to charge a store at most what ``other`` charges it, from the same charge on."""
    if isinstance(one, ChargedNothing) or isinstance(other, ChargedInFull):
        return True
    match one, other:
        case ReducedByPercentage(more), ReducedByPercentage(less):
            return more >= less
        case ReducedByAmount(more), ReducedByAmount(less):
            return _comparable(more, less) and more.minor >= less.minor
        case ChargedAmount(low), ChargedAmount(high):
            return _comparable(low, high) and low.minor <= high.minor
    return False


def _comparable(one: Money, other: Money) -> bool:
    return one.currency == other.currency
