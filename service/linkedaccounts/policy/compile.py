"""Third stage: checked rules → the definition of a durable-rules network.

Each box of a rule's region becomes one or more engine rules, conjunctions without `or`: the engine expands `or` itself,
and fails at 32 terms. They are spread over rulesets so that no facts can exhaust the engine's tables of fixed size. A
fact that no rule of the decision looks at is not asserted.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from math import prod
from typing import Any

from linkedaccounts.policy.model import Rule
from linkedaccounts.policy.regions import Box, Space
from linkedaccounts.policy.values import HIGHEST, LOWEST, Encoded, Members, ValueSet
from linkedaccounts.policy.vocabulary import Fact

MOST_TERMS = 30
"""Terms in one engine rule; from 32 on durable-rules 2.0.28 fails (error 113)."""

MOST_ENGINE_RULES = 2_000
"""Engine rules that one rule may become."""

RULES_A_SET = 400
"""Engine rules in one ruleset. A node with more than 512 branches is made and walked without end (no error)."""

BRANCHES_A_FACT = 60
"""Engine rules of one ruleset that one fact can lead to; with more than 64 pending durable-rules fails (error 303)."""

ALWAYS = "always"
"""A property that every asserted fact has, for rules without a condition: the engine needs a term."""

Term = dict[str, Any]
"""One test of one property, in the engine's notation."""


@dataclass(slots=True)
class _Ruleset:
    """A ruleset being filled. Facts have one value of ``first``, so they lead to the rules that want that one only."""

    first: str
    rules: dict[str, Any] = field(default_factory=dict)
    branches: Counter[Encoded | None] = field(default_factory=Counter)

    def takes(self, terms: Sequence[Term]) -> bool:
        """Whether there is room for one more conjunction; adds it to the count if so."""
        value = next((term[self.first] for term in terms if self.first in term), None)
        valued = [count for other, count in self.branches.items() if other is not None]
        with_value = self.branches[value] if value is not None else max(valued, default=0)
        if len(self.rules) >= RULES_A_SET or with_value + self.branches[None] >= BRANCHES_A_FACT:
            return False
        self.branches[value] += 1
        return True


def rulesets(rules: Sequence[Rule], space: Space) -> list[dict[str, Any]]:
    """The definitions of the rulesets that together hold all rules; engine rule "7.2" is an alternative of rule 7."""
    engine_rules = {
        f"{index}.{alternative}": terms
        for index, rule in enumerate(rules)
        for alternative, terms in enumerate(conjunctions(space.boxes(rule.condition), space.facts))
    }
    first = _most_telling(engine_rules.values())
    filled: list[_Ruleset] = []
    for name, terms in engine_rules.items():
        room = next((ruleset for ruleset in filled if ruleset.takes(terms)), None)
        if room is None:
            room = _Ruleset(first)
            room.takes(terms)
            filled.append(room)
        # The engine tests the terms in their order: the one that tells most facts apart goes first.
        ordered = sorted(terms, key=lambda term: first not in term)
        room.rules[name] = {"all": [{"m": {"$and": ordered}}], "count": 1}
    return [ruleset.rules for ruleset in filled]


def _most_telling(conjunctions: Collection[Sequence[Term]]) -> str:
    """The property of which any one value leads to the fewest conjunctions: those that want it, or want none."""
    wanted: dict[str, Counter[Encoded]] = defaultdict(Counter)
    for prop, value in (item for terms in conjunctions for term in terms for item in term.items()):
        if not prop.startswith("$"):
            wanted[prop][value] += 1
    led = {prop: max(values.values()) - values.total() for prop, values in wanted.items()}
    return min(led, key=lambda prop: (led[prop], prop), default="")


def conjunctions(boxes: Sequence[Box], facts: Mapping[str, Fact]) -> Iterator[list[Term]]:
    """The engine's conjunctions for boxes."""
    for box in boxes:
        alternatives = [choices for fact, values in sorted(box.items()) if (choices := _choices(facts[fact], values))]
        for chosen in product(*alternatives):
            yield [term for choice in chosen for term in choice] or [{ALWAYS: 1}]


def terms_of(box: Box, facts: Mapping[str, Fact]) -> int:
    """How many terms the longest conjunction of a box has."""
    return sum(max(map(len, _choices(facts[fact], values)), default=0) for fact, values in box.items())


def engine_terms(box: Box, facts: Mapping[str, Fact]) -> int:
    """How many conjunctions a box becomes."""
    return prod(len(_choices(facts[fact], values)) or 1 for fact, values in box.items())


def _choices(fact: Fact, values: ValueSet) -> list[list[Term]]:
    """The alternatives by which a fact is known and lies in a set, each a conjunction; none if it may be unknown."""
    if values.unknown:
        return []
    if isinstance(values, Members):
        return _finite(fact, values)
    return [_span(fact.path, first, last) for first, last in values.spans]


def _finite(fact: Fact, values: Members) -> list[list[Term]]:
    """One `=` for each value, or one `≠` for each of the others (which a missing property does not satisfy)."""
    others = fact.domain.minus(values)
    assert isinstance(others, Members)
    if not others.values:
        return [[{"$neq": {fact.path: ""}}]]
    if len(values.values) > 1 and len(others.values) <= 3:
        return [[{"$neq": {fact.path: value}} for value in sorted(others.values, key=str)]]
    return [[{fact.path: value}] for value in sorted(values.values, key=str)]


def _span(path: str, first: int, last: int) -> list[Term]:
    if first == last:
        return [{path: first}]
    bounds = [{"$gte": {path: first}}] if first > LOWEST else []
    if last < HIGHEST:
        bounds.append({"$lte": {path: last}})
    return bounds or [{"$gte": {path: first}}]
