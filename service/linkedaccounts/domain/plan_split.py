"""How what a plan charges is split over its stores.

Weights are the stores' standard fees in one currency, the cap's too, at the quote's rates. Every split charges
``min(cap, sum of weights)`` in all, exactly, and no store more than its weight (domain notes, "The split").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from linkedaccounts.domain.exact_sum import exact_sum
from linkedaccounts.domain.preference import Candidate, ranking


@dataclass(frozen=True, slots=True)
class ByStandardFee:
    """In proportion to the standard fees: store i pays cap × wᵢ / Σw."""

    def shares(self, stores: Sequence[Candidate], cap: Fraction) -> list[Fraction]:
        """The exact share of each store, in the order given."""
        total = exact_sum(store.weight.as_integer_ratio() for store in stores)
        if total <= cap:
            return [store.weight for store in stores]
        scale = cap / total
        return [store.weight * scale for store in stores]


@dataclass(frozen=True, slots=True)
class Equally:
    """The same for each store; what a fee has no room for goes equally to the stores whose fees have."""

    def shares(self, stores: Sequence[Candidate], cap: Fraction) -> list[Fraction]:
        """The exact share of each store, in the order given."""
        left = cap
        level = Fraction(0)
        ascending = sorted(store.weight for store in stores)
        for index, weight in enumerate(ascending):
            level = left / (len(ascending) - index)
            if level <= weight:
                break
            left -= weight
        else:
            return [store.weight for store in stores]
        return [min(store.weight, level) for store in stores]


@dataclass(frozen=True, slots=True)
class OnOneStore:
    """All on the store that ``on`` prefers; what its fee has no room for goes on to the next."""

    on: tuple[str, ...]

    def shares(self, stores: Sequence[Candidate], cap: Fraction) -> list[Fraction]:
        """The exact share of each store, in the order given."""
        left = cap
        share_of: dict[str, Fraction] = {}
        for store in sorted(stores, key=ranking(self.on)):
            share_of[store.code] = min(store.weight, left)
            left -= share_of[store.code]
        return [share_of[store.code] for store in stores]


Split: TypeAlias = ByStandardFee | Equally | OnOneStore
