"""`linked-accounts schedule`: the catalogue on a day, asked of a running service."""

from __future__ import annotations

from datetime import date
from typing import Literal

import click
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from linkedaccounts.cli.amounts import decimals_by_currency, shown
from linkedaccounts.cli.asking import EXIT_CODES, Service, asks_a_service
from linkedaccounts.cli.json_output import print_json
from linkedaccounts.cli.store_values import Day
from linkedaccounts.cli.tables import console, plain_table
from linkedaccounts.cli.texts import Speaker
from linkedaccounts.v1.fee_quote_service_pb2 import GetFeeScheduleResponse, ScheduledPlan, ScheduledStore, Split

DAY_WIDTH = len("2019-09-30 –")


@click.command(epilog=EXIT_CODES)
@click.option("--on", type=Day(), metavar="DAY", help="The day, as in 2019-09-30.  [default: the service's today]")
@asks_a_service
def schedule(service: Service, as_json: bool, on: date | None) -> None:
    """Show the stores, their standard fees and the plans of a day."""
    with service.client() as client:
        answer = client.get_fee_schedule(on)
    if as_json:
        print_json(answer)
    else:
        _print(answer, service.say)


def _print(answer: GetFeeScheduleResponse, say: Speaker) -> None:
    out = console()
    out.print(Text(say("schedule_title", day=answer.day), style="bold"))
    out.print(Padding(_stores(answer, say), (1, 0)))
    out.print(_plans(answer, say))


def _stores(answer: GetFeeScheduleResponse, say: Speaker) -> Table:
    decimals = decimals_by_currency(store.standard_fee for store in answer.stores)
    table = _headed(("store", "name", "region", "standard_fee", "currency", "holds", "countries"), say)
    for store in answer.stores:
        fee = store.standard_fee
        amount = shown(fee, decimals[fee.currency_code])
        place = (store.code, store.name, store.region_name)
        table.add_row(*place, amount, fee.currency_code, _held(store), ", ".join(store.countries))
    return table


def _plans(answer: GetFeeScheduleResponse, say: Speaker) -> Table:
    decimals = decimals_by_currency(plan.cap for plan in answer.plans)
    table = _headed(("plan", "cap", "currency", "split", "holds"), say)
    for plan in answer.plans:
        amount = shown(plan.cap, decimals[plan.cap.currency_code])
        split = say(Split.Name(plan.split))
        table.add_row(plan.name, amount, plan.cap.currency_code, split, _held(plan))
    return table


def _held(dated: ScheduledStore | ScheduledPlan) -> str:
    return f"{dated.holds_from} – {dated.holds_through}".rstrip()


def _headed(names: tuple[str, ...], say: Speaker) -> Table:
    table = plain_table()
    for name in names:
        justify: Literal["left", "right"] = "right" if name in {"standard_fee", "cap"} else "left"
        table.add_column(say(name), justify=justify, min_width=DAY_WIDTH if name == "holds" else None)
    return table
