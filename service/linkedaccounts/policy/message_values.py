"""What a rule's message fills in, as far as the facts and the catalogue say it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from linkedaccounts.domain.catalogue import Catalogue
from linkedaccounts.domain.effects import AskedFor, PlanShare
from linkedaccounts.domain.text import Text
from linkedaccounts.policy.condition import Facts
from linkedaccounts.policy.decisions import DECISIONS, EFFECT_SAYS
from linkedaccounts.policy.explanation import Explanation
from linkedaccounts.policy.model import Rule
from linkedaccounts.policy.regions import STORE_FACTS
from linkedaccounts.policy.vocabulary import FactType, decode

NOT_SAID = "…"
"""Stands in a message for what only a whole quote would tell, such as the charge."""

_NAMES = frozenset[str]().union(*(form.says for form in DECISIONS.values()), *EFFECT_SAYS.values())


def message_of(rule: Rule, explanation: Explanation, catalogue: Catalogue, language: str) -> str:
    """The rule's message, filled in as far as its values are known."""
    known = {**_of_facts(explanation, catalogue), **_of_effect(rule, explanation, catalogue), **explanation.values}
    return rule.message.render(language, dict.fromkeys(_NAMES, NOT_SAID) | known)


def store_of(facts: Facts, catalogue: Catalogue) -> Text | None:
    """The name of the store that a decision is about, if it is about one."""
    code = next((facts[fact] for fact in STORE_FACTS if facts.get(fact) is not None), None)
    return None if code is None else catalogue.stores[str(code)].name


def _of_facts(explanation: Explanation, catalogue: Catalogue) -> Mapping[str, object]:
    facts = explanation.facts
    fee, currency = facts.get("store.standard_fee"), facts.get("store.currency")
    values = {
        "store": store_of(facts, catalogue),
        "standard_fee": f"{decode(fee, FactType.DECIMAL)} {currency}" if fee is not None and currency else None,
        "day": _day(explanation),
    }
    return {name: value for name, value in values.items() if value is not None}


def _of_effect(rule: Rule, explanation: Explanation, catalogue: Catalogue) -> Mapping[str, object]:
    match rule.effect:
        case PlanShare(plan):
            day = _day(explanation)
            terms = catalogue.plans[plan].terms.on(day) if day else None
            return {"plan": catalogue.plans[plan].name} | ({"cap": terms.value.cap} if terms else {})
        case AskedFor(detail):
            return {"detail": catalogue.details[detail].label}
    return {}


def _day(explanation: Explanation) -> date | None:
    ordinal = explanation.facts.get(explanation.decision.form.day)
    return None if ordinal is None else date.fromordinal(int(ordinal))
