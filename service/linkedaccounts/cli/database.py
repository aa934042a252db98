"""`linked-accounts database`: the tables that the service keeps accounts in."""

from __future__ import annotations

from typing import Any

import click

from linkedaccounts.cli.keeping import database_of
from linkedaccounts.cli.options import settings_options
from linkedaccounts.storage.schema import Schema
from linkedaccounts.storage.upkeep import NoRoles, bring_up_to_date, schema_in


@click.group()
def database() -> None:
    """Create the tables that the service keeps accounts in, or bring them up to date."""


@database.command()
@settings_options("database", "data_dir")
@click.option("--grant-to", metavar="ROLE", help="PostgreSQL role of the service, which gets the rights that it needs.")
def migrate(grant_to: str | None, **flags: Any) -> None:
    """Create the tables, or bring them to this release's version: all or nothing.

    On PostgreSQL, run it as the role that is to own the tables, with the service's own role in --grant-to; a service
    never does it there. On SQLite, a service that starts does it by itself.

    Exit codes: 0 the tables are this release's; 1 a later release made them; 2 wrong arguments or settings; 3 the
    database cannot be reached.
    """
    with database_of(flags) as url:
        try:
            bring_up_to_date(url, grant_to)
        except NoRoles as error:
            raise click.UsageError(str(error)) from None
        click.echo(_described(schema_in(url)))


@database.command()
@settings_options("database", "data_dir")
def status(**flags: Any) -> None:
    """Say whether the tables are those that this release needs.

    Exit codes: 0 they are; 1 they are not; 2 wrong arguments or settings; 3 the database cannot be reached.
    """
    with database_of(flags) as url:
        schema = schema_in(url)
        schema.require()
    click.echo(_described(schema))


def _described(schema: Schema) -> str:
    return f"the database is at version `{schema.found}`, which is what this release needs"
