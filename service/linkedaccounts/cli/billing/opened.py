"""What the commands of billing work on: the database, the policy that serves, and the newest rates."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import click

from linkedaccounts.application.rate_books import RateBookKeeper
from linkedaccounts.cli.keeping import database_of
from linkedaccounts.cli.options import settings_from
from linkedaccounts.cli.start import FilesRejected
from linkedaccounts.policy.load import load_policy
from linkedaccounts.policy.problems import PolicyRejected
from linkedaccounts.storage.kept_rate_book import KeptRateBook
from linkedaccounts.storage.opening import open_storage
from linkedaccounts.storage.packaged_rate_book import packaged_rate_book
from linkedaccounts.storage.policies_noted import SqlPoliciesNoted
from linkedaccounts.storage.sql_storage import SqlStorage

SETTINGS = ("rules", "data_dir", "database")


@dataclass(frozen=True, slots=True)
class Opened:
    """The database, and the rate book that quotes use."""

    storage: SqlStorage
    rates: RateBookKeeper


@contextmanager
def opened(flags: dict[str, Any]) -> Iterator[Opened]:
    """Opens what the settings name; the command ends with 1, 2 or 3 and a sentence if that fails.

    The rules of the settings are noted as those that serve, if the database knows of none yet.
    """
    settings = settings_from(flags)
    rates = RateBookKeeper(packaged_rate_book(), KeptRateBook(settings.data_dir))
    with database_of(flags) as url, closing(open_storage(url, warn=_warn)) as storage:
        noted = SqlPoliciesNoted(storage)
        if noted.policy_on(datetime.now(UTC).date()) is None:
            try:
                policy = load_policy(settings.rules)
            except PolicyRejected as rejected:
                raise FilesRejected(str(rejected)) from None
            noted.note_policy(policy.version, policy.files, datetime.now(UTC))
        yield Opened(storage, rates)


def _warn(event: str, **fields: str) -> None:
    """On the error output: what programs read is on the other."""
    click.echo(f"{event}: " + ", ".join(f"{name} {value}" for name, value in fields.items()), err=True)
