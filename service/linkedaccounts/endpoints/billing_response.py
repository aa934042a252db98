"""From transactions, statements and charges to come to the contract's messages."""

from __future__ import annotations

from decimal import Decimal

from linkedaccounts.application.billing.get_statement import StatementSums
from linkedaccounts.application.billing.payments_report import ToldPage, ToldPreview, ToldStatement
from linkedaccounts.application.billing.preview_next_charges import NextCharge, StorePreview
from linkedaccounts.application.billing.why import ToldEntry, ToldTransaction
from linkedaccounts.domain.ledger import AppliedRate
from linkedaccounts.domain.money import Currency, Money
from linkedaccounts.domain.rates import Rate, RateSource
from linkedaccounts.endpoints.enum_names import enum_numbers, number_of
from linkedaccounts.endpoints.money import money
from linkedaccounts.endpoints.quote_response import add_adjustment, exchange_rate
from linkedaccounts.endpoints.rules_response import rule_reference
from linkedaccounts.v1 import billing_service_pb2 as contract
from linkedaccounts.v1 import rules_pb2

KINDS = enum_numbers(contract.TransactionKind.DESCRIPTOR)
ENTRY_KINDS = enum_numbers(contract.EntryKind.DESCRIPTOR)


def page(told: ToldPage, language: str) -> contract.ListTransactionsResponse:
    """A page of transactions."""
    transactions = [transaction(one, language) for one in told.transactions]
    return contract.ListTransactionsResponse(transactions=transactions, next_page_token=told.next_page_token)


def statement(told: ToldStatement, language: str) -> contract.GetStatementResponse:
    """A month."""
    return contract.GetStatementResponse(
        month=told.month,
        sums=map(_sums, told.sums),
        transactions=[transaction(one, language) for one in told.transactions],
    )


def preview(told: ToldPreview, language: str) -> contract.PreviewNextChargesResponse:
    """What comes next."""
    stores = [_store_preview(one, language) for one in told.stores]
    return contract.PreviewNextChargesResponse(stores=stores, policy_version=told.policy_version)


def refunded(refund: ToldTransaction, left: Money, language: str) -> contract.RefundChargeResponse:
    """A refund."""
    return contract.RefundChargeResponse(refund=transaction(refund, language), left=money(left))


def transaction(told: ToldTransaction, language: str) -> contract.Transaction:
    """A transaction, with the sentences of its entries in ``language``."""
    one = told.transaction
    return contract.Transaction(
        id=one.id,
        kind=number_of(one.kind.value, KINDS),
        account_id=one.account,
        store=one.store,
        day=one.day.isoformat(),
        cycle_starts_on=one.cycle.starts_on.isoformat(),
        cycle_last_day=one.cycle.last_day.isoformat(),
        amount=money(one.amount),
        unlinked=money(Money(one.unlinked, one.currency)),
        first_month=one.first_month,
        entries=[_entry(each, one.currency, language) for each in told.entries],
        quote_id=one.grounds.quote_id,
        policy_version=one.grounds.policy_version,
        rate=exchange_rate(_rate(one.grounds.rate)) if one.grounds.rate else None,
        of_transaction_id=one.of or "",
        note=one.note,
    )


def _entry(told: ToldEntry, currency: Currency, language: str) -> contract.LedgerEntry:
    entry = told.entry
    return contract.LedgerEntry(
        kind=number_of(entry.kind.value, ENTRY_KINDS),
        amount=money(Money(entry.owed, currency)),
        rule=_rule(told),
        reason=told.reason,
        message=told.message(language),
        carrier_store=entry.carrier,
    )


def _rule(told: ToldEntry) -> rules_pb2.RuleReference | None:
    if told.rule is not None:
        return rule_reference(told.rule)
    return rules_pb2.RuleReference(id=told.entry.rule_id) if told.entry.rule_id else None


def _rate(applied: AppliedRate) -> Rate:
    figures = Decimal(applied.numerator), Decimal(applied.denominator)
    return Rate(applied.from_currency, applied.to_currency, *figures, applied.day, RateSource(applied.source))


def _sums(sums: StatementSums) -> contract.StatementSums:
    return contract.StatementSums(
        opening=money(sums.opening),
        standard_fees=money(sums.standard_fees),
        discounts=money(sums.discounts),
        refunds=money(sums.refunds),
        closing=money(sums.closing),
    )


def _store_preview(one: StorePreview, language: str) -> contract.StorePreview:
    return contract.StorePreview(
        account_id=one.account.id,
        store=one.account.store,
        first_month_through=one.first_month_through.isoformat() if one.first_month_through else "",
        charges=[_next_charge(charge, language) for charge in one.charges],
    )


def _next_charge(charge: NextCharge, language: str) -> contract.NextCharge:
    line = charge.line
    message = contract.NextCharge(
        day=charge.day.isoformat(),
        cycle_last_day=line.cycle.last_day.isoformat(),
        amount=money(line.charge),
        standard_fee=money(line.standard_fee),
        estimate=charge.estimate,
        first_month=line.first_month,
        rate=exchange_rate(line.rate) if line.rate else None,
    )
    for adjustment in line.adjustments:
        add_adjustment(message, adjustment, language)
    return message
