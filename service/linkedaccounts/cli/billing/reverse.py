"""`linked-accounts billing reverse`: takes back a charge that was a mistake, in the database."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import click

from linkedaccounts.application.billing.refund_charge import ReverseCharge
from linkedaccounts.application.refusals import Refusal
from linkedaccounts.cli.keeping import database_of
from linkedaccounts.cli.options import settings_options
from linkedaccounts.storage.opening import open_storage


@click.command()
@click.argument("charge")
@click.option("--note", required=True, help="Why, for the report; at most 200 characters.")
@settings_options("data_dir", "database")
def reverse(charge: str, note: str, **flags: Any) -> None:
    """Take back the charge with the id CHARGE as a whole, because it was a mistake: entry by entry, for good.

    The billing cycle is not charged again. To give a charge back that was right, use `billing refund`.

    Exit codes: 0 reversed; 1 there is no such charge, or something of it was given back already; 2 wrong arguments or
    settings; 3 the database cannot be reached.
    """
    with database_of(flags) as url, closing(open_storage(url)) as storage:
        try:
            reversal = ReverseCharge(storage, lambda: datetime.now(UTC))(charge, note)
        except Refusal as refusal:
            raise click.ClickException(str(refusal)) from None
    click.echo(f"reversed {charge} by {reversal.id}: {reversal.amount}")
