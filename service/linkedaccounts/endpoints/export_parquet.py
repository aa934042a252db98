"""Transactions as Apache Parquet. Imported only when it is asked for: the package need not be there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Any

import pyarrow as pa
from pyarrow.parquet import ParquetWriter

from linkedaccounts.application.billing.why import ToldTransaction
from linkedaccounts.domain.money import Money
from linkedaccounts.endpoints.export_columns import COLUMNS, Cell, Kind, Row, rows

ROWS_OF_A_GROUP = 16_384
"""So many rows are in memory, at the most with those of one page more; few enough, and enough to be packed well."""
AMOUNT = pa.decimal128(38, 4)
"""Four decimals are as many as a currency may have in the catalogue; before them there is room for any ledger."""
TYPES = {
    Kind.CODE: pa.string(),
    Kind.TEXT: pa.string(),
    Kind.DAY: pa.date32(),
    Kind.COUNT: pa.int32(),
    Kind.TRUTH: pa.bool_(),
    Kind.MONEY: AMOUNT,
}
SCHEMA = pa.schema([(name, TYPES[column.kind]) for name, column in COLUMNS.items()])


class _Sink(BytesIO):
    """What was written since it was asked last; Parquet's writer only ever appends."""

    def __init__(self) -> None:
        super().__init__()
        self._given = 0

    def taken(self) -> bytes:
        """The bytes, which it no longer holds; places in the file go on as if it did."""
        content = self.getvalue()
        self.seek(0)
        self.truncate()
        self._given += len(content)
        return content

    def tell(self) -> int:
        """How many bytes the file has so far."""
        return self._given + super().tell()


def written(pages: Iterable[list[ToldTransaction]], language: str) -> Iterator[bytes]:
    """The file, a piece for each row group, and the last one with the index of them all."""
    sink = _Sink()
    with ParquetWriter(sink, SCHEMA) as writer:
        for group in _groups(row for page in pages for told in page for row in rows(told, language)):
            writer.write_table(_table(group))
            yield sink.taken()
    yield sink.taken()


def _groups(of: Iterable[Row]) -> Iterator[list[Row]]:
    group: list[Row] = []
    for row in of:
        group.append(row)
        if len(group) == ROWS_OF_A_GROUP:
            yield group
            group = []
    if group:
        yield group


def _table(group: list[Row]) -> Any:
    columns = [list(map(_value, cells)) for cells in zip(*group, strict=True)]
    return pa.Table.from_arrays(
        [pa.array(column, field.type) for column, field in zip(columns, SCHEMA, strict=True)], schema=SCHEMA
    )


def _value(cell: Cell) -> Any:
    return cell.amount if isinstance(cell, Money) else cell
