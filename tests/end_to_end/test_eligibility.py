"""Asking the running service who may link, by its client and by `buf curl`."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from linkedaccounts.client import Client, InvalidRequest, Standing
from linkedaccounts.v1.linking_service_pb2 import AccountDecision, Verdict
from tests.end_to_end.test_ways_to_ask import buf_curl

METHOD = "linkedaccounts.v1.LinkingService/CheckEligibility"
US = Standing("US", "administrator", "owner", "active")
JP = replace(US, store="JP")


def said(decision: AccountDecision) -> set[tuple[str, str]]:
    verdicts = ((reason.reason, Verdict.Name(reason.verdict)) for reason in decision.reasons)
    return {(reason, verdict.removeprefix("VERDICT_")) for reason, verdict in verdicts}


def test_the_owners_administrator_may_link(client: Client) -> None:
    answer = client.check_eligibility("link", [US, JP])
    assert answer.allowed
    assert [decision.store for decision in answer.decisions] == ["US", "JP"]
    assert all(said(decision) == {("ADMINISTRATOR_OF_OWNER", "ALLOWED")} for decision in answer.decisions)
    assert answer.policy_version == client.get_policy().version


def test_a_refusal_is_an_answer_with_every_reason_and_its_rule(client: Client) -> None:
    flawed = Standing("JP", "member", "web_agency", "suspended", in_group=True)
    answer = client.check_eligibility("link", [US, flawed])
    assert not answer.allowed
    fine, refused = answer.decisions
    assert (fine.allowed, refused.allowed) == (True, False)
    assert said(refused) == {
        ("NOT_ADMINISTRATOR", "NOT_PERMITTED"),
        ("AGENT_OF_OWNER", "NOT_PERMITTED"),
        ("ACCOUNT_SUSPENDED", "NOT_POSSIBLE"),
        ("LINKED_ALREADY", "NOT_POSSIBLE"),
    }
    assert {reason.rule.file for reason in refused.reasons} == {"eligibility/link.yaml"}
    assert all(reason.rule.line > 0 for reason in refused.reasons)


def test_what_is_not_known_is_never_enough(client: Client) -> None:
    answer = client.check_eligibility("link", [Standing("US"), Standing("JP")], explain=True)
    assert not answer.allowed
    assert [said(decision) for decision in answer.decisions] == [{("NOT_ESTABLISHED", "NOT_PERMITTED")}] * 2
    failures = {one.rule.id: one.failed for one in answer.decisions[0].not_applied}
    assert [(one.fact, one.actual) for one in failures["administrator-of-the-owner-links"]] == [
        ("actor.role", "unknown")
    ]


def test_nobody_may_unlink_and_is_told_why_in_both_languages(client: Client) -> None:
    linked = [replace(account, in_group=True) for account in (US, JP)]
    english, chinese = [client.check_eligibility("unlink", linked, language=language) for language in ("en", "zh-CN")]
    for answer in (english, chinese):
        assert not answer.allowed
        assert all(said(one) == {("LINKING_IS_PERMANENT", "NOT_PERMITTED")} for one in answer.decisions)
    assert "permanent" in english.decisions[0].reasons[0].message
    assert "永久" in chinese.decisions[0].reasons[0].message


def test_who_may_register_is_told_so_and_who_may_not_why(client: Client) -> None:
    answer = client.check_eligibility("register", [US, replace(JP, role="member")], new_store="MX", day="2019-09-30")
    assert not answer.allowed
    assert said(answer.decisions[0]) == {("MAY_REGISTER", "ALLOWED")}
    assert said(answer.decisions[1]) == {("REGISTRATION_BY_MEMBER", "NOT_PERMITTED")}
    assert "Mexico" in answer.decisions[1].reasons[0].message


def test_a_store_is_judged_on_the_day_asked_about(client: Client) -> None:
    accounts = [US, replace(US, store="SG")]
    assert client.check_eligibility("link", accounts, day="2019-10-01").allowed
    with pytest.raises(InvalidRequest) as refused:
        client.check_eligibility("link", accounts, day="2019-09-30")
    assert [(one.field, one.reason) for one in refused.value.problems] == [("accounts[1].store", "STORE_NOT_OPEN")]


def test_buf_curl_gets_an_answer_by_reflection_alone(target: str) -> None:
    account = {"role": "ROLE_ADMINISTRATOR", "organisation": "ORGANISATION_OWNER", "status": "ACCOUNT_STATUS_ACTIVE"}
    request: dict[str, Any] = {"action": "ACTION_LINK", "accounts": [{"store": "US", **account}]}
    answer = json.loads(buf_curl(target, METHOD, request, "-H", "accept-language: zh-CN").stdout)
    assert "allowed" not in answer  # protobuf's JSON leaves false out
    (reason,) = answer["decisions"][0]["reasons"]
    assert (reason["reason"], reason["verdict"]) == ("ONE_ACCOUNT_ONLY", "VERDICT_NOT_POSSIBLE")
    assert not reason["message"].isascii()

    request["accounts"].append({"store": "JP", **account})
    assert json.loads(buf_curl(target, METHOD, request).stdout)["allowed"] is True


def test_buf_curl_is_told_every_problem_with_its_field(target: str) -> None:
    refused = json.loads(buf_curl(target, METHOD, {"accounts": [{"store": "XX", "role": 9}], "day": "soon"}).stderr)
    assert refused["code"] == "invalid_argument"
    assert all(f"{field}: " in refused["message"] for field in ("action", "day", "accounts[0].store"))
