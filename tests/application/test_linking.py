"""Linking accounts for good, the way the source describes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations

import pytest

from linkedaccounts.application.asker import Asker
from linkedaccounts.application.policy_refusal import RefusedByPolicy
from linkedaccounts.application.refusals import InvalidRequest, NotSignedIn
from linkedaccounts.domain.accounts import Standing
from linkedaccounts.domain.effects import Grounds
from tests.application.marketplace import ADMINISTRATOR, AGENT, MEMBER, Marketplace, credentials


@pytest.fixture
def market(market: Marketplace) -> Marketplace:
    for account, store in {"us": "US", "eu": "EU", "jp": "JP", "us2": "US"}.items():
        market.account(account, store)
    market.user("ann", us=ADMINISTRATOR)
    market.user("ben", eu=ADMINISTRATOR)
    market.user("cleo", jp=ADMINISTRATOR)
    market.user("dora", us2=ADMINISTRATOR)
    return market


def with_added(market: Marketplace, name: str, *others: str) -> Asker:
    """Who signed in as ``name``, and added the accounts of the others."""
    asker = market.asker(name)
    for other in others:
        market.seller.add_account(asker, f"add {other}", credentials(other))
    return asker


def refusal(market: Marketplace, asker: Asker, *account_ids: str) -> list[tuple[str, str]]:
    """Which account is refused, and why."""
    with pytest.raises(RefusedByPolicy) as refused:
        market.link(asker, *account_ids, request_id=f"link {account_ids}")
    return [(one.subject, one.reason) for one in refused.value.refusals.refused_by]


def problems(error: pytest.ExceptionInfo[InvalidRequest]) -> list[tuple[str, str]]:
    return [(problem.field, problem.reason) for problem in error.value.problems]


def groups(market: Marketplace, name: str) -> list[list[str]]:
    linked = market.seller.get_linked_accounts(market.asker(name, f"look {market.now}"))
    return [[reached.account.id for reached in group.accounts] for group in linked]


def test_the_whole_way(market: Marketplace) -> None:
    ann = with_added(market, "ann", "ben")
    listed = market.seller.list_linkable_accounts(ann)
    preview = market.seller.preview_link(ann, ["us", "eu"])
    linked = market.link(ann, "us", "eu")

    assert [decision.allowed for decision in listed.decisions] == [True, True]
    assert preview.decided.allowed
    assert [reached.account.id for reached in linked.group.accounts] == ["eu", "us"]
    assert {reached.account.linked_on for reached in linked.group.accounts} == {market.now.date()}
    assert groups(market, "ann") == groups(market, "ben") == [["eu", "us"]]


@pytest.mark.parametrize("order", list(permutations(["us", "eu", "jp"])))
def test_the_order_in_which_accounts_are_picked_makes_no_difference(market: Marketplace, order: Sequence[str]) -> None:
    ann = with_added(market, "ann", "ben", "cleo")
    market.link(ann, *order)

    assert groups(market, "cleo") == [["eu", "jp", "us"]]


def test_an_account_that_was_not_added_cannot_be_picked_and_whether_it_exists_is_not_said(market: Marketplace) -> None:
    ann = market.asker("ann")
    for other in ("eu", "no such account"):
        with pytest.raises(InvalidRequest) as refused:
            market.link(ann, "us", other, request_id=other)
        assert problems(refused) == [("account_ids[1]", "ACCOUNT_NOT_REACHED")]


def test_an_added_account_may_be_picked_for_some_minutes(market: Marketplace) -> None:
    ann = with_added(market, "ann", "ben")
    market.later(minutes=5)
    with pytest.raises(InvalidRequest):
        market.link(ann, "us", "eu")
    market.seller.add_account(ann, "once more", credentials("ben"))

    assert market.link(ann, "us", "eu", request_id="again").group.accounts


def test_an_account_added_in_one_session_is_not_added_in_another(market: Marketplace) -> None:
    with_added(market, "ann", "ben")
    with pytest.raises(InvalidRequest):
        market.link(market.asker("ann", "another session"), "us", "eu")


def test_without_the_acceptance_that_it_is_permanent_nothing_is_linked(market: Marketplace) -> None:
    ann = with_added(market, "ann", "ben")
    with pytest.raises(InvalidRequest) as refused:
        market.seller.link_accounts(ann, "link", ["us", "eu"], accept_permanence=False)

    assert problems(refused) == [("accept_permanence", "PERMANENCE_NOT_ACCEPTED")]
    assert groups(market, "ann") == []


@pytest.mark.parametrize(
    ("picked", "expected"),
    [
        ([], [("account_ids", "ACCOUNTS_REQUIRED")]),
        (["us"] * 2, [("account_ids[1]", "ACCOUNT_DUPLICATE")]),
        ([f"a{number}" for number in range(101)], [("account_ids", "TOO_MANY_ACCOUNTS")]),
    ],
)
def test_what_cannot_be_picked_is_named(
    market: Marketplace, picked: list[str], expected: list[tuple[str, str]]
) -> None:
    with pytest.raises(InvalidRequest) as refused:
        market.link(market.asker("ann"), *picked)
    assert problems(refused) == expected


def test_groups_are_merged_when_accounts_of_two_are_linked(market: Marketplace) -> None:
    market.account("ca", "CA")
    market.account("mx", "MX")
    market.user("eve", ca=ADMINISTRATOR, mx=ADMINISTRATOR)
    market.link(with_added(market, "ann", "ben"), "us", "eu")
    first = market.now.date()
    market.link(market.asker("eve"), "ca", "mx")
    market.later(days=40)
    ann = market.asker("ann", "later")
    market.seller.add_account(ann, "add eve", credentials("eve"))
    linked = market.link(ann, "us", "mx", request_id="merge")

    assert [reached.account.id for reached in linked.group.accounts] == ["ca", "eu", "mx", "us"]
    assert {reached.account.linked_on for reached in linked.group.accounts} == {first}
    assert groups(market, "eve") == groups(market, "ben") == [["ca", "eu", "mx", "us"]]


def test_a_member_is_sent_to_the_decision_maker_and_an_agent_to_the_owner(market: Marketplace) -> None:
    market.user("meg", us=MEMBER)
    market.user("ada", us=AGENT)
    market.user("max", us=Standing("member", "integrator"))

    assert refusal(market, with_added(market, "meg", "ben"), "us", "eu") == [("us", "NOT_ADMINISTRATOR")]
    assert refusal(market, with_added(market, "ada", "ben"), "us", "eu") == [("us", "AGENT_OF_OWNER")]
    assert refusal(market, with_added(market, "max", "ben"), "us", "eu") == [
        ("us", "AGENT_OF_OWNER"),
        ("us", "NOT_ADMINISTRATOR"),
    ]


def test_what_is_not_known_is_never_enough(market: Marketplace) -> None:
    market.user("ula", us=Standing(None, "owner"), eu=Standing("administrator", None))

    assert refusal(market, market.asker("ula"), "us", "eu") == [("eu", "NOT_ESTABLISHED"), ("us", "NOT_ESTABLISHED")]


@pytest.mark.parametrize(("status", "reason"), [("suspended", "ACCOUNT_SUSPENDED"), ("closed", "ACCOUNT_CLOSED")])
def test_an_account_that_is_not_in_use_is_not_linked(market: Marketplace, status: str, reason: str) -> None:
    ann = with_added(market, "ann", "ben")
    market.storage.write(lambda tx: tx.set_status("eu", status, market.now))

    assert refusal(market, ann, "us", "eu") == [("eu", reason)]


def test_two_accounts_in_one_store_are_not_linked_not_even_through_the_groups_of_others(market: Marketplace) -> None:
    assert refusal(market, with_added(market, "ann", "dora"), "us", "us2") == [
        ("us", "STORE_SHARED"),
        ("us2", "STORE_SHARED"),
    ]
    market.link(with_added(market, "ben", "dora"), "eu", "us2")
    ann = market.asker("ann", "later")
    market.seller.add_account(ann, "add ben", credentials("ben"))
    assert refusal(market, ann, "us", "eu") == [("us", "STORE_SHARED"), ("us2", "STORE_SHARED")]


def test_accounts_that_are_linked_already_are_not_linked_again(market: Marketplace) -> None:
    ann = with_added(market, "ann", "ben")
    market.link(ann, "us", "eu")

    assert {reason for _, reason in refusal(market, ann, "us", "eu")} == {"LINKED_ALREADY"}


def test_all_or_nothing_one_account_that_is_refused_keeps_the_others_apart(market: Marketplace) -> None:
    ann = with_added(market, "ann", "ben", "cleo")
    market.storage.write(lambda tx: tx.set_status("jp", "suspended", market.now))
    refusal(market, ann, "us", "eu", "jp")

    assert groups(market, "ann") == []


def test_who_lacks_the_role_is_not_permitted_and_what_is_suspended_is_not_possible(market: Marketplace) -> None:
    market.user("meg", us=MEMBER)
    market.storage.write(lambda tx: tx.set_status("eu", "suspended", market.now))
    permitted = []
    for name in ("meg", "ann"):
        with pytest.raises(RefusedByPolicy) as refused:
            market.link(with_added(market, name, "ben"), "us", "eu")
        permitted.append(refused.value.permitted)
        assert {one.grounds for one in refused.value.refusals.refused_by} <= set(Grounds)
        assert refused.value.message("zh-CN") != refused.value.message("en")

    assert permitted == [False, True]


def test_nobody_unlinks_and_is_told_why(market: Marketplace) -> None:
    ann = with_added(market, "ann", "ben")
    market.link(ann, "us", "eu")
    with pytest.raises(RefusedByPolicy) as refused:
        market.seller.unlink_accounts(ann, "unlink", ["us"])

    assert set(refused.value.reasons) == {"LINKING_IS_PERMANENT"}
    assert groups(market, "ann") == [["eu", "us"]]


def test_the_same_request_again_is_answered_the_same_and_changes_nothing(market: Marketplace) -> None:
    ann = with_added(market, "ann", "ben", "cleo")
    first = market.link(ann, "us", "eu", request_id="1")
    market.link(ann, "us", "jp", request_id="2")

    assert market.link(ann, "eu", "us", request_id="1") == first
    with pytest.raises(InvalidRequest) as refused:
        market.link(ann, "eu", "jp", request_id="1")
    assert problems(refused) == [("request_id", "REQUEST_ID_REUSED")]


def test_a_refusal_is_repeated_too_even_if_things_have_changed(market: Marketplace) -> None:
    ann = with_added(market, "ann", "ben")
    market.storage.write(lambda tx: tx.set_status("eu", "suspended", market.now))
    told = refusal(market, ann, "us", "eu")
    market.storage.write(lambda tx: tx.set_status("eu", "active", market.now))

    assert refusal(market, ann, "us", "eu") == told
    assert len(market.link(ann, "us", "eu", request_id="a new one").group.accounts) == 2


def test_the_ids_of_one_user_are_not_those_of_another(market: Marketplace) -> None:
    market.link(with_added(market, "ann", "ben"), "us", "eu", request_id="1")
    with pytest.raises(InvalidRequest) as refused:
        market.link(market.asker("cleo"), "jp", "us", request_id="1")
    assert problems(refused) == [("account_ids[1]", "ACCOUNT_NOT_REACHED")]


def test_a_session_that_has_ended_links_nothing(market: Marketplace) -> None:
    ann = with_added(market, "ann", "ben")
    market.seller.sign_out(ann)
    for asker in (ann, replace(ann, session_token="")):
        with pytest.raises(NotSignedIn):
            market.link(asker, "us", "eu")


def test_listed_accounts_say_why_they_may_not_be_picked(market: Marketplace) -> None:
    market.user("meg", jp=MEMBER)
    ann = market.asker("ann")
    alone = market.seller.list_linkable_accounts(ann)
    market.seller.add_account(ann, "add", credentials("meg"))
    listed = market.seller.list_linkable_accounts(ann)

    assert [said.rule.reason for said in alone.decisions[0].said] == ["ONE_ACCOUNT_ONLY"]
    assert {
        reached.account.id: [said.rule.reason for said in decision.said]
        for reached, decision in zip(listed.accounts, listed.decisions, strict=True)
    } == {"jp": ["NOT_ADMINISTRATOR"], "us": ["ADMINISTRATOR_OF_OWNER"]}
    assert [reached.proven_until is None for reached in listed.accounts] == [False, True]


def test_a_preview_shows_the_group_and_what_it_costs_before_and_after_and_changes_nothing(market: Marketplace) -> None:
    ann = with_added(market, "ann", "ben")
    preview = market.seller.preview_link(ann, ["us", "eu"])

    assert [reached.account.id for reached in preview.decided.accounts] == ["eu", "us"]
    fees = preview.fees
    assert fees is not None
    assert [str(quote.lines[0].charge) for quote in fees.before] == ["39.00 EUR", "39.99 USD"]
    assert {line.first_month for line in fees.at_first.lines} == {True}
    assert fees.afterwards.day.isoformat() == "2019-10-15"
    assert fees.afterwards.total.charge <= 39.99 < fees.at_first.total.charge
    assert groups(market, "ann") == []


def test_a_preview_of_what_is_refused_says_why(market: Marketplace) -> None:
    preview = market.seller.preview_link(with_added(market, "ann", "dora"), ["us", "us2"])

    assert not preview.decided.allowed
    assert preview.fees is None
    assert preview.fees_unknown_because is not None
