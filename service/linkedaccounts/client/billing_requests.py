"""The contract's requests about what sellers are charged."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import TypedDict

from google.type.money_pb2 import Money

from linkedaccounts.client.account import Day, day_text
from linkedaccounts.client.change import ChangeOptions, change_id
from linkedaccounts.client.money import to_money
from linkedaccounts.v1.billing_service_pb2 import (
    ExportFormat,
    ExportTransactionsRequest,
    ListTransactionsRequest,
    RefundChargeRequest,
    TransactionKind,
)

LONGEST_PAGE = 500


class Filter(TypedDict, total=False):
    """Which transactions are meant; what is left out restricts nothing.

    ``from_day`` and ``through_day``: the first and the last day. ``store``: a store's code. ``kinds``: some of
    ``charge``, ``reversal`` and ``refund``.
    """

    from_day: Day | None
    through_day: Day | None
    store: str
    kinds: Collection[str]


def list_request(account_id: str, meant: Filter, page_size: int, page_token: str) -> ListTransactionsRequest:
    """A page; ValueError if there is no such kind."""
    return ListTransactionsRequest(
        account_id=account_id,
        from_day=day_text(meant.get("from_day")),
        through_day=day_text(meant.get("through_day")),
        store=meant.get("store", ""),
        kinds=map(_kind_of, meant.get("kinds", ())),
        page_size=page_size,
        page_token=page_token,
    )


def export_request(account_id: str, file_format: str, meant: Filter) -> ExportTransactionsRequest:
    """A file; ValueError if there is no such format or kind."""
    return ExportTransactionsRequest(
        account_id=account_id,
        from_day=day_text(meant.get("from_day")),
        through_day=day_text(meant.get("through_day")),
        store=meant.get("store", ""),
        kinds=map(_kind_of, meant.get("kinds", ())),
        format=ExportFormat.Value(f"EXPORT_FORMAT_{file_format.upper()}"),
    )


def refund_request(
    transaction_id: str, amount: Money | Decimal | None, currency: str, note: str, options: ChangeOptions
) -> RefundChargeRequest:
    """Gives back; ValueError for a decimal without its currency."""
    if isinstance(amount, Decimal):
        if not currency:
            raise ValueError("a decimal amount needs its currency, as in `currency='USD'`")
        amount = to_money(amount, currency)
    return RefundChargeRequest(request_id=change_id(options), transaction_id=transaction_id, amount=amount, note=note)


def _kind_of(name: str) -> TransactionKind.ValueType:
    return TransactionKind.Value(f"TRANSACTION_KIND_{name.upper()}")
