"""What a newcomer sees once the service runs: a real quote, and how to ask for the next."""

from __future__ import annotations

import json
import shlex
import sys
from datetime import date
from importlib import resources
from pathlib import Path

import click
from google.protobuf.json_format import Parse

from linkedaccounts.cli.asking import Service
from linkedaccounts.cli.quote_page import print_quote
from linkedaccounts.cli.sample_company import sample_company
from linkedaccounts.cli.seller import Seller
from linkedaccounts.cli.tables import console
from linkedaccounts.cli.tour import Tour
from linkedaccounts.client import Account, Client
from linkedaccounts.client.connection import DEFAULT_TARGET
from linkedaccounts.domain.text import DEFAULT_LANGUAGE
from linkedaccounts.v1.fee_quote_service_pb2 import QuoteFeesRequest

TIMEOUT_SECONDS = 30.0
EXAMPLE_STORES = 2
"""Enough stores to see the split, few enough to read the line."""
METHOD = "linkedaccounts.v1.FeeQuoteService/QuoteFees"


def welcome(target: str) -> None:
    """Asks the service at ``target`` for the quote of ``welcome.json``, prints it, and says how to call and stop it.

    Before that, the sample company goes through its attempts to link accounts. Exits with the code of
    ``linked-accounts quote``, and says why, if the service does not answer.
    """
    service = Service(target, None, TIMEOUT_SECONDS, DEFAULT_LANGUAGE)
    try:
        with service.client() as client:
            Tour(client, sample_company(), console()).show()
            show_quote(client, service)
    except click.ClickException as failure:
        failure.show()
        sys.exit(failure.exit_code)
    click.echo(how_to_call(target))


def show_quote(client: Client, service: Service) -> None:
    """Prints the quote of ``welcome.json``."""
    seller = demo_seller()
    quote = client.quote_fees(seller.accounts, day=seller.day, linked=seller.linked)
    console().print()
    print_quote(console(), quote, seller, service.say)


def demo_seller() -> Seller:
    """The seller of ``welcome.json``."""
    request = Parse(_demo(), QuoteFeesRequest())
    accounts = tuple(Account(store.store, store.registered_on) for store in request.stores)
    day = date.fromisoformat(request.day)
    return Seller(day, accounts, frozenset(), request.linked, request.home_store, request.explain)


def how_to_call(target: str) -> str:
    """The three ways to call, as lines that work as they stand; and how to stop."""
    return f"""
The service is running on {target}. Ask it

  by its command
    {command_line(target)}

  in Python, with {program("python")}

{python_snippet(target)}

  with buf
    {buf_line(target)}

The people of {sample_company().company} are in its database for as long as it runs. Sign in as one of them

{session_snippet(target)}

It stops with Ctrl-C. Every call is logged with `--log-level info`, which is what `linked-accounts serve` does."""


def command_line(target: str) -> str:
    """A quote by the command."""
    seller = demo_seller()
    stores = " ".join(account.store for account in seller.accounts[:EXAMPLE_STORES])
    elsewhere = "" if target == DEFAULT_TARGET else f" --target {target}"
    return f"{program('linked-accounts')} quote {stores} --on {seller.day}{elsewhere}"


def python_snippet(target: str) -> str:
    """A quote by the client library, as a program."""
    seller = demo_seller()
    accounts = ", ".join(
        f'Account("{account.store}", registered_on="{account.registered_on}")'
        for account in seller.accounts[:EXAMPLE_STORES]
    )
    return f"""\
from linkedaccounts.client import Account, Client, to_decimal
with Client("{target}") as client:
    accounts = [{accounts}]
    quote = client.quote_fees(accounts, day="{seller.day}")
    print(to_decimal(quote.total.charge), quote.total.charge.currency_code)"""


def session_snippet(target: str) -> str:
    """A seller who signs in, by the client library, as a program."""
    company = sample_company()
    return f"""\
from linkedaccounts.client import Client
with Client("{target}") as client:
    seller = client.sign_in("{company.linked.email}", "{company.password}")
    print([(account.store, account.linked_on) for account in seller.accounts()])
    registration = seller.start_registration("MX", business_type="company")
    done = seller.complete_registration(registration.id, {{one.id: one.example for one in registration.details}})
    print([account.store for account in done.group.accounts])"""


def buf_line(target: str) -> str:
    """A quote by ``buf curl``, which learns the contract from the service's reflection."""
    request = json.loads(_demo())
    request["stores"] = request["stores"][:EXAMPLE_STORES]
    data = shlex.quote(json.dumps(request, separators=(",", ":")))
    return f"{program('buf')} curl --protocol grpc --http2-prior-knowledge \\\n      -d {data} \\\n      http://{target}/{METHOD}"


def program(name: str) -> str:
    """How to call a program that came with this Python: by its path from here if it is below this folder."""
    path = Path(sys.prefix) / "bin" / name
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) and path.exists() else name


def _demo() -> str:
    return resources.files(__package__).joinpath("welcome.json").read_text("utf-8")
