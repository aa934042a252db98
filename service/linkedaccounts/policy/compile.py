"""Third stage: checked rules → the definition of a durable-rules network.

Each box of a rule's region becomes one or more engine rules, conjunctions without `or`: the engine expands `or` itself,
and fails at 32 terms. They are spread over rulesets so that no facts can exhaust the engine's tables of fixed size. A
fact that no rule of the decision looks at is not asserted.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby, product
from math import prod
from typing import Any

from linkedaccounts.policy.model import Rule
from linkedaccounts.policy.regions import Box, Space
from linkedaccounts.policy.values import HIGHEST, LOWEST, Encoded, Members, Spans, ValueSet
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


@dataclass(frozen=True, slots=True)
class Ruleset:
    """Engine rules that are asked together, by name; facts outside of ``within`` match none of them."""

    definition: Mapping[str, Any]
    within: Box


@dataclass(frozen=True, slots=True)
class _EngineRule:
    """A conjunction, and the box that it is of. ``value`` is what it wants of the fact that tells most."""

    name: str
    box: Box
    terms: Sequence[Term]
    value: Encoded | None


@dataclass(slots=True)
class _Filling:
    """A ruleset being filled. Facts have one value of each fact, so they lead to the rules that want that one only."""

    rules: list[_EngineRule] = field(default_factory=list)
    branches: Counter[Encoded | None] = field(default_factory=Counter)

    def takes(self, rule: _EngineRule) -> bool:
        """Whether there is room for one more rule; adds it if so."""
        value = rule.value
        valued = [count for other, count in self.branches.items() if other is not None]
        with_value = self.branches[value] if value is not None else max(valued, default=0)
        if len(self.rules) >= RULES_A_SET or with_value + self.branches[None] >= BRANCHES_A_FACT:
            return False
        self.branches[value] += 1
        self.rules.append(rule)
        return True


def rulesets(rules: Sequence[Rule], space: Space) -> list[Ruleset]:
    """The rulesets that together hold all rules; engine rule "7.2" is an alternative of rule 7.

    Rules that want like facts are put together, so that few rulesets have to be asked about any facts.
    """
    engine_rules = [
        (f"{index}.{alternative}", box, terms)
        for index, rule in enumerate(rules)
        for alternative, (box, terms) in enumerate(
            (box, terms) for box in space.boxes(rule.condition) for terms in conjunctions([box], space.facts)
        )
    ]
    first = _most_telling([terms for _, _, terms in engine_rules])
    told = [_EngineRule(name, box, terms, _wanted(first, terms)) for name, box, terms in engine_rules]
    second = _most_spread([box for _, box, _ in engine_rules])
    filling: list[_Filling] = []
    for alike in _alike(sorted(told, key=lambda rule: (str(rule.value or ""), _begins(rule.box, second)))):
        filling.append(_Filling())
        for rule in alike:
            if not filling[-1].takes(rule):
                filling.append(_Filling())
                filling[-1].takes(rule)
    return [_ruleset(each.rules, first, second) for each in filling]


def _alike(rules: Iterable[_EngineRule]) -> Iterator[list[_EngineRule]]:
    """The rules in parts that share no ruleset: those of a value that fill one by themselves, and the rest."""
    listed = list(rules)
    wanting = Counter(rule.value for rule in listed)
    for _, part in groupby(listed, lambda rule: rule.value if wanting[rule.value] > BRANCHES_A_FACT else None):
        yield list(part)


def _ruleset(rules: Sequence[_EngineRule], first: str, second: str) -> Ruleset:
    # The engine tests the terms in their order: the one that tells most facts apart goes first.
    ordered = {rule.name: sorted(rule.terms, key=lambda term: first not in term) for rule in rules}
    definition = {name: {"all": [{"m": {"$and": terms}}], "count": 1} for name, terms in ordered.items()}
    boxes = [rule.box for rule in rules]
    return Ruleset(
        definition, {fact: _hull(boxes, fact) for fact in (first, second) if all(fact in box for box in boxes)}
    )


def _hull(boxes: Sequence[Box], fact: str) -> ValueSet:
    """The values of a fact in any of the boxes, which all name it; of an ordered one all between, too."""
    sets = [box[fact] for box in boxes]
    if isinstance(sets[0], Spans):
        spans = [span for values in sets if isinstance(values, Spans) for span in values.spans]
        return Spans(((min(first for first, _ in spans), max(last for _, last in spans)),))
    return Members(frozenset(value for values in sets if isinstance(values, Members) for value in values.values))


def _most_spread(boxes: Sequence[Box]) -> str:
    """The ordered fact of which the boxes have the most different spans; an empty text if they name none."""
    spans: dict[str, set[ValueSet]] = defaultdict(set)
    for fact, values in (item for box in boxes for item in box.items()):
        if isinstance(values, Spans):
            spans[fact].add(values)
    return max(spans, key=lambda fact: (len(spans[fact]), fact), default="")


def _begins(box: Box, fact: str) -> int:
    """From which number on a box has an ordered fact."""
    values = box.get(fact)
    return values.spans[0][0] if isinstance(values, Spans) and values.spans else LOWEST


def _wanted(prop: str, terms: Sequence[Term]) -> Encoded | None:
    """The one value of a property that a conjunction wants; None if it takes several."""
    return next((term[prop] for term in terms if prop in term), None)


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
