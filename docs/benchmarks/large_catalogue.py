"""Catalogues of any number of countries, each with a store of its own, and sellers who are in many of them."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import islice, product
from pathlib import Path
from string import ascii_uppercase

from linkedaccounts.application.fee_quote import QuoteRequest, StoreAccount
from linkedaccounts.settings import default_rules

CURRENCIES = ("USD", "EUR", "GBP", "CAD", "MXN", "JPY", "AUD", "INR", "SGD", "BRL")
NAMED = ("AE", "AU", "BR", "CA", "EU", "IN", "JP", "MX", "SG", "TR", "US")
"""Stores that other rule files of the service name: they are in every catalogue."""
REGIONS = ("north_america", "south_america", "europe", "asia_pacific", "middle_east")


def catalogue_of(countries: int, folder: Path) -> None:
    """Writes a rules directory: that of the service without its tests, with so many stores."""
    shutil.copytree(default_rules(), folder, ignore=shutil.ignore_patterns("tests", ".schema", "invariants.yaml"))
    others = ("".join(letters) for letters in product(ascii_uppercase, repeat=2))
    codes = [*NAMED, *islice((code for code in others if code not in NAMED), countries - len(NAMED))]
    stores = "".join(_store(number, code) for number, code in enumerate(codes))
    file = folder / "catalogue" / "stores.yaml"
    head, _, _ = file.read_text("utf-8").partition("stores:")
    file.write_text(f"{head}stores:\n{stores}", "utf-8")


def seller_of(stores: Sequence[str], day: date) -> QuoteRequest:
    """A linked seller with an account in each of the stores, registered a week apart."""
    registered = [(day - timedelta(days=400 + 7 * number)).isoformat() for number in range(len(stores))]
    linked_on = (day - timedelta(days=200)).isoformat() if len(stores) > 1 else ""
    accounts = (StoreAccount(store, since, linked_on) for store, since in zip(stores, registered, strict=True))
    return QuoteRequest(tuple(accounts), linked=len(stores) > 1, day=day.isoformat())


def _store(number: int, code: str) -> str:
    currency, region = CURRENCIES[number % len(CURRENCIES)], REGIONS[number % len(REGIONS)]
    fee = 20 + number % 30
    return f"""  {code}:
    name: {{en: Store {code}, zh-CN: 店铺 {code}}}
    region: {region}
    terms:
      - {{from: 2000-01-01, fee: {fee} {currency}, countries: [{code}]}}
"""
