"""`linked-accounts loadtest profile`: the profile to begin one's own with."""

from __future__ import annotations

import click

from linkedaccounts.loadtest.profile import default_profile


@click.command()
def profile() -> None:
    """Print the profile that is used unless `run` is given another: what is asked for, in which shares."""
    click.echo(default_profile(), nl=False)
