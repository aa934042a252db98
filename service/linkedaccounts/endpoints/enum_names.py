"""Enum values of the contract by the names that rules know them by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from google.protobuf.descriptor import EnumDescriptor

EnumNames: TypeAlias = Mapping[int, str | None]
"""From a value's number to its name in lower case without prefix; None is not stated."""


def enum_names(descriptor: EnumDescriptor) -> EnumNames:
    """The names of all values of an enum."""
    prefix = descriptor.values_by_number[0].name.removesuffix("UNSPECIFIED")
    return {
        value.number: value.name.removeprefix(prefix).lower() if value.number else None for value in descriptor.values
    }


def name_of(number: int, names: EnumNames) -> str | None:
    """A value's name; the number itself where the contract has none for it."""
    return names.get(number, str(number))
