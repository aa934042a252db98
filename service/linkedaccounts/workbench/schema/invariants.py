"""Files of invariants: what must hold for every possible fact, whatever the rules come to say."""

from __future__ import annotations

from linkedaccounts.policy.check_invariants import SECTION
from linkedaccounts.policy.decisions import DECISIONS, ELIGIBILITY, DecisionForm
from linkedaccounts.workbench.schema.facts import facts_that_may_be_unknown
from linkedaccounts.workbench.schema.shapes import WORD, Schema, listing, mapping, one_of, one_or_more, ref, said


def invariants_file() -> Schema:
    """Invariants, each of an eligibility."""
    forms = [form for form in DECISIONS.values() if form.combine == ELIGIBILITY]
    decisions = one_of(dict.fromkeys((form.name for form in forms), ""))
    needed = {
        "id": said("Names the invariant where a rule breaks it.", WORD),
        "decision": said("The eligibility that it is about.", decisions),
        "never": said("What no rule may do there.", one_of({"allow": ""})),
    }
    one = mapping(needed, {"when": {"type": "object"}, "unknown": one_or_more(WORD)}) | {
        "allOf": [_of_decision(form) for form in forms]
    }
    return mapping({}, {SECTION: said("What must hold for every possible fact.", listing(one, 0))})


def _of_decision(form: DecisionForm) -> Schema:
    """What goes with a decision: its facts."""
    when = said("Where it holds; without it everywhere.", ref(f"condition-of-{form.name}"))
    unknown = said("Where one of these facts is unknown.", one_or_more(facts_that_may_be_unknown(form)))
    of_this: Schema = {"required": ["decision"], "properties": {"decision": {"const": form.name}}}
    return {"if": of_this, "then": {"properties": {"when": when, "unknown": unknown}}}
