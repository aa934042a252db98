"""Enum values of the contract by the names that rules know them by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from google.protobuf.descriptor import EnumDescriptor

EnumNames: TypeAlias = Mapping[int, str | None]
"""From a value's number to its name in lower case without prefix; None is not stated."""

EnumNumbers: TypeAlias = Mapping[str | None, Any]
"""The way back."""


def enum_names(descriptor: EnumDescriptor) -> EnumNames:
    """The names of all values of an enum."""
    prefix = descriptor.values_by_number[0].name.removesuffix("UNSPECIFIED")
    return {
        value.number: value.name.removeprefix(prefix).lower() if value.number else None for value in descriptor.values
    }


def enum_numbers(descriptor: EnumDescriptor) -> EnumNumbers:
    """The numbers of all values of an enum."""
    return {name: number for number, name in enum_names(descriptor).items()}


def name_of(number: int, names: EnumNames) -> str | None:
    """A value's name; the number itself where the contract has none for it."""
    return names.get(number, str(number))


def number_of(name: str | None, numbers: EnumNumbers) -> Any:
    """A value's number; that of not stated where the contract has none for the name."""
    return numbers.get(name, 0)
