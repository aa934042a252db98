"""Which store of several: a list of preferences, the most wanted first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any, Protocol


class Candidate(Protocol):
    """What a preference looks at: a store of the seller, its standard fee as a weight in one common currency."""

    @property
    def code(self) -> str:
        """The store's code in the catalogue."""

    @property
    def home(self) -> bool:
        """Whether it is the seller's home store."""

    @property
    def registered_on(self) -> date:
        """The day on which the seller registered in it."""

    @property
    def weight(self) -> Fraction:
        """Its standard fee in the common currency."""


PREFERENCES: Mapping[str, Callable[[Candidate], Any]] = {
    "home": lambda store: not store.home,
    "highest_fee": lambda store: -store.weight,
    "lowest_fee": lambda store: store.weight,
    "first_registered": lambda store: store.registered_on,
    "last_registered": lambda store: -store.registered_on.toordinal(),
}
"""The keywords that a rule file may list beside store codes."""


def ranking(on: Iterable[str]) -> Callable[[Candidate], tuple[Any, ...]]:
    """A sort key that puts the most wanted store first; stores that ``on`` does not tell apart go by code."""
    wants = tuple(on)

    def key(store: Candidate) -> tuple[Any, ...]:
        return (
            *(PREFERENCES[want](store) if want in PREFERENCES else store.code != want for want in wants),
            store.code,
        )

    return key
