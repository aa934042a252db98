"""`linked-accounts healthcheck`: asks a running service whether it serves."""

from __future__ import annotations

from pathlib import Path

import click

from linkedaccounts.cli.reaching import reaches_a_service, tls_of
from linkedaccounts.endpoints.health_question import HealthUnknown, health

EXIT_CODES = """Exit codes: 0 it serves; 1 it does not, or does not answer; 2 wrong arguments."""


@click.command(epilog=EXIT_CODES)
@reaches_a_service
@click.option(
    "--service", default="", help="Full name of one service of the contract.  [default: the server as a whole]"
)
@click.option("--timeout", type=click.FloatRange(min=0, min_open=True), default=3.0, show_default=True, help="Seconds.")
def healthcheck(target: str, service: str, timeout: float, wants_tls: bool, **files: Path | None) -> None:
    """Say whether a running service serves, by grpc.health.v1."""
    tls = tls_of(wants_tls, **files)
    try:
        status = health(target, service, timeout, tls.credentials() if tls else None)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    except HealthUnknown as error:
        raise click.ClickException(str(error)) from None
    click.echo(status)
    if status != "SERVING":
        raise click.exceptions.Exit(1)
