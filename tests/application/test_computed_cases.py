"""The computed quotes of tests/cases/quotes.json: made by a program that shares nothing with the service."""

from __future__ import annotations

import json
import random
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from linkedaccounts.application.fee_quote import FeeQuote, QuoteLine, QuoteRequest, StoreAccount
from linkedaccounts.application.quote_fees import QuoteFees

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parents[1] / "cases" / "quotes.json").read_text())
ORDERS_TRIED = 6


def four_decimals(amount: Fraction) -> str:
    exact = Decimal(amount.numerator) / Decimal(amount.denominator)
    return str(exact.quantize(Decimal("0.0001"), ROUND_HALF_EVEN))


def as_expected(line: QuoteLine) -> dict[str, Any]:
    return {
        "store": line.store,
        "currency": line.charge.currency.code,
        "first_month": line.first_month,
        "standard": str(line.standard_fee.amount),
        "charge": str(line.charge.amount),
        "discount": str(line.discount.amount),
        "rate_date": str(line.rate.day) if line.rate and line.rate.day else None,
    }


def requested(case: dict[str, Any], stores: list[dict[str, Any]]) -> QuoteRequest:
    accounts = tuple(StoreAccount(s["store"], s["registered_on"], s["linked_on"] or "") for s in stores)
    return QuoteRequest(accounts, case["linked"], case["on"])


def sums(quote: FeeQuote) -> dict[str, str]:
    total = quote.total
    return {
        "standard_usd": four_decimals(total.standard_fee),
        "charged_usd": four_decimals(total.charge),
        "saved_usd": four_decimals(total.standard_fee - total.charge),
    }


def test_there_are_sixty_computed_cases() -> None:
    assert len(CASES) == 60


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_computed_case_comes_out_exactly_in_any_order_of_stores(case: dict[str, Any], quote_fees: QuoteFees) -> None:
    shuffle = random.Random(case["name"])
    stores = list(case["stores"])
    expected = {line["store"]: line for line in case["expect"]["lines"]}
    for _ in range(ORDERS_TRIED):
        quote = quote_fees(requested(case, stores))
        assert [as_expected(line) for line in quote.lines] == [expected[store["store"]] for store in stores]
        assert sums(quote) == {name: case["expect"][name] for name in ("standard_usd", "charged_usd", "saved_usd")}
        shuffle.shuffle(stores)
