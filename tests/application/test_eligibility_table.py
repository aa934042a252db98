"""The project's rules against a table that a person can read, in every situation there is."""

from __future__ import annotations

from linkedaccounts.application.check_eligibility import CheckEligibility
from linkedaccounts.application.eligibility import AccountDecision, AccountStanding, Eligibility, EligibilityRequest
from linkedaccounts.policy.policy import Policy
from tests.application.eligibility_table import (
    EVERY_SITUATION,
    REGISTRATIONS,
    ROWS,
    SITUATIONS,
    TODAY,
    Answer,
    Registering,
    Situation,
    answered,
    expected,
)


def request(situation: Situation) -> EligibilityRequest:
    """The account in question first, the other one, if there is one, without a flaw."""
    own = AccountStanding("US", situation.role, situation.organisation, situation.status, situation.in_group)
    other = AccountStanding("US" if situation.store_shared else "JP", "administrator", "owner", "active")
    return EligibilityRequest(situation.action, (own, other)[: situation.accounts])


def test_every_situation_is_tried() -> None:
    assert len(set(SITUATIONS)) == 2 * 3 * 5 * 4 * 2 * 2 * 2
    assert len(set(REGISTRATIONS)) == 3 * 5 * 4 * 2 * 2


def test_the_policy_answers_as_the_table_does_in_every_situation(policy: Policy) -> None:
    wrong: dict[Situation | Registering, tuple[Answer, Answer]] = {}
    for situation in EVERY_SITUATION:
        judged = policy.judge(situation.action, situation.facts())
        allowed = all(verdict == "allowed" for verdict, _ in expected(situation))
        if (judged.allowed, answered(judged.rules)) != (allowed, expected(situation)):
            wrong[situation] = answered(judged.rules), expected(situation)
    assert wrong == {}


def test_the_engine_and_the_conditions_as_written_agree_in_every_situation(policy: Policy) -> None:
    for situation in EVERY_SITUATION:
        decision = policy.decisions[situation.action]
        assert decision.decide(situation.facts()) == decision.evaluate(situation.facts()), situation


def test_only_one_situation_of_linking_is_allowed_and_one_of_registering_linked_or_not(policy: Policy) -> None:
    allowed = [situation for situation in EVERY_SITUATION if policy.judge(situation.action, situation.facts()).allowed]
    assert allowed == [
        Situation("link", "administrator", "owner", "active", False, False, 2),
        Registering("administrator", "owner", "active", False, True),
        Registering("administrator", "owner", "active", False, False),
    ]


def test_the_use_case_answers_as_the_table_does_in_every_situation_that_can_be(policy: Policy) -> None:
    check = CheckEligibility(lambda: policy, lambda: TODAY)
    can_be = [situation for situation in SITUATIONS if situation.accounts > 1 or not situation.store_shared]
    for situation in can_be:
        answer: Eligibility = check(request(situation))
        decision: AccountDecision = answer.decisions[0]
        assert answered(tuple(said.rule for said in decision.said)) == expected(situation), situation
        assert answer.allowed == all(decision.allowed for decision in answer.decisions), situation


def test_the_use_case_answers_as_the_table_does_to_everybody_who_would_register(policy: Policy) -> None:
    check = CheckEligibility(lambda: policy, lambda: TODAY)
    for situation in REGISTRATIONS:
        own = AccountStanding("US", situation.role, situation.organisation, situation.status)
        other = AccountStanding("MX" if situation.registered else "JP", "administrator", "owner", "active")
        answer = check(EligibilityRequest("register", (own, other), new_store="MX"))
        assert answered(tuple(said.rule for said in answer.decisions[0].said)) == expected(situation), situation


def test_every_row_of_the_table_answers_some_situation() -> None:
    answers = {(situation.action, *pair) for situation in EVERY_SITUATION for pair in expected(situation)}
    assert {(row.action, row.verdict, row.reason) for row in ROWS} == answers


def test_every_rule_on_eligibility_is_in_the_table(policy: Policy) -> None:
    for action in ("link", "unlink", "register"):
        decision = policy.decisions[action]
        assert decision.otherwise is not None
        reasons = {rule.reason for rule in (*decision.rules, decision.otherwise)}
        assert reasons == {row.reason for row in ROWS if row.action == action}
