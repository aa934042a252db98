"""What a rule may do: the effects of each decision."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from linkedaccounts.domain.effects import Allowed
from linkedaccounts.policy.check_effects import EFFECT_EXAMPLES, PLAIN
from linkedaccounts.policy.decisions import ELIGIBILITY, DecisionForm
from linkedaccounts.workbench.schema.shapes import Schema, mapping, one_of, ref, said

_DOES: Mapping[str, str] = {
    "charge_alone": "the store is charged by itself",
    "charge_once": "all stores that this rule matches are charged once, on the preferred one; the others pay nothing",
    "charge_in_full": "the standard fee",
    "share_plan": "the store's share of the plan",
    "charge_nothing": "zero",
    "charge_amount": "that amount, at most what it would else be",
    "reduce_by_percentage": "less that many per cent",
    "reduce_by_amount": "less that amount, at least zero",
    "note": "says its message",
    "allow": "allowed, unless a rule refuses",
    "refuse_as_not_permitted": "refused: this actor may not (the action ends with `PERMISSION_DENIED`)",
    "refuse_as_not_possible": "refused: as things stand nobody can (the action ends with `FAILED_PRECONDITION`)",
    "accept_session": "the session will do",
    "require_sign_in": "the seller must sign in again, with the credentials of an account that exists already",
    "ask_for": "the registration must give this detail",
}
"""What each effect does, as docs/rules.md has it."""

_PARAMETERS: Mapping[str, Schema] = {
    "charge_once": mapping({"on": said("Which store of several, the most wanted first.", ref("preferences"))}),
    "share_plan": ref("plan"),
    "charge_amount": ref("money"),
    "reduce_by_amount": ref("money"),
    "reduce_by_percentage": {"type": "number", "exclusiveMinimum": 0, "maximum": 100},
    "ask_for": ref("detail"),
}


def effect(form: DecisionForm) -> Schema:
    """What a rule of the decision may do."""
    return _one_effect(form.effects)


def effect_otherwise(form: DecisionForm) -> Schema:
    """What may happen where no rule matches: an eligibility refuses."""
    refused = {name for name in form.effects if not isinstance(PLAIN.get(name), Allowed)}
    return _one_effect(refused if form.combine == ELIGIBILITY else form.effects)


def _one_effect(names: Iterable[str]) -> Schema:
    """The name of an effect, or a mapping of its name to its value."""
    ordered = [name for name in _DOES if name in names]
    plain = {name: _DOES[name] for name in ordered if name in PLAIN}
    with_value = {name: _with_value(name) for name in ordered if name not in plain}
    if not with_value:
        return one_of(plain)
    written = ", ".join(EFFECT_EXAMPLES[name].partition("then: ")[2].rstrip("`") for name in with_value)
    one: Schema = {
        "type": "object",
        "properties": with_value,
        "additionalProperties": False,
        "minProperties": 1,
        "maxProperties": 1,
        "defaultSnippets": [_snippet(name) for name in with_value],
    }
    rule = f"an effect with its value, as in {written}" + ("; or one of" if plain else "")
    return {"anyOf": [one_of(plain, rule), one]} if plain else one


def _with_value(name: str) -> Schema:
    return said(f"{_DOES[name]}, {EFFECT_EXAMPLES[name]}", _PARAMETERS[name])


def _snippet(name: str) -> Schema:
    """What an editor writes for an effect with a value."""
    return {"label": name, "markdownDescription": _with_value(name)["markdownDescription"], "body": {name: "$1"}}
