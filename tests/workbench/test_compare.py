"""What a comparison says of the changes that editors make, on copies of rules/."""

from __future__ import annotations

import random
import shutil
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest

from linkedaccounts.cli.policy.compare_json import as_json
from linkedaccounts.domain.effects import Allowed, ChargedNothing, ReducedByPercentage
from linkedaccounts.domain.rates import RateBook
from linkedaccounts.policy.load import load_policy
from linkedaccounts.policy.policy import Policy
from linkedaccounts.policy.wording import region_words
from linkedaccounts.storage.packaged_rate_book import packaged_rate_book
from linkedaccounts.workbench.compare import Comparison, compare
from linkedaccounts.workbench.compare_decision import Difference
from linkedaccounts.workbench.compare_direction import Direction
from tests.policy.rule_files import RULES, copy_of_rules, put, replace
from tests.policy.test_order import scattered

DAY = date(2019, 9, 30)
CAP = "split: by_standard_fee}"
SHARED = "overrides: [plan-share, first-month-in-full]"


@cache
def the_rules() -> Policy:
    return load_policy(RULES)


@cache
def book() -> RateBook:
    return packaged_rate_book()


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return rules_without_cases(tmp_path)


def rules_without_cases(tmp_path: Path) -> Path:
    """A copy of the rules without the cases, which many a change breaks."""
    rules = copy_of_rules(tmp_path)
    shutil.rmtree(rules / "tests")
    return rules


def change(rules: Path) -> Comparison:
    return compare(the_rules(), load_policy(rules), DAY, book())


def differences(comparison: Comparison, decision: str) -> tuple[Difference, ...]:
    """The differences of the one decision that differs."""
    (compared,) = (one for one in comparison.decisions if not one.equal)
    assert compared.name == decision
    return compared.differences


def where(comparison: Comparison, difference: Difference) -> str:
    facts = next(one.facts for one in comparison.decisions if difference in one.differences)
    return region_words(difference.boxes, facts)


def charging(rule: str) -> str:
    return f"rules_of: charging\nrules:\n  - {rule}\n    reason: NEW\n    message: {{en: New., zh-CN: 新。}}\n"


def without(rules: Path, path: str, rule_id: str) -> None:
    """Takes a rule out of a file."""
    content = (rules / path).read_text("utf-8")
    begins = content.index(f"  - id: {rule_id}\n")
    put(rules, path, content[:begins] + content[content.index("\n  - id:", begins) + 1 :])


def test_a_cap_raised_from_a_day_on_is_told_with_the_days_and_by_how_much(rules: Path) -> None:
    replace(rules, "fees/plans.yaml", CAP, CAP + "\n      - {from: 2026-10-01, cap: 45.00 USD, split: by_standard_fee}")
    (value,) = change(rules).values

    assert (value.change.subject, value.change.field) == ("plan international-selling", "cap")
    assert (value.change.before, value.change.after) == ("39.99 USD", "45.00 USD")
    assert (value.change.since, value.change.through) == (date(2026, 10, 1), None)
    assert str(value.change.by) == "5.01 USD"
    assert value.change.direction is Direction.DEARER
    assert value.quoted is not None
    assert value.quoted.before.total.charge <= Fraction("39.99") < Fraction("44.9") < value.quoted.after.total.charge


def test_a_store_made_free_for_three_months_is_one_region_for_each_way_it_was_charged(rules: Path) -> None:
    put(
        rules,
        "fees/free.yaml",
        charging(
            f"id: free\n    from: 2026-01-01\n    through: 2026-03-31\n    when: {{store.code: BR}}\n"
            f"    then: charge_nothing\n    {SHARED}"
        ),
    )
    comparison = change(rules)
    full, share = differences(comparison, "charging")

    assert {full.direction, share.direction} == {Direction.CHEAPER}
    assert full.before.rules == ("first-month-in-full", "standard-fee")
    assert share.before.rules == ("plan-share",)
    assert full.after.keys == share.after.keys == (ChargedNothing(),)
    assert where(comparison, share) == (
        "quote.day from 2026-01-01 through 2026-03-31 and seller.linked true and seller.store_count at_least 2"
        " and store.code BR and store.first_month false"
    )
    assert share.quoted is not None
    assert next((one.store, str(new.charge)) for one, new in share.quoted.changed) == ("BR", "0.00 BRL")
    assert share.quoted.request.day == "2026-03-31"  # of the days in the region, the nearest to the newest rates


