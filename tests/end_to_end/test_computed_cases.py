"""The computed quotes of tests/cases/quotes.json over a real channel: single, in batches and in a stream."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from typing import Any

import pytest

from linkedaccounts.client import Account, Client, quote_request, result_or_error, to_decimal
from linkedaccounts.v1.fee_quote_service_pb2 import FeeQuote, QuoteFeesRequest, QuoteLine

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parents[1] / "cases" / "quotes.json").read_text())
ORDERS_TRIED = 4

Ask = Callable[[Client, Iterable[QuoteFeesRequest]], list[FeeQuote]]


def one_by_one(client: Client, requests: Iterable[QuoteFeesRequest]) -> list[FeeQuote]:
    return [client.quote_fees(request.stores, day=request.day, linked=request.linked) for request in requests]


def in_a_batch(client: Client, requests: Iterable[QuoteFeesRequest]) -> list[FeeQuote]:
    return [result_or_error(result) for result in client.batch_quote_fees(requests)]


def in_a_stream(client: Client, requests: Iterable[QuoteFeesRequest]) -> list[FeeQuote]:
    return [result_or_error(result) for result in client.stream_quote_fees(requests, timeout=60)]


def shuffled(case: dict[str, Any], order: int) -> list[dict[str, Any]]:
    stores = list(case["stores"])
    if order:
        random.Random(f"{order} {case['name']}").shuffle(stores)
    return stores


def request(case: dict[str, Any], order: int) -> QuoteFeesRequest:
    accounts = [Account(s["store"], s["registered_on"], s["linked_on"]) for s in shuffled(case, order)]
    return quote_request(accounts, day=case["on"], linked=case["linked"])


def as_expected(line: QuoteLine) -> dict[str, Any]:
    figures = {"standard": line.standard_fee, "charge": line.charge, "discount": line.discount}
    return {
        "store": line.store,
        "currency": line.charge.currency_code,
        "first_month": line.first_month,
        **{name: to_decimal(money) for name, money in figures.items()},
        "rate_date": line.rate.day or None,
    }


def expected(case: dict[str, Any], order: int) -> list[dict[str, Any]]:
    lines = {line["store"]: line for line in case["expect"]["lines"]}
    ordered = [lines[store["store"]] for store in shuffled(case, order)]
    return [{**line, **{name: Decimal(line[name]) for name in ("standard", "charge", "discount")}} for line in ordered]


def sums(quote: FeeQuote) -> list[Decimal]:
    total = quote.total
    cents = Decimal("0.0001")
    return [
        to_decimal(money).quantize(cents, ROUND_HALF_EVEN)
        for money in (total.standard_fee, total.charge, total.discount)
    ]


@pytest.mark.parametrize("ask", [one_by_one, in_a_batch, in_a_stream])
def test_all_computed_cases_come_back_exactly_in_every_order_tried(client: Client, ask: Ask) -> None:
    for order in range(ORDERS_TRIED):
        quotes = ask(client, [request(case, order) for case in CASES])
        for case, quote in zip(CASES, quotes, strict=True):
            assert [as_expected(line) for line in quote.lines] == expected(case, order), case["name"]
            assert sums(quote) == [Decimal(case["expect"][f"{name}_usd"]) for name in ("standard", "charged", "saved")]
