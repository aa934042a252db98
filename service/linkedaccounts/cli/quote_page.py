"""A fee quote as a person reads it: title, table, reasons, remarks."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.text import Text

from linkedaccounts.cli.fee_table import fee_table
from linkedaccounts.cli.not_applied import rules_not_applied
from linkedaccounts.cli.reasons import Reasons
from linkedaccounts.cli.seller import Seller
from linkedaccounts.cli.tables import footnotes
from linkedaccounts.cli.texts import Speaker
from linkedaccounts.v1.fee_quote_service_pb2 import FeeQuote

SHORT_VERSION = 12
"""So many characters of a policy's version tell policies apart."""


def print_quote(console: Console, quote: FeeQuote, seller: Seller, say: Speaker) -> None:
    """Prints it all, the rules that did not apply too if the seller was asked for with an explanation."""
    for part in _parts(quote, seller, say):
        console.print(part)


def _parts(quote: FeeQuote, seller: Seller, say: Speaker) -> Iterator[RenderableType]:
    title = "quote_title_linked" if seller.linked else "quote_title_unlinked"
    yield Text(say(title, day=quote.day), style="bold")
    if quote.estimate:
        yield Text(say("estimate"), style="bold yellow")
    reasons = Reasons(quote)
    yield Padding(fee_table(quote, reasons, say), (1, 0))
    yield footnotes((str(number), text) for number, text in enumerate(reasons.texts, start=1))
    yield Text()
    yield footnotes(("·", Text(remark)) for remark in _remarks(quote, seller, say))
    if seller.explain:
        yield from rules_not_applied(quote, say)


def _remarks(quote: FeeQuote, seller: Seller, say: Speaker) -> Iterator[str]:
    for note in quote.notes:
        yield note.message
    yield from _rates(quote, say)
    for registered, stores in seller.assumptions.items():
        yield say("assumed", day=registered, stores=", ".join(stores))
    yield say("policy", version=quote.policy_version[:SHORT_VERSION])


def _rates(quote: FeeQuote, say: Speaker) -> Iterator[str]:
    """Which day's rates were used, or of which currencies if not all are of one day."""
    currencies: dict[str, set[str]] = {}
    for line in quote.lines:
        if line.HasField("rate"):
            currencies.setdefault(line.rate.day, set()).add(line.rate.from_currency)
    for day in sorted(currencies, key=lambda day: (not day, day)):
        names = ", ".join(sorted(currencies[day]))
        if not day:
            yield say("rates_pegged", currencies=names)
        elif len(currencies) == 1:
            yield say("rates_of_day", day=day)
        else:
            yield say("rates_of_some", day=day, currencies=names)
