"""Which markets can be simulated: those of days for which there are rates."""

from __future__ import annotations

from datetime import timedelta

from linkedaccounts.domain.rates import RateBook
from linkedaccounts.policy.policy import Policy
from linkedaccounts.simulation.setting import Setting

BEFORE = timedelta(days=10)
"""So long before the first day there have to be rates, too: it may be a holiday."""


class NotPossible(Exception):
    """There is no such market; the text says why."""


def check_days(setting: Setting, book: RateBook) -> None:
    """NotPossible if the days are not within the rate book."""
    if setting.first - BEFORE < book.first_day or setting.days[-1] > book.last_day:
        days = f"{setting.first} through {setting.days[-1]}"
        raise NotPossible(f"{days} is not within the rates of {book.first_day + BEFORE} through {book.last_day}")


def check_currencies(setting: Setting, policy: Policy, book: RateBook) -> None:
    """NotPossible if a store's currency has no rate when the market begins."""
    known = {*book.per_base(max(day for day in book.days if day <= setting.first)), book.base}
    pegged = {code for code, pegs in policy.catalogue.pegs.items() if pegs[0].since <= setting.first}
    fees = {entry.value.fee for store in policy.catalogue.stores.values() for entry in store.terms.entries}
    if missing := {fee.currency.code for fee in fees} - known - pegged:
        raise NotPossible(f"there is no rate of {', '.join(sorted(missing))} on {setting.first}")
