"""`linked-accounts events follow`: what happens, as a running service tells it."""

from __future__ import annotations

from contextlib import closing, suppress
from itertools import islice

import click

from linkedaccounts.cli.asking import EXIT_CODES, Service, knows_a_service
from linkedaccounts.cli.json_output import print_json_line
from linkedaccounts.client import LinkedAccountsError
from linkedaccounts.v1.event_service_pb2 import EventKind, SubscribeResponse

KINDS = tuple(name.removeprefix("EVENT_KIND_").lower() for name, number in EventKind.items() if number)


@click.command(epilog=EXIT_CODES)
@click.option("--after", type=click.IntRange(min=0), default=0, metavar="POSITION", help="Begin after it. [default: 0]")
@click.option("--from-now", is_flag=True, help="Leave out what has happened already.")
@click.option("--kind", "kinds", type=click.Choice(KINDS), multiple=True, help="Only this kind; may be repeated.")
@click.option("--account", "accounts", metavar="ACCOUNT", multiple=True, help="Only about it; may be repeated.")
@click.option("--most", type=click.IntRange(min=1), metavar="NUMBER", help="End after so many events.")
@knows_a_service
def follow(
    service: Service, after: int, from_now: bool, kinds: tuple[str, ...], accounts: tuple[str, ...], most: int | None
) -> None:
    """Print what happened and what happens: each event one line of the contract's JSON.

    It goes on until Ctrl-C, whatever --timeout says, and calls the service again should that stop. To go on later,
    give the last line's `position` with --after. That the service is away, and that it is back, is said once each on
    the error output.
    """
    away = _Away()
    with service.client() as client, suppress(KeyboardInterrupt):
        events = client.events.follow(
            after, from_now=from_now, kinds=kinds, account_ids=accounts, interrupted=away.began
        )
        with closing(events) as following:
            happened = (told.event for told in map(away.heard, following) if told.HasField("event"))
            for event in islice(happened, most):
                print_json_line(event)


class _Away:
    """Says once that the service is away, and once that it is back."""

    def __init__(self) -> None:
        self._is_away = False

    def began(self, error: LinkedAccountsError | None, _seconds: float) -> None:
        """A call ended."""
        if error is not None and not self._is_away:
            self._is_away = True
            click.echo(f"the service is away, and called again and again until it is back: {error.message}", err=True)

    def heard(self, told: SubscribeResponse) -> SubscribeResponse:
        """The service answers."""
        if self._is_away:
            self._is_away = False
            click.echo(f"the service is back, at position {told.position}", err=True)
        return told
