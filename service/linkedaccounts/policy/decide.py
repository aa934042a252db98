"""Fourth stage: which rules apply to some facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import copy
from typing import TypeAlias

from linkedaccounts.domain.effects import Refused
from linkedaccounts.policy.compile import rulesets
from linkedaccounts.policy.condition import Facts, facts_of, holds
from linkedaccounts.policy.decisions import ELIGIBILITY, DecisionForm
from linkedaccounts.policy.model import FactValue, Rule
from linkedaccounts.policy.network import Network
from linkedaccounts.policy.overriding import beats, overridden
from linkedaccounts.policy.regions import Space
from linkedaccounts.policy.remembered import Memory, Remembered
from linkedaccounts.policy.vocabulary import encode

FactValues: TypeAlias = Mapping[str, FactValue]
"""Facts by path; one that is missing or None is unknown."""


def refuse(rules: Iterable[Rule]) -> bool:
    """Whether an action is refused by any of the rules that decide on it."""
    return any(isinstance(rule.effect, Refused) for rule in rules)


class Decision:
    """A decision of a policy: its rules, in the engine."""

    def __init__(self, form: DecisionForm, rules: Iterable[Rule], otherwise: Rule | None, space: Space) -> None:
        self.form = form
        self.rules = tuple(sorted(rules, key=lambda rule: (rule.order, rule.id)))
        self.otherwise = otherwise
        self.space = space
        self.loses = overridden(self.rules)
        self.looks_at = tuple(sorted(frozenset().union(*(facts_of(rule.condition) for rule in self.rules))))
        self._network = Network(form.name, rulesets(self.rules, space)) if self.rules else None
        self._remembered: Remembered | None = None

    def beats(self, other: Rule, rule: Rule) -> bool:
        """Whether one of the rules wins over another, or over what holds otherwise, wherever both match."""
        return rule == self.otherwise or beats(other, rule, self.form.combine, self.loses)

    def within(self, space: Space) -> Decision:
        """The same decision, compared with others in another space of facts."""
        other = copy(self)
        other.space = space
        return other

    def remember(self, memory: Memory) -> None:
        """From now on keeps as many answers as ``memory`` says, for facts that its rules do not tell apart."""
        boxes = (box for rule in self.rules for box in self.space.boxes(rule.condition))
        self._remembered = Remembered(boxes, self.space.facts, self.ask, memory) if memory.most else None

    def decide(self, facts: FactValues) -> tuple[Rule, ...]:
        """The rules that apply: of a choice one, or several that agree; of a collect decision all, in order.

        Of an eligibility all that refuse, or else all that allow.
        """
        return self.ask(facts) if self._remembered is None else self._remembered(facts)

    def ask(self, facts: FactValues) -> tuple[Rule, ...]:
        """The same, asked of the engine now."""
        if self._network is None:
            return self._combined(set())
        encoded = ((path, encode(value)) for path in self.looks_at if (value := facts.get(path)) is not None)
        known = [(path, value) for path, value in encoded if value is not None]
        return self._combined(self._network.matching(known))

    def evaluate(self, facts: FactValues) -> tuple[Rule, ...]:
        """The same answer without the engine, from the conditions as they were written: the oracle of ``decide``."""
        return self.deciding(self.encoded(facts))

    def deciding(self, facts: Facts) -> tuple[Rule, ...]:
        """The same for facts that are encoded already."""
        matching = (n for n, rule in enumerate(self.rules) if rule.condition is None or holds(rule.condition, facts))
        return self._combined(set(matching))

    def encoded(self, facts: FactValues) -> Facts:
        """The facts that the rules look at, encoded."""
        return {path: encode(facts.get(path)) for path in self.looks_at}

    def _combined(self, matching: set[int]) -> tuple[Rule, ...]:
        if len(matching) > 1:
            matching = self._undefeated(matching)
        if not matching and self.otherwise is not None:
            return (self.otherwise,)
        return tuple(self.rules[number] for number in sorted(matching))

    def _undefeated(self, matching: set[int]) -> set[int]:
        """Those of the matching rules that no other of them overrides, or, if they allow, refuses."""
        if self.form.combine == ELIGIBILITY:
            return {number for number in matching if isinstance(self.rules[number].effect, Refused)} or matching
        ids = {self.rules[number].id for number in matching}
        return {number for number in matching if ids.isdisjoint(self.loses[self.rules[number].id])}
