"""Checks facts as a caller states them against the vocabulary of a decision: every problem at once, with its path."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from linkedaccounts.application.check_field import echo, nearest
from linkedaccounts.application.refusals import FieldProblem, InvalidRequest
from linkedaccounts.domain.calendar_day import parse_day
from linkedaccounts.policy.condition import Facts
from linkedaccounts.policy.decide import Decision
from linkedaccounts.policy.findings import MOST, plain_decimal
from linkedaccounts.policy.given_facts import completed
from linkedaccounts.policy.values import Encoded, Members
from linkedaccounts.policy.vocabulary import Fact, FactType, encode

Stated: TypeAlias = Mapping[str, str | bool | int]
"""Facts by path as texts, yes or no, and counts; those that nobody states are left out."""


def check_facts(stated: Stated, decision: Decision) -> Facts:
    """The facts, encoded and completed; InvalidRequest lists those that are none, or says that they cannot occur.

    The path of a field is the decision's name and the fact's path: `charging.store.code`.
    """
    problems: list[FieldProblem] = []
    facts = {path: _value(decision, path, value, problems) for path, value in stated.items()}
    if problems:
        raise InvalidRequest(problems)
    asked = completed(facts, decision)
    if not decision.space.can_occur(asked):
        raise InvalidRequest([FieldProblem(decision.form.name, "FACTS_IMPOSSIBLE")])
    return asked


def _value(decision: Decision, path: str, value: str | bool | int, problems: list[FieldProblem]) -> Encoded | None:
    fact = decision.space.facts[path]
    encoded = _encoded(fact, value)
    if encoded is None:
        problems.append(FieldProblem(f"{decision.form.name}.{path}", *_wrong(fact, str(value))))
    return encoded


def _encoded(fact: Fact, value: str | bool | int) -> Encoded | None:
    """The value, encoded; None if the fact has no such value."""
    match fact.type:
        case FactType.DATE:
            return encode(parse_day(str(value)))
        case FactType.DECIMAL:
            number = plain_decimal(str(value))
            return encode(number) if number is not None and abs(number) <= MOST else None
    return value if value in fact.known else None


def _wrong(fact: Fact, value: str) -> tuple[str, Mapping[str, str]]:
    """The reason why a fact cannot have a value, and what its sentence names."""
    match fact.type:
        case FactType.DATE:
            return "DAY_INVALID", {"day": echo(value)}
        case FactType.DECIMAL:
            return "FACT_NOT_DECIMAL", {"value": echo(value)}
        case FactType.COUNT:
            return "FACT_NEGATIVE", {"count": value}
    assert isinstance(fact.domain, Members)
    return "FACT_VALUE_UNKNOWN", {
        "value": echo(value),
        "known": nearest(value, {str(one) for one in fact.domain.values}),
    }
