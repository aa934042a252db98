"""What stores and regions are called in the language of a call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from linkedaccounts.domain.catalogue import Store


@dataclass(frozen=True, slots=True)
class Names:
    """The language of a call, and the stores of the catalogue in use."""

    language: str
    stores: Mapping[str, Store]

    def store(self, code: str) -> str:
        """A store's name; its code if the catalogue no longer has it."""
        store = self.stores.get(code)
        return store.name.render(self.language) if store else code

    def region_of(self, code: str) -> str:
        """The code of the region that a store is in; empty if the catalogue no longer has the store."""
        store = self.stores.get(code)
        return store.region.code if store else ""
