"""Each store is charged on the first day of each of its cycles, what the quote of that day says."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from random import Random

from linkedaccounts.domain.ledger import EntryKind, balances
from linkedaccounts.domain.rates import RateBook
from linkedaccounts.policy.policy import Policy
from linkedaccounts.storage.packaged_rate_book import packaged_rate_book
from linkedaccounts.storage.sql_storage import SqlStorage
from tests.application.billing.billed_market import BilledMarket, changed_policy, moment

EASTER_SUNDAY, MAUNDY_THURSDAY = "2019-04-21", date(2019, 4, 18)


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


def test_what_happens_on_the_day_of_a_charge_counts_from_the_next_one_on(market: BilledMarket) -> None:
    market.account("us", "US", "2018-03-10")
    market.account("ca", "CA", "2018-03-10")
    market.link("g", "2019-01-25", "us", "ca")
    market.run("2019-04-10")
    market.set_status("ca", "closed", "2019-05-10T00:00:00")
    market.run("2019-06-10")

    assert Counter(account for _, account, _ in market.charges()) == {"us": 3, "ca": 2}


def test_who_registers_is_charged_for_the_first_month_once_the_day_is_over(market: BilledMarket) -> None:
    market.run("2019-05-10", now="2019-05-10T09:00:00")
    market.account("us", "US", "2019-05-10")
    market.run("2019-05-10", now="2019-05-10T23:00:00")
    assert market.charges() == []
    market.run("2019-05-11", now="2019-05-11T08:00:00")
    assert market.charges() == [("2019-05-10", "us", "39.99 USD")]


def test_what_was_not_due_yet_when_the_first_run_was_made_is_charged_by_the_next_one(market: BilledMarket) -> None:
    market.account("us", "US", "2018-03-10")
    market.run("2019-05-10", now="2019-05-10T06:00:00")  # in the evening of the 9th, there
    market.run("2019-05-13")

    assert market.charges() == [("2019-05-10", "us", "39.99 USD")]


def test_who_registers_after_a_run_that_found_nobody_is_charged_for_that_day(market: BilledMarket) -> None:
    market.run("2019-05-10", now="2019-05-10T09:00:00")
    market.account("us", "US", "2019-05-10")
    market.run("2019-05-12")

    assert market.charges() == [("2019-05-10", "us", "39.99 USD")]


def test_no_later_run_charges_a_day_before_that_of_the_first_one(market: BilledMarket) -> None:
    market.account("us", "US", "2018-03-09")
    market.run("2019-05-10")
    market.run("2019-05-11")

    assert market.charges() == []


def test_a_first_run_for_a_day_to_come_does_not_hide_the_days_until_then(market: BilledMarket) -> None:
    market.account("us", "US", "2018-03-10")
    market.run("2029-05-10", now="2019-05-09T12:00:00")
    market.run("2019-05-12")

    assert days(market) == ["2019-05-10"]


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
    day = date(2019, 2, 27)
    while day <= date(2019, 3, 20):
        market.run(str(day))
        day += timedelta(days=1)
    late = BilledMarket(fresh, default_policy)
    Random(1).shuffle(names)
    grown(late, names)
    late.run("2019-02-27")
    late.run("2019-03-20")

    assert len(market.ledger()) == 20
    assert late.ledger() == market.ledger()


def test_a_run_that_is_run_again_charges_nothing_more(market: BilledMarket) -> None:
    market.account("us", "US", "2018-03-10")
    market.run("2019-05-10")
    before = market.ledger()
    for through in ("2019-05-10", "2019-05-11", "2019-05-10"):
        market.run(through)

    assert market.ledger() == before


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
