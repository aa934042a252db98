"""A statement said in the reader's language: what a page, a PDF and a terminal lay out, each in its own way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from linkedaccounts.application.billing.get_statement import Statement, StatementSums
from linkedaccounts.application.billing.why import TellWhy, ToldEntry
from linkedaccounts.domain.accounts import Account
from linkedaccounts.domain.billing_cycle import months_after
from linkedaccounts.domain.ledger import AppliedRate, Transaction, TransactionKind
from linkedaccounts.domain.money import Currency, Money
from linkedaccounts.domain.text import Text
from linkedaccounts.statements.amounts import full, plain, rate_value
from linkedaccounts.statements.words import Words


@dataclass(frozen=True, slots=True)
class Subject:
    """What is shown: a statement, the accounts of its seller, what stores are called, and what tells why."""

    statement: Statement
    accounts: Sequence[Account]
    stores: Mapping[str, Text]
    tell: TellWhy


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account, and since when it is what it is; ``linked`` is a word if it is not."""

    account: str
    store: str
    registered: str
    linked: str


@dataclass(frozen=True, slots=True)
class SumsRow:
    """A month in one currency: amounts without the currency; ``amounts`` are in the order of ``SUMS``."""

    currency: str
    amounts: tuple[str, ...]


SUMS = ("opening", "standard_fees", "discounts", "refunds", "closing", "saved")
"""The columns of the sums, by the names of their headings."""


@dataclass(frozen=True, slots=True)
class EntryRow:
    """A part of a transaction: what it is, why, by which rule (none of a refund), and what it adds to what is owed."""

    label: str
    sentence: str
    rule: str
    amount: str


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that a transaction says of itself; ``name`` tells it apart in every language, ``code`` is an id."""

    name: str
    label: str
    value: str
    code: bool = False


@dataclass(frozen=True, slots=True)
class TransactionBlock:
    """A transaction that answers alone: how much, why, by which rules, at which rate, and what it would have been."""

    id: str
    kind: str
    label: str
    day: str
    store: str
    account: str
    amount: str
    entries: tuple[EntryRow, ...]
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class StatementView:
    """The whole, in one language; ``transactions`` are oldest first."""

    say: Words
    title: str
    period: str
    seller: str
    accounts: tuple[AccountRow, ...]
    sums: tuple[SumsRow, ...]
    transactions: tuple[TransactionBlock, ...]


def view(subject: Subject, language: str) -> StatementView:
    """Says a statement in a language; in which order the accounts come makes no difference."""
    say, statement = Words(language), subject.statement
    first = date.fromisoformat(f"{statement.month}-01")
    last = months_after(first, 1) - timedelta(days=1)
    accounts = sorted(subject.accounts, key=lambda account: (account.store, account.id))
    saved = saved_by_currency(statement.transactions)
    return StatementView(
        say=say,
        title=say("statement_title", month=say.month(first)),
        period=say("period", first=first, last=last),
        seller=next((account.group for account in accounts if account.group), accounts[0].id),
        accounts=tuple(_account(account, subject, say) for account in accounts),
        sums=tuple(_sums(each, saved) for each in statement.sums),
        transactions=tuple(_block(one, subject, say) for one in statement.transactions),
    )


def saved(transaction: Transaction) -> Money:
    """What linking saved: unlinked less charged; a reversal takes its charge's back, a refund changes nothing."""
    match transaction.kind:
        case TransactionKind.CHARGE:
            minor = transaction.unlinked - transaction.amount.minor
        case TransactionKind.REVERSAL:
            minor = -(transaction.unlinked + transaction.amount.minor)
        case TransactionKind.REFUND:
            minor = 0
    return Money(minor, transaction.currency)


def saved_by_currency(transactions: Iterable[Transaction]) -> Mapping[Currency, Money]:
    """What linking saved in all of them."""
    sums: dict[Currency, Money] = {}
    for one in transactions:
        sums[one.currency] = sums.get(one.currency, Money(0, one.currency)) + saved(one)
    return sums


def store_name(code: str, stores: Mapping[str, Text], language: str) -> str:
    """A store as people call it, with its code; the code alone if the catalogue has it no more."""
    return f"{stores[code].render(language)} ({code})" if code in stores else code


def _account(account: Account, subject: Subject, say: Words) -> AccountRow:
    linked = str(account.linked_on) if account.linked_on else say("not_linked")
    name = store_name(account.store, subject.stores, say.language)
    return AccountRow(account.id, name, str(account.registered_on), linked)


def _sums(sums: StatementSums, saved: Mapping[Currency, Money]) -> SumsRow:
    currency = sums.opening.currency
    amounts = (sums.opening, sums.standard_fees, sums.discounts, sums.refunds, sums.closing)
    return SumsRow(currency.code, tuple(map(plain, (*amounts, saved.get(currency, Money(0, currency))))))


def _block(one: Transaction, subject: Subject, say: Words) -> TransactionBlock:
    return TransactionBlock(
        id=one.id,
        kind=one.kind.value,
        label=say(one.kind.value),
        day=str(one.day),
        store=store_name(one.store, subject.stores, say.language),
        account=one.account,
        amount=full(one.amount),
        entries=tuple(_entry(told, one.currency, say) for told in subject.tell.of(one).entries),
        facts=tuple(_facts(one, say)),
    )


def _entry(told: ToldEntry, currency: Currency, say: Words) -> EntryRow:
    entry, amount = told.entry, plain(Money(told.entry.owed, currency))
    return EntryRow(say(f"entry_{entry.kind.value}"), told.message(say.language), entry.rule_id, amount)


def _facts(one: Transaction, say: Words) -> Iterable[Fact]:
    def fact(name: str, value: str, *, code: bool = False) -> Fact:
        return Fact(name, say(name), value, code)

    if one.of is not None:
        yield fact("of_charge", one.of, code=True)
        if one.note:
            yield fact("note", one.note)
    cycle = "cycle_first_month" if one.first_month else "cycle_days"
    yield fact("cycle", say(cycle, first=one.cycle.starts_on, last=one.cycle.last_day))
    yield fact("unlinked", full(Money(one.unlinked, one.currency)))
    if one.kind is not TransactionKind.REFUND:
        yield fact("saved", full(saved(one)))
    yield fact("rate", _rate(one.grounds.rate, say))
    yield fact("policy_version", one.grounds.policy_version, code=True)
    yield fact("quote", one.grounds.quote_id, code=True)
    yield fact("transaction", one.id, code=True)


def _rate(rate: AppliedRate | None, say: Words) -> str:
    if rate is None:
        return say("no_rate")
    return say(
        "rate_published" if rate.day else "rate_pegged",
        one=rate.from_currency,
        other=rate.to_currency,
        value=rate_value(rate),
        fraction=f"{rate.numerator} / {rate.denominator}",
        source=say(f"source_{rate.source}"),
        day=rate.day,
    )
