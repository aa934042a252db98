"""The catalogue: currencies, regions, stores with dated fees, plans with dated terms, details of registrations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from linkedaccounts.domain.dated import Dated
from linkedaccounts.domain.details import Detail
from linkedaccounts.domain.money import Currency, Money
from linkedaccounts.domain.plan_split import Split
from linkedaccounts.domain.rates import Peg
from linkedaccounts.domain.text import Text

UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Region:
    """A region of the marketplace."""

    code: str
    name: Text


@dataclass(frozen=True, slots=True)
class StoreTerms:
    """What holds of a store for a time: its standard monthly fee, and the countries in it (ISO 3166-1 alpha-2)."""

    fee: Money
    countries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Store:
    """A country or region that has an account, a standard fee and a currency; its days are those of ``zone``."""

    code: str
    name: Text
    region: Region
    terms: Dated[StoreTerms]
    zone: ZoneInfo = UTC

    def exists_on(self, day: date) -> bool:
        """Whether the store has terms on that day."""
        return self.terms.on(day) is not None


@dataclass(frozen=True, slots=True)
class PlanTerms:
    """What holds of a plan for a time: what its stores pay together at the most, and how that is split."""

    cap: Money
    split: Split


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan under which several stores pay one capped fee together."""

    id: str
    name: Text
    terms: Dated[PlanTerms]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All that the rule files state beside rules. ``reporting_currency`` is the one of a quote's overall sums."""

    currencies: Mapping[str, Currency]
    reporting_currency: Currency
    pegs: Mapping[str, tuple[Peg, ...]]
    regions: Mapping[str, Region]
    stores: Mapping[str, Store]
    plans: Mapping[str, Plan]
    details: Mapping[str, Detail]
