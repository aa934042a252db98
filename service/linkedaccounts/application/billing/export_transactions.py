"""Reads a seller's transactions of some days from the first to the last, a page at a time, for a file of any length."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from linkedaccounts.application.billing.list_transactions import TransactionsAsked, check_days
from linkedaccounts.application.billing.sellers_report import accounts_of
from linkedaccounts.application.refusals import InvalidRequest
from linkedaccounts.application.storage_port import Reading, Sought, Storage
from linkedaccounts.domain.ledger import Transaction

PAGE = 500
"""Transactions that are read at once: no more are in memory."""


@dataclass(frozen=True, slots=True)
class ExportTransactions:
    """The use case."""

    storage: Storage
    page: int = PAGE

    def __call__(self, asked: TransactionsAsked) -> Iterator[Sequence[Transaction]]:
        """The pages, oldest day first, within a day by id; InvalidRequest, NotFound with the first one.

        Each page goes on where the one before ended, by day and id. What is booked meanwhile repeats nothing, and of
        what was booked before the first page nothing is missing.
        """
        sought = self.storage.read(lambda reading: _sought(reading, asked))
        while page := self._read(sought):
            yield page
            sought = replace(sought, after=(page[-1].day, page[-1].id))

    def _read(self, sought: Sought) -> Sequence[Transaction]:
        return self.storage.read(lambda reading: reading.transactions(sought, self.page))


def _sought(reading: Reading, asked: TransactionsAsked) -> Sought:
    problems = list(asked.found)
    from_day, through_day = check_days(asked, problems)
    if problems:
        raise InvalidRequest(problems)
    accounts = accounts_of(reading, asked.account_id)
    own = tuple(account.id for account in accounts if asked.store in ("", account.store))
    return Sought(own, from_day, through_day, asked.kinds, newest_first=False)
