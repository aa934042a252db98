"""A decision explained: of every rule the tree of its conditions, each held against the facts.

Where ``explain`` says why a rule did not apply, this says of every rule, of those that applied too, what was wanted,
what was, and where that stands; in words in ``explanation_words``, and with what would change it from ``nearest``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from linkedaccounts.policy.condition import AllOf, AnyOf, Condition, Facts, FactTest, Not, holds
from linkedaccounts.policy.decide import Decision, FactValues, refuse
from linkedaccounts.policy.decisions import ELIGIBILITY
from linkedaccounts.policy.explain import failing_tests, not_applied
from linkedaccounts.policy.model import FailedCondition, NotApplied, Rule
from linkedaccounts.policy.nearest import NearMiss, nearest_misses
from linkedaccounts.policy.regions import TooComplex
from linkedaccounts.policy.values import Encoded, ValueSet
from linkedaccounts.policy.vocabulary import Fact, encode


@dataclass(frozen=True, slots=True)
class ExplainedTest:
    """A test of one fact with what the fact was; ``held`` is None if that is not known."""

    test: FactTest
    actual: Encoded | None
    held: bool | None


@dataclass(frozen=True, slots=True)
class Combined:
    """Conditions combined by `all`, `any` or `not`, in the order of the file; ``held`` of them together."""

    how: str
    parts: tuple[Explained, ...]
    held: bool | None


Explained: TypeAlias = ExplainedTest | Combined


@dataclass(frozen=True, slots=True)
class Failure:
    """A condition that kept a rule from applying, with the values that it wants and the one that was, encoded."""

    condition: FailedCondition
    admits: ValueSet
    actual: Encoded | None


@dataclass(frozen=True, slots=True)
class ExplainedRule:
    """A rule with its conditions, None if it has none.

    Of one that did not apply ``failed`` are the tests that kept it from applying, the first of several that must all
    hold, or all of several alternatives; empty if its conditions held, and it lost to the rule ``lost_to``.
    """

    rule: Rule
    condition: Explained | None
    failed: tuple[Failure, ...] = ()
    lost_to: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """A decision on some facts, encoded: the rules that decided, those that did not apply, by order and id.

    ``nearest`` is None if the rules are too many and too tangled to compute it. ``beside`` is what its changes may name
    besides facts of the decision, ``values`` what messages may fill in besides what facts and catalogue say.
    """

    decision: Decision
    facts: Facts
    applied: tuple[ExplainedRule, ...]
    not_applied: tuple[ExplainedRule, ...]
    nearest: tuple[NearMiss, ...] | None
    beside: Mapping[str, Fact] = field(default_factory=dict)
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def by_otherwise(self) -> bool:
        """Whether no rule matched, so that `otherwise` decided."""
        return self.decision.otherwise is not None and self.rules == (self.decision.otherwise,)

    def fact(self, path: str) -> Fact:
        """What a test or a change names."""
        return self.beside.get(path) or self.decision.space.facts[path]

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules that decided, as the engine says."""
        return tuple(explained.rule for explained in self.applied)

    @property
    def allowed(self) -> bool | None:
        """The verdict of an eligibility; None for a decision of another kind."""
        return allowed(self.decision, self.rules)


def allowed(decision: Decision, rules: tuple[Rule, ...]) -> bool | None:
    """Whether rules that decide an eligibility allow; None for a decision of another kind."""
    if decision.form.combine != ELIGIBILITY:
        return None
    return not refuse(rules)


def explain_decision(decision: Decision, facts: FactValues) -> Explanation:
    """The decision on these facts, explained; one that is missing or None is unknown."""
    encoded = {path: encode(value) for path, value in facts.items()}
    applied = decision.decide(facts)
    try:
        nearest = nearest_misses(decision, encoded, applied)
    except TooComplex:
        nearest = None
    return Explanation(
        decision=decision,
        facts=encoded,
        applied=tuple(ExplainedRule(rule, _explained(rule.condition, encoded)) for rule in applied),
        not_applied=_not_applied(decision, facts, encoded, applied),
        nearest=nearest,
    )


def _not_applied(
    decision: Decision, facts: FactValues, encoded: Facts, applied: tuple[Rule, ...]
) -> tuple[ExplainedRule, ...]:
    return tuple(
        ExplainedRule(
            rule=other.rule,
            condition=_explained(other.rule.condition, encoded),
            failed=_failures(other, decision, encoded),
            lost_to=other.overridden_by,
        )
        for other in not_applied(decision, facts, applied)
    )


def _failures(other: NotApplied, decision: Decision, facts: Facts) -> tuple[Failure, ...]:
    if other.rule.condition is None or not other.failed:
        return ()
    failing = failing_tests(other.rule.condition, facts)
    return tuple(
        Failure(
            condition=condition,
            admits=test.admits if affirmed else decision.space.facts[test.fact].opposite(test.admits),
            actual=facts.get(test.fact),
        )
        for condition, (test, affirmed) in zip(other.failed, failing, strict=True)
    )


def _explained(condition: Condition | None, facts: Facts) -> Explained | None:
    return None if condition is None else _tree(condition, facts)


def _tree(condition: Condition, facts: Facts) -> Explained:
    match condition:
        case FactTest(fact):
            return ExplainedTest(condition, facts.get(fact), holds(condition, facts))
        case Not(part):
            return Combined("not", (_tree(part, facts),), holds(condition, facts))
        case AllOf(parts):
            return Combined("all", tuple(_tree(part, facts) for part in parts), holds(condition, facts))
        case AnyOf(parts):
            return Combined("any", tuple(_tree(part, facts) for part in parts), holds(condition, facts))
