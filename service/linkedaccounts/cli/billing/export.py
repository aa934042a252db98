"""`linked-accounts billing export`: a seller's transactions as a file, asked of a running service."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from linkedaccounts.cli.asking import EXIT_CODES, Service, knows_a_service
from linkedaccounts.cli.billing.filters import filter_of, filters_transactions
from linkedaccounts.client import Client, Filter

FORMATS = ("csv", "parquet")
_FILE = click.Path(dir_okay=False, allow_dash=True, path_type=Path)
STANDARD_OUTPUT = Path("-")


@click.command(epilog=EXIT_CODES)
@click.argument("account")
@click.argument("file", type=_FILE)
@filters_transactions
@click.option("--format", "file_format", type=click.Choice(FORMATS), help="[default: by FILE's ending, else csv]")
@knows_a_service
def export(service: Service, account: str, file: Path, file_format: str | None, **said: Any) -> None:
    """Write all transactions of the seller that has ACCOUNT into FILE, oldest first; `-` is the standard output.

    A row for each entry; sum up `entry_amount`. FILE appears when it is whole, or not at all. The service takes as long
    as it needs, whatever --timeout says.
    """
    form = file_format or (file.suffix[1:] if file.suffix[1:] in FORMATS else FORMATS[0])
    with service.client() as client:
        if file == STANDARD_OUTPUT:
            client.billing.export_to(sys.stdout.buffer, account, form, filter_of(said))
            return
        try:
            size = _written(client, file, account, form, filter_of(said))
        except OSError as error:
            raise click.ClickException(f"cannot write {file}: {error.strerror or error}") from None
    click.echo(service.say("exported", file=file, bytes=f"{size:,}"), err=True)


def _written(client: Client, file: Path, account: str, form: str, only: Filter) -> int:
    part = file.with_name(f".{file.name}.part")
    try:
        with part.open("wb") as opened:
            size = client.billing.export_to(opened, account, form, only)
        part.replace(file)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return size
