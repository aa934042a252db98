"""The figures of a fee quote as a table: a row for each store, then the sums."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from google.type.money_pb2 import Money
from rich.table import Table

from linkedaccounts.cli.amounts import decimals_by_currency, shown, shown_rate, shown_total
from linkedaccounts.cli.reasons import Reasons
from linkedaccounts.cli.tables import plain_table
from linkedaccounts.cli.texts import Speaker
from linkedaccounts.v1.fee_quote_service_pb2 import FeeQuote, QuoteLine, Totals


def fee_table(quote: FeeQuote, reasons: Reasons, say: Speaker) -> Table:
    """The table; ``reasons`` are referred to by number."""
    decimals = decimals_by_currency(money for line in quote.lines for money in _figures(line))
    table = _headings(quote.total.charge.currency_code, say)
    for index, line in enumerate(quote.lines):
        currency = line.standard_fee.currency_code
        amounts = [shown(money, decimals[currency]) for money in _figures(line)]
        table.add_row(line.store, currency, *amounts, line.holds_through, _rate(line), reasons.of_line(index))
    table.add_section()
    for totals in _sums_of_several(quote):
        code = totals.charge.currency_code
        table.add_row(say("total"), code, *(shown(money, decimals[code]) for money in _figures(totals)))
    table.add_row(
        say("total"), quote.total.charge.currency_code, *map(shown_total, _figures(quote.total)), style="bold"
    )
    return table


def _headings(reporting: str, say: Speaker) -> Table:
    table = plain_table()
    for name in ("store", "currency"):
        table.add_column(say(name), no_wrap=True)
    for name in ("standard_fee", "charge", "discount"):
        table.add_column(say(name), justify="right", min_width=8)
    table.add_column(say("holds_through"), min_width=10)
    table.add_column(say("rate", currency=reporting), justify="right", min_width=8)
    table.add_column(say("why"))
    return table


def _figures(of: QuoteLine | Totals) -> Sequence[Money]:
    return of.standard_fee, of.charge, of.discount


def _sums_of_several(quote: FeeQuote) -> Iterator[Totals]:
    """The sums in currencies that more than one store has; of a single store the sum is its own row."""
    for totals in quote.totals_by_currency:
        currency = totals.charge.currency_code
        if sum(line.charge.currency_code == currency for line in quote.lines) > 1:
            yield totals


def _rate(line: QuoteLine) -> str:
    return shown_rate(line.rate.rate) if line.HasField("rate") else "–"
