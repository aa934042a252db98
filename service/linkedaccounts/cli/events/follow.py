"""`linked-accounts events follow`: what happens, as a running service tells it."""

from __future__ import annotations

from contextlib import closing, suppress
from itertools import islice

import click

from linkedaccounts.cli.asking import EXIT_CODES, Service, knows_a_service
from linkedaccounts.cli.json_output import print_json_line
from linkedaccounts.v1.event_service_pb2 import EventKind

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
    give the last line's `position` with --after.
    """
    with service.client() as client, suppress(KeyboardInterrupt):
        following = client.events.follow(after, from_now=from_now, kinds=kinds, account_ids=accounts)
        with closing(following):
            happened = (told.event for told in following if told.HasField("event"))
            for event in islice(happened, most):
                print_json_line(event)
