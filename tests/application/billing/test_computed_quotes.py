"""What a program that shares nothing with the service computed is charged, where a cycle begins on the quote's day."""

from __future__ import annotations

import json
from calendar import monthrange
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from linkedaccounts.domain.money import Money
from tests.application.billing.billed_market import BilledMarket

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parents[2] / "cases" / "quotes.json").read_text())


def due(case: dict[str, Any]) -> list[str]:
    """The stores of which a cycle begins on the day of a computed quote, if all was linked before."""
    on = date.fromisoformat(case["on"])
    if case["linked"] and max(each["linked_on"] or each["registered_on"] for each in case["stores"]) >= case["on"]:
        return []
    last = monthrange(on.year, on.month)[1]
    anchored = {each["store"]: int(each["registered_on"][-2:]) for each in case["stores"]}
    return sorted(store for store, day in anchored.items() if min(day, last) == on.day)


DUE = [case for case in CASES if due(case)]


@pytest.mark.parametrize("case", DUE, ids=[case["name"] for case in DUE])
def test_what_a_computed_quote_says_is_charged_where_a_cycle_begins_on_its_day(
    market: BilledMarket, case: dict[str, Any]
) -> None:
    for each in case["stores"]:
        market.account(each["store"], each["store"], each["registered_on"])
        if case["linked"]:
            market.link("g", each["linked_on"] or each["registered_on"], each["store"])
    market.run(case["on"])
    charged = {
        one.store: {
            "store": one.store,
            "currency": one.currency.code,
            "first_month": one.first_month,
            "standard": str(Money(one.entries[0].minor, one.currency).amount),
            "charge": str(one.amount.amount),
            "discount": str(Money(one.entries[0].minor - one.amount.minor, one.currency).amount),
            "rate_date": str(one.grounds.rate.day) if one.grounds.rate and one.grounds.rate.day else None,
        }
        for one in market.ledger()
    }

    assert sorted(charged) == due(case)
    assert charged == {line["store"]: line for line in case["expect"]["lines"] if line["store"] in charged}


def test_six_computed_quotes_are_of_a_day_on_which_a_cycle_begins() -> None:
    assert len(DUE) == 6
