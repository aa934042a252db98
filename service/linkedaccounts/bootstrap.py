"""The one composition root: which use case stands on which policy, rate book, disk and clock."""

from __future__ import annotations

from datetime import UTC, date, datetime

from linkedaccounts.application.callers import CallersKeeper
from linkedaccounts.application.check_eligibility import CheckEligibility
from linkedaccounts.application.fee_schedule import GetFeeSchedule
from linkedaccounts.application.keep_policy import PolicyKeeper
from linkedaccounts.application.quote_fees import QuoteFees
from linkedaccounts.application.rate_books import RateBookKeeper, RefreshRates
from linkedaccounts.endpoints.service import Service
from linkedaccounts.policy.load import load_policy
from linkedaccounts.security.callers_of_settings import callers_of
from linkedaccounts.settings import Settings
from linkedaccounts.storage.kept_rate_book import KeptRateBook
from linkedaccounts.storage.packaged_rate_book import packaged_rate_book
from linkedaccounts.storage.published_rate_book import fetch_published_book


def compose(settings: Settings) -> Service:
    """The service with its callers and rules read and checked: CallersRejected, PolicyRejected if they cannot serve."""
    callers = CallersKeeper(lambda: callers_of(settings))
    policy = PolicyKeeper(lambda: load_policy(settings.rules), _now)
    kept = KeptRateBook(settings.data_dir)
    rates = RateBookKeeper(packaged_rate_book(), kept)
    return Service(
        quote_fees=QuoteFees(lambda: policy.current, lambda: rates.current, _today),
        get_fee_schedule=GetFeeSchedule(lambda: policy.current, _today),
        check_eligibility=CheckEligibility(lambda: policy.current, _today),
        policy=policy,
        rates=rates,
        refresh_rates=RefreshRates(fetch_published_book, kept, rates, _today),
        today=_today,
        callers=callers,
    )


def _now() -> datetime:
    return datetime.now(UTC)


def _today() -> date:
    return _now().date()
