"""`linked-accounts rates`: look at the exchange rates that quotes use, and bring them up to date."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import click
from click.exceptions import Exit
from rich.console import Console
from rich.table import Table

from linkedaccounts.application.rate_books import (
    CORRECTIONS_ALLOWED,
    BookNotKept,
    BookRejected,
    RateBookKeeper,
    Refreshed,
    RefreshFailed,
    RefreshRates,
    SourceUnreachable,
)
from linkedaccounts.cli.options import settings_from, settings_options
from linkedaccounts.domain.rates import RateMissing, Rates
from linkedaccounts.storage.kept_rate_book import KeptRateBook
from linkedaccounts.storage.packaged_rate_book import packaged_rate_book
from linkedaccounts.storage.published_rate_book import fetch_published_book

EXIT_CODES: dict[type[RefreshFailed], int] = {SourceUnreachable: 3, BookRejected: 4, BookNotKept: 5}


@click.group()
def rates() -> None:
    """Show the exchange rates that quotes use, or bring them up to date."""


@rates.command()
@click.argument("source", required=False)
@settings_options("data_dir")
@click.option(
    "--corrections-allowed",
    type=click.IntRange(min=0),
    default=CORRECTIONS_ALLOWED,
    show_default=True,
    help="how many figures of the current book the file may state differently",
)
def refresh(source: str | None, corrections_allowed: int, **flags: Any) -> None:
    """Replace the rates by the ECB's published history, a csv or zip at SOURCE (a path or URL).

    SOURCE is LINKED_ACCOUNTS_RATES_SOURCE if left out, or else the ECB's own address. The file is checked whole
    and must lack nothing that the current rates have; a running service with the same data directory follows
    within seconds.

    Exit codes: 0 replaced, or up to date already; 2 wrong arguments or settings; 3 the file cannot be had; 4 the
    file is refused; 5 the data directory cannot be written. With 3, 4 and 5 nothing is replaced.
    """
    settings = settings_from({**flags, "rates_source": source})
    kept, keeper = _books(flags)
    use_case = RefreshRates(fetch_published_book, kept, keeper, _today, corrections_allowed)
    try:
        _say(use_case(settings.rates_source))
    except RefreshFailed as failure:
        click.echo("\n  ".join(["the rates are not replaced:", *failure.problems]), err=True)
        raise Exit(EXIT_CODES[type(failure)]) from None


@rates.command()
@click.argument("currencies", metavar="[CURRENCY]...", nargs=-1)
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="the day, as in 2019-09-30  [default: the newest]")
@settings_options("data_dir")
def show(currencies: Sequence[str], on: datetime | None, **flags: Any) -> None:
    """Show which rates quotes use, and those of a day, for all currencies or the named ones.

    Exit codes: 0 shown; 1 there is no such rate; 2 wrong arguments or settings.
    """
    kept, keeper = _books(flags)
    book = keeper.current
    click.echo(f"book: {kept.path if keeper.is_kept else 'the one that came with the service'}")
    click.echo(f"days: {book.first_day} through {book.last_day}, {_days(keeper.age_days(_today()))} ago")
    of_day = Rates(book, {}, on.date() if on else book.last_day)
    click.echo(f"on {of_day.on}{', an estimate: the last rates stand in' if of_day.estimated else ''}:")
    named = [currency.upper() for currency in currencies] or sorted(book.per_base(book.last_day))
    try:
        Console().print(_table(of_day, named))
    except RateMissing as missing:
        raise click.ClickException(str(missing)) from None


def _books(flags: dict[str, Any]) -> tuple[KeptRateBook, RateBookKeeper]:
    kept = KeptRateBook(settings_from(flags).data_dir, _warn)
    return kept, RateBookKeeper(packaged_rate_book(), kept)


def _table(of_day: Rates, currencies: Sequence[str]) -> Table:
    base = of_day.book.base
    table = Table("currency", f"for 1 {base}", "rate of")
    for currency in currencies:
        rate = of_day.rate(base, currency)
        units, day = (rate.numerator, rate.day) if rate else (1, "")
        table.add_row(currency, str(units), str(day))
    return table


def _say(refreshed: Refreshed) -> None:
    found = refreshed.changes
    if not found.anything:
        click.echo(f"up to date already: the rates end on {refreshed.last_day}")
        return
    click.echo(f"rates replaced: they ended on {refreshed.last_day_before} and end on {refreshed.last_day}")
    currencies = ", ".join(found.currencies_added) or "none"
    click.echo(f"{_days(len(found.days_added))} added; currencies added: {currencies}")
    for correction in (*found.figures_changed, *found.figures_added):
        click.echo(f"corrected: {correction}")


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"


def _today() -> date:
    return datetime.now(UTC).date()


def _warn(event: str, **fields: str) -> None:
    said = ", ".join(f"{name} {value}" for name, value in fields.items())
    click.echo(f"warning: {event.replace('_', ' ')}: {said}", err=True)
