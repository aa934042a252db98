"""The group of all `billing` commands."""

from __future__ import annotations

import click

from linkedaccounts.cli.lazy_group import Lazy, LazyGroup

COMMANDS = {
    "run": Lazy("linkedaccounts.cli.billing.run", "run", "Charge every store whose billing cycle begins."),
}


@click.group(cls=LazyGroup, lazy=COMMANDS)
def billing() -> None:
    """Charge who is due, and look at what was charged."""
