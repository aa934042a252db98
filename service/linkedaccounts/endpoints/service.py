"""What the endpoints serve: the use cases and what they stand on, put together by ``bootstrap``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from linkedaccounts.application.callers import CallersKeeper
from linkedaccounts.application.eligibility import Eligibility, EligibilityRequest
from linkedaccounts.application.fee_quote import FeeQuote, QuoteRequest
from linkedaccounts.application.fee_schedule import FeeSchedule
from linkedaccounts.application.keep_policy import PolicyKeeper
from linkedaccounts.application.rate_books import RateBookKeeper, RefreshRates


@dataclass(frozen=True, slots=True)
class Service:
    """The use cases, the policy, the rate book and the callers in use, and the day that is today (UTC)."""

    quote_fees: Callable[[QuoteRequest], FeeQuote]
    get_fee_schedule: Callable[[str], FeeSchedule]
    check_eligibility: Callable[[EligibilityRequest], Eligibility]
    policy: PolicyKeeper
    rates: RateBookKeeper
    refresh_rates: RefreshRates
    today: Callable[[], date]
    callers: CallersKeeper
