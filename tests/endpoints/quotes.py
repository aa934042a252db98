"""A quote in which there is something of everything."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

from linkedaccounts.application.fee_quote import (
    Adjustment,
    FeeQuote,
    QuoteLine,
    QuoteRequest,
    ReportedTotals,
    Totals,
)
from linkedaccounts.application.said import Said
from linkedaccounts.domain.billing_cycle import cycle_containing
from linkedaccounts.domain.effects import Noted
from linkedaccounts.domain.money import Currency, Money
from linkedaccounts.domain.rates import Rate, RateSource
from linkedaccounts.domain.text import Text
from linkedaccounts.policy.model import FailedCondition, NotApplied, Rule
from linkedaccounts.policy.place import Place
from tests.endpoints.running import DAY, USD, VERSION

JPY = Currency("JPY", 0)
PLACE = Place("fees/charging.yaml", 7, 3)
RULE = Rule(
    "plan-share", "charging", "PLAN_SHARE", Text({"en": "Share {share}.", "zh-CN": "份额 {share}。"}), Noted(), PLACE
)
LOST = NotApplied(RULE, (FailedCondition("store.first_month", "true", "false", Place("fees/charging.yaml", 9, 5)),))


def full_quote(request: QuoteRequest) -> FeeQuote:
    """A quote in which every field of the contract has something to show."""
    said = Said(RULE, {"share": "30%"})
    rate = Rate("JPY", "USD", Decimal("1.0889"), Decimal("117.59"), DAY, RateSource.ECB)
    line = QuoteLine(
        "JP",
        Money(4900, JPY),
        Money(1500, JPY),
        Money(3400, JPY),
        first_month=False,
        cycle=cycle_containing(date(2019, 1, 31), DAY),
        rate=rate,
        adjustments=(Adjustment(Money(3400, JPY), said),),
        not_applied=(LOST,),
    )
    totals = Totals(Money(4900, JPY), Money(1500, JPY), Money(3400, JPY))
    total = ReportedTotals(USD, Fraction(4900) * rate.value, Fraction(1500) * rate.value)
    return FeeQuote(
        DAY,
        (line,),
        (totals,),
        total,
        estimate=True,
        notes=(said,),
        policy_version=VERSION,
        notes_not_applied=(NotApplied(RULE, overridden_by="other"),),
    )
