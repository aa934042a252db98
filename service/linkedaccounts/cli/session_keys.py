"""`linked-accounts session-keys`: the keys that sellers' sessions are signed with."""

from __future__ import annotations

from typing import Any

import click

from linkedaccounts.cli.options import settings_from, settings_options
from linkedaccounts.security.session_keys import SessionKeysRejected, make_keys


@click.group("session-keys")
def session_keys() -> None:
    """Look after the keys that sellers' sessions are signed with."""


@session_keys.command()
@settings_options("session_keys", "data_dir")
def rotate(**flags: Any) -> None:
    """Put a new key first in the file, and keep the newest ones before it.

    Running services take it over at once; sessions that an older key signed go on while that key is kept. Of several
    machines with files of their own each must know a key before any signs with it: copy the set of keys to all of them
    with the new key last, then with it first.

    Exit codes: 0 done; 1 the file cannot be used or written; 2 wrong arguments or settings.
    """
    path = settings_from(flags).session_keys_file
    try:
        keys = make_keys(path)
    except SessionKeysRejected as rejected:
        raise click.ClickException(str(rejected)) from None
    click.echo(f"{keys.signing.kid} signs from now on; {len(keys.key_set.keys) - 1} kept of those before it")
