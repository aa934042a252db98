"""From the contract's requests about charges to what the use cases ask for."""

from __future__ import annotations

from collections.abc import Iterable

from google.type import money_pb2

from linkedaccounts.application.billing.list_transactions import TransactionsAsked
from linkedaccounts.application.billing.refund_charge import RefundAsked
from linkedaccounts.application.refusals import FieldProblem, InvalidRequest
from linkedaccounts.domain.ledger import TransactionKind
from linkedaccounts.domain.money import Currency, Money
from linkedaccounts.endpoints.enum_names import enum_names
from linkedaccounts.endpoints.money import NANO_DIGITS, NANOS
from linkedaccounts.v1 import billing_service_pb2 as contract

KINDS = enum_names(contract.TransactionKind.DESCRIPTOR)
FORMATS = frozenset(contract.ExportFormat.values())
MOST_READ = 100
"""Far more kinds than there are: what a caller names beyond is not read."""


def page_asked(request: contract.ListTransactionsRequest) -> TransactionsAsked:
    """A page, as the caller states it."""
    kinds, problems = _kinds(request.kinds)
    return TransactionsAsked(
        request.account_id,
        request.store,
        request.from_day,
        request.through_day,
        kinds,
        request.page_size,
        request.page_token,
        found=tuple(problems),
    )


def export_asked(request: contract.ExportTransactionsRequest) -> TransactionsAsked:
    """What a file is to hold, as the caller states it."""
    kinds, problems = _kinds(request.kinds)
    if request.format not in FORMATS:
        problems.append(FieldProblem("format", "FORMAT_UNKNOWN", {"number": str(request.format)}))
    days = (request.from_day, request.through_day)
    return TransactionsAsked(request.account_id, request.store, *days, kinds, found=tuple(problems))


def refund_asked(request: contract.RefundChargeRequest, caller: str) -> RefundAsked:
    """A refund, as the caller states it; InvalidRequest for an amount that is none."""
    amount = _money(request.amount) if request.HasField("amount") else None
    return RefundAsked(caller, request.request_id, request.transaction_id, amount, request.note)


def _kinds(numbers: Iterable[int]) -> tuple[frozenset[TransactionKind], list[FieldProblem]]:
    kinds, problems = set(), []
    for index, number in enumerate(list(numbers)[:MOST_READ]):
        name = KINDS.get(number)
        if name is None:
            problems.append(FieldProblem(f"kinds[{index}]", "KIND_UNKNOWN", {"number": str(number)}))
        else:
            kinds.add(TransactionKind(name))
    return frozenset(kinds), problems


def _money(stated: money_pb2.Money) -> Money:
    """The amount in billionths of the currency's unit: how many decimals it has is not the caller's to say."""
    units, nanos = stated.units, stated.nanos
    if abs(nanos) >= NANOS or units * nanos < 0:
        raise InvalidRequest([FieldProblem("amount", "AMOUNT_INVALID")])
    return Money(units * NANOS + nanos, Currency(stated.currency_code, NANO_DIGITS))
