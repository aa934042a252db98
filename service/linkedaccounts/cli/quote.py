"""`linked-accounts quote`: what a seller pays, asked of a running service."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import click

from linkedaccounts.cli.asking import EXIT_CODES, Service, asks_a_service
from linkedaccounts.cli.json_output import print_json
from linkedaccounts.cli.quote_page import print_quote
from linkedaccounts.cli.seller import Seller, assumed_registration
from linkedaccounts.cli.store_values import Day, StoreCode, StoreFlag, StoreValue, by_store
from linkedaccounts.cli.tables import console
from linkedaccounts.client import Account, quote_request

_DAY_OF_STORE = StoreValue(Day(), "DAY")
_COUNT_OF_STORE = StoreValue(click.IntRange(0, 2**31 - 1), "COUNT")
_PLAN_OF_STORE = StoreValue(click.Choice(["individual", "professional"]), "PLAN")


@click.command(epilog=EXIT_CODES)
@click.argument("stores", metavar="STORE...", nargs=-1, required=True, type=StoreCode())
@click.option("--on", type=Day(), metavar="DAY", help="The day of the quote, as in 2019-09-30.  [default: today, UTC]")
@click.option("--linked/--unlinked", default=True, show_default=True, help="Whether the accounts are linked.")
@click.option("--home", default="", metavar="STORE", help="The home store.  [default: the one registered first]")
@click.option("--registered", type=_DAY_OF_STORE, multiple=True, help="When a store was registered.")
@click.option("--linked-on", type=_DAY_OF_STORE, multiple=True, help="When it was linked.  [default: when registered]")
@click.option("--listings", type=_COUNT_OF_STORE, multiple=True, help="How many listings are active in a store.")
@click.option("--selling-plan", type=_PLAN_OF_STORE, multiple=True, help="`individual` or `professional`.")
@click.option("--suspended", type=StoreFlag(), multiple=True, help="A store that is suspended.")
@click.option("--on-vacation", type=StoreFlag(), multiple=True, help="A store set to vacation.")
@click.option("--explain", is_flag=True, help="Show the rules that did not apply, too.")
@click.option("--wire", is_flag=True, help="Ask nobody; write the request as gRPC sends it, for a load source.")
@asks_a_service
def quote(service: Service, as_json: bool, on: date | None, wire: bool, **said: Any) -> None:
    """Show what a seller with an account in each STORE pays a month, and why.

    For example: linked-accounts quote US EU JP --on 2019-09-30 --registered JP=2019-09-10

    A store whose registration is not stated counts as registered on the first of the month one year before the
    quote, so that its first month is over, or when it was linked, if that is earlier. Options with STORE can be
    given several times, once for each store.
    """
    seller = _seller(on or datetime.now(UTC).date(), **said)
    if wire:
        click.echo(_framed(seller), nl=False)
        return
    with service.client() as client:
        answer = client.quote_fees(
            seller.accounts,
            day=seller.day,
            linked=seller.linked,
            home_store=seller.home_store,
            explain=seller.explain,
        )
    if as_json:
        print_json(answer)
    else:
        print_quote(console(), answer, seller, service.say)


def _framed(seller: Seller) -> bytes:
    """The request behind gRPC's prefix: not compressed, and so many bytes."""
    request = quote_request(
        seller.accounts,
        day=seller.day,
        linked=seller.linked,
        home_store=seller.home_store,
        explain=seller.explain,
    ).SerializeToString()
    return struct.pack(">BI", 0, len(request)) + request


def _seller(day: date, *, stores: Sequence[str], linked: bool, home: str, explain: bool, **of_stores: Any) -> Seller:
    said = {name: by_store(name, values, stores) for name, values in of_stores.items()}
    assumed = frozenset(stores) - set(said["registered"])
    for store in assumed:
        said["registered"][store] = assumed_registration(day, said["linked_on"].get(store))
    accounts = tuple(_account(store, said) for store in stores)
    return Seller(day, accounts, assumed, linked, home.strip().upper(), explain)


def _account(store: str, said: Mapping[str, Mapping[str, Any]]) -> Account:
    return Account(
        store,
        registered_on=said["registered"][store],
        linked_on=said["linked_on"].get(store),
        active_listings=said["listings"].get(store),
        selling_plan=said["selling_plan"].get(store),
        suspended=store in said["suspended"],
        on_vacation=store in said["on_vacation"],
    )
