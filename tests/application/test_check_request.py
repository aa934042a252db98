"""Every problem of a request at once, each with its field path."""

from __future__ import annotations

from datetime import date
from string import Formatter

import pytest

from linkedaccounts.application.check_request import check_request
from linkedaccounts.application.fee_quote import QuoteRequest, StoreAccount
from linkedaccounts.application.refusals import InvalidRequest, texts
from linkedaccounts.domain.text import LANGUAGES
from linkedaccounts.policy.policy import Policy

US = StoreAccount("US", "2018-01-15")
ENDLESS = "x" * 100_000


def problems(
    policy: Policy, *stores: StoreAccount, linked: bool = True, day: str = "2019-09-30", home: str = ""
) -> list[tuple[str, str]]:
    with pytest.raises(InvalidRequest) as refused:
        check_request(QuoteRequest(stores, linked, day, home), policy.catalogue.stores, date(2019, 9, 30))
    return [(problem.field, problem.reason) for problem in refused.value.problems]


@pytest.mark.parametrize(
    "account, expected",
    [
        pytest.param(StoreAccount("UX", "2018-01-15"), [("store", "STORE_UNKNOWN")], id="unknown store"),
        pytest.param(StoreAccount("us", "2018-01-15"), [("store", "STORE_UNKNOWN")], id="store in small letters"),
        pytest.param(StoreAccount("", "2018-01-15"), [("store", "STORE_REQUIRED")], id="no store"),
        pytest.param(StoreAccount(ENDLESS, "2018-01-15"), [("store", "STORE_UNKNOWN")], id="endless store"),
        pytest.param(StoreAccount("SG", "2019-09-30"), [("store", "STORE_NOT_OPEN")], id="a store before it exists"),
        pytest.param(StoreAccount("EU", ""), [("registered_on", "DAY_REQUIRED")], id="no day of registration"),
        pytest.param(StoreAccount("EU", "2019-02-30"), [("registered_on", "DAY_INVALID")], id="no such day"),
        pytest.param(StoreAccount("EU", "20190201"), [("registered_on", "DAY_INVALID")], id="another form of date"),
        pytest.param(StoreAccount("EU", "2019-W01-1"), [("registered_on", "DAY_INVALID")], id="a week date"),
        pytest.param(StoreAccount("EU", "tomorrow"), [("registered_on", "DAY_INVALID")], id="a word"),
        pytest.param(StoreAccount("EU", "２０１９-0１-01"), [("registered_on", "DAY_INVALID")], id="other digits"),
        pytest.param(StoreAccount("EU", "0000-01-01"), [("registered_on", "DAY_INVALID")], id="year zero"),
        pytest.param(StoreAccount("EU", "2019-10-01"), [("registered_on", "REGISTERED_AFTER_DAY")], id="too late"),
        pytest.param(
            StoreAccount("EU", "2019-05-01", "2019-04-30"),
            [("linked_on", "LINKED_BEFORE_REGISTERED")],
            id="linked before registered",
        ),
        pytest.param(
            StoreAccount("EU", "2019-05-01", "2019-10-01"), [("linked_on", "LINKED_AFTER_DAY")], id="linked too late"
        ),
        pytest.param(StoreAccount("EU", "2019-05-01", "soon"), [("linked_on", "DAY_INVALID")], id="linked some day"),
        pytest.param(
            StoreAccount("EU", "2019-05-01", active_listings=-1),
            [("active_listings", "LISTINGS_NEGATIVE")],
            id="negative listings",
        ),
        pytest.param(
            StoreAccount("EU", "2019-05-01", selling_plan="7"),
            [("selling_plan", "SELLING_PLAN_UNKNOWN")],
            id="a selling plan that is none",
        ),
        pytest.param(StoreAccount("US", "2018-01-15"), [("store", "STORE_DUPLICATE")], id="the same store twice"),
        pytest.param(
            StoreAccount("XX", "never", "2018-13-01", -5, "9"),
            [
                ("store", "STORE_UNKNOWN"),
                ("registered_on", "DAY_INVALID"),
                ("linked_on", "DAY_INVALID"),
                ("active_listings", "LISTINGS_NEGATIVE"),
                ("selling_plan", "SELLING_PLAN_UNKNOWN"),
            ],
            id="everything at once",
        ),
    ],
)
def test_a_problem_of_an_account_is_named_with_its_field(
    policy: Policy, account: StoreAccount, expected: list[tuple[str, str]]
) -> None:
    assert problems(policy, US, account) == [(f"stores[1].{field}", reason) for field, reason in expected]


