"""The group of all `loadtest` commands."""

from __future__ import annotations

import click

from linkedaccounts.cli.lazy_group import Lazy, LazyGroup

COMMANDS = {
    "run": Lazy("linkedaccounts.cli.loadtest.run", "run", "Put a load on a running service, and measure."),
}


@click.group(cls=LazyGroup, lazy=COMMANDS)
def loadtest() -> None:
    """Find out how fast a service answers, and how much it takes."""
