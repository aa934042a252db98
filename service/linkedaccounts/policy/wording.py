"""Facts and regions of facts in an editor's words: the vocabulary and operators of the rule files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from linkedaccounts.domain.effects import ChargedOnce, Effect
from linkedaccounts.policy.condition import AllOf, AnyOf, Condition, FactTest, Not
from linkedaccounts.policy.labels import named_effect
from linkedaccounts.policy.regions import Box
from linkedaccounts.policy.values import HIGHEST, LOWEST, Encoded, Members, Spans, ValueSet
from linkedaccounts.policy.vocabulary import Fact, FactType, decode

Facts = Mapping[str, Fact]
"""The facts of a decision, by path."""


def region_words(boxes: Sequence[Box], facts: Facts, most: int | None = None) -> str:
    """A region in one line: `seller.store_count at_least 2 and store.code US or CA; or else …`.

    Of more than ``most`` boxes it names that many, and says how many there are besides.
    """
    said = [box_words(box, facts) for box in boxes[:most]]
    besides = len(boxes) - len(said)
    said += [f"in {besides} more region{'s' if besides > 1 else ''}"] if besides else []
    return "; or else ".join(said) or "nowhere"


def box_words(box: Box, facts: Facts) -> str:
    """What a box says of its facts, by path; "any facts" if it says nothing."""
    said = [f"{path} {values_words(facts[path], values)}" for path, values in sorted(box.items())]
    return " and ".join(said) or "any facts"


def values_words(fact: Fact, values: ValueSet) -> str:
    """A set of values: `US or CA`, `at_least 2`, `from 2019-10-01 through 2019-12-31`, `unknown`."""
    words = _members(fact, values) if isinstance(values, Members) else _spans(fact, values)
    return " or ".join([*words, *(["unknown"] if values.unknown else [])]) or "nothing"


def _members(fact: Fact, values: Members) -> list[str]:
    others = fact.known.minus(values)
    assert isinstance(others, Members)
    if values.values and not others.values and len(values.values) > 1:
        return ["any value"]
    if len(values.values) > 3 and len(others.values) <= 3:
        return ["not " + " or ".join(sorted(decode(value, fact.type) for value in others.values))]
    return sorted(decode(value, fact.type) for value in values.values)


def _spans(fact: Fact, values: Spans) -> list[str]:
    return [_span(fact, first, last) for first, last in values.spans]


def _span(fact: Fact, first: int, last: int) -> str:
    least, most = ("from", "through") if fact.type is FactType.DATE else ("at_least", "at_most")
    if first == last:
        return decode(first, fact.type)
    bounds = [] if _begins(fact, first) else [f"{least} {decode(first, fact.type)}"]
    if last < HIGHEST:
        bounds.append(f"{most} {decode(last, fact.type)}")
    return " ".join(bounds) or "any value"


def _begins(fact: Fact, first: int) -> bool:
    """Whether there is no lower value."""
    assert isinstance(fact.domain, Spans)
    return first <= max(LOWEST, fact.domain.spans[0][0])


def facts_words(values: Mapping[str, Encoded | None], facts: Facts) -> str:
    """Facts as a flow mapping of YAML, by path: `{seller.linked: true, store.code: US}`."""
    return "{" + ", ".join(f"{path}: {decode(value, facts[path].type)}" for path, value in sorted(values.items())) + "}"


def condition_words(condition: Condition) -> str:
    """A condition in one line, as a rule file has it: `store.code: US`, `any: [{…}, {…}]`."""
    match condition:
        case FactTest(fact, _, wanted):
            return f"{fact}: {wanted}"
        case Not(part):
            return f"not: {{{condition_words(part)}}}"
        case AllOf(parts):
            return ", ".join(condition_words(part) for part in parts)
        case AnyOf(parts):
            return f"any: [{', '.join(f'{{{condition_words(part)}}}' for part in parts)}]"


def case_words(name: str, values: Mapping[str, Encoded | None], facts: Facts, expect: Iterable[str]) -> str:
    """A test case as it stands under `cases:` of a table in `rules/tests`."""
    ids = list(expect)
    expected = ids[0] if len(ids) == 1 else f"[{', '.join(ids)}]"
    return "\n".join([f"  - name: {name}", f"    facts: {facts_words(values, facts)}", f"    expect: {expected}"])


def effect_words(effect: Effect) -> str:
    """What a rule does, as its `then` says it: `charge_in_full`, `reduce_by_percentage: 50`."""
    name, values = named_effect(effect)
    if isinstance(effect, ChargedOnce):
        return f"{name}: {{on: [{', '.join(effect.on)}]}}"
    return ": ".join([name, *map(str, values.values())])


def table_words(decision: str, *cases: str) -> str:
    """A table of cases of a decision, as a file in `rules/tests`."""
    return "\n".join([f"cases_of: {decision}", "cases:", *cases])
