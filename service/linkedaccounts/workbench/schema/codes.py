"""What rule files may name of the catalogue: codes, with what people call them as hover texts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from linkedaccounts.domain.text import Text
from linkedaccounts.policy.catalogue_draft import CatalogueDraft
from linkedaccounts.workbench.schema.shapes import Schema, money, one_of, one_or_more, ref

_RENEWED = "not in the catalogue as these schemas know it (`linked-accounts policy schema --write` renews them)"

_PREFERENCES: Mapping[str, str] = {
    "home": "The seller's home store.",
    "highest_fee": "The store with the highest standard fee.",
    "lowest_fee": "The store with the lowest standard fee.",
    "first_registered": "The store in which the seller registered first.",
    "last_registered": "The store in which the seller registered last.",
}


class _Named(Protocol):
    @property
    def name(self) -> Text: ...


def code_definitions(catalogue: CatalogueDraft) -> dict[str, Schema]:
    """The definitions of `store`, `region`, `currency`, `plan`, `detail`, `money`, `preferences`."""
    stores = _named(catalogue.store_codes, catalogue.stores)
    labels = {detail_id: _in_all_languages(detail.label) for detail_id, detail in catalogue.details.items()}
    details = {detail_id: labels.get(detail_id, "") for detail_id in sorted(catalogue.detail_ids)}
    return {
        "store": one_of(stores, _RENEWED),
        "region": one_of(_named(catalogue.region_codes, catalogue.regions), _RENEWED),
        "currency": one_of(dict.fromkeys(sorted(catalogue.currencies), ""), _RENEWED),
        "plan": one_of(_named(catalogue.plan_ids, catalogue.plans), _RENEWED),
        "detail": one_of(details, _RENEWED),
        "money": money(catalogue.currencies.values()),
        "preference": one_of({**_PREFERENCES, **stores}, "neither a preference nor a store"),
        "preferences": one_or_more(ref("preference")),
    }


def _named(codes: Iterable[str], entries: Mapping[str, _Named]) -> dict[str, str]:
    """Codes in order, each with its name where the catalogue has a sound entry."""
    return {code: _in_all_languages(entries[code].name) if code in entries else "" for code in sorted(codes)}


def _in_all_languages(text: Text) -> str:
    return " · ".join(text.by_language.values())
