"""What commands that open the database have in common: which one it is, and how they end without it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from linkedaccounts.cli.options import settings_from
from linkedaccounts.storage.database_url import UnknownDatabase
from linkedaccounts.storage.opening import StorageUnreachable
from linkedaccounts.storage.schema import SchemaMismatch


class CannotBeReached(click.ClickException):
    """There is no such database, or it does not answer."""

    exit_code = 3


@contextmanager
def database_of(flags: dict[str, Any]) -> Iterator[str]:
    """The URL that the settings name; what goes wrong with it ends the command in one line, 1, 2 or 3."""
    url = settings_from(flags).database_url
    try:
        yield url
    except UnknownDatabase as error:
        raise click.UsageError(str(error)) from None
    except StorageUnreachable as error:
        raise CannotBeReached(str(error)) from None
    except SchemaMismatch as error:
        raise click.ClickException(str(error)) from None