def test_half_a_price_that_goes_before_the_plan_may_cost_a_linked_seller_more(rules: Path) -> None:
    put(
        rules,
        "fees/half.yaml",
        charging(
            "id: half\n    when: {store.months_since_registration: {less_than: 12}}\n"
            f"    then: {{reduce_by_percentage: 50}}\n    {SHARED}"
        ),
    )
    share, full = differences(change(rules), "charging")

    assert (share.direction, full.direction) == (Direction.DEPENDS, Direction.CHEAPER)
    assert full.after.keys == (ReducedByPercentage(Decimal(50)),)
    assert share.quoted is not None
    assert share.quoted.after.total.charge > share.quoted.before.total.charge


def test_another_split_leaves_the_cap_and_moves_what_each_store_pays(rules: Path) -> None:
    replace(rules, "fees/plans.yaml", CAP, "split: equally}")
    comparison = change(rules)
    (value,) = comparison.values

    assert (value.change.field, value.change.before, value.change.after) == ("split", "by_standard_fee", "equally")
    assert value.change.direction is Direction.OTHERWISE
    assert value.quoted is not None
    assert len(value.quoted.changed) == 8
    assert not comparison.equal


def test_another_reason_to_refuse_is_told_where_it_is_given(rules: Path) -> None:
    replace(rules, "eligibility/link.yaml", "reason: ACCOUNT_SUSPENDED", "reason: SUSPENDED_FOR_NOW")
    comparison = change(rules)
    (difference,) = differences(comparison, "link")

    assert where(comparison, difference) == "account.status suspended"
    assert difference.direction is Direction.OTHERWISE
    assert [key[1] for key in (*difference.before.keys, *difference.after.keys) if isinstance(key, tuple)] == [
        "ACCOUNT_SUSPENDED",
        "SUSPENDED_FOR_NOW",
    ]
    assert [rule.id for rule in difference.example.after] == ["account-suspended"]


def test_where_a_deny_is_gone_the_reasons_that_are_left_are_told_apart(rules: Path) -> None:
    without(rules, "eligibility/link.yaml", "account-suspended")
    comparison = change(rules)
    established, others = differences(comparison, "link")

    assert established.after.rules == ("link-not-established",)
    assert "actor.role administrator or unknown" in where(comparison, established)
    assert others.after.rules == ()
    assert "account.status suspended and actor.role member" in where(comparison, others)


def test_an_allow_that_is_widened_is_more_permissive_exactly_there(rules: Path) -> None:
    replace(
        rules, "eligibility/link.yaml", "action.account_count: {at_least: 2}", "action.account_count: {at_least: 1}"
    )
    replace(rules, "eligibility/link.yaml", "less_than: 2", "less_than: 1")
    allowed, *others = differences(change(rules), "link")

    assert allowed.direction is Direction.MORE_PERMISSIVE
    assert allowed.after.keys == (Allowed(),)
    assert allowed.before.rules == ("nothing-to-link-with",)
    assert {one.direction for one in others} == {Direction.OTHERWISE}


def test_a_fee_that_takes_a_store_over_the_threshold_of_a_rule_changes_that_decision_too(rules: Path) -> None:
    when = "when: {store.standard_fee: {at_least: 50}, store.currency: [AUD, JPY]}"
    put(rules, "fees/dear.yaml", charging(f"id: dear\n    {when}\n    then: charge_nothing\n    {SHARED}"))
    old = load_policy(rules)
    fee = "- {from: 2000-01-01, fee: 49.95 AUD, countries: [AU]}"
    replace(rules, "catalogue/stores.yaml", fee, fee + f"\n      {fee.replace('2000', '2026').replace('49.95', '50')}")
    comparison = compare(old, load_policy(rules), DAY, book())

    assert [value.change.field for value in comparison.values] == ["fee"]
    assert {where(comparison, one).split(" and seller")[0] for one in differences(comparison, "charging")} == {
        "quote.day from 2026-01-01"
    }


