"""`linked-accounts billing preview`: what a seller will be charged, asked of a running service."""

from __future__ import annotations

import click
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from linkedaccounts.cli.amounts import decimals_by_currency, shown
from linkedaccounts.cli.asking import EXIT_CODES, Service, asks_a_service
from linkedaccounts.cli.billing.said import Sentences, rule_said
from linkedaccounts.cli.json_output import print_json
from linkedaccounts.cli.quote_page import SHORT_VERSION
from linkedaccounts.cli.tables import console, footnotes, plain_table
from linkedaccounts.cli.texts import Speaker
from linkedaccounts.v1.billing_service_pb2 import PreviewNextChargesResponse


@click.command(epilog=EXIT_CODES)
@click.argument("account")
@click.option("--cycles", type=click.IntRange(1, 24), default=12, show_default=True, help="How many of each store.")
@asks_a_service
def preview(service: Service, as_json: bool, account: str, cycles: int) -> None:
    """Show what the stores of the seller that has ACCOUNT will be charged in their next billing cycles, day by day.

    As things stand: by today's rules, accounts and exchange rates. Nothing is charged. `billing upcoming` draws the
    same as a page, from the database.
    """
    with service.client() as client:
        answer = client.billing.preview_next_charges(account, cycles)
    if as_json:
        print_json(answer)
    else:
        _print(answer, account, service.say)


def _print(answer: PreviewNextChargesResponse, account: str, say: Speaker) -> None:
    out = console()
    out.print(Text(say("preview_title", account=account), style="bold"))
    reasons = Sentences()
    out.print(Padding(_table(answer, reasons, say), (1, 0)))
    out.print(reasons.footnotes())
    ends = [store for store in answer.stores if store.first_month_through]
    remarks = [say("first_month_through", store=store.store, day=store.first_month_through) for store in ends]
    if any(charge.estimate for store in answer.stores for charge in store.charges):
        remarks.append(say("preview_estimate"))
    remarks.append(say("policy", version=answer.policy_version[:SHORT_VERSION]))
    out.print(footnotes(("·", Text(remark)) for remark in remarks))


def _table(answer: PreviewNextChargesResponse, reasons: Sentences, say: Speaker) -> Table:
    charges = [(charge.day, store.store, charge) for store in answer.stores for charge in store.charges]
    decimals = decimals_by_currency(money for _, _, one in charges for money in (one.amount, one.standard_fee))
    table = plain_table()
    for name in ("day", "store"):
        table.add_column(say(name), no_wrap=True)
    for name in ("amount", "standard_fee"):
        table.add_column(say(name), justify="right", no_wrap=True)
    table.add_column(say("currency"), no_wrap=True)
    table.add_column(say("why"))
    for day, store, one in sorted(charges, key=lambda charge: charge[:2]):
        currency = one.amount.currency_code
        amounts = (shown(money, decimals[currency]) for money in (one.amount, one.standard_fee))
        table.add_row(day, store, *amounts, currency, reasons.numbers(rule_said(each) for each in one.adjustments))
    return table
