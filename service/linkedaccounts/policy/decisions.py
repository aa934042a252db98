"""The decisions that the service asks: what each is called, how it combines rules, what its rules may do and say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from google.protobuf.descriptor import Descriptor

from linkedaccounts.v1 import facts_pb2

CHOICE = "choice"
"""Exactly one outcome: rules that can both match and disagree are ordered by `overrides`; else `otherwise` holds."""

COLLECT = "collect"
"""Every rule that matches, in the order that the rules state."""

ELIGIBILITY = "eligibility"
"""Refused by every rule that refuses, or else allowed by the rules that allow, or else refused by `otherwise`."""


@dataclass(frozen=True, slots=True)
class DecisionForm:
    """A decision's form.

    ``says`` are the placeholders that its messages may fill in; ``day`` is the fact that a rule's `from` and `through`
    look at.
    """

    name: str
    combine: str
    facts: Descriptor
    effects: frozenset[str]
    says: frozenset[str]
    day: str = "quote.day"


_REDUCTIONS = frozenset({"charge_nothing", "charge_amount", "reduce_by_percentage", "reduce_by_amount"})
_VERDICTS = frozenset({"allow", "refuse_as_not_permitted", "refuse_as_not_possible"})
_LINE = frozenset({"store", "standard_fee", "charge", "holds_through"})

DECISIONS: Mapping[str, DecisionForm] = {
    form.name: form
    for form in (
        DecisionForm(
            "grouping",
            CHOICE,
            facts_pb2.GroupingFacts.DESCRIPTOR,
            frozenset({"charge_alone", "charge_once"}),
            _LINE,
        ),
        DecisionForm(
            "charging",
            CHOICE,
            facts_pb2.ChargingFacts.DESCRIPTOR,
            _REDUCTIONS | {"charge_in_full", "share_plan"},
            _LINE,
        ),
        DecisionForm("reductions", COLLECT, facts_pb2.ReductionFacts.DESCRIPTOR, _REDUCTIONS, _LINE),
        DecisionForm(
            "link", ELIGIBILITY, facts_pb2.LinkFacts.DESCRIPTOR, _VERDICTS, frozenset({"store"}), "action.day"
        ),
        DecisionForm(
            "unlink", ELIGIBILITY, facts_pb2.UnlinkFacts.DESCRIPTOR, _VERDICTS, frozenset({"store"}), "action.day"
        ),
        DecisionForm(
            "notes", COLLECT, facts_pb2.NoteFacts.DESCRIPTOR, frozenset({"note"}), frozenset({"day", "rates_through"})
        ),
        DecisionForm(
            "register", ELIGIBILITY, facts_pb2.RegisterFacts.DESCRIPTOR, _VERDICTS, frozenset({"store"}), "action.day"
        ),
        DecisionForm(
            "fresh_sign_in",
            CHOICE,
            facts_pb2.FreshSignInFacts.DESCRIPTOR,
            frozenset({"accept_session", "require_sign_in"}),
            frozenset({"store"}),
            "action.day",
        ),
        DecisionForm(
            "details",
            COLLECT,
            facts_pb2.DetailsFacts.DESCRIPTOR,
            frozenset({"ask_for"}),
            frozenset({"store", "detail"}),
            "action.day",
        ),
    )
}

FEE_DECISIONS = ("grouping", "charging", "reductions")
"""The decisions that a quote asks of each store, in their order: together they make its charge."""

EFFECT_SAYS: Mapping[str, frozenset[str]] = {
    "charge_once": frozenset({"carrier"}),
    "share_plan": frozenset({"plan", "cap"}),
}
"""What a message may fill in besides, by the effect of its rule."""
