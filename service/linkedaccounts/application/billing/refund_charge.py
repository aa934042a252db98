"""Gives back a charge or a part of it, and takes back one that was a mistake."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from linkedaccounts.application.audit import AuditEntry
from linkedaccounts.application.check_field import can_be_kept, check_request_id, echo
from linkedaccounts.application.exactly_once import Identified, once
from linkedaccounts.application.refusals import FieldProblem, InvalidRequest, NotAsThingsStand, NotFound
from linkedaccounts.application.storage_port import Reading, Storage, Writing
from linkedaccounts.domain.details import is_one_line
from linkedaccounts.domain.events import given_back, seller_of
from linkedaccounts.domain.ledger import Transaction, TransactionKind, refund_of, refundable, reversal_of
from linkedaccounts.domain.money import Money

LONGEST_NOTE = 200
ID_DIGITS = 32


@dataclass(frozen=True, slots=True)
class Refunded:
    """The id of the refund, and what of the charge could be given back still, in minor units."""

    refund: str
    left: int


@dataclass(frozen=True, slots=True)
class RefundAsked:
    """What a calling service asks for; ``amount`` None is all that is left of the charge.

    A caller need not know how many decimals the charge's currency has, so ``amount`` may have any number.
    """

    caller: str
    request_id: str
    charge: str
    amount: Money | None
    note: str

    def check(self) -> None:
        """InvalidRequest if it cannot be carried out, whatever the ledger holds."""
        check_request_id(self.request_id)
        check_note(self.note)

    def identified(self) -> Identified:
        """By its id and all that it asks for."""
        amount = None if self.amount is None else f"{self.amount.exact} {self.amount.currency}"
        body = (self.charge, amount, self.note)
        return Identified(f"billing {self.caller}", self.request_id, body)


@dataclass(frozen=True, slots=True)
class RefundCharge:
    """The use case."""

    storage: Storage
    now: Callable[[], datetime]

    def __call__(self, asked: RefundAsked) -> tuple[Transaction, Money]:
        """The refund, and what is left; InvalidRequest, NotFound, NotAsThingsStand if it is more than is left."""
        asked.check()
        now = self.now()

        def work(tx: Writing) -> tuple[Transaction, Money]:
            done = once(tx, asked.identified(), Refunded, now, lambda: _refund(tx, asked, now))
            refund = tx.transaction(done.refund)
            assert refund is not None
            return refund, Money(done.left, refund.currency)

        return self.storage.write(work)


def _refund(tx: Writing, asked: RefundAsked, now: datetime) -> Refunded:
    charge = charge_of(tx, asked.charge)
    left = refundable(charge, tx.transactions_of(charge.id))
    minor = left if asked.amount is None else _in_currency(asked.amount, charge)
    if minor > left or left <= 0:
        values = {"left": str(Money(max(left, 0), charge.currency)), "transaction": charge.id}
        raise NotAsThingsStand("REFUND_EXCEEDS_CHARGE", values)
    refund_id = _id("refund", asked.caller, asked.request_id, charge.id)
    refund = refund_of(charge, minor, refund_id, now.date(), asked.note)
    tx.book(refund)
    about = (charge.account, charge.id, refund.id)
    tx.append_audit(AuditEntry(now, "refund", "done", asked.caller, asked.request_id, subjects=about))
    _tell(tx, refund, now)
    return Refunded(refund.id, left - minor)


@dataclass(frozen=True, slots=True)
class ReverseCharge:
    """The use case of whoever runs the service."""

    storage: Storage
    now: Callable[[], datetime]

    def __call__(self, charge_id: str, note: str) -> Transaction:
        """The reversal, which mirrors the charge; NotFound; NotAsThingsStand if anything was given back already."""
        check_note(note)
        now = self.now()

        def work(tx: Writing) -> Transaction:
            charge = charge_of(tx, charge_id)
            if tx.transactions_of(charge_id):
                raise NotAsThingsStand("CHARGE_GIVEN_BACK", {"transaction": charge_id})
            reversal = reversal_of(charge, _id("reversal", charge_id), now.date(), note)
            tx.book(reversal)
            tx.append_audit(AuditEntry(now, "reverse", "done", "command", "", subjects=(charge.account, charge_id)))
            _tell(tx, reversal, now)
            return reversal

        return self.storage.write(work)


def charge_of(reading: Reading, charge_id: str) -> Transaction:
    """The charge of an id; NotFound, InvalidRequest if it is another kind of transaction."""
    found = reading.transaction(charge_id) if can_be_kept(charge_id) else None
    if found is None:
        raise NotFound("TRANSACTION_UNKNOWN", {"transaction": echo(charge_id)})
    if found.kind is not TransactionKind.CHARGE:
        raise InvalidRequest([FieldProblem("transaction_id", "NOT_A_CHARGE", {"transaction": echo(charge_id)})])
    return found


def check_note(note: str) -> None:
    """InvalidRequest if it is too long, or more than one line."""
    if len(note) > LONGEST_NOTE:
        raise InvalidRequest([FieldProblem("note", "NOTE_TOO_LONG", {"longest": str(LONGEST_NOTE)})])
    if not is_one_line(note):
        raise InvalidRequest([FieldProblem("note", "NOTE_NOT_ONE_LINE")])


def _tell(tx: Writing, transaction: Transaction, now: datetime) -> None:
    (account,) = tx.accounts([transaction.account])
    tx.tell(given_back(transaction, seller_of(account), now))


def _in_currency(amount: Money, charge: Transaction) -> int:
    currency = charge.currency
    if amount.currency.code != currency.code:
        values = {"currency": currency.code}
        raise InvalidRequest([FieldProblem("amount.currency_code", "REFUND_IN_ANOTHER_CURRENCY", values)])
    if amount.minor <= 0:
        raise InvalidRequest([FieldProblem("amount", "REFUND_OF_NOTHING")])
    minor = amount.exact * 10**currency.minor_digits
    if minor.denominator != 1:
        values = {"currency": currency.code, "decimals": str(currency.minor_digits)}
        raise InvalidRequest([FieldProblem("amount", "REFUND_TOO_FINE", values)])
    return int(minor)


def _id(*parts: str) -> str:
    return sha256("\n".join(parts).encode()).hexdigest()[:ID_DIGITS]
