"""What an editor of rules can do without Python: each edit is a small change to the files, and a quote shows it."""

from __future__ import annotations

import shutil
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest

from linkedaccounts.application.fee_quote import FeeQuote, QuoteRequest, StoreAccount
from linkedaccounts.application.quote_fees import QuoteFees
from linkedaccounts.application.refusals import InvalidRequest
from linkedaccounts.storage.packaged_rate_book import packaged_rate_book
from tests.policy.rule_files import copy_of_rules, problems, put, replace, sound

STORES = "catalogue/stores.yaml"
PLANS = "fees/plans.yaml"
MORE = "fees/more.yaml"
CAP = "{from: 2000-01-01, cap: 39.99 USD, split: by_standard_fee}"
SAYS = "    reason: OFFER\n    message: {en: 'An offer for {store}.', zh-CN: '{store}的优惠。'}\n"
FIRST = "    overrides: [plan-share, first-month-in-full]\n"
DAY = "2019-09-30"

rate_book = cache(packaged_rate_book)


@pytest.fixture
def tested_rules(tmp_path: Path) -> Path:
    """The rules with their own tests, which an edit may contradict."""
    return copy_of_rules(tmp_path)


@pytest.fixture
def rules(tested_rules: Path) -> Path:
    """The rules without their tests."""
    shutil.rmtree(tested_rules / "tests")
    return tested_rules


def account(
    store: str, registered_on: str = "2018-01-15", linked_on: str = "2018-01-15", **more: object
) -> StoreAccount:
    return StoreAccount(store, registered_on, linked_on, **more)  # type: ignore[arg-type]


def quote(rules: Path, *accounts: StoreAccount, day: str = DAY, linked: bool = True, home: str = "") -> FeeQuote:
    policy = sound(rules)
    if not linked:
        accounts = tuple(StoreAccount(each.store, each.registered_on) for each in accounts)
    ask = QuoteFees(lambda: policy, rate_book, lambda: date(2019, 9, 30))
    return ask(QuoteRequest(accounts, linked, day, home))


def charges(rules: Path, *stores: str, day: str = DAY, linked: bool = True, home: str = "") -> dict[str, str]:
    said = quote(rules, *(account(store) for store in stores), day=day, linked=linked, home=home)
    return {line.store: str(line.charge) for line in said.lines}


def charge(rules: Path, only: StoreAccount, day: str = DAY) -> str:
    return str(quote(rules, only, day=day).lines[0].charge)


def reduction(then: str, when: str = "{}", extra: str = "", order: int = 10, rule_id: str = "offer") -> str:
    condition = "" if when == "{}" else f"    when: {when}\n"
    return f"  - id: {rule_id}\n    order: {order}\n{extra}{condition}    then: {then}\n{SAYS}"


def charging(then: str, when: str, rule_id: str = "offer") -> str:
    return f"  - id: {rule_id}\n    when: {when}\n    then: {then}\n{FIRST}{SAYS}"


def add(rules: Path, decision: str, *listed: str) -> None:
    put(rules, MORE, f"rules_of: {decision}\nrules:\n{''.join(listed)}")


# Prices, stores, currencies


def test_a_price_changes_from_a_day_on(rules: Path) -> None:
    entry = "- {from: 2000-01-01, fee: 39.99 USD, countries: [US]}"
    replace(rules, STORES, entry, f"{entry}\n      - {{from: 2019-10-01, fee: 44.99 USD, countries: [US]}}")

    assert charges(rules, "US", day="2019-09-30") == {"US": "39.99 USD"}
    assert charges(rules, "US", day="2019-10-01") == {"US": "44.99 USD"}


KUWAIT = """
currencies:
  KWD: {minor_digits: 3, peg: [{from: 2003-01-01, to: USD, rate: 0.3}]}
stores:
  KW:
    name: {en: Kuwait, zh-CN: 科威特}
    region: middle_east
    terms: [{from: 2018-01-01, fee: 12.345 KWD, countries: [KW]}]
"""


def test_a_new_store_has_a_currency_of_three_decimals(rules: Path) -> None:
    put(rules, "catalogue/kuwait.yaml", KUWAIT)

    assert charges(rules, "KW") == {"KW": "12.345 KWD"}
    add(rules, "reductions", reduction("{reduce_by_percentage: 50}"))
    assert charges(rules, "KW") == {"KW": "6.172 KWD"}


