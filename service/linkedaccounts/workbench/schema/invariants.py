"""Files of invariants: what must hold for every possible fact, whatever the rules come to say."""

from __future__ import annotations

from linkedaccounts.policy.check_invariants import SECTION
from linkedaccounts.policy.decisions import DECISIONS, DecisionForm
from linkedaccounts.policy.invariants import STATEMENTS
from linkedaccounts.workbench.schema.facts import facts_that_may_be_unknown
from linkedaccounts.workbench.schema.shapes import WORD, Schema, listing, mapping, one_of, one_or_more, ref, said

_SAYS = dict(
    zip(
        STATEMENTS,
        (
            "No store is charged more than its standard fee.",
            "No seller pays more with linked accounts than without.",
            "The stores that share a plan pay its cap together, at the most.",
            "Neither the order of files nor that of rules changes anything.",
        ),
        strict=True,
    )
)
"""What each statement comes to."""

_ID = said("Names the invariant where a rule breaks it.", WORD)


def invariants_file() -> Schema:
    """Invariants, each of a decision (`never`) or of every quote (`always`)."""
    decisions = one_of(dict.fromkeys(DECISIONS, ""))
    needed = {
        "id": _ID,
        "decision": said("The decision that it is about.", decisions),
        "never": said("What no rule may do there.", one_or_more(WORD)),
    }
    never = mapping(needed, {"when": {"type": "object"}, "unknown": one_or_more(WORD)}) | {
        "allOf": [_of_decision(form) for form in DECISIONS.values()]
    }
    always = mapping({"id": _ID, "always": said("What holds of every quote.", one_of(_SAYS))})
    states: Schema = {"required": ["always"]}
    one: Schema = {"if": states, "then": always, "else": never}
    return mapping({}, {SECTION: said("What must hold for every possible fact.", listing(one, 0))})


def _of_decision(form: DecisionForm) -> Schema:
    """What goes with a decision: its facts and its effects."""
    when = said("Where it holds; without it everywhere.", ref(f"condition-of-{form.name}"))
    unknown = said("Where one of these facts is unknown.", one_or_more(facts_that_may_be_unknown(form)))
    never = one_or_more(one_of(dict.fromkeys(sorted(form.effects), "")))
    of_this: Schema = {"required": ["decision"], "properties": {"decision": {"const": form.name}}}
    return {"if": of_this, "then": {"properties": {"when": when, "unknown": unknown, "never": never}}}
