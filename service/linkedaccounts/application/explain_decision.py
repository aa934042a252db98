"""Explains what the rules decide on some facts: why, why not otherwise, and what would change it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from linkedaccounts.application.check_facts import Stated, check_facts
from linkedaccounts.application.refusals import FieldProblem, InvalidRequest
from linkedaccounts.domain.catalogue import Catalogue
from linkedaccounts.policy.decisions import DECISIONS
from linkedaccounts.policy.explanation import Explanation, explain_decision
from linkedaccounts.policy.policy import Policy


@dataclass(frozen=True, slots=True)
class Explained:
    """Decisions explained by one policy, and the catalogue whose names they are told in."""

    explanations: tuple[Explanation, ...]
    catalogue: Catalogue
    policy_version: str


class ExplainDecision:
    """The use case. Each call takes the policy once; it may take a while where rules are many: call it in a thread."""

    def __init__(self, policy: Callable[[], Policy]) -> None:
        self._policy = policy

    def __call__(self, decision: str | None, stated: Stated) -> Explained:
        """The decision on the facts stated, completed from the catalogue; InvalidRequest says what is wrong with them.

        ``decision`` is the name of one that there is, None is not stated.
        """
        policy = self._policy()
        if decision is None:
            raise InvalidRequest([FieldProblem("subject", "SUBJECT_REQUIRED", {"known": ", ".join(DECISIONS)})])
        asked = policy.decisions[decision]
        return Explained((explain_decision(asked, check_facts(stated, asked)),), policy.catalogue, policy.version)
