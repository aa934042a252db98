"""`linked-accounts billing upcoming`: the next twelve cycles of a seller, drawn."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from linkedaccounts.bootstrap.billing import compose_report_on, policies_of
from linkedaccounts.cli.billing.opened import SETTINGS, opened
from linkedaccounts.cli.billing.page_files import FILE, drawing, language_option, refusals_in
from linkedaccounts.cli.billing.statement import EXIT_CODES
from linkedaccounts.cli.options import settings_options
from linkedaccounts.cli.store_values import Day
from linkedaccounts.statements.upcoming import Upcoming
from linkedaccounts.statements.upcoming import upcoming as drawn


@click.command(epilog=EXIT_CODES)
@click.argument("account")
@settings_options(*SETTINGS)
@click.option("--html", type=FILE, required=True, help="Write the page there.")
@click.option("--on", type=Day(), metavar="DAY", help="As things stand on this day.  [default: today, UTC]")
@language_option
def upcoming(account: str, html: Path, on: date | None, language: str, **flags: Any) -> None:
    """Draw when each store of the seller that has ACCOUNT is charged in its next twelve cycles, and how much.

    It reads the database, by the policy noted there, and needs no service; `billing preview` asks a running service for
    the same as a table. The page has the picture, and tables that say the same. Nothing is charged.
    """
    day = on or datetime.now(UTC).date()
    with opened(flags) as found, refusals_in(language):
        policy = policies_of(found.storage).on(day + timedelta(days=1))
        report = compose_report_on(found.storage, policy, lambda: found.rates.current, day)
        stores = {code: store.name for code, store in policy.catalogue.stores.items()}
        picture = drawn(report.preview_next_charges(account).stores, stores, day, language)
    _write(picture, html)
    click.echo(f"the page is in {html}", err=True)


def _write(picture: Upcoming, html: Path) -> None:
    with drawing():
        from linkedaccounts.statements.html_page import upcoming_page

        html.write_text(upcoming_page(picture), "utf-8")
