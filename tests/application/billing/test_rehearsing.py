"""A dry run says what would be charged, and why that is not what was charged a month before; nothing of it is kept."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from linkedaccounts.application.billing.rehearse_billing import Cause, Difference
from linkedaccounts.bootstrap.billing import compose_rehearsal
from linkedaccounts.policy.policy import Policy
from linkedaccounts.storage.sql_storage import SqlStorage
from tests.application.billing.billed_market import BilledMarket, changed_policy, moment


@pytest.fixture
def market(fresh: SqlStorage, default_policy: Policy) -> BilledMarket:
    market = BilledMarket(fresh, default_policy)
    market.account("us", "US", "2018-03-10")
    market.account("ca", "CA", "2018-03-10")
    market.account("jp", "JP", "2018-03-10")
    market.link("g", "2019-01-25", "us", "ca")
    market.run("2019-05-10")
    return market


def differences(market: BilledMarket, day: str = "2019-06-10") -> dict[str, Difference]:
    steps = compose_rehearsal(market.storage, lambda: market.book)(date.fromisoformat(day))
    return {each.account: each for step in steps for each in step.differences}


def causes(market: BilledMarket) -> dict[str, Cause]:
    return {account: each.cause for account, each in differences(market).items()}


def test_what_would_be_charged_as_before_is_not_told(market: BilledMarket) -> None:
    assert "jp" not in differences(market)


def test_another_rate_is_a_cause_and_both_amounts_are_told(market: BilledMarket) -> None:
    found = differences(market)["ca"]

    assert found.cause is Cause.RATE
    assert [str(one.amount) for one in (found.before, found.now) if one] == ["19.26 CAD", "19.16 CAD"]


def test_a_first_charge_has_none_before_it(market: BilledMarket) -> None:
    market.account("br", "BR", "2019-05-10")

    found = differences(market)["br"]
    assert (found.cause, found.before) == (Cause.FIRST, None)


def test_an_account_that_is_not_in_use_any_more_would_not_be_charged(market: BilledMarket) -> None:
    market.set_status("jp", "closed", "2019-05-20T12:00:00")

    found = differences(market)["jp"]
    assert (found.cause, found.now, found.store) == (Cause.STOPPED, None, "JP")


def test_a_new_price_is_told_as_such(market: BilledMarket, tmp_path: Path) -> None:
    market.note(
        changed_policy(tmp_path, "catalogue/stores.yaml", ("fee: 4900 JPY", "fee: 5900 JPY")), moment("2019-05-20")
    )

    assert causes(market)["jp"] is Cause.PRICE


def test_a_rule_that_did_not_apply_before_is_told_as_such(market: BilledMarket) -> None:
    market.link("h", "2019-05-20", "jp")
    market.account("mx", "MX", "2018-03-10")
    market.link("h", "2019-05-20", "mx")

    assert causes(market)["jp"] is Cause.RULE


def test_a_changed_cap_is_told_as_a_change_of_the_rules(market: BilledMarket, tmp_path: Path) -> None:
    market.note(changed_policy(tmp_path, "fees/plans.yaml", ("cap: 39.99 USD", "cap: 20.00 USD")), moment("2019-05-20"))

    assert causes(market)["us"] is Cause.POLICY


def test_another_store_of_the_seller_is_told_as_such(market: BilledMarket) -> None:
    market.account("mx", "MX", "2018-03-11")
    market.link("g", "2019-04-12", "mx")

    assert causes(market)["us"] is Cause.SELLER


def test_a_dry_run_changes_nothing(market: BilledMarket) -> None:
    before = market.ledger()
    differences(market)

    assert market.ledger() == before
    assert differences(market) == differences(market)