def test_a_store_that_only_one_has_is_told_as_such_and_compared_no_further(rules: Path) -> None:
    replace(rules, "catalogue/stores.yaml", "GB, IT, NL]}", "IT, NL]}")
    put(
        rules,
        "catalogue/uk.yaml",
        "stores:\n  GB:\n    name: {en: Britain, zh-CN: 英国}\n    region: europe\n"
        "    terms:\n      - {from: 2026-01-01, fee: 30 GBP, countries: [GB]}\n",
    )
    comparison = change(rules)

    assert [(value.change.subject, value.change.field) for value in comparison.values] == [
        ("store EU", "countries"),
        ("store GB", ""),
    ]
    assert comparison.values[1].change.before is None
    assert all(decision.equal for decision in comparison.decisions)
    assert not comparison.all_said


def test_a_store_closed_earlier_and_a_peg_that_moves_are_told_with_their_days(rules: Path) -> None:
    replace(
        rules,
        "catalogue/stores.yaml",
        "{from: 2000-01-01, fee: 0 TRY",
        "{from: 2000-01-01, through: 2026-12-31, fee: 0 TRY",
    )
    peg = "- {from: 1997-11-01, to: USD, rate: 3.6725}"
    replace(
        rules, "catalogue/currencies.yaml", peg, f"{peg}\n      {peg.replace('1997', '2026').replace('3.67', '3.68')}"
    )
    aed, tr = (value.change for value in change(rules).values)

    assert (aed.subject, aed.field, aed.after, aed.since) == (
        "currency AED",
        "peg",
        "3.6825 to one USD",
        date(2026, 11, 1),
    )
    assert (tr.subject, tr.field, tr.after, tr.since) == ("store TR", "terms", None, date(2027, 1, 1))


def test_what_is_only_said_differently_is_equal_and_listed_apart(rules: Path) -> None:
    replace(rules, "fees/charging.yaml", "id: plan-share", "id: share-of-the-plan")
    replace(rules, "fees/charging.yaml", "reason: STANDARD_FEE", "reason: LIST_PRICE")
    replace(rules, "fees/charging.yaml", "its standard fee.", "its list price.")
    replace(rules, "catalogue/stores.yaml", "en: Japan", "en: Nippon")
    replace(rules, "fees/notes.yaml", "order: 20", "order: 5")
    comparison = change(rules)

    assert comparison.equal
    assert not comparison.identical
    assert [(saying.subject, saying.what) for saying in comparison.all_said] == [
        ("store JP", "name in en"),
        ("rule `standard-fee`", "reason"),
        ("rule `standard-fee`", "message in en"),
        ("rule `plan-share`", "id"),
        ("notes", "order"),
    ]


def test_a_rule_that_does_what_was_done_anyway_is_only_said(rules: Path) -> None:
    rule = "id: alone\n    when: {seller.linked: false}\n    then: charge_in_full"
    put(rules, "fees/alone.yaml", charging(rule))
    comparison = change(rules)

    assert comparison.equal
    assert [(saying.subject, saying.after) for saying in comparison.all_said] == [("rule `alone`", "NEW")]


def test_details_asked_for_in_another_order_differ_where_both_are_asked_for(rules: Path) -> None:
    replace(rules, "registration/asks.yaml", "order: 20\n", "order: 35\n")
    comparison = change(rules)
    (difference,) = differences(comparison, "details")

    assert where(comparison, difference) == "seller.region_registered false"
    assert difference.before.keys == difference.after.keys[::-1]


@pytest.mark.parametrize("seed", range(2))
def test_the_order_of_files_and_rules_changes_neither_the_rules_nor_what_is_said_of_a_change(
    tmp_path: Path, seed: int
) -> None:
    old, new = (rules_without_cases(tmp_path / name) for name in ("old", "new"))
    replace(new, "eligibility/link.yaml", "less_than: 2", "less_than: 3")
    replace(new, "catalogue/stores.yaml", "fee: 39 EUR", "fee: 41 EUR")
    before, after = load_policy(old), load_policy(new)
    for each in (old, new):
        scattered(each, random.Random(seed))

    assert compare(before, load_policy(old), DAY, book()).identical
    assert as_json(compare(load_policy(old), load_policy(new), DAY, book())) == as_json(
        compare(before, after, DAY, book())
    )
