"""Sums up a month of a seller, in each currency."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from linkedaccounts.application.billing.sellers_report import accounts_of
from linkedaccounts.application.check_field import echo
from linkedaccounts.application.refusals import Exhausted, FieldProblem, InvalidRequest
from linkedaccounts.application.storage_port import Reading, Sought, Storage
from linkedaccounts.domain.billing_cycle import months_after
from linkedaccounts.domain.ledger import EntryKind, Transaction
from linkedaccounts.domain.money import Currency, Money

MOST = 2_000
"""Transactions of one seller in one month: as many as fit into what a caller's gRPC library takes by default, 4 MiB."""
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class StatementSums:
    """A month in one currency: ``opening``, the three after it and ``closing``, which they add up to.

    ``discounts`` and ``refunds`` are at most nothing.
    """

    opening: Money
    standard_fees: Money
    discounts: Money
    refunds: Money
    closing: Money


@dataclass(frozen=True, slots=True)
class Statement:
    """A month of a seller: sums by currency code, and all transactions, oldest first."""

    month: str
    sums: tuple[StatementSums, ...]
    transactions: tuple[Transaction, ...]


@dataclass(frozen=True, slots=True)
class GetStatement:
    """The use case."""

    storage: Storage

    def __call__(self, account_id: str, month: str) -> Statement:
        """The statement; InvalidRequest, NotFound, Exhausted if the month has more transactions than ``MOST``."""
        first = _first_day(month)
        following = months_after(first, 1)

        def work(reading: Reading) -> Statement:
            own = tuple(account.id for account in accounts_of(reading, account_id))
            last = following - timedelta(days=1)
            found = reading.transactions(Sought(own, first, last, newest_first=False), MOST + 1)
            if len(found) > MOST:
                raise Exhausted("STATEMENT_TOO_LARGE", {"limit": str(MOST), "month": month})
            opening = reading.owed(own, first)
            return Statement(month, tuple(_sums(opening, found)), tuple(found))

        return self.storage.read(work)


def _first_day(month: str) -> date:
    found = _MONTH.fullmatch(month)
    if found is None or found[1] == "0000" or found[1] == "9999":
        raise InvalidRequest([FieldProblem("month", "MONTH_INVALID", {"month": echo(month)})])
    return date(int(found[1]), int(found[2]), 1)


def _sums(opening: Iterable[Money], transactions: Iterable[Transaction]) -> Iterable[StatementSums]:
    opened = {money.currency: money.minor for money in opening}
    moved: dict[Currency, dict[str, int]] = {currency: {} for currency in opened}
    for one in transactions:
        of_currency = moved.setdefault(one.currency, {})
        for entry in one.entries:
            heading = _heading(entry.kind)
            of_currency[heading] = of_currency.get(heading, 0) + entry.owed
    for currency, sums in sorted(moved.items(), key=lambda item: item[0].code):
        yield _summed(currency, opened.get(currency, 0), sums)


def _heading(kind: EntryKind) -> str:
    if kind is EntryKind.STANDARD_FEE:
        return "standard_fees"
    return "refunds" if kind is EntryKind.REFUND else "discounts"


def _summed(currency: Currency, opening: int, sums: Mapping[str, int]) -> StatementSums:
    return StatementSums(
        opening=Money(opening, currency),
        standard_fees=Money(sums.get("standard_fees", 0), currency),
        discounts=Money(sums.get("discounts", 0), currency),
        refunds=Money(sums.get("refunds", 0), currency),
        closing=Money(opening + sum(sums.values()), currency),
    )
