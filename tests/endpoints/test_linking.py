"""What the servicer makes of questions of eligibility and their answers, over a real channel."""

from __future__ import annotations

from typing import Any

import grpc
import pytest

from linkedaccounts.application.check_action import ACTIONS
from linkedaccounts.application.eligibility import AccountDecision, AccountStanding, Eligibility, EligibilityRequest
from linkedaccounts.application.refusals import FieldProblem, InvalidRequest
from linkedaccounts.application.said import Said
from linkedaccounts.domain.effects import Allowed, Effect, Grounds, Noted, Refused
from linkedaccounts.domain.text import Text
from linkedaccounts.endpoints.eligibility_request import MOST_READ, eligibility_request
from linkedaccounts.endpoints.eligibility_response import eligibility_response
from linkedaccounts.policy.model import FailedCondition, NotApplied, Rule
from linkedaccounts.policy.place import Place
from linkedaccounts.v1 import facts_pb2, rules_pb2
from linkedaccounts.v1 import linking_service_pb2 as contract
from tests.endpoints.details import refusal_of
from tests.endpoints.running import VERSION, Asked, running, service_with

CHINESE = (("accept-language", "zh-CN"),)
NAME = Text({"en": "Japan", "zh-CN": "日本"})
EMPTY = contract.CheckEligibilityRequest()


def rule(effect: Effect) -> Rule:
    message = Text({"en": "Closed in {store}.", "zh-CN": "{store}已关闭。"})
    return Rule("account-closed", "link", "ACCOUNT_CLOSED", message, effect, Place("eligibility/link.yaml", 7, 3))


def answer_with(effect: Effect) -> Eligibility:
    """An answer in which every field of the contract has something to show."""
    own = rule(effect)
    failed = FailedCondition("actor.role", "administrator", "unknown", Place("eligibility/link.yaml", 9, 5))
    decision = AccountDecision(
        "JP",
        allowed=isinstance(effect, Allowed),
        said=(Said(own, {"store": NAME}),),
        not_applied=(NotApplied(own, (failed,)), NotApplied(own, overridden_by="other")),
    )
    return Eligibility(decision.allowed, (decision, AccountDecision("US", allowed=True, said=())), VERSION)


async def answered(request: contract.CheckEligibilityRequest, answer: Eligibility, **options: Any) -> Any:
    async with running(service_with(check_eligibility=lambda _: answer)) as server:
        return await server.linking.CheckEligibility(request, **options)


async def asked_for(request: contract.CheckEligibilityRequest) -> EligibilityRequest:
    asked = Asked(lambda _: answer_with(Allowed()))
    async with running(service_with(check_eligibility=asked)) as server:
        await server.linking.CheckEligibility(request)
    (seen,) = asked.requests
    assert isinstance(seen, EligibilityRequest)
    return seen


async def test_all_that_the_caller_states_reaches_the_use_case() -> None:
    us = contract.AccountStanding(
        store="US",
        role=facts_pb2.ROLE_ADMINISTRATOR,
        organisation=facts_pb2.ORGANISATION_SOLUTIONS_PROVIDER,
        status=facts_pb2.ACCOUNT_STATUS_SUSPENDED,
        in_group=True,
    )
    accounts = [us, contract.AccountStanding(store="EU")]
    request = contract.CheckEligibilityRequest(
        action=contract.ACTION_LINK, accounts=accounts, day="2019-09-30", explain=True
    )
    standings = (
        AccountStanding("US", "administrator", "solutions_provider", "suspended", in_group=True),
        AccountStanding("EU", None, None, None, in_group=False),
    )
    assert await asked_for(request) == EligibilityRequest("link", standings, "2019-09-30", explain=True)


async def test_the_store_to_register_in_reaches_the_use_case() -> None:
    request = contract.CheckEligibilityRequest(action=contract.ACTION_REGISTER, new_store="MX")
    assert await asked_for(request) == EligibilityRequest("register", (), new_store="MX")


async def test_nothing_stated_is_nothing_known() -> None:
    assert await asked_for(EMPTY) == EligibilityRequest(None, (), "", explain=False)


