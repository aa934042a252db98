"""Second stage: what a rule does, as a named operation with typed parameters."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from decimal import Decimal

from linkedaccounts.domain.effects import (
    Allowed,
    AskedFor,
    ChargedAlone,
    ChargedAmount,
    ChargedInFull,
    ChargedNothing,
    ChargedOnce,
    Effect,
    Grounds,
    Noted,
    PlanShare,
    ReducedByAmount,
    ReducedByPercentage,
    Refused,
    SessionAccepted,
    SignInRequired,
)
from linkedaccounts.domain.preference import PREFERENCES
from linkedaccounts.policy.catalogue_draft import CatalogueDraft
from linkedaccounts.policy.decisions import DECISIONS, DecisionForm
from linkedaccounts.policy.findings import Findings, scalars
from linkedaccounts.policy.problems import did_you_mean
from linkedaccounts.policy.source import Node, Scalar, Table

PLAIN: Mapping[str, Effect] = {
    "charge_alone": ChargedAlone(),
    "charge_in_full": ChargedInFull(),
    "charge_nothing": ChargedNothing(),
    "note": Noted(),
    "allow": Allowed(),
    "refuse_as_not_permitted": Refused(Grounds.NOT_PERMITTED),
    "refuse_as_not_possible": Refused(Grounds.NOT_POSSIBLE),
    "accept_session": SessionAccepted(),
    "require_sign_in": SignInRequired(),
}
"""The effects that take no value, by name."""


def check_effect(
    node: Node | None, form: DecisionForm, draft: CatalogueDraft, findings: Findings
) -> tuple[str, Effect] | None:
    """A rule's ``then``: the operation and its name; None, and a problem, if it is none of the decision's."""
    if isinstance(node, Scalar):
        name, parameter = node, None
    elif isinstance(node, Table) and len(node.entries) == 1:
        name, parameter = node.entries[0]
    else:
        if node is not None:
            findings.add(node.place, "wrong-type", "`then` is one effect, as in `then: charge_in_full`", _known(form))
        return None
    if not _in_place(name, form, findings):
        return None
    if name.text in PLAIN:
        if parameter is not None:
            findings.add(parameter.place, "wrong-type", f"`{name.text}` takes no value", f"write `then: {name.text}`")
        return name.text, PLAIN[name.text]
    if parameter is None:
        findings.add(name.place, "missing-field", f"`{name.text}` needs a value", EFFECT_EXAMPLES[name.text])
        return None
    effect = _PARAMETERS[name.text](parameter, draft, findings)
    return None if effect is None else (name.text, effect)


def effect_name(effect: Effect) -> str:
    """The operation of an effect, as rule files name it."""
    plain = (name for name, other in PLAIN.items() if other == effect)
    return next(plain, None) or _NAMES[type(effect)]


def _in_place(name: Scalar, form: DecisionForm, findings: Findings) -> bool:
    if name.text in form.effects:
        return True
    homes = sorted(decision.name for decision in DECISIONS.values() if name.text in decision.effects)
    if homes:
        message = f"`{name.text}` is out of its place: it belongs to {' and '.join(homes)}, not to {form.name}"
        findings.add(name.place, "effect-out-of-place", message, _known(form))
    else:
        findings.add(
            name.place, "unknown-effect", f"there is no effect `{name.text}`", did_you_mean(name.text, form.effects)
        )
    return False


def _known(form: DecisionForm) -> str:
    return f"effects of {form.name}: {', '.join(f'`{name}`' for name in sorted(form.effects))}"


def store_preferences(node: Node | None, stores: Collection[str], findings: Findings) -> tuple[str, ...] | None:
    """A list of keywords and store codes that says which store of several, the most wanted first."""
    if node is None or isinstance(node, Table):
        if node is not None:
            findings.add(node.place, "wrong-type", "which store is a list, as in `[home, highest_fee]`")
        return None
    if not scalars(node):
        findings.add(node.place, "missing-field", "this list names no store", "name one, as in `[home, highest_fee]`")
    known = (*PREFERENCES, *stores)
    wants = [findings.one_of(item, "preference or store", known, "unknown-value") for item in scalars(node)]
    return tuple(want for want in wants if want) if wants and all(wants) else None


def _once(node: Node, draft: CatalogueDraft, findings: Findings) -> Effect | None:
    table = findings.table(node, "`charge_once`")
    if table is None or not findings.keys(table, "`charge_once`", ("on",)):
        return None
    on = store_preferences(table.get("on"), draft.store_codes, findings)
    return ChargedOnce(on) if on else None


def _share(node: Node, draft: CatalogueDraft, findings: Findings) -> Effect | None:
    plan = findings.one_of(node, "plan", draft.plan_ids, "unknown-value")
    return PlanShare(plan) if plan else None


def _amount(node: Node, draft: CatalogueDraft, findings: Findings) -> Effect | None:
    money = findings.money(node, "`charge_amount`", draft.currencies)
    return ChargedAmount(money) if money is not None else None


def _less_amount(node: Node, draft: CatalogueDraft, findings: Findings) -> Effect | None:
    money = findings.money(node, "`reduce_by_amount`", draft.currencies)
    return ReducedByAmount(money) if money is not None else None


def _less_percentage(node: Node, _draft: CatalogueDraft, findings: Findings) -> Effect | None:
    percentage = findings.decimal(node, "`reduce_by_percentage`")
    if percentage is None:
        return None
    if not Decimal(0) < percentage <= Decimal(100):
        message = f"`reduce_by_percentage` is above 0 and at most 100; here is `{percentage}`"
        findings.add(node.place, "wrong-type", message, "to take all of it off write `charge_nothing`")
        return None
    return ReducedByPercentage(percentage)


def _asked(node: Node, draft: CatalogueDraft, findings: Findings) -> Effect | None:
    detail = findings.one_of(node, "detail", draft.detail_ids, "unknown-value")
    return AskedFor(detail) if detail else None


_PARAMETERS: Mapping[str, Callable[[Node, CatalogueDraft, Findings], Effect | None]] = {
    "charge_once": _once,
    "share_plan": _share,
    "charge_amount": _amount,
    "reduce_by_amount": _less_amount,
    "reduce_by_percentage": _less_percentage,
    "ask_for": _asked,
}

EFFECT_EXAMPLES: Mapping[str, str] = {
    "charge_once": "as in `then: {charge_once: {on: [home, highest_fee]}}`",
    "share_plan": "as in `then: {share_plan: international-selling}`",
    "charge_amount": "as in `then: {charge_amount: 10.00 USD}`",
    "reduce_by_amount": "as in `then: {reduce_by_amount: 10.00 USD}`",
    "reduce_by_percentage": "as in `then: {reduce_by_percentage: 50}`",
    "ask_for": "as in `then: {ask_for: legal_name}`",
}
"""How the effects are written that need a value."""

_NAMES: Mapping[type[Effect], str] = {
    ChargedOnce: "charge_once",
    PlanShare: "share_plan",
    ChargedAmount: "charge_amount",
    ReducedByAmount: "reduce_by_amount",
    ReducedByPercentage: "reduce_by_percentage",
    AskedFor: "ask_for",
}
