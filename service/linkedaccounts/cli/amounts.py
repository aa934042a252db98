"""Amounts and rates as people read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_EVEN, Context, Decimal

from google.type.money_pb2 import Money

from linkedaccounts.client import to_decimal

TOTAL_DIGITS = 4
RATE_DIGITS = 6
MINOR_DIGITS = 2


def decimals_by_currency(amounts: Iterable[Money]) -> Mapping[str, int]:
    """How many decimals each currency is shown with: none if all its amounts are whole, else two, or more if needed."""
    digits: dict[str, int] = {}
    for amount in amounts:
        needed = _decimals(to_decimal(amount))
        digits[amount.currency_code] = max(digits.get(amount.currency_code, 0), needed)
    return {currency: max(needed, MINOR_DIGITS) if needed else 0 for currency, needed in digits.items()}


def shown(amount: Money, decimals: int) -> str:
    """The amount without its currency, as in ``4,900`` or ``29.95``."""
    return f"{to_decimal(amount):,.{decimals}f}"


def shown_total(amount: Money) -> str:
    """A sum over currencies, rounded half to even to four decimals."""
    step = Decimal(1).scaleb(-TOTAL_DIGITS)
    return f"{to_decimal(amount).quantize(step, ROUND_HALF_EVEN):,}"


def shown_rate(rate: str) -> str:
    """An exchange rate, rounded to six significant digits."""
    return f"{Context(prec=RATE_DIGITS).create_decimal(rate):f}"


def _decimals(amount: Decimal) -> int:
    exponent = amount.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
