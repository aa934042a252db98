"""`linked-accounts accounts`: take over accounts, and change whether they may be used."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import click

from linkedaccounts.application.import_accounts import ImportAccounts, ImportRefused, read_accounts_file
from linkedaccounts.application.refusals import Refusal
from linkedaccounts.application.set_account_status import SetAccountStatus
from linkedaccounts.cli.keeping import database_of
from linkedaccounts.cli.options import settings_from, settings_options
from linkedaccounts.cli.start import FilesRejected
from linkedaccounts.policy.load import load_policy
from linkedaccounts.policy.problems import PolicyRejected
from linkedaccounts.policy.vocabulary import ACCOUNT_STATUSES
from linkedaccounts.security.argon2_passwords import Argon2Passwords
from linkedaccounts.storage.opening import open_storage

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


FORM_OF_FILE = """\b
FILE is JSON:
  {"accounts": [{"id": "a1", "store": "US", "registered_on": "2018-01-15", "status": "active"}],
   "users": [{"email": "…", "password_hash": "$argon2id$…",
              "accounts": [{"account": "a1", "role": "administrator", "organisation": "owner"}]}]}"""


@click.group()
def accounts() -> None:
    """Take over accounts of the marketplace, and change whether they may be used."""


@accounts.command("import", epilog=FORM_OF_FILE)
@click.argument("file", type=_FILE)
@settings_options("rules", "data_dir", "database")
def import_(file: Path, **flags: Any) -> None:
    """Add the accounts and users of FILE, all of them or none.

    A `password` may stand in the place of `password_hash`. Status, role and organisation are unknown if left out.

    Exit codes: 0 added; 1 the file is refused, and every problem is listed; 2 wrong arguments, settings or rules; 3 the
    database cannot be reached.
    """
    with _in_a_sentence(), database_of(flags) as url, closing(open_storage(url)) as storage:
        content = read_accounts_file(file.read_bytes())
        stores = load_policy(settings_from(flags).rules).catalogue.stores
        ImportAccounts(storage, Argon2Passwords(), _now, lambda: uuid4().hex)(content, stores)
    click.echo(f"added {len(content.accounts)} accounts and {len(content.users)} users")


@accounts.command("set-status")
@click.argument("account")
@click.argument("status", type=click.Choice(ACCOUNT_STATUSES))
@settings_options("data_dir", "database")
def set_status(account: str, status: str, **flags: Any) -> None:
    """Say whether ACCOUNT may be used.

    Exit codes: 0 said; 1 there is no such account; 2 wrong arguments or settings; 3 the database cannot be reached.
    """
    with _in_a_sentence(), database_of(flags) as url, closing(open_storage(url)) as storage:
        SetAccountStatus(storage, _now)(account, status)
    click.echo(f"{account} is {status}")


@contextmanager
def _in_a_sentence() -> Iterator[None]:
    try:
        yield
    except PolicyRejected as rejected:
        raise FilesRejected(str(rejected)) from None
    except ImportRefused as refused:
        raise click.ClickException("nothing was added:\n  " + "\n  ".join(refused.problems)) from None
    except Refusal as refusal:
        raise click.ClickException(str(refusal)) from None


def _now() -> datetime:
    return datetime.now(UTC)
