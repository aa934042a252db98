"""The ledger: what sellers were charged and given back, in entries that balance by their form, and are never changed.

An entry moves an amount from one account to another, so every transaction balances in its currency whatever its
entries. A charge is one transaction: the standard fee, and what takes from it. A mistake is mended by a reversal, which
mirrors every entry; giving back is a refund. Source of the entries' names: the project's notes on the Payments report.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum

from linkedaccounts.domain.billing_cycle import BillingCycle
from linkedaccounts.domain.money import Currency, Money


class LedgerAccount(Enum):
    """Between what amounts move: what the seller owes, and what the marketplace earns, grants and gives back."""

    RECEIVABLE = "receivable"
    FEES = "fees"
    DISCOUNTS = "discounts"
    REFUNDS = "refunds"


class EntryKind(Enum):
    """What an entry is for."""

    STANDARD_FEE = "standard_fee"
    LINKED_DISCOUNT = "linked_discount"
    GROUPED_DISCOUNT = "grouped_discount"
    REDUCTION = "reduction"
    REFUND = "refund"


class TransactionKind(Enum):
    """What a transaction is."""

    CHARGE = "charge"
    REVERSAL = "reversal"
    REFUND = "refund"


@dataclass(frozen=True, slots=True)
class Entry:
    """``minor`` units, never below nothing, that ``debit`` gains and ``credit`` loses, and the rule that said so.

    ``carrier`` is the store on which this one's fee is charged together with its own, of a grouped discount.
    """

    kind: EntryKind
    debit: LedgerAccount
    credit: LedgerAccount
    minor: int
    rule_id: str = ""
    reason: str = ""
    carrier: str = ""

    def mirrored(self) -> Entry:
        """The entry that takes it back."""
        return replace(self, debit=self.credit, credit=self.debit)

    @property
    def owed(self) -> int:
        """By how much it raises what the seller owes."""
        return self.minor * ((self.debit is LedgerAccount.RECEIVABLE) - (self.credit is LedgerAccount.RECEIVABLE))


@dataclass(frozen=True, slots=True)
class AppliedRate:
    """The rate that a charge was converted at, as published: ``numerator / denominator``; ``day`` None for a peg."""

    from_currency: str
    to_currency: str
    numerator: str
    denominator: str
    day: date | None
    source: str


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a charge follows from: the quote and its policy, and the rate if one was used."""

    quote_id: str
    policy_version: str
    rate: AppliedRate | None


@dataclass(frozen=True, slots=True)
class Transaction:
    """One thing that happened to what a store owes, on a day: of a charge the store's own, of what is later UTC's.

    ``seller`` is the group that the account was in, or the account itself. ``unlinked`` is what the charge would have
    been had the account been linked to no other, in minor units. ``of`` is the charge that is reversed or refunded, and
    ``note`` says why.
    """

    id: str
    kind: TransactionKind
    account: str
    seller: str
    store: str
    day: date
    cycle: BillingCycle
    currency: Currency
    first_month: bool
    unlinked: int
    entries: tuple[Entry, ...]
    grounds: Grounds
    of: str | None = None
    note: str = ""

    @property
    def amount(self) -> Money:
        """By how much it raises what the seller owes; below nothing for what is given back."""
        return Money(sum(entry.owed for entry in self.entries), self.currency)


def reversal_of(charge: Transaction, transaction_id: str, day: date, note: str) -> Transaction:
    """The transaction that takes a charge back exactly, entry by entry."""
    mirrored = tuple(entry.mirrored() for entry in charge.entries)
    return replace(
        charge, id=transaction_id, kind=TransactionKind.REVERSAL, day=day, entries=mirrored, of=charge.id, note=note
    )


def refund_of(charge: Transaction, minor: int, transaction_id: str, day: date, note: str) -> Transaction:
    """The transaction that gives back ``minor`` units of a charge; ValueError unless they are more than nothing."""
    if minor <= 0:
        raise ValueError(f"a refund gives back more than nothing, not {minor}")
    entry = Entry(EntryKind.REFUND, LedgerAccount.REFUNDS, LedgerAccount.RECEIVABLE, minor)
    return replace(
        charge, id=transaction_id, kind=TransactionKind.REFUND, day=day, entries=(entry,), of=charge.id, note=note
    )


def refundable(charge: Transaction, later: Iterable[Transaction]) -> int:
    """What of a charge may be given back still, in minor units; ``later`` are the transactions of it so far."""
    return charge.amount.minor + sum(each.amount.minor for each in later if each.of == charge.id)


def balances(transactions: Iterable[Transaction]) -> dict[tuple[str, LedgerAccount], int]:
    """The balance of each account in each currency, in minor units: debits less credits. Together they are nothing."""
    found: dict[tuple[str, LedgerAccount], int] = {}
    for transaction in transactions:
        for entry in transaction.entries:
            for account, minor in ((entry.debit, entry.minor), (entry.credit, -entry.minor)):
                key = (transaction.currency.code, account)
                found[key] = found.get(key, 0) + minor
    return found


@dataclass(frozen=True, slots=True)
class LoweredBy:
    """A step from the standard fee to the charge: by how much a rule lowered it, and for which reason."""

    kind: EntryKind
    amount: Money
    rule_id: str
    reason: str
    carrier: str = ""


def charge_entries(fee: Money, steps: Sequence[LoweredBy]) -> tuple[Entry, ...]:
    """The entries of a charge: the standard fee, by the rule that said how it is charged, then what was taken off.

    ``steps`` has that rule first. A step that took nothing leaves no entry of its own.
    """
    charging = steps[0]
    standard = Entry(
        EntryKind.STANDARD_FEE,
        LedgerAccount.RECEIVABLE,
        LedgerAccount.FEES,
        fee.minor,
        charging.rule_id,
        charging.reason,
    )
    return standard, *(_taken_off(step) for step in steps if step.amount.minor)


def _taken_off(step: LoweredBy) -> Entry:
    return Entry(
        step.kind,
        LedgerAccount.DISCOUNTS,
        LedgerAccount.RECEIVABLE,
        step.amount.minor,
        step.rule_id,
        step.reason,
        step.carrier,
    )