def test_a_new_store_takes_part_in_the_plan_at_its_peg(rules: Path) -> None:
    put(rules, "catalogue/kuwait.yaml", KUWAIT)
    said = quote(rules, account("KW"), account("US"))

    # 12.345 KWD are 41.15 USD, of 81.14 USD in all.
    assert [str(line.charge) for line in said.lines] == ["6.084 KWD", "19.70 USD"]
    assert said.total.charge <= Fraction("39.99")


BRITAIN = """
stores:
  GB:
    name: {en: United Kingdom, zh-CN: 英国}
    region: europe
    terms: [{from: 2020-01-01, fee: 25 GBP, countries: [GB]}]
"""


def test_britain_leaves_the_european_store_for_one_of_its_own(rules: Path) -> None:
    entry = "- {from: 2000-01-01, fee: 39 EUR, countries: [DE, ES, FR, GB, IT, NL]}"
    put(rules, "catalogue/britain.yaml", BRITAIN)
    assert [problem.code for problem in problems(rules)] == ["date-overlap"]

    replace(
        rules, STORES, entry, f"{entry}\n      - {{from: 2020-01-01, fee: 39 EUR, countries: [DE, ES, FR, IT, NL]}}"
    )
    assert charge(rules, account("GB", "2020-01-01", "2020-01-01"), day="2020-01-01") == "25.00 GBP"
    with pytest.raises(InvalidRequest):
        charges(rules, "GB", day="2019-12-31")


# The plan


def test_the_cap_is_raised_from_a_day_on(rules: Path) -> None:
    replace(rules, PLANS, f"- {CAP}", f"- {CAP}\n      - {{from: 2019-09-30, cap: 49.99 USD, split: by_standard_fee}}")
    accounts = [account(store) for store in ("US", "EU", "JP")]

    assert Fraction("39.95") < quote(rules, *accounts, day="2019-09-29").total.charge <= Fraction("39.99")
    assert Fraction("49.95") < quote(rules, *accounts, day="2019-09-30").total.charge <= Fraction("49.99")


def test_the_cap_is_in_another_currency(rules: Path) -> None:
    replace(rules, PLANS, "39.99 USD", "30 EUR")
    said = quote(rules, account("US"), account("EU"))

    # One EUR was worth 1.0889 USD.
    assert Fraction("32.65") < said.total.charge <= 30 * Fraction("1.0889")
    assert "30.00 EUR" in said.lines[0].adjustments[0].said.message("en")


def test_the_total_is_split_equally(rules: Path) -> None:
    replace(rules, PLANS, CAP, "{from: 2000-01-01, cap: 20 USD, split: equally}")

    assert charges(rules, "US", "AU", "CA")["US"] == "6.66 USD"


@pytest.mark.parametrize(
    "on, home, expected",
    [
        pytest.param("home, highest_fee", "US", {"US": "20.00 USD", "CA": "0.00 CAD"}, id="the home store"),
        pytest.param("US", "CA", {"US": "20.00 USD", "CA": "0.00 CAD"}, id="a named store"),
        pytest.param("lowest_fee", "US", {"US": "0.00 USD", "CA": "26.49 CAD"}, id="the cheapest store"),
    ],
)
def test_the_total_is_all_on_one_store(rules: Path, on: str, home: str, expected: dict[str, str]) -> None:
    replace(rules, PLANS, CAP, f"{{from: 2000-01-01, cap: 20 USD, split: {{on_one_store: [{on}]}}}}")

    assert charges(rules, "US", "CA", home=home) == expected


def test_only_professional_sellers_take_part_in_the_plan(tested_rules: Path) -> None:
    rules = tested_rules
    first_month = "      store.first_month: false\n"
    replace(rules, "fees/charging.yaml", first_month, f"{first_month}      store.selling_plan: professional\n")
    assert {problem.code for problem in problems(rules)} == {"case-fails"}

    replace(
        rules,
        "tests/charging.yaml",
        "seller.linked: true, ",
        "seller.linked: true, store.selling_plan: professional, ",
    )
    said = quote(rules, account("US", selling_plan="professional"), account("CA"))
    assert [line.adjustments[-1].said.rule.id for line in said.lines] == ["plan-share", "standard-fee"]


# What is free, reduced or fixed


