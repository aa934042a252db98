"""The group of all `policy` commands."""

from __future__ import annotations

import click

from linkedaccounts.cli.lazy_group import Lazy, LazyGroup

COMMANDS = {
    "check": Lazy("linkedaccounts.cli.policy.check", "check", "List every problem of the rule files."),
    "explain": Lazy("linkedaccounts.cli.policy.explain", "explain", "Say why the rules decide as they do."),
}


@click.group(cls=LazyGroup, lazy=COMMANDS)
def policy() -> None:
    """Write, check, prove, test, explain and compare rule files, and look after those that serve."""
