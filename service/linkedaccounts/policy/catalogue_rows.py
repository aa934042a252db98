"""The catalogue as facts that hold together: which region, currency and fee go with a store, and when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from linkedaccounts.domain.catalogue import Store, StoreTerms
from linkedaccounts.domain.dated import DatedEntry
from linkedaccounts.policy.decisions import DecisionForm
from linkedaccounts.policy.regions import CatalogueRow
from linkedaccounts.policy.values import HIGHEST, Encoded
from linkedaccounts.policy.vocabulary import Fact, encode


def catalogue_rows(form: DecisionForm, facts: Mapping[str, Fact], stores: Iterable[Store]) -> list[CatalogueRow]:
    """What the catalogue says of each store for each time, in the facts of a decision; none if it knows no store."""
    rows = [_row(form, facts, store, entry) for store in stores for entry in store.terms.entries]
    return [row for row in rows if row.facts]


def _row(form: DecisionForm, facts: Mapping[str, Fact], store: Store, entry: DatedEntry[StoreTerms]) -> CatalogueRow:
    said: dict[str, Encoded] = {
        "store.code": store.code,
        "store.region": store.region.code,
        "store.currency": entry.value.fee.currency.code,
        "store.standard_fee": int(encode(entry.value.fee.amount) or 0),
        "account.store": store.code,
        "account.region": store.region.code,
    }
    days = (entry.since.toordinal(), entry.through.toordinal() if entry.through else HIGHEST)
    return CatalogueRow({fact: value for fact, value in said.items() if fact in facts}, form.day, days)
