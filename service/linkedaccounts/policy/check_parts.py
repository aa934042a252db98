"""Second stage: what the parts of one rule's condition do to one another.

Found exactly, by leaving parts out: parts that cannot hold together, alternatives that never hold, parts without which
the rule matches the same facts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from linkedaccounts.policy.condition import AllOf, AnyOf, Condition, FactTest, Not
from linkedaccounts.policy.findings import Findings
from linkedaccounts.policy.model import Rule
from linkedaccounts.policy.place import Place
from linkedaccounts.policy.regions import Box, Space, TooComplex
from linkedaccounts.policy.wording import condition_words


def check_parts(rule: Rule, space: Space, findings: Findings) -> None:
    """Notes parts of the condition of a rule that never hold, or add nothing.

    What never holds is told with the catalogue in mind; what adds nothing, only if that is so whatever it says.
    """
    try:
        _alternatives(rule, space, findings)
        _superfluous(rule, Space(space.facts), findings)
    except TooComplex:
        return


def never_matches(rule: Rule, space: Space, findings: Findings) -> None:
    """Notes that a rule matches no facts that can occur, and which parts of its condition exclude one another."""
    culprits = _excluding(_parts_of(rule.condition), space)
    said = [f"`{condition_words(part)}` ({place_of(part)})" for part in culprits]
    why = f"{', '.join(said[:-1])} and {said[-1]} exclude one another" if said[1:] else f"{said[0]} can never hold"
    if len(said) > 1 and Space(space.facts).boxes(AllOf(tuple(culprits))):
        why = f"the catalogue has no store and day of which {', '.join(said[:-1])} and {said[-1]} hold"
    hint = "take one of them out, or write the alternatives under `any`" if said[1:] else "widen it, or take it out"
    message = f"rule `{rule.id}` can never match: {why}"
    findings.add(place_of(culprits[-1]), "never-matches", message, hint)


def place_of(condition: Condition) -> Place:
    """Where the first fact of a condition stands."""
    match condition:
        case FactTest():
            return condition.place
        case Not(part):
            return place_of(part)
        case AllOf(parts) | AnyOf(parts):
            return place_of(parts[0])


def _parts_of(condition: Condition | None) -> list[Condition]:
    """The parts that must all hold."""
    if isinstance(condition, AllOf):
        return [inner for part in condition.parts for inner in _parts_of(part)]
    return [] if condition is None else [condition]


def _excluding(parts: Sequence[Condition], space: Space) -> list[Condition]:
    """As few of the parts as exclude one another already; all of them where that is too much to compute."""
    needed = list(parts)
    try:
        for part in parts:
            others = [other for other in needed if other is not part]
            if others and not _possible(space.boxes(AllOf(tuple(others))), space):
                needed = others
    except TooComplex:
        return list(parts)
    return needed


def _possible(boxes: Sequence[Box], space: Space) -> bool:
    return any(space.example(box) is not None for box in boxes)


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a condition; the whole without it (None: anything goes); of an alternative the whole with it alone."""

    part: Condition
    without: Condition | None
    alone: Condition | None = None


def _alternatives(rule: Rule, space: Space, findings: Findings) -> None:
    if rule.condition is None:
        return
    for part in _walk(rule.condition):
        if part.alone is not None and not _possible(space.boxes(part.alone), space):
            message = f"`{condition_words(part.part)}` can never hold in rule `{rule.id}`"
            hint = "compare it with what must hold besides, or take this alternative out"
            findings.warn(place_of(part.part), "never-holds", message, hint)


def _superfluous(rule: Rule, space: Space, findings: Findings) -> None:
    """Notes what can be left out, the last first, and each with the others that can be left out left out already."""
    condition = rule.condition
    while condition is not None and (found := _first_superfluous(condition, space)) is not None:
        message = f"`{condition_words(found.part)}` adds nothing: rule `{rule.id}` matches the same facts without it"
        findings.warn(place_of(found.part), "adds-nothing", message, "take it out, or correct it")
        condition = found.without


def _first_superfluous(condition: Condition, space: Space) -> _Part | None:
    whole = space.boxes(condition)
    if not whole:
        return None
    for part in _walk(condition):
        without = space.boxes(part.without)
        if space.covered(without, whole) and space.covered(whole, without):
            return part
    return None


def _walk(condition: Condition) -> Iterator[_Part]:
    """Every part of a condition, the last first; a part before what it is made of."""
    if not isinstance(condition, AllOf):
        yield _Part(condition, None)
    yield from _inside(condition)


def _inside(condition: Condition) -> Iterator[_Part]:
    match condition:
        case Not(part):
            for inner in _inside(part):
                yield _Part(inner.part, None if inner.without is None else Not(inner.without))
        case AllOf(parts) | AnyOf(parts):
            for index, part in reversed(list(enumerate(parts))):
                alone = part if isinstance(condition, AnyOf) else None
                yield _Part(part, _joined(condition, (*parts[:index], *parts[index + 1 :])), alone)
                for inner in _inside(part):
                    yield _within(condition, index, inner)


def _within(condition: AllOf | AnyOf, index: int, inner: _Part) -> _Part:
    """A part of one of the parts, as a part of the whole."""
    before, after = condition.parts[:index], condition.parts[index + 1 :]
    without = _joined(condition, (*before, *([] if inner.without is None else [inner.without]), *after))
    alone = inner.alone
    if alone is not None and isinstance(condition, AllOf):
        alone = AllOf((*before, alone, *after))
    return _Part(inner.part, without, alone)


def _joined(condition: AllOf | AnyOf, parts: tuple[Condition, ...]) -> Condition:
    return parts[0] if len(parts) == 1 else AllOf(parts) if isinstance(condition, AllOf) else AnyOf(parts)
