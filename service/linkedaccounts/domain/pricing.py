"""What each store of a seller is charged, once the rules have said how."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from linkedaccounts.domain.catalogue import PlanTerms
from linkedaccounts.domain.effects import (
    ChargedAmount,
    ChargedInFull,
    ChargedNothing,
    Charging,
    PlanShare,
    ReducedByAmount,
    ReducedByPercentage,
)
from linkedaccounts.domain.money import Money
from linkedaccounts.domain.rates import Rates


@dataclass(frozen=True, slots=True)
class StoreToPrice:
    """A store of the seller, and what the rules said: one way of charging, then reductions in their order.

    ``weight`` is the standard fee in the quote's reporting currency, exactly.
    """

    code: str
    home: bool
    registered_on: date
    standard_fee: Money
    weight: Fraction
    charging: Charging
    reductions: tuple[Charging, ...] = ()


def price(
    stores: Sequence[StoreToPrice], plans: Mapping[str, PlanTerms], rates: Rates, reporting: str
) -> list[tuple[Money, ...]]:
    """For each store its charge after the way of charging and after each reduction; the last one is what is charged.

    ``reporting`` is the code of the currency of the stores' weights. Every charge is a whole number of minor units,
    rounded down, from zero to the standard fee. RateMissing if a conversion needs a rate that there is none for.
    """
    charge_of = _plan_charges(stores, plans, rates, reporting)
    return [_charges(store, charge_of.get(store.code), rates) for store in stores]


def _charges(store: StoreToPrice, plan_charge: Money | None, rates: Rates) -> tuple[Money, ...]:
    charge = plan_charge if plan_charge is not None else apply(store.charging, store.standard_fee, rates)
    charges = [charge]
    for reduction in store.reductions:
        charges.append(apply(reduction, charges[-1], rates))
    return tuple(charges)


def apply(effect: Charging, charge: Money, rates: Rates) -> Money:
    """The charge after an effect that looks at one store alone."""
    currency = charge.currency
    match effect:
        case ChargedInFull():
            return charge
        case ChargedNothing():
            return Money(0, currency)
        case ChargedAmount(amount):
            return Money(min(charge.minor, _converted(amount, charge, rates).minor), currency)
        case ReducedByAmount(amount):
            less = rates.convert(amount.exact, amount.currency.code, currency.code)
            return Money.rounded_down(max(charge.exact - less, Fraction(0)), currency)
        case ReducedByPercentage(percentage):
            return Money.rounded_down(charge.exact * (1 - Fraction(percentage) / 100), currency)
        case PlanShare(plan):
            raise ValueError(f"a share of plan {plan} is not for one store alone")


def _converted(amount: Money, like: Money, rates: Rates) -> Money:
    exact = rates.convert(amount.exact, amount.currency.code, like.currency.code)
    return Money.rounded_down(exact, like.currency)


def _plan_charges(
    stores: Sequence[StoreToPrice], plans: Mapping[str, PlanTerms], rates: Rates, reporting: str
) -> dict[str, Money]:
    members: dict[str, list[StoreToPrice]] = {}
    for store in stores:
        if isinstance(store.charging, PlanShare):
            members.setdefault(store.charging.plan, []).append(store)
    charges: dict[str, Money] = {}
    for plan, sharing in members.items():
        cap = plans[plan].cap
        shares = plans[plan].split.shares(sharing, rates.convert(cap.exact, cap.currency.code, reporting))
        for store, share in zip(sharing, shares, strict=True):
            charges[store.code] = _portion(store.standard_fee, share, store.weight)
    return charges


def _portion(fee: Money, share: Fraction, weight: Fraction) -> Money:
    """The fee times share / weight, so that no rounded rate comes in between; rounded down."""
    if not weight:
        return Money(0, fee.currency)
    above, below = share.numerator * weight.denominator, share.denominator * weight.numerator
    return Money(fee.minor * above // below, fee.currency)
