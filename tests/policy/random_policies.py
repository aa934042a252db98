"""Random conditions, overrides and facts over the vocabulary of `charging`, and what they come to by definition.

A condition is drawn as it would stand in a rule file: nested dicts and lists of plain values. ``truth`` reads it as the
manual does, knowing nothing of sets, boxes or the engine, so that what the checks make of it can be held against it.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from itertools import count
from typing import Any

from linkedaccounts.domain.effects import ChargedAmount, ChargedInFull, Effect
from linkedaccounts.domain.money import Currency, Money
from linkedaccounts.domain.text import Text
from linkedaccounts.policy.check_conditions import check_condition
from linkedaccounts.policy.compile import MOST_TERMS, engine_terms, terms_of
from linkedaccounts.policy.condition import Condition, Facts
from linkedaccounts.policy.decide import Decision
from linkedaccounts.policy.decisions import DECISIONS
from linkedaccounts.policy.findings import Findings
from linkedaccounts.policy.load import load_policy
from linkedaccounts.policy.model import FactValue, Rule
from linkedaccounts.policy.place import Place
from linkedaccounts.policy.regions import Space, TooComplex
from linkedaccounts.policy.source import Listing, Node, Scalar, Table
from linkedaccounts.policy.values import Encoded, Members
from linkedaccounts.policy.vocabulary import ORDERED, Fact, FactType, encode
from tests.policy.rule_files import RULES

Raw = Any
"""A condition as a rule file has it, read."""

A_DAY = date(2019, 9, 30)
MOST_ALTERNATIVES = 300
OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "at_least": lambda value, bound: value >= bound,
    "more_than": lambda value, bound: value > bound,
    "at_most": lambda value, bound: value <= bound,
    "less_than": lambda value, bound: value < bound,
    "from": lambda value, bound: value >= bound,
    "after": lambda value, bound: value > bound,
    "through": lambda value, bound: value <= bound,
    "before": lambda value, bound: value < bound,
    "between": lambda value, bounds: bounds[0] <= value <= bounds[1],
    "not": lambda value, others: value not in as_list(others),
}


@cache
def charging_space() -> Space:
    """All facts of `charging`, with the catalogue of rules/."""
    return load_policy(RULES).decisions["charging"].space


def as_list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else [value]


# What a condition comes to


def truth(raw: Raw, facts: Mapping[str, FactValue]) -> bool | None:
    """Whether a condition holds, by the manual: None where that depends on an unknown fact."""
    return _all([_part(key, value, facts) for key, value in raw.items()])


def _part(key: str, wanted: Any, facts: Mapping[str, FactValue]) -> bool | None:
    if key == "not":
        held = truth(wanted, facts)
        return None if held is None else not held
    if key == "all":
        return _all([truth(part, facts) for part in wanted])
    if key == "any":
        part_not_held = _all([None if (held := truth(part, facts)) is None else not held for part in wanted])
        return None if part_not_held is None else not part_not_held
    value = facts.get(key)
    return None if value is None else admitted(value, wanted)


def admitted(value: FactValue, wanted: Any) -> bool:
    """Whether a known value is wanted."""
    if isinstance(wanted, dict):
        return all(OPERATORS[operator](value, bound) for operator, bound in wanted.items())
    return value in as_list(wanted)


def _all(parts: Sequence[bool | None]) -> bool | None:
    return False if False in parts else None if None in parts else True


# Drawing conditions and facts


def pool(fact: Fact) -> list[Any]:
    """Values of a fact, few and close together, so that thresholds and facts meet."""
    match fact.type:
        case FactType.COUNT:
            return [0, 1, 2, 3, 5, 6, 10**9]
        case FactType.DATE:
            return [date(1, 1, 1), *(A_DAY + timedelta(days) for days in (-31, -1, 0, 1, 31)), date(9999, 12, 31)]
        case FactType.DECIMAL:
            return [Decimal(text) for text in ("-1", "0", "0.000000001", "39.98", "39.99", "39.990000001", "600")]
    assert isinstance(fact.domain, Members)
    return sorted(fact.domain.values, key=str)


def raw_condition(chance: random.Random, facts: Mapping[str, Fact], depth: int = 3) -> Raw:
    """A condition of one to three parts, each a fact or a combination of conditions."""
    raw: dict[str, Any] = {}
    for _ in range(chance.choice([1, 1, 2, 3])):
        if depth and chance.random() < 0.35:
            combiner = chance.choice(["all", "any", "any", "not"])
            parts = [
                raw_condition(chance, facts, depth - 1) for _ in range(1 if combiner == "not" else chance.randint(1, 3))
            ]
            raw[combiner] = parts[0] if combiner == "not" else parts
        else:
            path = chance.choice(sorted(facts))
            raw[path] = _wanted(chance, facts[path])
    return raw


def _wanted(chance: random.Random, fact: Fact) -> Any:
    values = pool(fact)
    form = chance.choice(["value", "list", "not", "operator", "operators"])
    if form == "value":
        return chance.choice(values)
    if form == "list":
        return chance.sample(values, chance.randint(1, min(4, len(values))))
    if form == "not" or fact.type not in ORDERED:
        excluded = chance.sample(values, chance.randint(1, min(4, len(values))))
        return {"not": excluded if len(excluded) > 1 or chance.random() < 0.5 else excluded[0]}
    return _ordered(chance, fact, values, 1 if form == "operator" else 2)


def _ordered(chance: random.Random, fact: Fact, values: list[Any], operators: int) -> dict[str, Any]:
    dating = fact.type is FactType.DATE
    known = ["from", "after", "through", "before"] if dating else ["at_least", "more_than", "at_most", "less_than"]
    wanted: dict[str, Any] = {}
    for operator in chance.sample([*known, "between", "not"], operators):
        wanted[operator] = sorted(chance.sample(values, 2)) if operator == "between" else chance.choice(values)
    return wanted


def random_facts(chance: random.Random, facts: Mapping[str, Fact]) -> dict[str, FactValue]:
    """A value for every fact, or in every second draw for only some of them."""
    lost = chance.choice([0, chance.random()])
    drawn = {path: chance.choice(pool(fact)) for path, fact in facts.items() if chance.random() >= lost}
    return {**dict.fromkeys(chance.sample(sorted(facts), 2)), **drawn}


def facts_that_occur(chance: random.Random, decision: Decision, *, complete: bool = True) -> Facts:
    """Encoded facts that can occur; if they are complete, those that may not be unknown are not."""
    space = decision.space
    while True:
        stated = random_facts(chance, space.facts)
        facts: dict[str, Encoded | None] = {path: encode(stated.get(path)) for path in space.facts}
        if complete:
            certain = {path: fact for path, fact in space.facts.items() if not fact.domain.unknown}
            facts |= {path: encode(chance.choice(pool(fact))) for path, fact in certain.items() if facts[path] is None}
            facts[decision.form.day] = encode(A_DAY)
        facts |= space.catalogued(facts)
        if space.can_occur(facts):
            return facts


# From what was drawn to a decision


@dataclass
class Author:
    """Writes conditions into a rule file that there is not: each test of a fact gets a line of its own."""

    tests: dict[Place, tuple[str, Any]] = field(default_factory=dict)
    lines: count[int] = field(default_factory=lambda: count(1))

    def node(self, value: Any) -> Node:
        """The node of a dict, a list or a plain value."""
        if isinstance(value, dict):
            return Table(tuple((self._key(key, part), self.node(part)) for key, part in value.items()), Place("drawn"))
        if isinstance(value, list):
            return Listing(tuple(self.node(part) for part in value), Place("drawn"))
        kind = "bool" if isinstance(value, bool) else "int" if isinstance(value, int) else "str"
        if isinstance(value, Decimal):
            return Scalar(format(value, "f"), "float", Place("drawn"))
        return Scalar(str(value).lower() if kind == "bool" else str(value), kind, Place("drawn"))

    def _key(self, key: str, value: Any) -> Scalar:
        place = Place("drawn", next(self.lines))
        self.tests[place] = (key, value)
        return Scalar(key, "str", place)

    def condition(self, raw: Raw, space: Space) -> Condition:
        """The checked condition; TooComplex for one that a load would refuse."""
        findings = Findings([])
        condition = check_condition(self.node(raw), space.facts, findings)
        assert condition is not None, findings.problems
        boxes = space.boxes(condition)
        terms = max((terms_of(box, space.facts) for box in boxes), default=0)
        if terms > MOST_TERMS or sum(engine_terms(box, space.facts) for box in boxes) > MOST_ALTERNATIVES:
            raise TooComplex
        return condition


@dataclass(frozen=True)
class Drawn:
    """A random decision, with what it was made of."""

    decision: Decision
    raws: Mapping[str, Raw]
    overrides: Mapping[str, frozenset[str]]
    author: Author

    def expected(self, facts: Mapping[str, FactValue]) -> set[str]:
        """The ids of the rules that apply, by the manual."""
        matching = {rule for rule, raw in self.raws.items() if raw is None or truth(raw, facts) is True}
        applied = {rule for rule in matching if not any(self.beats(other, rule) for other in matching)}
        if not applied and self.decision.otherwise is not None:
            return {self.decision.otherwise.id}
        return applied

    def beats(self, winner: str, loser: str) -> bool:
        """Whether a rule overrides another, or a rule that does."""
        return loser in self.overrides[winner] or any(self.beats(other, loser) for other in self.overrides[winner])


def drawn(chance: random.Random) -> Drawn:
    """A choice whose rules agree, a choice whose rules are ordered throughout, or a collection."""
    space = charging_space()
    kind = chance.choice(["agreeing", "ordered", "collected"])
    author = Author()
    raws: dict[str, Raw] = {}
    rules: list[Rule] = []
    overrides: dict[str, frozenset[str]] = {}
    for number in range(chance.randint(1, 7)):
        rule_id = f"rule-{chance.randrange(10**6)}-{number}"
        share = 1.0 if kind == "ordered" else chance.choice([0, 0.3, 0.7])
        overrides[rule_id] = frozenset(other for other in raws if chance.random() < share)
        raws[rule_id], condition = sound_condition(chance, author, space)
        effect: Effect = ChargedAmount(Money(number, Currency("XXX", 0))) if kind == "ordered" else ChargedInFull()
        rules.append(a_rule(rule_id, effect, condition, overrides[rule_id], number if kind == "collected" else 0))
    chance.shuffle(rules)
    form = DECISIONS["reductions" if kind == "collected" else "charging"]
    otherwise = None if kind == "collected" else a_rule("otherwise", ChargedInFull(), None, frozenset(), 0)
    return Drawn(Decision(form, rules, otherwise, space), raws, overrides, author)


def sound_condition(
    chance: random.Random, author: Author, space: Space, depth: int = 3
) -> tuple[Raw, Condition | None]:
    if chance.random() < 0.05:
        return None, None
    while True:
        raw = raw_condition(chance, space.facts, depth)
        try:
            return raw, author.condition(raw, space)
        except TooComplex:
            continue


def a_rule(rule_id: str, effect: Effect, condition: Condition | None, overrides: frozenset[str], order: int) -> Rule:
    """A sound rule."""
    said = Text({"en": "A test.", "zh-CN": "测试。"})
    return Rule(rule_id, "charging", "TEST", said, effect, Place("drawn"), condition, overrides, order)
