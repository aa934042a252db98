"""Transactions as comma-separated values (RFC 4180), which a spreadsheet opens as what they are."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import date
from io import StringIO

from linkedaccounts.application.billing.why import ToldTransaction
from linkedaccounts.domain.money import Money
from linkedaccounts.endpoints.export_columns import COLUMNS, Cell, Column, Kind, rows

NO_FORMULA = "'"
"""Put before a text that a spreadsheet would run as a formula, and before itself, so that it can be taken off again."""
BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", NO_FORMULA)
"""Spreadsheets take the full-width forms for the others where Chinese or Japanese is written."""


def written(pages: Iterable[list[ToldTransaction]], language: str) -> Iterator[bytes]:
    """The file, a piece for each page; amounts have as many decimals as their currency."""
    yield _lines([tuple(COLUMNS)])
    for page in pages:
        yield _lines(_texts(row) for told in page for row in rows(told, language))


def _lines(of: Iterable[tuple[str, ...]]) -> bytes:
    text = StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(of)
    return text.getvalue().encode()


def _texts(row: tuple[Cell, ...]) -> tuple[str, ...]:
    return tuple(_text(cell, column) for cell, column in zip(row, COLUMNS.values(), strict=True))


def _text(cell: Cell, column: Column) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case Money():
            return format(cell.amount, "f")
        case date():
            return cell.isoformat()
        case str() if column.kind is Kind.TEXT and cell.startswith(BEGINS_A_FORMULA):
            return NO_FORMULA + cell
    return str(cell)
