"""Quotes by the policy of the day that is charged, those of single stores remembered.

Sellers of one store are alike if it is the same one, registered on the same day. And each linked account is quoted a
second time as if it were alone. Sellers of several stores are hardly ever alike, so nothing of them is remembered: what
that might save in a small market, a large one would not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from linkedaccounts.application.billing.charge_cycles import Quote
from linkedaccounts.application.billing.policies_of_days import PoliciesOfDays
from linkedaccounts.application.fee_quote import FeeQuote, QuoteRequest
from linkedaccounts.application.quote_fees import Grounds, QuoteFees
from linkedaccounts.domain.rates import RateBook

REMEMBERED = 4096
"""Quotes of one day, a few kilobytes each: more than there are stores times months in which one was registered."""


@dataclass(slots=True)
class QuotesOfDays:
    """Remembers those of one day, policy and rate book: a run charges a day after the other."""

    policies: PoliciesOfDays
    book: Callable[[], RateBook]
    _grounds: Grounds | None = None
    _quote: Quote = field(init=False)

    def on(self, day: date) -> Quote:
        """What quotes by the policy of a day; NoPolicyNoted."""
        grounds = Grounds(self.policies.on(day), self.book(), day)
        if grounds != self._grounds:
            self._grounds, self._quote = grounds, _remembering(grounds)
        return self._quote


def _remembering(grounds: Grounds) -> Quote:
    quotes = QuoteFees(lambda: grounds.policy, lambda: grounds.book, lambda: grounds.today)

    def made(request: QuoteRequest) -> FeeQuote:
        return quotes.on(grounds, request).quote

    remembered = lru_cache(REMEMBERED)(made)
    return lambda request: (remembered if len(request.stores) == 1 else made)(request)