@pytest.mark.parametrize("number", [99, -1])
async def test_numbers_that_the_contract_lacks_reach_the_use_case_as_numbers(number: Any) -> None:
    account = contract.AccountStanding(store="US", role=number, organisation=number, status=number)
    text = str(number)
    seen = await asked_for(contract.CheckEligibilityRequest(action=number, accounts=[account]))
    assert seen == EligibilityRequest(text, (AccountStanding("US", text, text, text),))


def test_the_contracts_actions_are_those_that_the_use_case_knows() -> None:
    numbers = contract.Action.values()
    assert [eligibility_request(contract.CheckEligibilityRequest(action=number)).action for number in numbers] == [
        None,
        *ACTIONS,
    ]


def test_of_an_absurd_number_of_accounts_the_number_is_kept_and_the_rest_not_read() -> None:
    accounts = [contract.AccountStanding(store="US")] * (MOST_READ + 5)
    standings = eligibility_request(contract.CheckEligibilityRequest(accounts=accounts)).accounts
    assert len(standings) == MOST_READ + 5
    assert {account.store for account in standings[:MOST_READ]} == {"US"}
    assert {account.store for account in standings[MOST_READ:]} == {""}


async def test_all_that_was_decided_reaches_the_caller() -> None:
    answer = await answered(EMPTY, answer_with(Refused(Grounds.NOT_POSSIBLE)))
    reference = rules_pb2.RuleReference(id="account-closed", file="eligibility/link.yaml", line=7)
    failed = rules_pb2.FailedCondition(fact="actor.role", wanted="administrator", actual="unknown", line=9)
    reason = contract.DecisionReason(
        rule=reference,
        reason="ACCOUNT_CLOSED",
        message="Closed in Japan.",
        verdict=contract.VERDICT_NOT_POSSIBLE,
    )
    lost = [
        rules_pb2.RuleNotApplied(decision="link", rule=reference, failed=[failed]),
        rules_pb2.RuleNotApplied(decision="link", rule=reference, overridden_by="other"),
    ]
    decisions = [
        contract.AccountDecision(store="JP", reasons=[reason], not_applied=lost),
        contract.AccountDecision(store="US", allowed=True),
    ]
    assert answer == contract.CheckEligibilityResponse(allowed=False, decisions=decisions, policy_version=VERSION)


@pytest.mark.parametrize(
    ("effect", "verdict", "allowed"),
    [
        (Allowed(), contract.VERDICT_ALLOWED, True),
        (Refused(Grounds.NOT_PERMITTED), contract.VERDICT_NOT_PERMITTED, False),
        (Refused(Grounds.NOT_POSSIBLE), contract.VERDICT_NOT_POSSIBLE, False),
    ],
)
async def test_what_a_rule_does_is_its_verdict(effect: Effect, verdict: int, allowed: bool) -> None:
    answer = await answered(EMPTY, answer_with(effect))
    assert (answer.allowed, answer.decisions[0].allowed) == (allowed, allowed)
    assert answer.decisions[0].reasons[0].verdict == verdict


def test_a_rule_that_charges_or_notes_has_no_verdict() -> None:
    with pytest.raises(TypeError, match="Noted is no verdict"):
        eligibility_response(answer_with(Noted()), "en")


async def test_sentences_come_in_the_language_of_the_call() -> None:
    answer = await answered(EMPTY, answer_with(Refused(Grounds.NOT_POSSIBLE)), metadata=CHINESE)
    assert answer.decisions[0].reasons[0].message == "日本已关闭。"


async def test_a_request_with_problems_is_refused_with_all_of_them() -> None:
    def refuses(request: EligibilityRequest) -> Eligibility:
        raise InvalidRequest([FieldProblem("action", "ACTION_REQUIRED"), FieldProblem("accounts", "ACCOUNTS_REQUIRED")])

    async with running(service_with(check_eligibility=refuses)) as server:
        code, details = await refusal_of(server.linking.CheckEligibility(EMPTY, metadata=CHINESE))

    assert code == grpc.StatusCode.INVALID_ARGUMENT
    violations = [(one.field, one.reason) for one in details["BadRequest"].field_violations]
    assert violations == [("action", "ACTION_REQUIRED"), ("accounts", "ACCOUNTS_REQUIRED")]
    assert details["LocalizedMessage"].locale == "zh-CN"
