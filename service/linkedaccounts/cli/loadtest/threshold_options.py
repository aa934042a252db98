"""The options that say what must hold of a load test."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from linkedaccounts.cli.loadtest.values import Read
from linkedaccounts.loadtest.thresholds import Threshold, errors_threshold, latency_threshold

Command = TypeVar("Command", bound=Callable[..., Any])


def _at_most(name: str) -> Read:
    return Read("duration", lambda text: latency_threshold(name, text))


_OPTIONS = (
    click.option("--p50", type=_at_most("p50"), help="Threshold: at most."),
    click.option("--p90", type=_at_most("p90"), help="Likewise."),
    click.option("--p99", type=_at_most("p99"), help="Likewise, as 25ms."),
    click.option("--p999", type=_at_most("p999"), help="Likewise."),
    click.option("--max", type=_at_most("max"), help="Likewise."),
    click.option(
        "--errors", type=Read("share", errors_threshold), help="Threshold: calls that may end badly, as 0.1%."
    ),
)
_NAMES = ("p50", "p90", "p99", "p999", "max", "errors")


def states_thresholds(command: Command) -> Command:
    """Gives a command the options; ``thresholds_of`` takes them out of what it is given."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def thresholds_of(given: dict[str, Any]) -> list[Threshold]:
    """The thresholds that are stated; they are no longer in ``given`` afterwards."""
    return [threshold for name in _NAMES if (threshold := given.pop(name)) is not None]
