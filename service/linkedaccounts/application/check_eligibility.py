"""Says whether an actor may do something with accounts, by facts alone: nothing is changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from linkedaccounts.application.action import ActedOn, Action
from linkedaccounts.application.check_action import check_action
from linkedaccounts.application.decision_record import Recorder, made_on, not_recorded
from linkedaccounts.application.eligibility import AccountDecision, Eligibility, EligibilityRequest
from linkedaccounts.application.said import Said
from linkedaccounts.policy.model import FactValue
from linkedaccounts.policy.policy import Policy


class CheckEligibility:
    """The use case. A refusal of the policy is an answer; each call takes the policy once."""

    def __init__(
        self, policy: Callable[[], Policy], today: Callable[[], date], recorder: Recorder = not_recorded
    ) -> None:
        self._policy = policy
        self._today = today
        self._recorder = recorder

    def __call__(self, request: EligibilityRequest) -> Eligibility:
        """The decision on each account; InvalidRequest lists all that is wrong with the request."""
        policy = self._policy()
        action = check_action(request, policy.catalogue.stores, self._today())
        decisions = decisions_on(policy, action, explain=request.explain)
        for decision in decisions:
            self._recorder(made_on(decision, action.name, policy.version))
        return Eligibility(all(decision.allowed for decision in decisions), decisions, policy.version)


def decisions_on(policy: Policy, action: Action, *, explain: bool) -> tuple[AccountDecision, ...]:
    """What the policy says of an action on each of its accounts, in their order."""
    common = action.facts()
    return tuple(_decision(policy, action, common, account, explain=explain) for account in action.accounts)


def _decision(
    policy: Policy, action: Action, common: Mapping[str, FactValue], account: ActedOn, *, explain: bool
) -> AccountDecision:
    facts = {**common, **account.facts()}
    judged = policy.judge(action.name, facts)
    values = {"store": action.store_in_question(account)}
    return AccountDecision(
        store=account.store.code,
        allowed=judged.allowed,
        said=tuple(Said(rule, values) for rule in judged.rules),
        not_applied=policy.explain(action.name, facts, judged.rules) if explain else (),
        facts=facts,
    )
