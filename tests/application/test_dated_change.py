"""A change with a date ahead: quotes for later days show it at once, and it takes effect when its day comes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from linkedaccounts.application.fee_quote import QuoteRequest, StoreAccount
from linkedaccounts.application.quote_fees import QuoteFees
from linkedaccounts.domain.rates import RateBook
from linkedaccounts.policy.load import load_policy
from tests.policy.rule_files import copy_of_rules, put, replace

WENT_LIVE, COMES, DAY = date(2019, 9, 30), date(2019, 10, 15), timedelta(days=1)
STORES = (StoreAccount("US", "2018-01-15"), StoreAccount("CA", "2018-01-15"))
RULE = """
rules_of: reductions
rules:
  - id: half-price
    order: 90
    from: 2019-10-15
    then: {reduce_by_percentage: 50}
    reason: HALF_PRICE
    message: {en: "Half price.", zh-CN: "半价。"}
"""


def a_rule_from_a_day(rules: Path) -> None:
    put(rules, "fees/half-price.yaml", RULE)


def a_value_from_a_day(rules: Path) -> None:
    term = "      - {from: 2000-01-01, cap: 39.99 USD, split: by_standard_fee}"
    later = term.replace("2000-01-01", "2019-10-15").replace("39.99", "19.99")
    replace(rules, "fees/plans.yaml", term, f"{term}\n{later}")


@pytest.mark.parametrize("change", [a_rule_from_a_day, a_value_from_a_day])
def test_it_shows_in_quotes_for_later_days_and_takes_effect_at_its_date(
    change: Callable[[Path], None], tmp_path: Path, book: RateBook
) -> None:
    rules = copy_of_rules(tmp_path)
    change(rules)
    policy, today = load_policy(rules), WENT_LIVE

    def charge(day: date | None = None) -> int:
        request = QuoteRequest(STORES, linked=True, day=day.isoformat() if day else "")
        return QuoteFees(lambda: policy, lambda: book, lambda: today)(request).lines[0].charge.minor

    full = charge()
    assert [charge(day) < 0.6 * full for day in (COMES - DAY, COMES, COMES + DAY)] == [False, True, True]
    today = COMES - DAY
    assert charge() > 0.9 * full  # rates differ a little from day to day
    today = COMES
    assert charge() < 0.6 * full
