"""The project's rules against a table that a person can read, in every situation there is."""

from __future__ import annotations

from datetime import date

from linkedaccounts.application.check_eligibility import CheckEligibility
from linkedaccounts.application.eligibility import AccountDecision, AccountStanding, Eligibility, EligibilityRequest
from linkedaccounts.policy.decide import FactValues
from linkedaccounts.policy.policy import Policy
from tests.application.eligibility_table import ROWS, SITUATIONS, Answer, Situation, answered, expected

TODAY = date(2019, 9, 30)


def facts(situation: Situation) -> FactValues:
    return {
        "actor.role": situation.role,
        "actor.organisation": situation.organisation,
        "account.store": "US",
        "account.region": "north_america",
        "account.status": situation.status,
        "account.in_group": situation.in_group,
        "account.store_shared": situation.store_shared,
        "action.day": TODAY,
        "action.account_count": situation.accounts,
    }


def request(situation: Situation) -> EligibilityRequest:
    """The account in question first, the other one, if there is one, without a flaw."""
    own = AccountStanding("US", situation.role, situation.organisation, situation.status, situation.in_group)
    other = AccountStanding("US" if situation.store_shared else "JP", "administrator", "owner", "active")
    return EligibilityRequest(situation.action, (own, other)[: situation.accounts])


def test_every_situation_is_tried() -> None:
    assert len(set(SITUATIONS)) == 2 * 3 * 5 * 4 * 2 * 2 * 2


def test_the_policy_answers_as_the_table_does_in_every_situation(policy: Policy) -> None:
    wrong: dict[Situation, tuple[Answer, Answer]] = {}
    for situation in SITUATIONS:
        judged = policy.judge(situation.action, facts(situation))
        allowed = all(verdict == "allowed" for verdict, _ in expected(situation))
        if (judged.allowed, answered(judged.rules)) != (allowed, expected(situation)):
            wrong[situation] = answered(judged.rules), expected(situation)
    assert wrong == {}


def test_the_engine_and_the_conditions_as_written_agree_in_every_situation(policy: Policy) -> None:
    for situation in SITUATIONS:
        decision = policy.decisions[situation.action]
        assert decision.decide(facts(situation)) == decision.evaluate(facts(situation)), situation


def test_only_one_situation_is_allowed(policy: Policy) -> None:
    allowed = [situation for situation in SITUATIONS if policy.judge(situation.action, facts(situation)).allowed]
    assert allowed == [Situation("link", "administrator", "owner", "active", False, False, 2)]


def test_the_use_case_answers_as_the_table_does_in_every_situation_that_can_be(policy: Policy) -> None:
    check = CheckEligibility(lambda: policy, lambda: TODAY)
    can_be = [situation for situation in SITUATIONS if situation.accounts > 1 or not situation.store_shared]
    for situation in can_be:
        answer: Eligibility = check(request(situation))
        decision: AccountDecision = answer.decisions[0]
        assert answered(tuple(said.rule for said in decision.said)) == expected(situation), situation
        assert answer.allowed == all(decision.allowed for decision in answer.decisions), situation


def test_every_row_of_the_table_answers_some_situation() -> None:
    answers = {(situation.action, *pair) for situation in SITUATIONS for pair in expected(situation)}
    assert {(row.action, row.verdict, row.reason) for row in ROWS} == answers


def test_every_rule_on_eligibility_is_in_the_table(policy: Policy) -> None:
    for action in ("link", "unlink"):
        decision = policy.decisions[action]
        assert decision.otherwise is not None
        reasons = {rule.reason for rule in (*decision.rules, decision.otherwise)}
        assert reasons == {row.reason for row in ROWS if row.action == action}
