"""`linked-accounts events prune`: takes away old events, as the owner of the tables."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import click

from linkedaccounts.cli.keeping import database_of
from linkedaccounts.cli.options import settings_options
from linkedaccounts.storage.event_removal import remove_events, unpublished
from linkedaccounts.storage.opening import viewing


@click.command()
@click.option("--keep-days", type=click.IntRange(1, 3650), required=True, help="What is older goes.")
@click.option("--unpublished-too", is_flag=True, help="Take away also what the message broker was not told yet.")
@settings_options("data_dir", "database")
def prune(keep_days: int, unpublished_too: bool, **flags: Any) -> None:
    """Take away events older than some days, from the first on; what they told stays in the ledger and the audit.

    A subscriber that has not got so far is told that it missed some. On PostgreSQL, run it as the role that owns the
    tables.

    Exit codes: 0 done; 1 the tables are not this release's; 2 wrong arguments or settings; 3 the database cannot be
    reached, or its role may not.
    """
    before = datetime.now(UTC) - timedelta(days=keep_days)
    with database_of(flags) as url:
        gone = sum(remove_events(url, before, unpublished_too=unpublished_too))
        with viewing(url) as connection:
            lacks = unpublished(connection)
    click.echo(f"took away {gone:,} events of before {before:%Y-%m-%d %H:%M} UTC")
    if lacks and not unpublished_too:
        click.echo(
            f"the message broker lacks {lacks:,} events, which stay until it has them, or --unpublished-too", err=True
        )
