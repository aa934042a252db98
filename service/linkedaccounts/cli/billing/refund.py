"""`linked-accounts billing refund`: gives a charge back, or a part of it, by a running service."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

import click

from linkedaccounts.cli.asking import EXIT_CODES, Service, asks_a_service
from linkedaccounts.cli.json_output import print_json
from linkedaccounts.cli.refusal import Refusal
from linkedaccounts.client import LinkedAccountsError, to_decimal, to_money


class Amount(click.ParamType[tuple[Decimal, str]]):
    """An exact amount with its currency."""

    name = "amount"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[Decimal, str]:
        """The amount and the currency's code; whether it can be given back is for the service to say."""
        if isinstance(value, tuple):
            return value
        figure, _, currency = str(value).strip().partition(" ")
        try:
            amount = Decimal(figure)
            to_money(amount, currency)
        except (InvalidOperation, ValueError):
            self.fail(f"`{value}` is no amount; write it as in '9.99 USD'", param, ctx)
        if not currency.strip():
            self.fail(f"`{value}` names no currency; write it as in '9.99 USD'", param, ctx)
        return amount, currency.strip().upper()


@click.command(epilog=EXIT_CODES)
@click.argument("charge")
@click.option(
    "--amount", type=Amount(), metavar="'AMOUNT CURRENCY'", help="As in '9.99 USD'.  [default: all that is left]"
)
@click.option("--note", default="", help="Why, for the report; at most 200 characters.")
@click.option(
    "--request-id", metavar="ID", help="Names this refund: given again, it is not made twice.  [default: a new one]"
)
@asks_a_service
def refund(
    service: Service, as_json: bool, charge: str, amount: tuple[Decimal, str] | None, note: str, request_id: str | None
) -> None:
    """Give back the charge with the id CHARGE, or a part of it; all refunds of a charge together never exceed it.

    If there was no answer, run it again with the request id printed then: it is made once.
    """
    figure, currency = amount or (None, "")
    with service.client() as client:
        try:
            answer = client.billing.refund_charge(
                charge, figure, currency=currency, note=note, idempotency_key=request_id
            )
        except LinkedAccountsError as error:
            refusal = Refusal(error, service.target, service.say)
            if refusal.exit_code in {1, 4}:
                click.echo(service.say("refund_key", key=error.idempotency_key), err=True)
            raise refusal from error
    if as_json:
        print_json(answer)
        return
    given, left = answer.refund, answer.left
    back = f"{-to_decimal(given.amount):f} {left.currency_code}"
    still = f"{to_decimal(left):f} {left.currency_code}"
    click.echo(service.say("refunded", amount=back, charge=given.of_transaction_id, refund=given.id, left=still))
