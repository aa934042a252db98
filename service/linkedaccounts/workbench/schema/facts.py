"""Facts: their types, what may be wanted of them, and their values in a case; hover texts from the contract."""

from __future__ import annotations

from collections.abc import Mapping

from google.protobuf.descriptor import EnumDescriptor

from linkedaccounts.policy.catalogue_draft import CatalogueDraft
from linkedaccounts.policy.check_conditions import COMBINERS, operators
from linkedaccounts.policy.comments import comment_of_field, comment_of_value
from linkedaccounts.policy.decisions import DECISIONS, DecisionForm
from linkedaccounts.policy.findings import MOST
from linkedaccounts.policy.vocabulary import Fact, FactType, enum_values, facts_of_message, field_of
from linkedaccounts.workbench.schema.codes import code_definitions
from linkedaccounts.workbench.schema.shapes import DAY, Schema, listing, one_of, one_or_more, ref, said, whole_number

_VALUES: Mapping[FactType, Schema] = {
    FactType.YES_OR_NO: {"type": "boolean"},
    FactType.COUNT: whole_number(),
    FactType.DECIMAL: {"type": "number", "minimum": -MOST, "maximum": MOST},
    FactType.DATE: DAY,
}
"""The types whose values no catalogue and no enum lists."""

_OPERATORS: Mapping[str, str] = {
    "at_least": "This or more.",
    "more_than": "More than this.",
    "at_most": "This or less.",
    "less_than": "Less than this.",
    "from": "On this day or later.",
    "after": "Later than this day.",
    "through": "On this day or earlier.",
    "before": "Earlier than this day.",
    "between": "From the first to the last, both included.",
    "not": "Anything but this, or these. What is unknown does not satisfy it.",
}

_COMBINERS: Mapping[str, str] = {
    "all": "All of these conditions must hold.",
    "any": "At least one of these conditions must hold.",
    "not": "This condition must not hold. One on an unknown fact holds neither way.",
}


def fact_definitions(catalogue: CatalogueDraft) -> dict[str, Schema]:
    """Of each type of fact its values and what may be wanted; of each decision its conditions and facts of a case."""
    pool = {_type_name(kind): schema for kind, schema in _VALUES.items()} | code_definitions(catalogue)
    for form in DECISIONS.values():
        facts = facts_of_message(form.facts, {})
        pool |= {name: one_of(_meanings(enum)) for name, enum in _enums(form, facts).items()}
        pool |= {_wanted_name(form, fact): _wanted(fact.type, _value_name(form, fact)) for fact in facts.values()}
        pool[f"condition-of-{form.name}"] = _condition(form, facts)
        pool[f"facts-of-{form.name}"] = _stated(form, facts)
    return pool


def facts_that_may_be_unknown(form: DecisionForm) -> Schema:
    """The path of a fact of the decision that may be unknown."""
    facts = facts_of_message(form.facts, {})
    return one_of({path: _comment(form, fact) for path, fact in facts.items() if fact.domain.unknown})


def _type_name(kind: FactType) -> str:
    return kind.name.lower().replace("_", "-")


def _value_name(form: DecisionForm, fact: Fact) -> str:
    """The name of the definition of a fact's values."""
    enum = field_of(form.facts, fact.path).enum_type
    return str(enum.name) if enum is not None else _type_name(fact.type)


def _wanted_name(form: DecisionForm, fact: Fact) -> str:
    """The name of the definition of what may be wanted of a fact."""
    return f"wanted-{_value_name(form, fact)}"


def _enums(form: DecisionForm, facts: Mapping[str, Fact]) -> dict[str, EnumDescriptor]:
    fields = (field_of(form.facts, path) for path in facts)
    return {field.enum_type.name: field.enum_type for field in fields if field.enum_type is not None}


def _meanings(enum: EnumDescriptor) -> dict[str, str]:
    """An enum's values as rules write them, each with the contract's comment."""
    stated = (value.name for value in enum.values if value.number)
    return {word: comment_of_value(enum, name) for word, name in zip(enum_values(enum), stated, strict=True)}


def _wanted(kind: FactType, value: str) -> Schema:
    """A value, a list of values, or operators, for a type whose values have a definition of this name.

    Lists and operators are not alternatives of their own: an editor would then not say which of their keys is wrong.
    """
    operands = {name: said(_OPERATORS[name], _operand(name, value)) for name in operators(kind)}
    several: Schema = {
        "items": ref(value),
        "minItems": 1,
        "properties": operands,
        "additionalProperties": False,
        "minProperties": 1,
    }
    return {"anyOf": [ref(value), {"type": ["array", "object"]}], "allOf": [several]}


def _operand(operator: str, value: str) -> Schema:
    if operator == "between":
        return {**listing(ref(value), 2), "maxItems": 2}
    return one_or_more(ref(value)) if operator == "not" else ref(value)


def _condition(form: DecisionForm, facts: Mapping[str, Fact]) -> Schema:
    of_facts = {path: said(_asked(form, fact), ref(_wanted_name(form, fact))) for path, fact in facts.items()}
    inner = ref(f"condition-of-{form.name}")
    combined = {name: said(_COMBINERS[name], inner if name == "not" else listing(inner)) for name in COMBINERS}
    return {
        "type": "object",
        "properties": of_facts | combined,
        "additionalProperties": False,
        "minProperties": 1,
    }


def _stated(form: DecisionForm, facts: Mapping[str, Fact]) -> Schema:
    """Facts as a case states them: a single value each, or `unknown` where that can be."""
    properties = {path: said(_hover(form, fact), _stated_value(form, fact)) for path, fact in facts.items()}
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _stated_value(form: DecisionForm, fact: Fact) -> Schema:
    value = ref(_value_name(form, fact))
    return {"anyOf": [value, one_of({"unknown": "Nobody said."})]} if fact.domain.unknown else value


def _comment(form: DecisionForm, fact: Fact) -> str:
    return comment_of_field(field_of(form.facts, fact.path))


def _hover(form: DecisionForm, fact: Fact) -> str:
    """The contract's comment, and the type."""
    return f"{_comment(form, fact)}\n\nIt is {fact.type.value}{', or unknown' if fact.domain.unknown else ''}."


def _asked(form: DecisionForm, fact: Fact) -> str:
    """The same, and what may be asked of it."""
    known = ", ".join(f"`{name}`" for name in operators(fact.type))
    return f"{_hover(form, fact)} Write a value, a list of values, or {known}."
