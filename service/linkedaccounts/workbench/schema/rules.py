"""Files of rules: a decision that they declare or add to, its rules, and what holds otherwise."""

from __future__ import annotations

from linkedaccounts.policy.check_rules import LONGEST_ID, LONGEST_REASON, REASON_CODE, RULE_ID
from linkedaccounts.policy.decisions import CHOICE, COLLECT, EFFECT_SAYS, ELIGIBILITY, DecisionForm
from linkedaccounts.workbench.schema.effects import effect, effect_otherwise
from linkedaccounts.workbench.schema.shapes import (
    DAY,
    WORD,
    Schema,
    listing,
    mapping,
    matching,
    ref,
    said,
    sentences,
    whole_number,
)

_COMBINES = {
    CHOICE: "Exactly one outcome: rules that can both match and disagree are ordered by `overrides`.",
    COLLECT: "Every rule that matches, in the order stated.",
    ELIGIBILITY: "Refused by every rule that refuses, or else allowed by a rule that allows, or else refused.",
}

_ID = said(
    "Names the rule in answers, cases and `overrides`; no two rules have the same.",
    matching(RULE_ID.pattern, "small letters, digits and dashes", LONGEST_ID),
)
_REASON = said(
    "For programs: why.", matching(REASON_CODE.pattern, "capital letters, digits and underscores", LONGEST_REASON)
)
_ORDER = said("The rule's place in the order; no two rules of the decision have the same.", whole_number())
_OVERRIDES = said("Ids of rules of this decision: if they match too, this rule wins.", listing(WORD, 0))


def rules_file(form: DecisionForm) -> Schema:
    """A file that declares the decision (`decision`), or adds rules to it (`rules_of`)."""
    rules = said("The rules, in any order.", {**listing(_rule(form), 0), "type": ["array", "null"]})
    declares = {"combine": said(_COMBINES[form.combine], {"const": form.combine})}
    if form.combine != COLLECT:
        declares["otherwise"] = said("What holds where no rule matches.", _otherwise(form))
    named = {"decision": "Declares this decision; one file does.", "rules_of": "Adds rules to this decision."}
    properties = {name: said(text, {"const": form.name}) for name, text in named.items()}
    return {
        "type": "object",
        "properties": properties | declares | {"rules": rules},
        "additionalProperties": False,
        "required": ["rules"],
        "if": {"required": ["decision"]},
        "then": {"required": list(declares), "properties": {"rules_of": False}},
        "else": {"required": ["rules_of"], "properties": dict.fromkeys(declares, False)},
    }


def _rule(form: DecisionForm) -> Schema:
    ordered = {"order": _ORDER} if form.combine == COLLECT else {}
    overriding = {} if form.combine == ELIGIBILITY else {"overrides": _OVERRIDES}
    days = {
        "from": said("The first day on which the rule holds.", DAY),
        "through": said("The last day on which the rule holds.", DAY),
    }
    when = said("All of these must hold; without it the rule always matches.", ref(f"condition-of-{form.name}"))
    needed = {
        "id": _ID,
        "then": said("What the rule does.", effect(form)),
        "reason": _REASON,
        "message": _message(form),
    }
    return mapping(needed | ordered, {"when": when, **days, **overriding})


def _otherwise(form: DecisionForm) -> Schema:
    then = said("What happens.", effect_otherwise(form))
    return mapping({"id": _ID, "then": then, "reason": _REASON, "message": _message(form)})


def _message(form: DecisionForm) -> Schema:
    """The message may fill in what the decision says, and what one of its effects does."""
    says = form.says.union(*(EFFECT_SAYS.get(name, ()) for name in form.effects))
    return said("For the seller, in every language, with the same placeholders.", sentences(says))
