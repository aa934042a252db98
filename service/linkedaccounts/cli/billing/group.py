"""The group of all `billing` commands."""

from __future__ import annotations

import click

from linkedaccounts.cli.lazy_group import Lazy, LazyGroup

COMMANDS = {
    "run": Lazy("linkedaccounts.cli.billing.run", "run", "Charge every store whose billing cycle begins."),
    "transactions": Lazy(
        "linkedaccounts.cli.billing.transactions", "transactions", "Ask a running service what was charged, and why."
    ),
    "preview": Lazy(
        "linkedaccounts.cli.billing.preview", "preview", "Ask a running service what will be charged, as a table."
    ),
    "export": Lazy(
        "linkedaccounts.cli.billing.export", "export", "Ask a running service for a file of all transactions."
    ),
    "refund": Lazy("linkedaccounts.cli.billing.refund", "refund", "Have a running service give a charge back."),
    "reverse": Lazy("linkedaccounts.cli.billing.reverse", "reverse", "Take back, in the database, a mistaken charge."),
    "statement": Lazy(
        "linkedaccounts.cli.billing.statement", "statement", "Make a month's page or PDF, from the database."
    ),
    "upcoming": Lazy(
        "linkedaccounts.cli.billing.upcoming", "upcoming", "Draw what will be charged, from the database."
    ),
}


@click.group(cls=LazyGroup, lazy=COMMANDS)
def billing() -> None:
    """Charge who is due, and look at what was charged."""
