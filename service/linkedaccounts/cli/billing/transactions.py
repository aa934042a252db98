"""`linked-accounts billing transactions`: what a seller was charged and given back, asked of a running service."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from linkedaccounts.cli.amounts import decimals_by_currency, shown, shown_rate
from linkedaccounts.cli.asking import EXIT_CODES, Service, asks_a_service
from linkedaccounts.cli.billing.filters import filter_of, filters_transactions
from linkedaccounts.cli.billing.said import Said, Sentences, rule_said
from linkedaccounts.cli.json_output import print_json
from linkedaccounts.cli.tables import console, plain_table
from linkedaccounts.cli.texts import Speaker
from linkedaccounts.v1.billing_service_pb2 import ListTransactionsResponse, Transaction, TransactionKind


@click.command(epilog=EXIT_CODES)
@click.argument("account")
@filters_transactions
@click.option("--most", type=click.IntRange(1, 500), default=50, show_default=True, help="So many at the most.")
@click.option("--page-token", default="", metavar="TOKEN", help="Go on where an earlier answer ended.")
@asks_a_service
def transactions(service: Service, as_json: bool, account: str, most: int, page_token: str, **said: Any) -> None:
    """Show what the seller that has ACCOUNT was charged and given back, and why; the newest first."""
    with service.client() as client:
        answer = client.billing.list_transactions(account, filter_of(said), page_size=most, page_token=page_token)
    if as_json:
        print_json(answer)
    else:
        _print(answer, account, service.say)


def _print(answer: ListTransactionsResponse, account: str, say: Speaker) -> None:
    out = console()
    out.print(Text(say("transactions_title", account=account), style="bold"))
    if not answer.transactions:
        out.print(say("transactions_none"))
        return
    reasons = Sentences()
    out.print(Padding(_table(answer, reasons, say), (1, 0)))
    out.print(reasons.footnotes())
    if answer.next_page_token:
        out.print(Text(say("transactions_more", token=answer.next_page_token)), soft_wrap=True)


def _table(answer: ListTransactionsResponse, reasons: Sentences, say: Speaker) -> Table:
    decimals = decimals_by_currency(money for one in answer.transactions for money in (one.amount, one.unlinked))
    table = plain_table()
    for name in ("day", "store", "kind"):
        table.add_column(say(name), no_wrap=True)
    for name in ("amount", "unlinked"):
        table.add_column(say(name), justify="right", no_wrap=True)
    table.add_column(say("currency"), no_wrap=True)
    table.add_column(say("exchange_rate"), min_width=10)
    table.add_column(say("why"), no_wrap=True)
    table.add_column(say("transaction"), overflow="fold", min_width=8)
    for one in answer.transactions:
        currency = one.amount.currency_code
        amounts = (shown(one.amount, decimals[currency]), shown(one.unlinked, decimals[currency]))
        kind = say(TransactionKind.Name(one.kind))
        table.add_row(one.day, one.store, kind, *amounts, currency, _rate(one), reasons.numbers(_said(one)), one.id)
    return table


def _said(one: Transaction) -> Iterator[Said]:
    for entry in one.entries:
        yield rule_said(entry, one.policy_version)
    if one.note:
        yield one.note, ""


def _rate(one: Transaction) -> str:
    """One of the store's currency in the reporting one, and the day of that rate; a peg has none."""
    if not one.HasField("rate"):
        return "–"
    return f"{shown_rate(one.rate.rate)} {one.rate.to_currency} {one.rate.day}".rstrip()
