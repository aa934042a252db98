"""The catalogue on a day."""

from __future__ import annotations

from datetime import date

import pytest

from linkedaccounts.application.fee_schedule import FeeSchedule, GetFeeSchedule
from linkedaccounts.application.refusals import InvalidRequest
from linkedaccounts.policy.policy import Policy


def schedule(policy: Policy, day: str) -> FeeSchedule:
    return GetFeeSchedule(lambda: policy, lambda: date(2019, 9, 30))(day)


def test_a_store_appears_on_the_day_it_opens(policy: Policy) -> None:
    before = [store.code for store, _ in schedule(policy, "2019-09-30").stores]
    after = [store.code for store, _ in schedule(policy, "2019-10-01").stores]
    assert set(after) - set(before) == {"SG"}
    assert before == sorted(before)


def test_the_plan_states_its_cap(policy: Policy) -> None:
    ((plan, terms),) = schedule(policy, "").plans
    assert (plan.id, str(terms.value.cap)) == ("international-selling", "39.99 USD")


def test_long_ago_there_is_nothing(policy: Policy) -> None:
    assert schedule(policy, "1980-01-01").stores == ()


def test_a_day_that_is_none_is_refused(policy: Policy) -> None:
    with pytest.raises(InvalidRequest):
        schedule(policy, "yesterday")
