"""From a fee quote to the contract's messages."""

from __future__ import annotations

from functools import lru_cache

from linkedaccounts.application.fee_quote import Adjustment, FeeQuote, QuoteLine, ReportedTotals, Totals
from linkedaccounts.application.said import Said
from linkedaccounts.domain.rates import Rate, RateSource
from linkedaccounts.endpoints.money import REMEMBERED, money, money_of_nanos, nanos, rate_text
from linkedaccounts.endpoints.rules_response import rule_not_applied, rule_reference
from linkedaccounts.v1 import fee_quote_service_pb2 as contract
from linkedaccounts.v1.billing_service_pb2 import NextCharge

SOURCES = {RateSource.ECB: contract.RATE_SOURCE_ECB, RateSource.PEG: contract.RATE_SOURCE_PEG}


def fee_quote(quote: FeeQuote, language: str) -> contract.FeeQuote:
    """The quote, with its sentences in ``language``."""
    message = contract.FeeQuote()
    fill_quote(message, quote, language)
    return message


def fill_quote(message: contract.FeeQuote, quote: FeeQuote, language: str) -> None:
    """Puts the quote into an empty message, with its sentences in ``language``.

    Lines are made within it, and it within what it is part of: protobuf copies what is put into another message.
    """
    message.day = quote.day.isoformat()
    for line in quote.lines:
        _add_line(message, line, language)
    message.totals_by_currency.extend(map(_totals, quote.totals_by_currency))
    message.total.CopyFrom(_reported(quote.total))
    message.estimate = quote.estimate
    message.notes.extend(_note(said, language) for said in quote.notes)
    message.policy_version = quote.policy_version
    message.notes_not_applied.extend(map(rule_not_applied, quote.notes_not_applied))


def _add_line(message: contract.FeeQuote, line: QuoteLine, language: str) -> None:
    added = message.lines.add(
        store=line.store,
        standard_fee=money(line.standard_fee),
        charge=money(line.charge),
        discount=money(line.discount),
        first_month=line.first_month,
        cycle_starts_on=line.cycle.starts_on.isoformat(),
        holds_through=line.cycle.last_day.isoformat(),
        rate=exchange_rate(line.rate) if line.rate else None,
        not_applied=map(rule_not_applied, line.not_applied),
    )
    for adjustment in line.adjustments:
        add_adjustment(added, adjustment, language)


@lru_cache(maxsize=REMEMBERED)
def exchange_rate(rate: Rate) -> contract.ExchangeRate:
    """The rate; the same message may be given out again: put it into another, do not change it."""
    return contract.ExchangeRate(
        from_currency=rate.from_currency,
        to_currency=rate.to_currency,
        rate=rate_text(rate),
        numerator=format(rate.numerator, "f"),
        denominator=format(rate.denominator, "f"),
        day=rate.day.isoformat() if rate.day else "",
        source=SOURCES[rate.source],
    )


def add_adjustment(line: contract.QuoteLine | NextCharge, adjustment: Adjustment, language: str) -> None:
    """Says of a charge what a rule took off, and why."""
    said = adjustment.said
    line.adjustments.add(
        amount=money(adjustment.amount),
        rule=rule_reference(said.rule),
        reason=said.rule.reason,
        message=said.message(language),
    )


def _note(said: Said, language: str) -> contract.QuoteNote:
    return contract.QuoteNote(code=said.rule.reason, message=said.message(language), rule=rule_reference(said.rule))


def _totals(totals: Totals) -> contract.Totals:
    return contract.Totals(
        standard_fee=money(totals.standard_fee), charge=money(totals.charge), discount=money(totals.discount)
    )


def _reported(total: ReportedTotals) -> contract.Totals:
    """Both sums rounded; the discount is their difference, so that the three add up as they are seen."""
    standard_fee, charge = nanos(total.standard_fee), nanos(total.charge)
    figures = {"standard_fee": standard_fee, "charge": charge, "discount": standard_fee - charge}
    return contract.Totals(**{name: money_of_nanos(amount, total.currency.code) for name, amount in figures.items()})
