"""The vocabulary of the rules, read off the contract: which facts a decision knows, of which type.

``protos/linkedaccounts/v1/facts.proto`` is the source; nothing that it does not name is a fact.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor

from linkedaccounts.policy.values import HIGHEST, LOWEST, Encoded, Members, Spans, ValueSet
from linkedaccounts.v1 import facts_pb2

DECIMAL_DIGITS = 9
"""Decimals are compared in whole units of 10⁻⁹, the precision of google.type.Money."""


class FactType(Enum):
    """What kind of value a fact has; the value is the word for it in messages."""

    YES_OR_NO = "true or false"
    ENUM = "one of the values"
    COUNT = "a whole number, from 0"
    DATE = "a day, as in 2019-09-30"
    DECIMAL = "a decimal number, as in 39.99"
    STORE = "a store of the catalogue"
    REGION = "a region of the catalogue"
    CURRENCY = "a currency of the catalogue"


ORDERED = {FactType.COUNT, FactType.DATE, FactType.DECIMAL}
"""The types whose values have an order, so that they take `at_least`, `before` and the like."""

_TEXT_TYPES = {
    facts_pb2.FACT_TYPE_DATE: FactType.DATE,
    facts_pb2.FACT_TYPE_DECIMAL: FactType.DECIMAL,
    facts_pb2.FACT_TYPE_STORE: FactType.STORE,
    facts_pb2.FACT_TYPE_REGION: FactType.REGION,
    facts_pb2.FACT_TYPE_CURRENCY: FactType.CURRENCY,
}


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact: its path, its type, all its values, and whether it may be unknown (then it is in ``domain`` too)."""

    path: str
    type: FactType
    domain: ValueSet

    @property
    def known(self) -> ValueSet:
        """All values but "unknown"."""
        return Members(self.domain.values) if isinstance(self.domain, Members) else Spans(self.domain.spans)

    def opposite(self, admitted: ValueSet) -> ValueSet:
        """The known values that are not in ``admitted``."""
        return self.known.minus(admitted)


def encode(value: object) -> Encoded | None:
    """A fact's value as sets and the engine hold it: days as ordinals, decimals in units of 10⁻⁹."""
    match value:
        case bool() | str() | int() | None:
            return value
        case date():
            return value.toordinal()
        case Decimal():
            return int(value.scaleb(DECIMAL_DIGITS))
    raise TypeError(f"{value!r} is no fact")


def decode(value: Encoded | None, kind: FactType) -> str:
    """An encoded value in the editor's words."""
    match value:
        case None:
            return "unknown"
        case bool():
            return str(value).lower()
        case int() if kind is FactType.DATE:
            return date.fromordinal(min(max(value, 1), date.max.toordinal())).isoformat()
        case int() if kind is FactType.DECIMAL:
            return format(Decimal(value).scaleb(-DECIMAL_DIGITS).normalize(), "f")
    return str(value)


Codes = Mapping[FactType, frozenset[str]]
"""The codes of the catalogue, by the type of fact that takes them."""


def facts_of_message(descriptor: Descriptor, codes: Codes) -> Mapping[str, Fact]:
    """All facts of a decision's message, by path."""
    return {fact.path: fact for fact in _walk(descriptor, codes, "")}


def _walk(descriptor: Descriptor, codes: Codes, prefix: str) -> Iterator[Fact]:
    for field in descriptor.fields:
        path = prefix + field.name
        if field.message_type is not None:
            yield from _walk(field.message_type, codes, f"{path}.")
        else:
            kind = _type_of(field)
            yield Fact(path, kind, _domain(field, kind, codes))


def field_of(message: Descriptor, path: str) -> FieldDescriptor:
    """The field of a decision's message that the path of a fact names."""
    name, _, below = path.partition(".")
    field = message.fields_by_name[name]
    return field_of(field.message_type, below) if below and field.message_type else field


def _type_of(field: FieldDescriptor) -> FactType:
    if field.type == FieldDescriptor.TYPE_STRING:
        return _TEXT_TYPES[field.GetOptions().Extensions[facts_pb2.fact_type]]
    return _TYPES[field.type]


_TYPES: Mapping[Any, FactType] = {
    FieldDescriptor.TYPE_BOOL: FactType.YES_OR_NO,
    FieldDescriptor.TYPE_ENUM: FactType.ENUM,
    FieldDescriptor.TYPE_INT32: FactType.COUNT,
}


def _domain(field: FieldDescriptor, kind: FactType, codes: Codes) -> ValueSet:
    unknown = kind is FactType.ENUM or field.has_presence
    if field.enum_type is not None:
        return Members(frozenset(enum_values(field.enum_type)), unknown)
    if kind in ORDERED:
        return Spans(((_LEAST[kind], HIGHEST),), unknown)
    return Members(frozenset({True, False}) if kind is FactType.YES_OR_NO else frozenset(codes.get(kind, ())), unknown)


_LEAST = {FactType.COUNT: 0, FactType.DATE: 1, FactType.DECIMAL: LOWEST}


def enum_values(descriptor: EnumDescriptor) -> tuple[str, ...]:
    """An enum's values as rules write them: in lower case, without prefix; UNSPECIFIED is "unknown", not a value."""
    prefix = descriptor.values_by_number[0].name.removesuffix("UNSPECIFIED")
    return tuple(value.name.removeprefix(prefix).lower() for value in descriptor.values if value.number)


SELLING_PLANS = enum_values(facts_pb2.SellingPlan.DESCRIPTOR)
"""The selling plans that a fact may name."""

BUSINESS_TYPES = enum_values(facts_pb2.BusinessType.DESCRIPTOR)
"""The kinds of business that a fact may name."""

ACCOUNT_STATUSES = enum_values(facts_pb2.AccountStatus.DESCRIPTOR)
"""Whether an account may be used, as facts name it."""
