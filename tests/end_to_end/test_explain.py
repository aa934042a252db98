"""Asking the running service why it decides as it does: on facts, and on a store of a quote."""

from __future__ import annotations

import json

import pytest

from linkedaccounts.client import Client, InvalidRequest
from linkedaccounts.v1 import explanations_pb2 as explanations
from linkedaccounts.v1 import facts_pb2 as facts
from linkedaccounts.v1.fee_quote_service_pb2 import QuoteFeesRequest, StoreAccount
from linkedaccounts.v1.policy_service_pb2 import ExplainRequest, StoreOfQuote
from tests.end_to_end.test_ways_to_ask import buf_curl

METHOD = "linkedaccounts.v1.PolicyService/Explain"


def member(role: facts.Role.ValueType = facts.ROLE_MEMBER) -> facts.LinkFacts:
    """Facts of somebody who would link an account of the owner's."""
    return facts.LinkFacts(
        actor=facts.ActorFacts(role=role, organisation=facts.ORGANISATION_OWNER),
        account=facts.AccountFacts(store="EU", status=facts.ACCOUNT_STATUS_ACTIVE),
        action=facts.ActionFacts(day="2019-09-30", account_count=2),
    )


def test_a_refusal_is_explained_and_changed_as_the_nearest_miss_says_it_is_none(client: Client) -> None:
    (refused,) = client.explain(ExplainRequest(link=member())).explanations
    (miss,) = refused.nearest_misses

    assert (refused.decision, refused.allowed, miss.allowed) == ("link", False, True)
    assert [rule.rule.id for rule in refused.applied] == ["not-the-administrator"]
    assert [(change.fact, change.before, change.after) for change in miss.changes] == [
        ("actor.role", "member", "administrator")
    ]
    (now_allowed,) = client.explain(ExplainRequest(link=member(facts.ROLE_ADMINISTRATOR))).explanations
    assert now_allowed.allowed
    assert [rule.rule for rule in now_allowed.applied] == list(miss.rules)


def test_every_condition_stands_in_a_tree_with_its_place(client: Client) -> None:
    (refused,) = client.explain(ExplainRequest(link=member())).explanations
    rule = next(rule for rule in refused.not_applied if rule.rule.id == "administrator-of-the-owner-links")
    parts = rule.condition.combined.parts

    assert rule.condition.truth == explanations.TRUTH_FALSE
    assert rule.condition.combined.combination == explanations.COMBINATION_ALL
    assert [part.test.fact for part in parts][:2] == ["actor.role", "actor.organisation"]
    assert [part.truth for part in parts][:2] == [explanations.TRUTH_FALSE, explanations.TRUTH_TRUE]
    assert (rule.failed[0].wanted, rule.failed[0].actual) == ("administrator", "member")
    assert parts[0].test.file == rule.rule.file
    assert parts[0].test.line == rule.failed[0].line


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "linked on: 2019-09-24 instead of 2019-09-25 → takes part in the international selling plan"),
        ("zh-CN", "关联日期：由“2019-09-25”变为“2019-09-24” → 参加国际销售计划"),
    ],
)
def test_a_store_of_a_quote_is_explained_in_the_quotes_own_terms(client: Client, language: str, words: str) -> None:
    stores = [
        StoreAccount(store="US", registered_on="2019-01-25", linked_on="2019-09-25"),
        StoreAccount(store="EU", registered_on="2018-03-01", linked_on="2019-09-25"),
    ]
    quote = QuoteFeesRequest(day="2019-09-30", linked=True, stores=stores)
    answer = client.explain(ExplainRequest(quote=StoreOfQuote(request=quote, store="US")), language=language)
    (charging,) = answer.explanations

    assert answer.policy_version == client.get_policy().version
    assert not charging.HasField("allowed")
    assert words in charging.text
    assert charging.nearest_misses[0].changes[0].fact == "stores[0].linked_on"


def test_facts_that_cannot_be_are_all_named_with_their_fields(client: Client) -> None:
    wrong = facts.ChargingFacts(
        store=facts.StoreFacts(code="XX", active_listings=-1), quote=facts.QuoteFacts(day="soon")
    )
    for request, problems in (
        (
            ExplainRequest(charging=wrong),
            {"charging.store.code", "charging.store.active_listings", "charging.quote.day"},
        ),
        (ExplainRequest(), {"subject"}),
        (ExplainRequest(quote=StoreOfQuote()), {"quote.request"}),
    ):
        with pytest.raises(InvalidRequest) as refused:
            client.explain(request)
        assert {problem.field for problem in refused.value.problems} == problems


def test_buf_curl_gets_an_explanation_by_reflection_alone(target: str) -> None:
    answer = json.loads(buf_curl(target, METHOD, {"notes": {"quote": {"day": "2019-09-30"}}}).stdout)
    (explanation,) = answer["explanations"]

    assert [rule["rule"]["id"] for rule in explanation["applied"]] == [
        "other-fees-still-apply",
        "promotions-not-reflected",
    ]
