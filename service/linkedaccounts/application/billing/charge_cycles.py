"""Charges billing cycles: each due cycle becomes a transaction of the ledger, or is set aside with its reason.

The amount is that of the store's line in the quote of the cycle's first day, by the policy of that day. Nothing, ids
included, is taken from when or where it is charged, so whoever charges a cycle charges the same, to the byte.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import TypeAlias

from linkedaccounts.application.billing.ports import Charged, DueCycle, SetAside
from linkedaccounts.application.fee_quote import Adjustment, FeeQuote, QuoteLine, QuoteRequest
from linkedaccounts.application.refusals import InvalidRequest, Refusal
from linkedaccounts.application.seller_fees import in_use, quote_request
from linkedaccounts.domain.accounts import Account
from linkedaccounts.domain.effects import ChargedOnce, PlanShare
from linkedaccounts.domain.ledger import (
    AppliedRate,
    EntryKind,
    Grounds,
    LoweredBy,
    Transaction,
    TransactionKind,
    charge_entries,
)
from linkedaccounts.domain.rates import Rate

ID_DIGITS = 32
"""Hexadecimal digits of an id: 128 bits of SHA-256."""
RATES_NOT_PUBLISHED = "RATES_NOT_PUBLISHED"

Quote: TypeAlias = Callable[[QuoteRequest], FeeQuote]
"""A quote by the policy of the day that is charged; InvalidRequest, RateUnavailable."""


@dataclass(slots=True)
class ChargeCycles:
    """The use case, for cycles that begin on one day: ``quote`` has its policy, and the rate book of the run."""

    quote: Quote
    _quoted: dict[str, FeeQuote | Refusal] = field(default_factory=dict)

    def __call__(self, due: Sequence[DueCycle]) -> Charged:
        """What comes of them; a seller's quote is asked for once."""
        self._quoted = {}
        outcomes = [self._outcome(cycle) for cycle in due]
        booked = tuple(each for each in outcomes if isinstance(each, Transaction))
        return Charged(booked, tuple(each for each in outcomes if isinstance(each, SetAside)))

    def _outcome(self, due: DueCycle) -> Transaction | SetAside | None:
        accounts = in_use(due.accounts)
        if due.account not in accounts:
            return None
        quote = self._quote(due, accounts)
        if isinstance(quote, Refusal):
            return _set_aside(due, *_why(quote))
        if quote.estimate:
            return _set_aside(due, RATES_NOT_PUBLISHED, {"day": str(due.day)})
        return self._charge(due, accounts, quote)

    def _quote(self, due: DueCycle, accounts: Sequence[Account]) -> FeeQuote | Refusal:
        if due.seller not in self._quoted:
            try:
                self._quoted[due.seller] = self.quote(quote_request(accounts, due.day))
            except Refusal as refusal:
                self._quoted[due.seller] = refusal
        return self._quoted[due.seller]

    def _charge(self, due: DueCycle, accounts: Sequence[Account], quote: FeeQuote) -> Transaction:
        account, line = due.account, quote.lines[accounts.index(due.account)]
        entries = charge_entries(line.standard_fee, [_lowered(adjustment) for adjustment in line.adjustments])
        grounds = Grounds(_quote_id(quote, accounts), quote.policy_version, _applied(line.rate))
        return Transaction(
            id=_id("charge", account.id, str(due.day)),
            kind=TransactionKind.CHARGE,
            account=account.id,
            seller=due.seller,
            store=account.store,
            day=due.day,
            cycle=line.cycle,
            currency=line.charge.currency,
            first_month=line.first_month,
            unlinked=self._unlinked(due, line),
            entries=entries,
            grounds=grounds,
        )

    def _unlinked(self, due: DueCycle, line: QuoteLine) -> int:
        """What the charge would be, had the account been linked to no other; that takes a quote only if it was."""
        if due.account.group is None:
            return line.charge.minor
        alone = replace(due.account, group=None, linked_on=None)
        return self.quote(quote_request([alone], due.day)).lines[0].charge.minor


def _lowered(adjustment: Adjustment) -> LoweredBy:
    said, rule = adjustment.said, adjustment.said.rule
    match rule.effect:
        case PlanShare():
            kind = EntryKind.LINKED_DISCOUNT
        case ChargedOnce():
            kind = EntryKind.GROUPED_DISCOUNT
        case _:
            kind = EntryKind.REDUCTION
    return LoweredBy(kind, adjustment.amount, rule.id, rule.reason, str(said.values.get("carrier_store", "")))


def _applied(rate: Rate | None) -> AppliedRate | None:
    if rate is None:
        return None
    figures = (str(rate.numerator), str(rate.denominator))
    return AppliedRate(rate.from_currency, rate.to_currency, *figures, rate.day, rate.source.value)


def _why(refusal: Refusal) -> tuple[str, dict[str, str]]:
    first = refusal.problems[0] if isinstance(refusal, InvalidRequest) else refusal
    return first.reason, dict(first.values)


def _set_aside(due: DueCycle, reason: str, values: dict[str, str]) -> SetAside:
    account = due.account
    return SetAside(account.id, due.seller, account.store, due.day, reason, tuple(sorted(values.items())))


def _quote_id(quote: FeeQuote, accounts: Sequence[Account]) -> str:
    """Of one policy, day, seller and rates, so that the charges that one quote made name the same."""
    seller = [(account.id, account.store, str(account.linked_on), str(account.status)) for account in accounts]
    rates = [(str(_applied(line.rate)), line.charge.minor) for line in quote.lines]
    return _id("quote", quote.policy_version, str(quote.day), repr(sorted(seller)), repr(sorted(rates)))


def _id(*parts: str) -> str:
    return sha256("\n".join(parts).encode()).hexdigest()[:ID_DIGITS]
