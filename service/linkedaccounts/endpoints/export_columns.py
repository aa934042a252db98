"""What a row of an exported file holds: an entry with its transaction, by the columns that the contract names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import TypeAlias

from linkedaccounts.application.billing.why import ToldEntry, ToldTransaction
from linkedaccounts.domain.ledger import AppliedRate
from linkedaccounts.domain.money import Money

Cell: TypeAlias = str | bool | int | date | Money | None
"""None is what there is not."""
Row: TypeAlias = tuple[Cell, ...]


class Kind(Enum):
    """What the cells of a column are: ``CODE`` is a text that no caller chose, such as a day's or a figure's."""

    CODE = "code"
    TEXT = "text"
    DAY = "day"
    COUNT = "count"
    TRUTH = "truth"
    MONEY = "money"


@dataclass(frozen=True, slots=True)
class RowSource:
    """An entry with all that its row is made of; ``language`` is that of its sentence."""

    told: ToldTransaction
    number: int
    entry: ToldEntry
    language: str

    def of_rate(self, name: str) -> Cell:
        """Something of the rate; None if there is none."""
        rate: AppliedRate | None = self.told.transaction.grounds.rate
        value: Cell = None if rate is None else getattr(rate, name)
        return value


@dataclass(frozen=True, slots=True)
class Column:
    """A column: what its cells are, and how one is found."""

    kind: Kind
    cell: Callable[[RowSource], Cell]


COLUMNS: Mapping[str, Column] = {
    "transaction_id": Column(Kind.CODE, lambda row: row.told.transaction.id),
    "kind": Column(Kind.CODE, lambda row: row.told.transaction.kind.value),
    "account_id": Column(Kind.TEXT, lambda row: row.told.transaction.account),
    "store": Column(Kind.TEXT, lambda row: row.told.transaction.store),
    "day": Column(Kind.DAY, lambda row: row.told.transaction.day),
    "cycle_starts_on": Column(Kind.DAY, lambda row: row.told.transaction.cycle.starts_on),
    "cycle_last_day": Column(Kind.DAY, lambda row: row.told.transaction.cycle.last_day),
    "first_month": Column(Kind.TRUTH, lambda row: row.told.transaction.first_month),
    "currency": Column(Kind.CODE, lambda row: row.told.transaction.currency.code),
    "transaction_amount": Column(Kind.MONEY, lambda row: row.told.transaction.amount),
    "unlinked_amount": Column(Kind.MONEY, lambda row: _money(row, row.told.transaction.unlinked)),
    "entry": Column(Kind.COUNT, lambda row: row.number),
    "entry_kind": Column(Kind.CODE, lambda row: row.entry.entry.kind.value),
    "entry_amount": Column(Kind.MONEY, lambda row: _money(row, row.entry.entry.owed)),
    "rule_id": Column(Kind.TEXT, lambda row: row.entry.entry.rule_id or None),
    "rule_file": Column(Kind.TEXT, lambda row: row.entry.rule.place.file if row.entry.rule else None),
    "rule_line": Column(Kind.COUNT, lambda row: row.entry.rule.place.line if row.entry.rule else None),
    "reason": Column(Kind.TEXT, lambda row: row.entry.reason),
    "message": Column(Kind.TEXT, lambda row: row.entry.message(row.language)),
    "carrier_store": Column(Kind.TEXT, lambda row: row.entry.entry.carrier or None),
    "quote_id": Column(Kind.CODE, lambda row: row.told.transaction.grounds.quote_id),
    "policy_version": Column(Kind.CODE, lambda row: row.told.transaction.grounds.policy_version),
    "rate_from": Column(Kind.CODE, lambda row: row.of_rate("from_currency")),
    "rate_to": Column(Kind.CODE, lambda row: row.of_rate("to_currency")),
    "rate_numerator": Column(Kind.CODE, lambda row: row.of_rate("numerator")),
    "rate_denominator": Column(Kind.CODE, lambda row: row.of_rate("denominator")),
    "rate_day": Column(Kind.DAY, lambda row: row.of_rate("day")),
    "rate_source": Column(Kind.CODE, lambda row: row.of_rate("source")),
    "of_transaction_id": Column(Kind.CODE, lambda row: row.told.transaction.of),
    "note": Column(Kind.TEXT, lambda row: row.told.transaction.note or None),
}
"""By their names, in their order; the contract states them at ``ExportFormat``."""


def rows(told: ToldTransaction, language: str) -> Iterator[Row]:
    """A row for each entry, in their order."""
    for number, entry in enumerate(told.entries, 1):
        source = RowSource(told, number, entry, language)
        yield tuple(column.cell(source) for column in COLUMNS.values())


def _money(row: RowSource, minor: int) -> Money:
    return Money(minor, row.told.transaction.currency)