def test_a_request_without_stores_is_refused(policy: Policy) -> None:
    assert problems(policy) == [("stores", "STORES_REQUIRED")]


def test_more_stores_than_the_catalogue_has_are_too_many(policy: Policy) -> None:
    assert ("stores", "TOO_MANY_STORES") in problems(policy, *[US] * (len(policy.catalogue.stores) + 1))


def test_a_million_stores_give_no_more_problems_than_the_catalogue_has_stores(policy: Policy) -> None:
    found = problems(policy, *[StoreAccount("XX", "x")] * 100_000)
    assert len(found) <= 2 * len(policy.catalogue.stores) + 1


@pytest.mark.parametrize("day, reason", [("someday", "DAY_INVALID"), ("9999-12-31", "DAY_OUT_OF_RANGE")])
def test_a_bad_day_is_named_beside_what_else_is_wrong(policy: Policy, day: str, reason: str) -> None:
    assert problems(policy, StoreAccount("XX", "2018-01-15"), day=day) == [
        ("day", reason),
        ("stores[0].store", "STORE_UNKNOWN"),
    ]


def test_a_bad_day_hides_no_other_problem(policy: Policy) -> None:
    account = StoreAccount("EU", "2019-05-01", "2019-04-01", active_listings=-1, selling_plan="9")
    assert problems(policy, account, US, day="never", home="XX") == [
        ("day", "DAY_INVALID"),
        ("home_store", "HOME_STORE_NOT_LISTED"),
        ("stores[0].active_listings", "LISTINGS_NEGATIVE"),
        ("stores[0].selling_plan", "SELLING_PLAN_UNKNOWN"),
        ("stores[0].linked_on", "LINKED_BEFORE_REGISTERED"),
    ]


def test_an_unknown_store_hides_no_wrong_order_of_days(policy: Policy) -> None:
    account = StoreAccount("XX", "2019-10-01", "2019-10-02")
    assert problems(policy, account) == [
        ("stores[0].store", "STORE_UNKNOWN"),
        ("stores[0].registered_on", "REGISTERED_AFTER_DAY"),
        ("stores[0].linked_on", "LINKED_AFTER_DAY"),
    ]


def test_the_last_days_of_the_calendar_are_computed_without_overflow(policy: Policy) -> None:
    seller = check_request(QuoteRequest((US,), True, "9999-10-31"), policy.catalogue.stores, date(2019, 9, 30))
    assert seller.stores[0].cycle.last_day > date(9999, 10, 31)


def test_a_home_store_must_be_among_the_stores(policy: Policy) -> None:
    assert problems(policy, US, home="EU") == [("home_store", "HOME_STORE_NOT_LISTED")]


def test_an_unlinked_seller_has_no_day_of_linking(policy: Policy) -> None:
    account = StoreAccount("EU", "2018-01-15", "2018-02-01")
    assert problems(policy, US, account, linked=False) == [("stores[1].linked_on", "LINKED_ON_OF_UNLINKED")]


def test_the_home_store_is_the_oldest_unless_the_caller_says(policy: Policy) -> None:
    accounts = (StoreAccount("JP", "2018-01-01"), StoreAccount("EU", "2018-01-01"), StoreAccount("US", "2019-01-01"))
    stores = policy.catalogue.stores
    oldest = check_request(QuoteRequest(accounts, True, "2019-09-30"), stores, date(2019, 9, 30))
    stated = check_request(QuoteRequest(accounts, True, "2019-09-30", "US"), stores, date(2019, 9, 30))
    assert [store.home for store in oldest.stores] == [False, True, False]
    assert [store.home for store in stated.stores] == [False, False, True]


def test_active_stores_are_counted_only_when_known_of_every_store(policy: Policy) -> None:
    known = (StoreAccount("JP", "2018-01-01", active_listings=0), StoreAccount("EU", "2018-01-01", active_listings=3))
    unknown = (*known, US)
    for accounts, expected in ((known, 1), (unknown, None)):
        seller = check_request(QuoteRequest(accounts, True, "2019-09-30"), policy.catalogue.stores, date(2019, 9, 30))
        assert seller.facts(estimate=False)["seller.active_store_count"] == expected


def test_every_reason_is_said_in_every_language_with_the_same_values() -> None:
    for reason, text in texts().items():
        assert set(text.by_language) == set(LANGUAGES), reason
        values = [{name for _, name, _, _ in Formatter().parse(said) if name} for said in text.by_language.values()]
        assert all(named == values[0] for named in values), reason
