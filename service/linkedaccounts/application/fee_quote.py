"""What a fee quote is asked with, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from linkedaccounts.application.said import Said
from linkedaccounts.domain.billing_cycle import BillingCycle
from linkedaccounts.domain.money import Currency, Money
from linkedaccounts.domain.rates import Rate
from linkedaccounts.policy.model import NotApplied


@dataclass(frozen=True, slots=True)
class StoreAccount:
    """An account in one store as the caller states it: days are ISO 8601 texts, empty where not given."""

    store: str
    registered_on: str
    linked_on: str = ""
    active_listings: int | None = None
    selling_plan: str | None = None
    suspended: bool = False
    on_vacation: bool = False


@dataclass(frozen=True, slots=True)
class QuoteRequest:
    """A seller and a day as the caller states them; an empty ``day`` is today, an empty ``home_store`` the oldest."""

    stores: tuple[StoreAccount, ...]
    linked: bool
    day: str = ""
    home_store: str = ""
    explain: bool = False


@dataclass(frozen=True, slots=True)
class Adjustment:
    """By how much a rule lowered a charge, and why."""

    amount: Money
    said: Said


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """What one store is charged in the billing cycle that contains the day. ``discount`` is fee less charge."""

    store: str
    standard_fee: Money
    charge: Money
    discount: Money
    first_month: bool
    cycle: BillingCycle
    rate: Rate | None
    adjustments: tuple[Adjustment, ...]
    not_applied: tuple[NotApplied, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportedTotals:
    """The sums of all lines in the reporting currency: exact fractions of its major unit."""

    currency: Currency
    standard_fee: Fraction
    charge: Fraction


@dataclass(frozen=True, slots=True)
class Totals:
    """The sums of the lines in one currency."""

    standard_fee: Money
    charge: Money
    discount: Money


@dataclass(frozen=True, slots=True)
class FeeQuote:
    """What a seller pays in the billing cycles that contain the day; ``lines`` in the order of the request."""

    day: date
    lines: tuple[QuoteLine, ...]
    totals_by_currency: tuple[Totals, ...]
    total: ReportedTotals
    estimate: bool
    notes: tuple[Said, ...]
    policy_version: str
    notes_not_applied: tuple[NotApplied, ...] = ()
