"""What an operator does to a database before the service may use it."""

from __future__ import annotations

from linkedaccounts.storage.database_url import database_url
from linkedaccounts.storage.grants import grant
from linkedaccounts.storage.opening import owning, reached, viewing
from linkedaccounts.storage.schema import Schema, migrate, schema_of
from linkedaccounts.storage.sqlite import create_or_migrate


class NoRoles(ValueError):
    """Rights were to be given in a database that has no roles."""


def schema_in(url: str) -> Schema:
    """The schema's version in a database; UnknownDatabase, StorageUnreachable."""
    with viewing(url) as connection:
        return schema_of(connection)


def bring_up_to_date(url: str, grant_to: str | None = None) -> None:
    """Brings the tables to this release's, all or nothing, and gives a role that exists what the service needs.

    UnknownDatabase, NoRoles, StorageUnreachable, or SchemaMismatch if a later release was there.
    """
    place = database_url(url)
    if place.get_backend_name() == "sqlite":
        if grant_to is not None:
            raise NoRoles("SQLite has no roles; leave `--grant-to` out")
        with reached(place):
            create_or_migrate(place)
        return
    with owning(place) as connection:
        migrate(connection)
        if grant_to is not None:
            grant(connection, grant_to)
