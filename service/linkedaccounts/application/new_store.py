"""A store that a seller would register in, beside the stores of the accounts that the seller has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from linkedaccounts.domain.catalogue import Store, StoreTerms
from linkedaccounts.policy.model import FactValue


@dataclass(frozen=True, slots=True)
class NewStore:
    """The store, and what holds of it on the day."""

    store: Store
    terms: StoreTerms

    def facts(self, accounts: Sequence[str], stores: Mapping[str, Store]) -> dict[str, FactValue]:
        """What rules may know: every field of NewStoreFacts and SellerAccountsFacts in facts.proto.

        ``accounts`` are the codes of the stores that the seller's accounts are in, one each; ``stores`` those that the
        catalogue has of them.
        """
        return {
            "store.code": self.store.code,
            "store.region": self.store.region.code,
            "store.currency": self.terms.fee.currency.code,
            "store.standard_fee": self.terms.fee.amount,
            "store.registered": self.store.code in accounts,
            "seller.linked": len(accounts) > 1,
            "seller.store_count": len(set(accounts)),
            "seller.region_registered": any(
                stores[code].region == self.store.region for code in accounts if code in stores
            ),
        }
