"""`linked-accounts callers`: look after the services that may call."""

from __future__ import annotations

from pathlib import Path

import click
from click.exceptions import Exit

from linkedaccounts.application.callers import CallersRejected, Scope
from linkedaccounts.security.callers_entry import name_problem
from linkedaccounts.security.callers_file import read_callers
from linkedaccounts.security.callers_tokens import fresh_token

_SCOPE = click.Choice([scope.value for scope in Scope])


EXIT_CODES = """\b
Exit codes:
  0  the callers are sound
  1  they have problems, all of which are listed
  2  wrong arguments"""


@click.group()
def callers() -> None:
    """Look after the services that may call, which stand in the file that `serve --callers` names."""


@callers.command()
@click.argument("name")
@click.option("--scope", "scopes", multiple=True, required=True, type=_SCOPE, help="What it may do; repeatable.")
def new(name: str, scopes: tuple[str, ...]) -> None:
    """Make a token for the service NAME, and the entry of the callers' file that knows it.

    The token is shown this once and kept nowhere; the entry holds its SHA-256 only. To replace a token, put the new
    SHA-256 beside the old one, reload with SIGHUP, give the service its new token, and then take the old SHA-256 out.
    """
    if problem := name_problem(name):
        raise click.UsageError(problem)
    fresh = fresh_token(name, [Scope(scope) for scope in dict.fromkeys(scopes)])
    click.echo(f"The token of {name}, shown this once; it sends it as `authorization: Bearer TOKEN`:\n")
    click.echo(f"    {fresh.token}\n")
    click.echo(f"Its entry for the callers' file:\n\n{fresh.entry}")


@callers.command(epilog=EXIT_CODES)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check(file: Path) -> None:
    """Read FILE as a start of the service does, and list every problem."""
    try:
        known = read_callers(file)
    except CallersRejected as rejected:
        click.echo(str(rejected))
        raise Exit(1) from None
    for caller in dict.fromkeys((*known.by_token.values(), *known.by_certificate.values())):
        click.echo(f"{caller.name}: {', '.join(sorted(caller.scopes))}")
