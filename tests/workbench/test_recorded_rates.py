"""The rates that a quote is recorded with are as good as the whole book."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal
from itertools import permutations

import orjson
import pytest

from linkedaccounts.application.decision_line import recorded_rates
from linkedaccounts.domain.rates import Rate, RateBook, RateMissing
from linkedaccounts.workbench.records.deciding import _book

CURRENCIES = ("USD", "JPY", "BRL", "MXN")
FIRST = date(2019, 1, 1)


def random_book(chance: random.Random) -> RateBook:
    """Forty days, many of them without rates, and rows that lack currencies."""
    days = [FIRST + timedelta(number) for number in range(40) if chance.random() < 0.4] or [FIRST]
    present = chance.choice([0.3, 0.8, 1.0])
    rows = {
        day: {code: Decimal(chance.randint(1, 999)) / 100 for code in CURRENCIES if chance.random() < present}
        for day in days
    }
    return RateBook("EUR", days, rows)


def crossed(book: RateBook, pair: tuple[str, str], on: date) -> Rate | None:
    try:
        return book.cross(*pair, on)
    except RateMissing:
        return None


@pytest.mark.parametrize("seed", range(150))
def test_every_rate_of_the_book_on_that_day_is_in_the_record(seed: int) -> None:
    chance = random.Random(seed)
    book, on = random_book(chance), FIRST + timedelta(chance.randint(-3, 55))
    kept = _book(orjson.dumps(recorded_rates(book, CURRENCIES, on)))
    assert kept.last_day == book.last_day
    for pair in permutations(("EUR", *CURRENCIES), 2):
        assert crossed(kept, pair, on) == crossed(book, pair, on)


def test_only_the_newest_row_is_written_if_nothing_is_missing_in_it(book: RateBook) -> None:
    assert list(recorded_rates(book, CURRENCIES, date(2019, 9, 29))["rows"]) == ["2019-09-27"]
