"""Second stage: a rule's ``when``, as a tree of tests on facts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeAlias

from linkedaccounts.policy.condition import AllOf, AnyOf, Bound, Condition, FactTest, Not
from linkedaccounts.policy.findings import Findings, scalars
from linkedaccounts.policy.problems import did_you_mean
from linkedaccounts.policy.source import Listing, Node, Scalar, Table
from linkedaccounts.policy.values import HIGHEST, LOWEST, Encoded, Members, Spans, ValueSet
from linkedaccounts.policy.vocabulary import DECIMAL_DIGITS, ORDERED, Fact, FactType, encode

Facts: TypeAlias = Mapping[str, Fact]

COMBINERS = ("all", "any", "not")

_COUNTING: Mapping[str, Callable[[int], tuple[int, int]]] = {
    "at_least": lambda number: (number, HIGHEST),
    "more_than": lambda number: (number + 1, HIGHEST),
    "at_most": lambda number: (LOWEST, number),
    "less_than": lambda number: (LOWEST, number - 1),
}
_DATING: Mapping[str, Callable[[int], tuple[int, int]]] = {
    "from": _COUNTING["at_least"],
    "after": _COUNTING["more_than"],
    "through": _COUNTING["at_most"],
    "before": _COUNTING["less_than"],
}


def operators(kind: FactType) -> tuple[str, ...]:
    """The operators that a fact of a type takes."""
    if kind not in ORDERED:
        return ("not",)
    return (*(_DATING if kind is FactType.DATE else _COUNTING), "between", "not")


def check_condition(node: Node, facts: Facts, findings: Findings) -> Condition | None:
    """A mapping of facts to what is wanted of them, all of which must hold; None, and problems, if it is not sound."""
    table = findings.table(node, "a condition")
    if table is None:
        return None
    if not table.entries:
        findings.add(table.place, "missing-field", "this condition names no fact", "name one, or leave it out")
        return None
    parts = [_part(key, value, facts, findings) for key, value in table]
    sound = tuple(part for part in parts if part is not None)
    if len(sound) < len(parts):
        return None
    return sound[0] if len(sound) == 1 else AllOf(sound)


def _part(key: Scalar, value: Node, facts: Facts, findings: Findings) -> Condition | None:
    if key.text == "not":
        part = check_condition(value, facts, findings)
        return None if part is None else Not(part)
    if key.text in COMBINERS:
        return _combined(key, value, facts, findings)
    fact = facts.get(key.text)
    if fact is None:
        hint = _path_meant(key.text, value, facts) or did_you_mean(key.text, (*facts, *COMBINERS))
        findings.add(key.place, "unknown-field", f"there is no fact `{key.text}` in this decision", hint)
        return None
    admits = wanted_values(fact, value, findings)
    if admits is None:
        return None
    return FactTest(fact.path, admits, _words(value), key.place, tuple(_bounds(fact, value, findings)))


def _path_meant(word: str, value: Node, facts: Facts) -> str:
    """A hint for `store: {code: …}`, which is written `store.code: …`."""
    inner = value.entries[0][0].text if isinstance(value, Table) and value.entries else ""
    paths = [path for path in facts if path.startswith(f"{word}.")]
    path = next((path for path in paths if path == f"{word}.{inner}"), *paths[:1]) if paths else ""
    return f"write a fact with its whole path, as in `{path}`" if path else ""


def _combined(key: Scalar, value: Node, facts: Facts, findings: Findings) -> Condition | None:
    listing = findings.listing(value, f"`{key.text}`")
    if listing is None:
        return None
    if not listing.items:
        findings.add(value.place, "missing-field", f"`{key.text}` lists no condition", "name one, or leave it out")
        return None
    parts = [check_condition(item, facts, findings) for item in listing.items]
    sound = tuple(part for part in parts if part is not None)
    if len(sound) < len(parts):
        return None
    return AllOf(sound) if key.text == "all" else AnyOf(sound)


def wanted_values(fact: Fact, node: Node, findings: Findings) -> ValueSet | None:
    """The values that a value, a list of values, or operators admit."""
    if not isinstance(node, Table):
        return _listed(fact, node, findings)
    if not node.entries:
        findings.add(node.place, "missing-field", f"nothing is wanted of `{fact.path}`", "name a value or an operator")
        return None
    sets = [_operator(fact, key, value, findings) for key, value in node]
    sound = [values for values in sets if values is not None]
    if len(sound) < len(sets):
        return None
    if len(sound) > 1:
        _superfluous(fact, node, sound, findings)
    return _all_of(fact, sound)


def _superfluous(fact: Fact, operators_of_fact: Table, sets: Sequence[ValueSet], findings: Findings) -> None:
    """Notes the first operator, from the last on, that the others say already: `at_least 50` beside `more_than 100`."""
    for index, (key, value) in reversed(list(enumerate(operators_of_fact))):
        others = _all_of(fact, [*sets[:index], *sets[index + 1 :]])
        if others and not others.minus(sets[index]):
            message = f"`{key.text} {_words(value)}` adds nothing to what the other operators want of `{fact.path}`"
            findings.warn(key.place, "adds-nothing", message, "take it out, or correct it")
            return


def _all_of(fact: Fact, sets: Sequence[ValueSet]) -> ValueSet:
    """The values in all of the sets; of none, all values."""
    admits = fact.domain
    for values in sets:
        admits = admits.intersect(values)
    return admits


def _operator(fact: Fact, key: Scalar, value: Node, findings: Findings) -> ValueSet | None:
    if key.text not in operators(fact.type):
        known = operators(fact.type)
        message = f"`{fact.path}` ({fact.type.value}) takes no `{key.text}`"
        findings.add(key.place, "unknown-operator", message, did_you_mean(key.text, known))
        return None
    if key.text == "not":
        excluded = _listed(fact, value, findings)
        return None if excluded is None else fact.opposite(excluded)
    if key.text == "between":
        return _between(fact, value, findings)
    number = one_value(fact, value, findings)
    if number is None:
        return None
    return Spans.of([{**_COUNTING, **_DATING}[key.text](int(number))])


def _between(fact: Fact, node: Node, findings: Findings) -> ValueSet | None:
    if not isinstance(node, Listing) or len(node.items) != 2:
        findings.add(node.place, "wrong-type", "`between` takes the first and the last, as in `between: [1, 5]`")
        return None
    first, last = (one_value(fact, item, findings) for item in node.items)
    if first is None or last is None:
        return None
    if int(first) > int(last):
        findings.add(node.place, "wrong-order", "`between` takes the lower value first", "swap the two")
        return None
    return Spans.of([(int(first), int(last))])


def _listed(fact: Fact, node: Node, findings: Findings) -> ValueSet | None:
    items = scalars(node)
    if not items:
        findings.add(node.place, "missing-field", f"the list of values of `{fact.path}` is empty", "name a value")
        return None
    values = [one_value(fact, item, findings) for item in items]
    known = [value for value in values if value is not None]
    if len(known) < len(values):
        return None
    if fact.type in ORDERED:
        return Spans.of((int(value), int(value)) for value in known).intersect(fact.known)
    return Members(frozenset(known))


def _bounds(fact: Fact, node: Node, findings: Findings) -> Iterator[Bound]:
    """The values of an ordered fact in a sound statement of what is wanted of it."""
    if isinstance(node, Table):
        for _, value in node:
            yield from _bounds(fact, value, findings)
    elif fact.type in ORDERED:
        for item in scalars(node):
            yield Bound(int(one_value(fact, item, findings) or 0), item.place)


def one_value(fact: Fact, node: Node, findings: Findings) -> Encoded | None:
    """A single value of a fact, encoded; None, and a problem, if the fact has no such value."""
    match fact.type:
        case FactType.COUNT:
            return findings.whole_number(node, f"`{fact.path}`")
        case FactType.DECIMAL:
            number = findings.decimal(node, f"`{fact.path}`")
            return None if number is None else int(number.scaleb(DECIMAL_DIGITS))
        case FactType.DATE:
            return encode(findings.day(node, f"`{fact.path}`"))
        case FactType.YES_OR_NO:
            if isinstance(node, Scalar) and node.kind == "bool":
                return node.text.lower() == "true"
            findings.add(node.place, "wrong-type", f"`{fact.path}` is `true` or `false`; here is `{_words(node)}`")
            return None
    assert isinstance(fact.domain, Members)
    return findings.one_of(
        node, _KINDS[fact.type].format(fact.path), [str(v) for v in fact.domain.values], "unknown-value"
    )


_KINDS: Mapping[FactType, str] = {
    FactType.ENUM: "`{}`",
    FactType.STORE: "store",
    FactType.REGION: "region",
    FactType.CURRENCY: "currency",
}


def _words(node: Node) -> str:
    """What an editor wrote, in one line."""
    match node:
        case Scalar(text):
            return text
        case Listing(items):
            return "one of " + ", ".join(_words(item) for item in items)
        case Table(entries):
            return " and ".join(f"{key.text} {_words(value)}" for key, value in entries)
