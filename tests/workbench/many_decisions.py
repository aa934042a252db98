"""Records as many quotes as one likes, of made-up sellers, as the service would: to measure with, and for tests.

``python -m tests.workbench.many_decisions 1000000 DIRECTORY`` writes a million, and keeps the policy beside them.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from linkedaccounts.application.decision_line import LineWriter, RecordedCall
from linkedaccounts.application.decision_record import Made
from linkedaccounts.application.fee_quote import QuoteRequest, StoreAccount
from linkedaccounts.application.quote_fees import QuoteFees
from linkedaccounts.policy.load import load_policy
from linkedaccounts.policy.policy import Policy
from linkedaccounts.storage.packaged_rate_book import packaged_rate_book
from linkedaccounts.storage.policy_archive import PolicyArchive
from tests.policy.rule_files import RULES

LAST_DAY = date(2019, 9, 30)
DAYS = 365
METHOD = "/linkedaccounts.v1.FeeQuoteService/QuoteFees"


def quote_lines(policy: Policy, count: int, seed: int = 1) -> Iterator[bytes]:
    """The lines of so many quotes, made by a policy in the year before ``LAST_DAY``."""
    made: list[Made] = []
    book, writer, chance = packaged_rate_book(), LineWriter(), random.Random(seed)
    quote_fees = QuoteFees(lambda: policy, lambda: book, lambda: LAST_DAY, made.append)
    stores = [code for code, store in sorted(policy.catalogue.stores.items()) if store.exists_on(date(2018, 1, 1))]
    for number in range(count):
        quote_fees(random_request(chance, stores))
        yield writer.line(RecordedCall(1_569_800_000 + number / 100, f"{seed}-{number}", METHOD), made.pop())


def random_request(chance: random.Random, stores: list[str]) -> QuoteRequest:
    """A seller with one to five stores."""
    day = LAST_DAY - timedelta(chance.randrange(DAYS))
    accounts = [
        StoreAccount(
            store=store,
            registered_on=(day - timedelta(chance.randrange(2000))).isoformat(),
            active_listings=chance.choice([None, 0, 3, 250]),
            selling_plan=chance.choice([None, "individual", "professional"]),
            suspended=chance.random() < 0.02,
            on_vacation=chance.random() < 0.05,
        )
        for store in chance.sample(stores, chance.randint(1, 5))
    ]
    return QuoteRequest(tuple(accounts), linked=chance.random() < 0.8, day=day.isoformat())


def main(count: int, directory: Path) -> None:
    """Writes the decisions into files of 50,000, and the policy into the archive beside them."""
    policy = load_policy(RULES)
    PolicyArchive(directory / "policies").keep(policy)
    decisions = directory / "decisions"
    decisions.mkdir(parents=True, exist_ok=True)
    for seed, start in enumerate(range(0, count, 50_000)):
        with (decisions / f"decisions-{seed:04}.jsonl").open("wb") as file:
            file.writelines(quote_lines(policy, min(50_000, count - start), seed))


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
