"""Each store is charged on the first day of each of its cycles, what the quote of that day says."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest

from linkedaccounts.domain.ledger import EntryKind, balances
from linkedaccounts.domain.money import Currency, Money
from linkedaccounts.domain.rates import RateBook
from linkedaccounts.policy.policy import Policy
from linkedaccounts.storage.packaged_rate_book import packaged_rate_book
from linkedaccounts.storage.sql_storage import SqlStorage
from tests.application.billing.billed_market import BilledMarket, changed_policy, moment
from tests.storage.databases import Database

EASTER_SUNDAY, MAUNDY_THURSDAY = "2019-04-21", date(2019, 4, 18)


@pytest.fixture
def market(storage: SqlStorage, default_policy: Policy) -> BilledMarket:
    return BilledMarket(storage, default_policy)


def days(market: BilledMarket) -> list[str]:
    return [day for day, _, _ in market.charges()]


def test_a_store_is_charged_its_full_fee_each_month(market: BilledMarket) -> None:
    market.account("us", "US", "2019-03-10")
    market.run("2019-03-10")
    market.run("2019-06-09")

    assert market.charges() == [
        ("2019-03-10", "us", "39.99 USD"),
        ("2019-04-10", "us", "39.99 USD"),
        ("2019-05-10", "us", "39.99 USD"),
    ]


def test_31_january_is_charged_at_the_end_of_february_and_on_the_31st_again(market: BilledMarket) -> None:
    market.account("us", "US", "2020-01-31")
    market.run("2020-01-31")
    market.run("2020-05-31")

    assert days(market) == ["2020-01-31", "2020-02-29", "2020-03-31", "2020-04-30", "2020-05-31"]


def test_a_leap_day_is_charged_on_the_28th_in_other_years_and_on_the_29th_of_other_months(market: BilledMarket) -> None:
    market.account("us", "US", "2020-02-29")
    market.run("2021-01-29")
    market.run("2021-03-29")

    assert days(market) == ["2021-01-29", "2021-02-28", "2021-03-29"]


def test_linked_stores_pay_in_full_in_their_first_month_and_share_the_plan_afterwards(market: BilledMarket) -> None:
    market.account("us", "US", "2019-03-10")
    market.account("jp", "JP", "2019-03-20")
    market.run("2019-03-20")
    market.link("g", "2019-04-25", "us", "jp")
    market.run("2019-07-01")

    by_day = {(day, account): amount for day, account, amount in market.charges()}
    assert by_day["2019-05-10", "us"] == "39.99 USD"  # alone in the plan, as the other is in its first month
    assert by_day["2019-06-10", "us"] == "18.79 USD"
    assert by_day["2019-04-20", "jp"] == "4900 JPY"


def test_a_charge_says_why_and_at_which_rate_and_what_it_would_have_been(market: BilledMarket) -> None:
    market.account("us", "US", "2019-03-10")
    market.account("jp", "JP", "2019-03-20")
    market.link("g", "2019-03-25", "us", "jp")
    market.run("2019-05-20")
    charge = market.charge("jp", "2019-05-20")

    assert [(entry.kind, entry.owed, entry.reason) for entry in charge.entries] == [
        (EntryKind.STANDARD_FEE, 4900, "PLAN_SHARE"),
        (EntryKind.LINKED_DISCOUNT, charge.amount.minor - 4900, "PLAN_SHARE"),
    ]
    assert charge.unlinked == 4900
    assert charge.grounds.policy_version == market.policy.version
    assert charge.grounds.rate is not None
    assert (charge.grounds.rate.day, charge.grounds.rate.source) == (date(2019, 5, 20), "ecb")
    assert sum(balances(market.ledger()).values()) == 0


def test_at_easter_the_rates_of_the_thursday_before_are_used(market: BilledMarket) -> None:
    market.account("us", "US", "2018-03-10")
    market.account("jp", "JP", "2018-03-21")
    market.link("g", "2019-01-25", "us", "jp")
    market.run(EASTER_SUNDAY)

    rate = market.charge("jp", EASTER_SUNDAY).grounds.rate
    assert rate is not None
    assert rate.day == MAUNDY_THURSDAY


def test_what_has_no_published_rates_is_set_aside_and_charged_by_a_later_run(market: BilledMarket) -> None:
    whole = packaged_rate_book()
    market.book = RateBook(whole.base, [day for day in whole.days if day < date(2019, 5, 20)], whole._rows)
    market.account("jp", "JP", "2018-03-20")
    (step,) = [charged for charged in market.run("2019-05-20") if charged.set_aside]
    assert [(one.account, one.reason) for one in step.set_aside] == [("jp", "RATES_NOT_PUBLISHED")]
    assert market.charges() == []

    market.book = whole
    market.run("2019-05-20")
    assert market.charges() == [("2019-05-20", "jp", "4900 JPY")]
    assert [charged for charged in market.run("2019-05-20") if charged.booked or charged.set_aside] == []


def test_an_account_of_a_store_that_the_catalogue_lacks_stops_nobody_else(market: BilledMarket) -> None:
    market.account("us", "US", "2018-03-20")
    market.account("moon", "MOON", "2018-03-20")
    charged = market.run("2019-05-20")

    assert market.charges() == [("2019-05-20", "us", "39.99 USD")]
    assert [one.account for each in charged for one in each.set_aside] == ["moon"]


def test_a_new_price_is_charged_from_its_day_on(storage: SqlStorage, tmp_path: Path) -> None:
    old = "{from: 2000-01-01, fee: 39.99 USD, countries: [US]}"
    new = old + "\n      - {from: 2019-06-10, fee: 49.99 USD, countries: [US]}"
    market = BilledMarket(storage, changed_policy(tmp_path, "catalogue/stores.yaml", (old, new)))
    market.account("us", "US", "2018-03-10")
    market.run("2019-05-10")
    market.run("2019-06-10")

    assert [amount for _, _, amount in market.charges()] == ["39.99 USD", "49.99 USD"]


def test_a_changed_policy_counts_for_the_days_after_it_whenever_they_are_charged(
    market: BilledMarket, tmp_path: Path
) -> None:
    dearer = changed_policy(tmp_path, "catalogue/stores.yaml", ("fee: 39.99 USD", "fee: 59.99 USD"))
    market.account("us", "US", "2018-03-10")
    market.run("2019-05-10")
    market.note(dearer, moment("2019-06-10T00:00:00"))
    market.run("2019-07-10")

    assert [amount for _, _, amount in market.charges()] == ["39.99 USD", "39.99 USD", "59.99 USD"]
    assert [one.grounds.policy_version for one in market.ledger()][1:] == [market.policy.version, dearer.version]


def test_a_cap_below_one_fee_is_the_most_that_all_stores_pay_together(storage: SqlStorage, tmp_path: Path) -> None:
    cheap = changed_policy(tmp_path, "fees/plans.yaml", ("cap: 39.99 USD", "cap: 10.00 USD"))
    market = BilledMarket(storage, cheap)
    market.account("us", "US", "2018-03-10")
    market.account("ca", "CA", "2018-03-10")
    market.link("g", "2019-01-25", "us", "ca")
    market.run("2019-05-10")

    amounts = {account: amount for _, account, amount in market.charges()}
    assert amounts == {"ca": "4.81 CAD", "us": "6.42 USD"}  # at 1.3453 CAD a dollar: 3.5754… + 6.42…


def test_a_store_without_a_fee_has_a_charge_of_nothing(market: BilledMarket) -> None:
    market.account("in", "IN", "2018-03-10")
    market.run("2019-05-10")

    assert market.charges() == [("2019-05-10", "in", "0.00 INR")]
    assert [entry.kind for entry in market.charge("in", "2019-05-10").entries] == [EntryKind.STANDARD_FEE]


def test_a_seller_with_one_store_left_pays_its_fee_alone(market: BilledMarket) -> None:
    market.account("us", "US", "2018-03-10")
    market.account("ca", "CA", "2018-03-10")
    market.link("g", "2019-01-25", "us", "ca")
    market.run("2019-05-10")
    market.set_status("ca", "closed", "2019-05-20T12:00:00")
    market.run("2019-06-10")

    assert [(day, account) for day, account, _ in market.charges()] == [
        ("2019-05-10", "ca"),
        ("2019-05-10", "us"),
        ("2019-06-10", "us"),
    ]
    assert market.charges()[-1][2] == "39.99 USD"


def test_what_happens_on_the_day_of_a_charge_counts_from_the_next_one_on(market: BilledMarket) -> None:
    market.account("us", "US", "2018-03-10")
    market.account("ca", "CA", "2018-03-10")
    market.link("g", "2019-01-25", "us", "ca")
    market.run("2019-04-10")
    market.set_status("ca", "closed", "2019-05-10T00:00:00")
    market.run("2019-06-10")

    assert Counter(account for _, account, _ in market.charges()) == {"us": 3, "ca": 2}


def test_stores_are_charged_when_the_day_has_begun_there_and_by_utc(market: BilledMarket) -> None:
    for store in ("US", "JP", "AU"):
        market.account(store.lower(), store, "2018-03-10")
    market.run("2019-05-10", now="2019-05-09T23:59:59")
    assert market.charges() == []
    market.run("2019-05-10", now="2019-05-10T06:59:59")
    assert [account for _, account, _ in market.charges()] == ["au", "jp"]
    assert [(store, f"{at:%H:%M}") for store, at in market.runs.waiting(date(2019, 5, 10))] == [("US", "07:00")]
    market.run("2019-05-10", now="2019-05-10T07:00:00")
    assert [account for _, account, _ in market.charges()] == ["au", "jp", "us"]


def test_who_registers_is_charged_for_the_first_month_once_the_day_is_over(market: BilledMarket) -> None:
    market.run("2019-05-10", now="2019-05-10T09:00:00")
    market.account("us", "US", "2019-05-10")
    market.run("2019-05-10", now="2019-05-10T23:00:00")
    assert market.charges() == []
    market.run("2019-05-11", now="2019-05-11T08:00:00")
    assert market.charges() == [("2019-05-10", "us", "39.99 USD")]


def test_accounts_taken_over_are_charged_from_the_day_after_on(market: BilledMarket) -> None:
    market.run("2019-05-01")
    market.take_over("us", "US", "2018-03-10", at="2019-05-10T09:00:00")
    market.run("2019-06-10")

    assert days(market) == ["2019-06-10"]


def grown(market: BilledMarket, names: list[str]) -> None:
    """Sellers in many places, some linked, one suspended later; added in this order."""
    stores = ["US", "CA", "JP", "EU", "MX"]
    for name in names:
        number = int(name[1:])
        market.account(name, stores[number % 5], f"2018-03-{1 + number:02}")
    for group in range(4):
        market.link(f"g{group}", "2019-02-03", f"a{group}", f"a{group + 11}")
    market.set_status("a3", "suspended", "2019-03-02T10:00:00")


def test_run_daily_or_late_or_in_any_order_of_accounts_the_ledger_is_the_same(
    market: BilledMarket, default_policy: Policy, fresh: SqlStorage
) -> None:
    names = [f"a{number}" for number in range(20)]
    grown(market, names)
    day = date(2019, 2, 1)
    while day < date(2019, 4, 15):
        market.run(str(day))
        day += timedelta(days=1)
    late = BilledMarket(fresh, default_policy)
    Random(1).shuffle(names)
    grown(late, names)
    late.run("2019-02-01")
    late.run("2019-04-14")

    assert len(market.ledger()) > 40
    assert late.ledger() == market.ledger()


def test_two_runs_at_once_charge_every_cycle_once(
    database: Database, storage: SqlStorage, market: BilledMarket
) -> None:
    for number in range(60):
        market.account(f"a{number:02}", "US", "2018-03-10")
    others = [BilledMarket(database.open(), market.policy) for _ in range(2)]
    for each in (market, *others):
        each.runs = replace(each.runs, slice_size=5)
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda one: one.run("2019-05-10"), [market, *others]))
    for other in others:
        other.storage.close()

    assert sorted(account for _, account, _ in market.charges()) == [f"a{number:02}" for number in range(60)]


def test_a_run_that_is_run_again_charges_nothing_more(market: BilledMarket) -> None:
    market.account("us", "US", "2018-03-10")
    market.run("2019-05-10")
    before = market.ledger()
    for through in ("2019-05-10", "2019-05-11", "2019-05-10"):
        market.run(through)

    assert market.ledger() == before


def test_a_split_charge_is_refunded_in_parts_and_never_beyond_what_it_was(market: BilledMarket) -> None:
    market.account("us", "US", "2018-03-10")
    market.account("ca", "CA", "2018-03-10")
    market.link("g", "2019-01-25", "us", "ca")
    market.run("2019-05-10")
    charge, dollars = market.charge("us", "2019-05-10"), Currency("USD", 2)
    _, left = market.refund("one", charge.id, Money(1000, dollars))
    assert left.minor == charge.amount.minor - 1000
    assert (
        market.refused(lambda: market.refund("two", charge.id, Money(left.minor + 1, dollars)))
        == "REFUND_EXCEEDS_CHARGE"
    )
    _, none = market.refund("three", charge.id, None)
    assert none.minor == 0
    assert market.refused(lambda: market.refund("four", charge.id, None)) == "REFUND_EXCEEDS_CHARGE"
    assert market.refund("one", charge.id, Money(1000, dollars))[1] == left  # the same request again

    of_us = [one.amount.minor for one in market.ledger() if one.account == "us"]
    assert sum(of_us) == 0
    assert sum(balances(market.ledger()).values()) == 0


def test_a_reversal_mirrors_the_charge_exactly(market: BilledMarket) -> None:
    market.account("us", "US", "2018-03-10")
    market.account("ca", "CA", "2018-03-10")
    market.link("g", "2019-01-25", "us", "ca")
    market.run("2019-05-10")
    charge = market.charge("us", "2019-05-10")
    reversal = market.reverse(charge.id)

    assert [entry.mirrored() for entry in reversal.entries] == list(charge.entries)
    assert set(balances([charge, reversal]).values()) == {0}
    assert market.refused(lambda: market.reverse(charge.id)) == "CHARGE_GIVEN_BACK"
    assert market.refused(lambda: market.refund("one", charge.id, None)) == "REFUND_EXCEEDS_CHARGE"
