"""What a page shows of a decision: its rules as rows of a table, conditions and effects in the reader's words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from linkedaccounts.domain.effects import Effect, Refused
from linkedaccounts.policy.condition import AllOf, AnyOf, Condition, FactTest, Not
from linkedaccounts.policy.decide import Decision
from linkedaccounts.policy.labels import Labels, label
from linkedaccounts.policy.model import Rule
from linkedaccounts.policy.place import Place

LinkTo = Callable[[Place], str]
"""The address of a place in a rule file, as seen from a page."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a condition: a test in words, or a heading over parts."""

    words: str
    parts: tuple[Clause, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleView:
    """A row: ``clauses`` must all hold (none: always). ``overrides`` are the ids that the rule goes before."""

    id: str
    clauses: tuple[Clause, ...]
    effect: str
    refuses: bool
    message: str
    reason: str
    place: str
    link: str
    overrides: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DecisionView:
    """A decision's page."""

    name: str
    question: str
    combine: str
    rows: tuple[RuleView, ...]
    otherwise: RuleView | None


def decision_view(decision: Decision, labels: Labels, link_to: LinkTo) -> DecisionView:
    """A decision with its rules in their order; those of an eligibility that allow come first."""
    rules = sorted(decision.rules, key=lambda rule: (rule.order, isinstance(rule.effect, Refused), rule.place))
    row = _Row(decision, labels, link_to)
    otherwise = None if decision.otherwise is None else row.of(decision.otherwise)
    question = labels.decision(decision.form.name)
    return DecisionView(decision.form.name, question, decision.form.combine, tuple(map(row.of, rules)), otherwise)


class _Row:
    """Makes the rows of one decision."""

    def __init__(self, decision: Decision, labels: Labels, link_to: LinkTo) -> None:
        self._decision = decision
        self._labels = labels
        self._link_to = link_to

    def of(self, rule: Rule) -> RuleView:
        return RuleView(
            id=rule.id,
            clauses=self._clauses(rule.condition),
            effect=self._effect(rule.effect),
            refuses=isinstance(rule.effect, Refused),
            message=rule.message.by_language[self._labels.language],
            reason=rule.reason,
            place=f"{rule.place.file}:{rule.place.line}",
            link=self._link_to(rule.place),
            overrides=tuple(sorted(rule.overrides)),
        )

    def _effect(self, effect: Effect) -> str:
        words = self._labels.effect(effect)
        return words[:1].upper() + words[1:]

    def _clauses(self, condition: Condition | None) -> tuple[Clause, ...]:
        """The parts that must all hold, those of nested `all` among them."""
        match condition:
            case None:
                return ()
            case AllOf(parts):
                return tuple(clause for part in parts for clause in self._clauses(part))
        return (self._clause(condition),)

    def _clause(self, condition: Condition) -> Clause:
        match condition:
            case FactTest(path, admits):
                fact = self._decision.space.facts[path]
                return Clause(f"{self._labels.fact(path)}: {self._labels.values(fact, admits)}")
            case Not(part):
                return Clause(self._combiner("not"), (self._clause(part),))
            case AllOf(parts):
                return Clause(self._combiner("all"), tuple(map(self._clause, parts)))
            case AnyOf(parts):
                return Clause(self._combiner("any"), tuple(map(self._clause, parts)))

    def _combiner(self, name: str) -> str:
        return label("combiners", name, self._labels.language)
