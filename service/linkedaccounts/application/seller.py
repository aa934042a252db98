"""A seller as the catalogue knows it, once a request has been checked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from linkedaccounts.domain.billing_cycle import BillingCycle
from linkedaccounts.domain.catalogue import Store, StoreTerms
from linkedaccounts.policy.model import FactValue


@dataclass(frozen=True, slots=True)
class SellerStore:
    """One of the seller's stores on the day of a quote; ``cycle`` is the billing cycle that contains the day."""

    store: Store
    terms: StoreTerms
    registered_on: date
    linked_on: date
    cycle: BillingCycle
    first_month: bool
    home: bool
    active_listings: int | None
    selling_plan: str | None
    suspended: bool
    on_vacation: bool

    def facts(self) -> dict[str, FactValue]:
        """What rules may know of the store: every field of StoreFacts in facts.proto."""
        return {
            "store.code": self.store.code,
            "store.region": self.store.region.code,
            "store.currency": self.terms.fee.currency.code,
            "store.standard_fee": self.terms.fee.amount,
            "store.registered_on": self.registered_on,
            "store.months_since_registration": self.cycle.index,
            "store.first_month": self.first_month,
            "store.home": self.home,
            "store.active_listings": self.active_listings,
            "store.selling_plan": self.selling_plan,
            "store.suspended": self.suspended,
            "store.on_vacation": self.on_vacation,
        }


@dataclass(frozen=True, slots=True)
class Seller:
    """A seller on the day of a quote; ``stores`` in the order of the request."""

    day: date
    linked: bool
    stores: tuple[SellerStore, ...]

    @property
    def home(self) -> str:
        """The code of the home store."""
        return next(store.store.code for store in self.stores if store.home)

    def facts(self, estimate: bool) -> dict[str, FactValue]:
        """What rules may know of the seller and the quote: every field of SellerFacts and QuoteFacts in facts.proto."""
        listings = [store.active_listings for store in self.stores]
        active = None if None in listings else sum(1 for count in listings if count)
        return {
            "seller.linked": self.linked,
            "seller.home_store": self.home,
            "seller.store_count": len(self.stores),
            "seller.active_store_count": active,
            "quote.day": self.day,
            "quote.estimate": estimate,
        }
