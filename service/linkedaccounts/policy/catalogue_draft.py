"""The catalogue while it is being checked."""

from __future__ import annotations

from dataclasses import dataclass, field

from linkedaccounts.domain.catalogue import Catalogue, Plan, Region, Store
from linkedaccounts.domain.details import Detail
from linkedaccounts.domain.money import Currency
from linkedaccounts.domain.rates import Peg


@dataclass(slots=True)
class CatalogueDraft:
    """The catalogue as far as it could be read; the codes stand here even where an entry has problems."""

    currencies: dict[str, Currency] = field(default_factory=dict)
    pegs: dict[str, tuple[Peg, ...]] = field(default_factory=dict)
    regions: dict[str, Region] = field(default_factory=dict)
    stores: dict[str, Store] = field(default_factory=dict)
    plans: dict[str, Plan] = field(default_factory=dict)
    details: dict[str, Detail] = field(default_factory=dict)
    reporting: Currency | None = None
    store_codes: frozenset[str] = frozenset()
    plan_ids: frozenset[str] = frozenset()
    region_codes: frozenset[str] = frozenset()
    detail_ids: frozenset[str] = frozenset()

    def finished(self) -> Catalogue:
        """The catalogue; only after a check without problems."""
        assert self.reporting is not None
        return Catalogue(
            self.currencies, self.reporting, self.pegs, self.regions, self.stores, self.plans, self.details
        )
