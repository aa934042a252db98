"""A policy that can answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from linkedaccounts.domain.catalogue import Catalogue
from linkedaccounts.policy.decide import Decision, FactValues, refuse
from linkedaccounts.policy.explain import not_applied
from linkedaccounts.policy.model import NotApplied, PolicyFile, Rule
from linkedaccounts.policy.problems import Problem
from linkedaccounts.policy.remembered import Memory


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a policy says of an action."""

    allowed: bool
    rules: tuple[Rule, ...]


@dataclass(slots=True)
class Policy:
    """What the rule files say, compiled. ``version`` is the SHA-256 of their canonical content.

    ``warnings`` is what the check found that does not keep it from serving.
    """

    version: str
    files: tuple[PolicyFile, ...]
    catalogue: Catalogue
    decisions: Mapping[str, Decision]
    cases_passed: int = 0
    warnings: tuple[Problem, ...] = ()

    def remember(self, memory: Memory) -> None:
        """From now on its decisions keep their answers, as many as ``memory`` says; they are the same answers."""
        for decision in self.decisions.values():
            decision.remember(memory)

    def choose(self, decision: str, facts: FactValues) -> Rule:
        """The rule that decides a choice: of several that agree the first by id."""
        return self.decisions[decision].decide(facts)[0]

    def collect(self, decision: str, facts: FactValues) -> tuple[Rule, ...]:
        """All rules of a collect decision that apply, in their order."""
        return self.decisions[decision].decide(facts)

    def judge(self, decision: str, facts: FactValues) -> Judgement:
        """Whether an action is allowed, and the rules that say so: all that refuse, or else those that allow."""
        rules = self.decisions[decision].decide(facts)
        return Judgement(not refuse(rules), rules)

    def explain(self, decision: str, facts: FactValues, applied: Sequence[Rule]) -> tuple[NotApplied, ...]:
        """The rules that did not apply, and why."""
        return not_applied(self.decisions[decision], facts, applied)
