"""The group of all `billing` commands."""

from __future__ import annotations

import click

from linkedaccounts.cli.lazy_group import Lazy, LazyGroup

COMMANDS = {
    "run": Lazy("linkedaccounts.cli.billing.run", "run", "Charge every store whose billing cycle begins."),
    "transactions": Lazy(
        "linkedaccounts.cli.billing.transactions", "transactions", "Ask a running service what was charged, and why."
    ),
    "preview": Lazy("linkedaccounts.cli.billing.preview", "preview", "Ask a running service what will be charged."),
    "export": Lazy("linkedaccounts.cli.billing.export", "export", "Write a seller's transactions into a file."),
    "refund": Lazy("linkedaccounts.cli.billing.refund", "refund", "Give a charge back, or a part of it."),
    "reverse": Lazy("linkedaccounts.cli.billing.reverse", "reverse", "Take back a charge that was a mistake."),
    "statement": Lazy("linkedaccounts.cli.billing.statement", "statement", "Show a month of a seller, or make a PDF."),
    "upcoming": Lazy("linkedaccounts.cli.billing.upcoming", "upcoming", "Draw a seller's next twelve cycles."),
}


@click.group(cls=LazyGroup, lazy=COMMANDS)
def billing() -> None:
    """Charge who is due, and look at what was charged."""
