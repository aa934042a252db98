"""The edge cases of charging, in the order in which the project's issue on billing lists them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from linkedaccounts.domain.ledger import EntryKind, balances
from linkedaccounts.domain.money import Currency, Money
from linkedaccounts.domain.rates import RateBook
from linkedaccounts.storage.packaged_rate_book import packaged_rate_book
from linkedaccounts.storage.sql_storage import SqlStorage
from tests.application.billing.billed_market import BilledMarket, changed_policy, moment
from tests.storage.databases import Database

EASTER_SUNDAY, MAUNDY_THURSDAY = "2019-04-21", date(2019, 4, 18)


def linked(market: BilledMarket, *stores: str, registered_on: str = "2018-03-10") -> None:
    """A seller with an account in each of these stores, named for it, all past their first month in 2019."""
    for store in stores:
        market.account(store.lower(), store, registered_on)
    market.link("g", "2018-12-05", *(store.lower() for store in stores))


def days(market: BilledMarket) -> list[str]:
    return [day for day, _, _ in market.charges()]


def amounts(market: BilledMarket, day: str) -> dict[str, str]:
    return {account: amount for on, account, amount in market.charges() if on == day}


# 31 January


def test_31_january_is_charged_at_the_end_of_february_and_on_the_31st_again(market: BilledMarket) -> None:
    market.account("us", "US", "2020-01-31")
    market.run("2020-01-31")
    market.run("2020-05-31")

    assert days(market) == ["2020-01-31", "2020-02-29", "2020-03-31", "2020-04-30", "2020-05-31"]


def test_the_end_of_february_charges_the_cycles_of_the_28th_to_the_31st_in_one_split(market: BilledMarket) -> None:
    for store, day in (("US", "28"), ("CA", "29"), ("MX", "30"), ("JP", "31")):
        market.account(store.lower(), store, f"2018-03-{day}")
    market.link("g", "2018-12-05", "us", "ca", "mx", "jp")
    market.run("2019-02-28")
    charged = market.ledger()

    assert [one.account for one in charged] == ["ca", "jp", "mx", "us"]
    assert {one.cycle.last_day.isoformat() for one in charged} == {
        "2019-03-27",
        "2019-03-28",
        "2019-03-29",
        "2019-03-30",
    }
    assert len({one.grounds.quote_id for one in charged}) == 1


def test_a_first_month_from_31_january_on_ends_with_the_charge_of_28_february(market: BilledMarket) -> None:
    market.account("us", "US", "2018-01-31")
    market.account("jp", "JP", "2019-01-31")
    market.link("g", "2019-01-31", "us", "jp")
    market.run("2019-01-31")
    market.run("2019-02-28")

    assert [(one.account, one.first_month) for one in market.ledger() if one.day == date(2019, 2, 28)] == [
        ("jp", False),
        ("us", False),
    ]
    assert amounts(market, "2019-01-31") == {"us": "39.99 USD", "jp": "4900 JPY"}


# Leap days


def test_a_leap_day_is_charged_on_the_28th_in_other_years_and_on_the_29th_of_other_months(market: BilledMarket) -> None:
    market.account("us", "US", "2020-02-29")
    market.run("2021-01-29")
    market.run("2021-03-29")

    assert days(market) == ["2021-01-29", "2021-02-28", "2021-03-29"]


def test_in_a_leap_year_the_28th_of_february_charges_its_own_cycles_only(market: BilledMarket) -> None:
    for account, day in (("a28", "2019-03-28"), ("a29", "2019-03-29"), ("a31", "2019-03-31")):
        market.account(account, "US", day)
    market.run("2020-02-28")
    market.run("2020-02-29")

    assert [(day, account) for day, account, _ in market.charges()] == [
        ("2020-02-28", "a28"),
        ("2020-02-29", "a29"),
        ("2020-02-29", "a31"),
    ]


# Stores across the date line


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


def test_stores_on_both_sides_of_the_date_line_share_the_plan_of_one_day(storage: SqlStorage, tmp_path: Path) -> None:
    zones = (
        ("time_zone: America/Los_Angeles", "time_zone: Pacific/Pago_Pago"),
        ("time_zone: Asia/Tokyo", "time_zone: Pacific/Kiritimati"),
    )
    market = BilledMarket(storage, changed_policy(tmp_path, "catalogue/stores.yaml", *zones))
    linked(market, "US", "JP")
    market.run("2019-05-10", now="2019-05-10T00:01:00")  # since fourteen hours the 10th in Kiritimati
    assert [account for _, account, _ in market.charges()] == ["jp"]
    market.run("2019-05-10", now="2019-05-10T11:00:00")  # in Pago Pago, 25 hours behind, it begins
    early, late = market.ledger()

    assert (early.account, late.account) == ("jp", "us")
    assert early.grounds.quote_id == late.grounds.quote_id
    assert early.grounds.rate is not None
    assert early.grounds.rate.day == date(2019, 5, 10)


def test_a_day_that_a_country_skipped_at_the_date_line_is_charged_once(storage: SqlStorage, tmp_path: Path) -> None:
    apia = ("time_zone: Asia/Tokyo", "time_zone: Pacific/Apia")
    market = BilledMarket(storage, changed_policy(tmp_path, "catalogue/stores.yaml", apia))
    market.account("jp", "JP", "2010-03-30")
    for now in ("2011-12-30T09:59:00", "2011-12-30T10:00:00", "2011-12-30T23:00:00", "2011-12-31T12:00:00"):
        market.run("2011-12-30", now)

    assert days(market) == ["2011-12-30"]


# Changes of clocks


@pytest.mark.parametrize(
    ("why", "zone", "day", "moments"),
    [
        ("midnight comes twice", "America/Havana", "2019-11-03", ["T03:59:59 0", "T04:00:00 1", "T05:00:00 1"]),
        ("midnight is skipped", "America/Sao_Paulo", "2018-11-04", ["T02:59:59 0", "T03:00:00 1", "T04:00:00 1"]),
        ("an hour is skipped", "America/Los_Angeles", "2019-03-10", ["T07:59:59 0", "T08:00:00 1", "T10:00:00 1"]),
        ("the day before it was an hour longer", "America/Los_Angeles", "2019-11-04", ["T07:59:59 0", "T08:00:00 1"]),
    ],
)
def test_a_day_on_which_or_after_which_clocks_change_is_charged_once(
    storage: SqlStorage, tmp_path: Path, why: str, zone: str, day: str, moments: list[str]
) -> None:
    other = ("time_zone: America/Toronto", f"time_zone: {zone}")
    market = BilledMarket(storage, changed_policy(tmp_path, "catalogue/stores.yaml", other))
    market.account("ca", "CA", f"2018-03-{day[-2:]}")
    for at, charges in (each.split() for each in moments):
        market.run(day, now=day + at)
        assert len(market.charges()) == int(charges), why
    market.run(day)

    assert days(market) == [day]


def test_run_at_the_same_hour_each_day_no_cycle_is_missed_or_made_twice_when_clocks_change(
    market: BilledMarket,
) -> None:
    for number in range(7, 14):
        market.account(f"a{number:02}", "US", f"2018-03-{number:02}")
    for number in range(7, 14):  # half past seven is past midnight there from the 11th on only
        day = f"2019-03-{number:02}"
        market.run(day, now=f"{day}T07:30:00")

    assert [(day[-2:], account[1:]) for day, account, _ in market.charges()] == [
        (f"{number:02}", f"{number:02}") for number in range(7, 14)
    ]


# A rate missing at Easter


def test_at_easter_the_rates_of_the_thursday_before_are_used(market: BilledMarket) -> None:
    market.account("us", "US", "2018-03-10")
    market.account("jp", "JP", "2018-03-21")
    market.link("g", "2019-01-25", "us", "jp")
    market.run(EASTER_SUNDAY)

    rate = market.charge("jp", EASTER_SUNDAY).grounds.rate
    assert rate is not None
    assert rate.day == MAUNDY_THURSDAY


def test_what_lacks_rates_for_longer_than_a_holiday_is_set_aside_until_they_are_there(market: BilledMarket) -> None:
    whole = packaged_rate_book()
    without = [day for day in whole.days if not date(2019, 4, 8) <= day <= date(2019, 4, 30)]
    market.book = RateBook(whole.base, without, whole._rows)
    linked(market, "US", "JP", registered_on="2018-03-21")
    market.account("in", "IN", "2018-03-22")
    (aside,) = [charged.set_aside for charged in market.run(EASTER_SUNDAY) if charged.set_aside][:1]
    assert [(one.account, one.reason) for one in aside] == [("jp", "RATE_MISSING")]
    assert "us" not in amounts(market, EASTER_SUNDAY)  # its share of the plan needs the other's rate, too

    market.book = whole
    market.run(EASTER_SUNDAY)
    late = amounts(market, EASTER_SUNDAY)
    assert late == {"us": "19.08 USD", "jp": "2338 JPY"}  # 39.99 × 39.99 : (39.99 + 4900 × 1.125 : 125.86) = 19.0861…


# Price change on the billing day


def test_a_new_price_is_charged_from_its_day_on(storage: SqlStorage, tmp_path: Path) -> None:
    old = "{from: 2000-01-01, fee: 39.99 USD, countries: [US]}"
    new = old + "\n      - {from: 2019-06-10, fee: 49.99 USD, countries: [US]}"
    market = BilledMarket(storage, changed_policy(tmp_path, "catalogue/stores.yaml", (old, new)))
    market.account("us", "US", "2018-03-10")
    market.run("2019-05-10")
    market.run("2019-06-10")

    assert [amount for _, _, amount in market.charges()] == ["39.99 USD", "49.99 USD"]


def test_a_price_that_changes_the_day_after_counts_from_the_next_cycle_on(storage: SqlStorage, tmp_path: Path) -> None:
    old = "{from: 2000-01-01, fee: 39.99 USD, countries: [US]}"
    new = old + "\n      - {from: 2019-05-11, fee: 49.99 USD, countries: [US]}"
    market = BilledMarket(storage, changed_policy(tmp_path, "catalogue/stores.yaml", (old, new)))
    market.account("us", "US", "2018-03-10")
    market.run("2019-05-10")
    market.run("2019-06-10")

    assert [amount for _, _, amount in market.charges()] == ["39.99 USD", "49.99 USD"]


def test_a_policy_that_serves_since_an_hour_of_the_billing_day_counts_from_the_next_cycle_on(
    market: BilledMarket, tmp_path: Path
) -> None:
    dearer = changed_policy(tmp_path, "catalogue/stores.yaml", ("fee: 39.99 USD", "fee: 59.99 USD"))
    market.account("us", "US", "2018-03-10")
    market.note(dearer, moment("2019-05-10T00:30:00"))  # before the day begins there, after it has by UTC
    market.run("2019-05-10")
    market.run("2019-06-10")

    assert [amount for _, _, amount in market.charges()] == ["39.99 USD", "59.99 USD"]


# Cap below one fee


def test_a_cap_below_one_fee_is_the_most_that_all_stores_pay_together(storage: SqlStorage, tmp_path: Path) -> None:
    cheap = changed_policy(tmp_path, "fees/plans.yaml", ("cap: 39.99 USD", "cap: 10.00 USD"))
    market = BilledMarket(storage, cheap)
    market.account("us", "US", "2018-03-10")
    market.account("ca", "CA", "2018-03-10")
    market.link("g", "2019-01-25", "us", "ca")
    market.run("2019-05-10")

    amounts = {account: amount for _, account, amount in market.charges()}
    assert amounts == {"ca": "4.81 CAD", "us": "6.42 USD"}  # at 1.3453 CAD a dollar: 3.5754… + 6.42…


def test_a_share_below_the_smallest_unit_is_a_charge_of_nothing(storage: SqlStorage, tmp_path: Path) -> None:
    cheap = changed_policy(tmp_path, "fees/plans.yaml", ("cap: 39.99 USD", "cap: 0.01 USD"))
    market = BilledMarket(storage, cheap)
    linked(market, "US", "JP")
    market.run("2019-05-10")

    assert amounts(market, "2019-05-10") == {"us": "0.00 USD", "jp": "0 JPY"}
    assert [(entry.kind, entry.owed) for entry in market.charge("jp", "2019-05-10").entries] == [
        (EntryKind.STANDARD_FEE, 4900),
        (EntryKind.LINKED_DISCOUNT, -4900),
    ]


# Zero-fee store


def test_a_store_without_a_fee_has_a_charge_of_nothing(market: BilledMarket) -> None:
    market.account("in", "IN", "2018-03-10")
    market.run("2019-05-10")

    assert market.charges() == [("2019-05-10", "in", "0.00 INR")]
    assert [entry.kind for entry in market.charge("in", "2019-05-10").entries] == [EntryKind.STANDARD_FEE]


def test_a_store_without_a_fee_takes_no_share_of_the_plan(market: BilledMarket) -> None:
    linked(market, "IN", "US")
    market.run("2019-05-10")

    assert amounts(market, "2019-05-10") == {"in": "0.00 INR", "us": "39.99 USD"}
    assert [entry.kind for entry in market.charge("us", "2019-05-10").entries] == [EntryKind.STANDARD_FEE]


# Seller with one store left


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


def test_a_suspended_store_is_still_the_sellers_and_shares_the_plan(market: BilledMarket) -> None:
    linked(market, "US", "CA")
    market.run("2019-05-10")
    market.set_status("ca", "suspended", "2019-05-20T12:00:00")
    market.run("2019-06-10")

    assert amounts(market, "2019-06-10").keys() == {"us", "ca"}
    assert amounts(market, "2019-06-10")["us"] != "39.99 USD"


def test_a_seller_with_no_store_left_is_charged_nothing_more(market: BilledMarket) -> None:
    linked(market, "US", "CA")
    market.run("2019-05-10")
    for account in ("us", "ca"):
        market.set_status(account, "closed", "2019-06-09T23:59:59")
    charged = market.run("2019-06-10")

    assert set(days(market)) == {"2019-05-10"}
    assert [one for each in charged for one in each.set_aside] == []


# Refund of a split charge


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


def test_a_refund_of_one_share_leaves_the_other_and_the_next_month_as_they_are(market: BilledMarket) -> None:
    linked(market, "US", "CA")
    market.run("2019-05-10")
    before = amounts(market, "2019-05-10")
    market.refund("all", market.charge("us", "2019-05-10").id, None)
    market.run("2019-06-10")

    assert market.charge("ca", "2019-05-10").amount.minor > 0
    assert amounts(market, "2019-06-10").keys() == before.keys()
    assert amounts(market, "2019-06-10")["us"] == "25.55 USD"  # at 1.5004 CAD and 1.1301 USD a euro


# Two runs at once


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
