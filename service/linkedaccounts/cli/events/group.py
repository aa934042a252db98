"""The group of all `events` commands."""

from __future__ import annotations

import click

from linkedaccounts.cli.lazy_group import Lazy, LazyGroup

COMMANDS = {
    "follow": Lazy("linkedaccounts.cli.events.follow", "follow", "Have a running service tell what happens."),
    "prune": Lazy("linkedaccounts.cli.events.prune", "prune", "Take away events that are old."),
}


@click.group(cls=LazyGroup, lazy=COMMANDS)
def events() -> None:
    """Be told what happens to sellers, and take away events that are old."""