def test_a_country_is_free_for_three_months(rules: Path) -> None:
    add(
        rules,
        "reductions",
        reduction("charge_nothing", "{store.code: EU}", "    from: 2019-10-01\n    through: 2019-12-31\n"),
    )

    of_day = {
        day: charges(rules, "EU", day=day)["EU"] for day in ("2019-09-30", "2019-10-01", "2019-12-31", "2020-01-01")
    }
    assert list(of_day.values()) == ["39.00 EUR", "0.00 EUR", "0.00 EUR", "39.00 EUR"]


def test_young_stores_pay_half(rules: Path) -> None:
    add(
        rules,
        "reductions",
        reduction("{reduce_by_percentage: 50}", "{store.months_since_registration: {less_than: 12}}"),
    )

    assert charge(rules, account("US", "2018-10-01", "2018-10-01")) == "19.99 USD"
    assert charge(rules, account("US", "2018-09-30", "2018-09-30")) == "39.99 USD"


def test_a_store_pays_a_fixed_amount_but_never_more_than_its_fee(rules: Path) -> None:
    add(rules, "charging", charging("{charge_amount: 10 USD}", "{store.code: [US, BR]}"))

    # 19 BRL are about 4.58 USD.
    assert charges(rules, "US", "BR") == {"US": "10.00 USD", "BR": "19.00 BRL"}


def test_a_charge_is_reduced_by_an_amount_in_another_currency(rules: Path) -> None:
    add(rules, "reductions", reduction("{reduce_by_amount: 5 EUR}", "{store.code: [US, BR]}"))

    # 5 EUR were 5.4445 USD, and more than 19 BRL.
    assert charges(rules, "US", "BR", linked=False) == {"US": "34.54 USD", "BR": "0.00 BRL"}


def test_reductions_are_made_in_the_order_stated(rules: Path) -> None:
    half = reduction("{reduce_by_percentage: 50}", order=10, rule_id="half")
    add(rules, "reductions", reduction("{reduce_by_amount: 10 USD}", order=20, rule_id="ten-off"), half)

    assert charges(rules, "US") == {"US": "9.99 USD"}


def test_the_first_month_is_free(rules: Path) -> None:
    add(rules, "charging", charging("charge_nothing", "{store.first_month: true}"))
    assert [problem.code for problem in problems(rules)] == ["always-overridden"]

    text = (rules / "fees/charging.yaml").read_text(encoding="utf-8")
    put(rules, "fees/charging.yaml", text.replace("    then: charge_in_full\n", "    then: charge_nothing\n", 1))
    put(rules, MORE, "rules_of: charging\nrules: []\n")
    assert charge(rules, account("US", "2019-09-15", "2019-09-15")) == "0.00 USD"


@pytest.mark.parametrize(
    "on, home, paying",
    [
        pytest.param(
            "home, highest_fee", "CA", {"US": "0.00 USD", "CA": "29.99 CAD", "MX": "0.00 MXN"}, id="the home store"
        ),
        pytest.param(
            "highest_fee", "CA", {"US": "39.99 USD", "CA": "0.00 CAD", "MX": "0.00 MXN"}, id="the dearest store"
        ),
        pytest.param("MX, home", "CA", {"US": "0.00 USD", "CA": "0.00 CAD", "MX": "600.00 MXN"}, id="a named store"),
    ],
)
def test_a_region_is_charged_once(rules: Path, on: str, home: str, paying: dict[str, str]) -> None:
    once = f"  - id: once\n    when: {{store.region: north_america}}\n    then: {{charge_once: {{on: [{on}]}}}}\n"
    put(rules, MORE, f"rules_of: grouping\nrules:\n{once}{SAYS.replace('{store}', '{carrier}')}")

    assert charges(rules, "US", "CA", "MX", "JP", linked=False, home=home) == {**paying, "JP": "4900 JPY"}


@pytest.mark.parametrize(
    "resting",
    [
        pytest.param(account("US", suspended=True), id="suspended"),
        pytest.param(account("US", on_vacation=True), id="on vacation"),
    ],
)
def test_suspended_stores_and_stores_on_vacation_pay_nothing(rules: Path, resting: StoreAccount) -> None:
    add(rules, "charging", charging("charge_nothing", "{any: [{store.suspended: true}, {store.on_vacation: true}]}"))

    assert charge(rules, resting) == "0.00 USD"
    assert charge(rules, account("US")) == "39.99 USD"


