"""From decisions on eligibility to the contract's messages."""

from __future__ import annotations

from linkedaccounts.application.eligibility import AccountDecision, Eligibility
from linkedaccounts.application.said import Said
from linkedaccounts.domain.effects import Allowed, Effect, Grounds, Refused
from linkedaccounts.endpoints.rules_response import rule_not_applied, rule_reference
from linkedaccounts.v1 import linking_service_pb2 as contract

REFUSALS = {
    Grounds.NOT_PERMITTED: contract.VERDICT_NOT_PERMITTED,
    Grounds.NOT_POSSIBLE: contract.VERDICT_NOT_POSSIBLE,
}


def eligibility_response(eligibility: Eligibility, language: str) -> contract.CheckEligibilityResponse:
    """The answer, with its sentences in ``language``."""
    return contract.CheckEligibilityResponse(
        allowed=eligibility.allowed,
        decisions=[account_decision(decision, language) for decision in eligibility.decisions],
        policy_version=eligibility.policy_version,
    )


def account_decision(decision: AccountDecision, language: str) -> contract.AccountDecision:
    """The decision on one account."""
    return contract.AccountDecision(
        store=decision.store,
        allowed=decision.allowed,
        reasons=[decision_reason(said, language) for said in decision.said],
        not_applied=map(rule_not_applied, decision.not_applied),
    )


def decision_reason(said: Said, language: str) -> contract.DecisionReason:
    """A rule that decided, and what it says."""
    return contract.DecisionReason(
        rule=rule_reference(said.rule),
        reason=said.rule.reason,
        message=said.message(language),
        verdict=_verdict(said.rule.effect),
    )


def _verdict(effect: Effect) -> contract.Verdict.ValueType:
    match effect:
        case Allowed():
            return contract.VERDICT_ALLOWED
        case Refused(grounds):
            return REFUSALS[grounds]
    raise TypeError(f"{type(effect).__name__} is no verdict")
