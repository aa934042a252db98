"""Amounts and rates as they are printed: exact, with as many decimals as the currency has."""

from __future__ import annotations

from decimal import Context, Decimal

from linkedaccounts.domain.ledger import AppliedRate
from linkedaccounts.domain.money import Money

RATE_DIGITS = 6


def plain(money: Money) -> str:
    """The amount without its currency, as in ``4,900`` or ``-29.95``."""
    return f"{money.amount:,}"


def full(money: Money) -> str:
    """The amount with its currency."""
    return f"{money.amount:,} {money.currency}"


def rate_value(rate: AppliedRate) -> str:
    """The rate rounded to six significant digits, for reading; what was published is the fraction."""
    return f"{Context(prec=RATE_DIGITS).divide(Decimal(rate.numerator), Decimal(rate.denominator)):f}"
