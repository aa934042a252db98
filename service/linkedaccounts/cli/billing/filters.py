"""The options of commands that look at transactions: which of them are meant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from linkedaccounts.cli.store_values import Day, StoreCode
from linkedaccounts.client import Filter

Command = TypeVar("Command", bound=Callable[..., Any])

KINDS = ("charge", "reversal", "refund")

_OPTIONS = (
    click.option("--from", "from_day", type=Day(), metavar="DAY", help="Only of this day and later ones."),
    click.option("--through", "through_day", type=Day(), metavar="DAY", help="Only of this day and earlier ones."),
    click.option("--store", type=StoreCode(), help="Only of this store."),
    click.option("--kind", "kinds", type=click.Choice(KINDS), multiple=True, help="Only of this kind; several times."),
)


def filters_transactions(command: Command) -> Command:
    """Gives a command the options `from_day`, `through_day`, `store` and `kinds`, which go to ``filter_of``."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def filter_of(given: dict[str, Any]) -> Filter:
    """What the options say."""
    return Filter(
        from_day=given["from_day"], through_day=given["through_day"], store=given["store"] or "", kinds=given["kinds"]
    )
