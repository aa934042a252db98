"""Facts as a person states them, in a case or to a command: read, and completed to what the engine is asked with."""

from __future__ import annotations

from collections.abc import Mapping

from linkedaccounts.policy.check_conditions import one_value
from linkedaccounts.policy.decide import Decision
from linkedaccounts.policy.findings import Findings
from linkedaccounts.policy.problems import did_you_mean
from linkedaccounts.policy.source import Node, Scalar
from linkedaccounts.policy.values import Encoded
from linkedaccounts.policy.vocabulary import Fact, FactType


def given_facts(node: Node | None, decision: Decision, findings: Findings) -> dict[str, Encoded | None] | None:
    """Encoded facts by path, None for one that is said to be unknown; None, and problems, if they are not sound."""
    if node is None:
        return {}
    facts: dict[str, Encoded | None] = {}
    before = len(findings.problems)
    table = findings.table(node, "a statement of facts")
    for key, value in table or ():
        fact = decision.space.facts.get(key.text)
        if fact is None:
            hint = did_you_mean(key.text, decision.space.facts)
            findings.add(key.place, "unknown-field", f"there is no fact `{key.text}` in this decision", hint)
        elif fact.domain.unknown and isinstance(value, Scalar) and value.text == "unknown":
            facts[fact.path] = None
        else:
            facts[fact.path] = one_value(fact, value, findings)
    return facts if len(findings.problems) == before else None


def completed(facts: Mapping[str, Encoded | None], decision: Decision) -> dict[str, Encoded | None]:
    """The facts with what the catalogue and the contract's defaults add.

    A fact that is not given is false or 0, comes from the catalogue if the store and the day are given, or is unknown.
    """
    certain = {path: fact for path, fact in decision.space.facts.items() if not fact.domain.unknown}
    defaults = {path: value for path, fact in certain.items() if (value := _default(fact)) is not None}
    return {**defaults, **decision.space.catalogued(facts), **facts}


def _default(fact: Fact) -> Encoded | None:
    return {FactType.YES_OR_NO: False, FactType.COUNT: 0}.get(fact.type)