def test_a_store_without_active_listings_pays_nothing_if_that_is_known(rules: Path) -> None:
    add(rules, "charging", charging("charge_nothing", "{store.active_listings: 0}"))

    paid = [charge(rules, account("US", active_listings=listings)) for listings in (0, 1, None)]
    assert paid == ["0.00 USD", "39.99 USD", "39.99 USD"]


@pytest.mark.parametrize(
    "when, free, paying",
    [
        pytest.param("{quote.day: {before: 2019-09-30}}", {"day": "2019-09-29"}, {"day": "2019-09-30"}, id="the day"),
        pytest.param(
            "{quote.day: [2019-11-11, 2019-12-12]}", {"day": "2019-11-11"}, {"day": "2019-11-12"}, id="two days"
        ),
        pytest.param("{seller.home_store: CA}", {"home": "CA"}, {"home": "US"}, id="the home store"),
        pytest.param("{store.home: true}", {"home": "US"}, {"home": "CA"}, id="being the home store"),
        pytest.param("{seller.linked: false}", {"linked": False}, {"linked": True}, id="not being linked"),
    ],
)
def test_a_charge_depends_on(rules: Path, when: str, free: dict[str, object], paying: dict[str, object]) -> None:
    add(rules, "charging", charging("charge_nothing", when))

    assert charges(rules, "US", "CA", **free)["US"] == "0.00 USD"  # type: ignore[arg-type]
    assert charges(rules, "US", "CA", **paying)["US"] != "0.00 USD"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "when, free",
    [
        pytest.param("{store.currency: [USD, EUR]}", {"US", "EU"}, id="the currency"),
        pytest.param("{store.currency: {not: [USD, EUR]}}", {"CA", "JP"}, id="other currencies"),
        pytest.param("{store.standard_fee: {more_than: 39.00}}", {"US", "JP"}, id="the fee"),
        pytest.param("{store.standard_fee: {between: [29.99, 39]}}", {"CA", "EU"}, id="a range of fees"),
        pytest.param("{seller.store_count: 4}", {"US", "CA", "EU", "JP"}, id="the number of stores"),
        pytest.param(
            "{seller.active_store_count: {at_most: 2}}", {"US", "CA", "EU", "JP"}, id="the number of active stores"
        ),
        pytest.param("{not: {store.region: [europe, asia_pacific]}}", {"US", "CA"}, id="other regions"),
        pytest.param("{all: [{store.code: [US, EU]}, {not: {store.currency: USD}}]}", {"EU"}, id="several at once"),
    ],
)
def test_stores_are_free_by(rules: Path, when: str, free: set[str]) -> None:
    add(rules, "reductions", reduction("charge_nothing", when))
    listings = {"US": 3, "CA": 0, "EU": 0, "JP": 1}
    said = quote(rules, *(account(store, active_listings=count) for store, count in listings.items()))

    assert {line.store for line in said.lines if not line.charge.minor} == free


def test_a_reason_is_said_in_both_languages(rules: Path) -> None:
    add(rules, "reductions", reduction("charge_nothing", "{store.code: JP}"))
    (_, offer) = quote(rules, account("JP")).lines[0].adjustments

    assert (offer.said.message("en"), offer.said.message("zh-CN")) == ("An offer for Japan.", "日本的优惠。")


def test_an_edit_that_contradicts_a_test_of_the_rules_is_refused_and_says_which(tested_rules: Path) -> None:
    add(tested_rules, "reductions", reduction("charge_nothing", "{store.code: BR}"))

    (problem,) = problems(tested_rules)
    assert problem.code == "case-fails"
    assert "nothing is taken off beside the plan" in problem.message


def test_a_note_is_said_to_large_sellers(rules: Path) -> None:
    when = "when: {seller.store_count: {at_least: 3}}"
    note = f"  - id: hello\n    order: 5\n    {when}\n    then: note\n    reason: HELLO\n"
    put(
        rules,
        MORE,
        f"rules_of: notes\nrules:\n{note}    message: {{en: 'Hello on {{day}}.', zh-CN: '{{day}}，您好。'}}\n",
    )

    three = quote(rules, account("US"), account("CA"), account("JP"))
    assert three.notes[0].message("en") == "Hello on 2019-09-30."
    assert "HELLO" not in [note.rule.reason for note in quote(rules, account("US"), account("CA")).notes]
