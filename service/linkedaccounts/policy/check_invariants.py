"""Second stage: what must hold whatever the rules say, for every possible fact.

An invariant names an eligibility, facts (`when`) or facts that are unknown (`unknown`), and rules out that
anything is allowed there.
Proved on regions: what the rules that allow match, less what the rules that refuse match, may not meet the invariant's
region. A rule that breaks one is named with facts on which it does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product

from linkedaccounts.domain.effects import Allowed, Refused
from linkedaccounts.policy.check_conditions import check_condition
from linkedaccounts.policy.check_rules import DecisionDraft
from linkedaccounts.policy.decisions import DECISIONS, ELIGIBILITY
from linkedaccounts.policy.findings import Findings, scalars
from linkedaccounts.policy.model import Rule
from linkedaccounts.policy.place import Place
from linkedaccounts.policy.regions import Box, Space, TooComplex, intersect
from linkedaccounts.policy.source import Node, SourceFile, Table
from linkedaccounts.policy.values import Members, Spans
from linkedaccounts.policy.vocabulary import Fact, decode

SECTION = "invariants"
"""The top-level key under which invariants stand."""


@dataclass(frozen=True, slots=True)
class Invariant:
    """Nothing is ever allowed by a decision within these boxes of facts."""

    id: str
    decision: str
    place: Place
    boxes: tuple[Box, ...]


def check_invariants(
    files: Iterable[SourceFile], spaces: Mapping[str, Space], drafts: Mapping[str, DecisionDraft], findings: Findings
) -> None:
    """Reads the invariants out of all files, and notes the rules that break one."""
    for invariant in _invariants(files, spaces, findings):
        space, draft = spaces[invariant.decision], drafts[invariant.decision]
        for rule in draft.rules:
            if isinstance(rule.effect, Allowed):
                _holds(invariant, rule, draft, space, findings)


def _holds(invariant: Invariant, rule: Rule, draft: DecisionDraft, space: Space, findings: Findings) -> None:
    try:
        refused = [
            box for other in draft.rules if isinstance(other.effect, Refused) for box in space.boxes(other.condition)
        ]
        pairs = product(space.boxes(rule.condition), invariant.boxes)
        allowed = [both for one, other in pairs if (both := intersect(one, other)) is not None]
        broken = space.remaining(allowed, refused)
    except TooComplex:
        message = f"whether rule `{rule.id}` keeps the invariant `{invariant.id}` is too much to compute"
        findings.add(rule.place, "condition-too-big", message, "write its condition with fewer alternatives")
        return
    if broken:
        facts = space.example(broken[0]) or {}
        said = ", ".join(f"{fact}: {decode(value, space.facts[fact].type)}" for fact, value in sorted(facts.items()))
        message = f"rule `{rule.id}` breaks the invariant `{invariant.id}` ({invariant.place})"
        findings.add(rule.place, "breaks-invariant", message, f"it would allow where {said or 'anything holds'}")


def _invariants(files: Iterable[SourceFile], spaces: Mapping[str, Space], findings: Findings) -> list[Invariant]:
    read: dict[str, Invariant] = {}
    for file in files:
        node = file.root.get(SECTION)
        listing = findings.listing(node, "`invariants`") if node is not None else None
        for item in listing.items if listing else ():
            invariant = _invariant(item, spaces, findings)
            if invariant and invariant.id in read:
                message = f"there is an invariant `{invariant.id}` already, in {read[invariant.id].place}"
                findings.add(invariant.place, "duplicate-id", message, "give each an id of its own")
            elif invariant:
                read[invariant.id] = invariant
    return list(read.values())


def _invariant(node: Node, spaces: Mapping[str, Space], findings: Findings) -> Invariant | None:
    table = findings.table(node, "an invariant")
    if table is None or not findings.keys(table, "an invariant", ("id", "decision", "never"), ("when", "unknown")):
        return None
    invariant_id = findings.word(table.get("id"), "`id` of an invariant")
    judging = [name for name, form in DECISIONS.items() if form.combine == ELIGIBILITY]
    decision = findings.one_of(table.get("decision"), "decision with invariants", judging, "unknown-value")
    never = findings.one_of(table.get("never"), "effect that an invariant rules out", ("allow",), "unknown-value")
    if not (invariant_id and decision and never):
        return None
    boxes = _region(table, spaces[decision], findings)
    return None if boxes is None else Invariant(invariant_id, decision, table.place, tuple(boxes))


def _region(table: Table, space: Space, findings: Findings) -> list[Box] | None:
    """The boxes of `when`, each with one of the facts of `unknown` unknown, if those are given."""
    when, unknown = table.get("when"), table.get("unknown")
    condition = check_condition(when, space.facts, findings) if when is not None else None
    if when is not None and condition is None:
        return None
    try:
        boxes = space.boxes(condition)
    except TooComplex:
        findings.add(
            table.place, "condition-too-big", "this invariant has too many alternatives", "write it as several"
        )
        return None
    if unknown is None:
        return boxes
    facts = [_fact_that_may_be_unknown(item, space.facts, findings) for item in scalars(unknown)]
    nobody_said = [_unknown(fact) for fact in facts if fact is not None]
    return [both for box in boxes for other in nobody_said if (both := intersect(box, other)) is not None]


def _fact_that_may_be_unknown(node: Node, facts: Mapping[str, Fact], findings: Findings) -> Fact | None:
    uncertain = [path for path, fact in facts.items() if fact.domain.unknown]
    path = findings.one_of(node, "fact that may be unknown", uncertain, "unknown-field")
    return facts[path] if path else None


def _unknown(fact: Fact) -> Box:
    finite = isinstance(fact.domain, Members)
    return {fact.path: Members(frozenset(), unknown=True) if finite else Spans((), unknown=True)}
