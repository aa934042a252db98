"""Second stage: what must hold whatever the rules say, for every possible fact.

An invariant names a decision, facts (`when`) or facts that are unknown (`unknown`), and rules out that any of some
effects is decided there (`never`): proved here, at every load, and a rule that breaks one is named with facts on which
it does. Or it states something of every quote (`always`): what of that is not so by the form of the rules already,
``workbench.verify`` proves or tests.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from linkedaccounts.policy.check_conditions import check_condition
from linkedaccounts.policy.check_effects import effect_name
from linkedaccounts.policy.check_rules import DecisionDraft
from linkedaccounts.policy.decisions import DECISIONS
from linkedaccounts.policy.findings import Findings, scalars
from linkedaccounts.policy.invariants import STATEMENTS, AlwaysHolds, Breach, Invariant, NeverDecided, breach, ruled_out
from linkedaccounts.policy.regions import Box, Space, TooComplex, intersect
from linkedaccounts.policy.rule_region import Regions, RuleRegion
from linkedaccounts.policy.source import Node, SourceFile, Table
from linkedaccounts.policy.values import Members, Spans
from linkedaccounts.policy.vocabulary import Fact, decode

SECTION = "invariants"
"""The top-level key under which invariants stand."""

BROKEN = "breaks-invariant"
"""The code of the problem that a rule breaks an invariant."""


def check_invariants(
    files: Iterable[SourceFile], spaces: Mapping[str, Space], drafts: Mapping[str, DecisionDraft], findings: Findings
) -> tuple[Invariant, ...]:
    """The invariants of all files, by id; notes the rules that break one."""
    invariants = _invariants(files, spaces, findings)
    for invariant in invariants:
        if isinstance(invariant, NeverDecided):
            _holds(invariant, drafts[invariant.decision], spaces[invariant.decision], findings)
    return tuple(sorted(invariants, key=lambda invariant: invariant.id))


def _holds(invariant: NeverDecided, draft: DecisionDraft, space: Space, findings: Findings) -> None:
    for rule in ruled_out(invariant, draft):
        try:
            broken = breach(invariant, rule, draft, space)
        except TooComplex:
            message = f"whether rule `{rule.id}` keeps the invariant `{invariant.id}` is too much to compute"
            findings.add(rule.place, "condition-too-big", message, "write its condition with fewer alternatives")
            continue
        if broken:
            facts = space.example(broken.boxes[0]) or {}
            said = ", ".join(
                f"{fact}: {decode(value, space.facts[fact].type)}" for fact, value in sorted(facts.items())
            )
            message = f"rule `{rule.id}` breaks the invariant `{invariant.id}` ({invariant.place})"
            hint = f"it would {effect_name(rule.effect)} where {said or 'anything holds'}"
            findings.add(rule.place, BROKEN, message, hint, case_of(invariant, broken, draft, space))


def case_of(invariant: NeverDecided, broken: Breach, draft: DecisionDraft, space: Space) -> str:
    """A table of one case that shows a rule breaking an invariant."""
    regions = Regions(draft, space, [RuleRegion(rule, ()) for rule in draft.rules])
    return regions.case(f"{broken.rule.id} breaks {invariant.id}", broken.boxes)


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
    if table is None:
        return None
    if table.get("always") is not None:
        return _always(table, findings)
    if not findings.keys(table, "an invariant", ("id", "decision", "never"), ("when", "unknown")):
        return None
    invariant_id = findings.word(table.get("id"), "`id` of an invariant")
    decision = findings.one_of(table.get("decision"), "decision", DECISIONS, "unknown-value")
    if not (invariant_id and decision):
        return None
    never, known = table.get("never"), DECISIONS[decision].effects
    items = [] if never is None else scalars(never)
    effects = [findings.one_of(item, f"effect of {decision}", known, "unknown-value") for item in items]
    boxes = _region(table, spaces[decision], findings)
    if boxes is None or not effects or not all(effects):
        return None
    return NeverDecided(invariant_id, table.place, decision, frozenset(name for name in effects if name), tuple(boxes))


def _always(table: Table, findings: Findings) -> Invariant | None:
    if not findings.keys(table, "an invariant", ("id", "always")):
        return None
    invariant_id = findings.word(table.get("id"), "`id` of an invariant")
    statement = findings.one_of(table.get("always"), "statement", STATEMENTS, "unknown-value")
    return AlwaysHolds(invariant_id, table.place, statement) if invariant_id and statement else None


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
