"""Checked conditions: a tree over facts, and whether it holds.

A condition on an unknown fact does not hold, and neither does its opposite (Kleene's three-valued logic, of which only
"true" lets a rule apply). ``holds`` walks the tree as it was written: it shares nothing with the engine's network, so
that each can be tested against the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from linkedaccounts.policy.place import Place
from linkedaccounts.policy.values import Encoded, ValueSet

Facts: TypeAlias = Mapping[str, Encoded | None]
"""Encoded facts by path; a fact that is missing or None is unknown."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A value of an ordered fact as a condition states it, encoded, and where it stands."""

    value: int
    place: Place


@dataclass(frozen=True, slots=True)
class FactTest:
    """One fact is one of ``admits``; ``wanted`` is that in the editor's words, ``bounds`` the values it is said with.

    A fact without an order has no bounds.
    """

    fact: str
    admits: ValueSet
    wanted: str
    place: Place
    bounds: tuple[Bound, ...] = ()


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part is false; where it is neither true nor false, so is this."""

    part: Condition


Condition: TypeAlias = FactTest | AllOf | AnyOf | Not


def holds(condition: Condition, facts: Facts) -> bool | None:
    """True or False; None if that depends on an unknown fact."""
    match condition:
        case FactTest(fact, admits):
            value = facts.get(fact)
            return None if value is None else value in admits
        case Not(part):
            held = holds(part, facts)
            return None if held is None else not held
        case AllOf(parts):
            held_parts = [holds(part, facts) for part in parts]
            return False if False in held_parts else None if None in held_parts else True
        case AnyOf(parts):
            held_parts = [holds(part, facts) for part in parts]
            return True if True in held_parts else None if None in held_parts else False


def tests_of(condition: Condition | None) -> Iterator[FactTest]:
    """All tests in a condition."""
    match condition:
        case FactTest():
            yield condition
        case Not(part):
            yield from tests_of(part)
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from tests_of(part)


def facts_of(condition: Condition | None) -> frozenset[str]:
    """The paths of all facts that a condition looks at."""
    return frozenset(test.fact for test in tests_of(condition))
