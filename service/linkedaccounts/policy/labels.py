"""What facts, values, conditions and effects are called before people who do not write rules: ``labels.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from importlib import resources
from typing import Any

from linkedaccounts.domain.catalogue import Catalogue
from linkedaccounts.domain.effects import (
    Allowed,
    AskedFor,
    ChargedAlone,
    ChargedAmount,
    ChargedInFull,
    ChargedNothing,
    ChargedOnce,
    Effect,
    Noted,
    PlanShare,
    ReducedByAmount,
    ReducedByPercentage,
    Refused,
    SessionAccepted,
    SignInRequired,
)
from linkedaccounts.domain.text import Text
from linkedaccounts.policy.values import HIGHEST, Encoded, Members, Spans, ValueSet
from linkedaccounts.policy.vocabulary import Fact, FactType, decode


@cache
def texts() -> Mapping[str, Any]:
    """Every label by its table and name; tables of values nest once more."""
    return tomllib.loads(resources.files(__package__).joinpath("labels.toml").read_text("utf-8"))


def label(table: str, name: str, language: str, **values: object) -> str:
    """The label ``name`` of a table, ``values.role`` for those of roles, with what it names filled in."""
    labels: Any = texts()
    for part in table.split("."):
        labels = labels[part]
    return Text(labels[name]).render(language, values)


@dataclass(frozen=True, slots=True)
class Labels:
    """Labels in one language; stores, regions, plans and details by their names in the catalogue."""

    catalogue: Catalogue
    language: str

    def decision(self, name: str) -> str:
        """What a decision is about, as a question."""
        return label("decisions", name, self.language)

    def fact(self, path: str) -> str:
        """The name of a fact, or of a field of a quote's request, to be followed by its value."""
        if path in texts()["facts"]:
            return label("facts", path, self.language)
        return label("quote_request", path.rpartition(".")[2], self.language)

    def value(self, fact: Fact, value: Encoded | None) -> str:
        """A value of a fact, or that it is not known."""
        if value is None:
            return label("values.unknown", "unknown", self.language)
        match fact.type:
            case FactType.YES_OR_NO:
                return label("values.yes_or_no", decode(value, fact.type), self.language)
            case FactType.ENUM:
                return label(f"values.{fact.path.rpartition('.')[2]}", str(value), self.language)
            case FactType.STORE:
                return self.catalogue.stores[str(value)].name.render(self.language)
            case FactType.REGION:
                return self.catalogue.regions[str(value)].name.render(self.language)
        return decode(value, fact.type)

    def values(self, fact: Fact, values: ValueSet) -> str:
        """A set of values that a condition wants: `at least 2`, `a web agency or an integrator`."""
        words = self._members(fact, values) if isinstance(values, Members) else self._spans(fact, values)
        return self._either(words) if words else self._operator("no_value")

    def effect(self, effect: Effect) -> str:
        """What a rule does."""
        name, values = named_effect(effect)
        return label("effects", name, self.language, **{key: self._parameter(key, of) for key, of in values.items()})

    def together(self, items: Iterable[str]) -> str:
        """Several items, all of which are meant."""
        return label("lists", "and", self.language).join(items)

    def _either(self, items: Sequence[str]) -> str:
        """Several items, each of which would do."""
        return label("lists", "or", self.language).join(filter(None, [self.together(items[:-1]), items[-1]]))

    def _operator(self, name: str, **values: object) -> str:
        return label("operators", name, self.language, **values)

    def _members(self, fact: Fact, values: Members) -> list[str]:
        others = fact.known.minus(values)
        assert isinstance(others, Members)
        if len(values.values) > 1 and not others.values:
            return [self._operator("any_value")]
        if len(values.values) > 3 >= len(others.values):
            excluded = sorted(self.value(fact, other) for other in others.values)
            return [self._operator("not", value=self._either(excluded))]
        return sorted(self.value(fact, value) for value in values.values)

    def _spans(self, fact: Fact, values: Spans) -> list[str]:
        return [self._span(fact, first, last) for first, last in values.spans]

    def _span(self, fact: Fact, first: int, last: int) -> str:
        assert isinstance(fact.domain, Spans)
        least, most = ("from", "through") if fact.type is FactType.DATE else ("at_least", "at_most")
        begins, ends = first <= fact.domain.spans[0][0], last >= HIGHEST
        if begins and ends:
            return self._operator("any_value")
        if first == last:
            return self.value(fact, first)
        if begins or ends:
            return self._operator(least if ends else most, value=self.value(fact, first if ends else last))
        return self._operator("between", first=self.value(fact, first), last=self.value(fact, last))

    def _parameter(self, name: str, value: object) -> str:
        match name:
            case "plan":
                return self.catalogue.plans[str(value)].name.render(self.language)
            case "detail":
                return self.catalogue.details[str(value)].label.render(self.language)
            case "on":
                assert isinstance(value, tuple)
                return self.together(map(self._preference, value))
        return str(value)

    def _preference(self, word: str) -> str:
        store = self.catalogue.stores.get(word)
        return store.name.render(self.language) if store else label("preferences", word, self.language)


def named_effect(effect: Effect) -> tuple[str, Mapping[str, object]]:
    """The operation of an effect as rule files name it, and its parameters."""
    parameters = {field.name: getattr(effect, field.name) for field in fields(effect)}
    if isinstance(effect, Refused):
        return f"refuse_as_{effect.grounds.value}", {}
    return _NAMES[type(effect)], parameters


_NAMES: Mapping[type[Effect], str] = {
    ChargedAlone: "charge_alone",
    ChargedOnce: "charge_once",
    ChargedInFull: "charge_in_full",
    PlanShare: "share_plan",
    ChargedNothing: "charge_nothing",
    ChargedAmount: "charge_amount",
    ReducedByPercentage: "reduce_by_percentage",
    ReducedByAmount: "reduce_by_amount",
    Noted: "note",
    Allowed: "allow",
    SessionAccepted: "accept_session",
    SignInRequired: "require_sign_in",
    AskedFor: "ask_for",
}
