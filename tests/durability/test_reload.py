"""The rules change over and over, well and badly, while clients quote: each answer is whole, and no call fails.

LINKED_ACCOUNTS_RELOADS says how often. Memory is that of all processes together, once the first changes are over.
"""

from __future__ import annotations

import os
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from linkedaccounts.client import Account, Client, to_decimal
from linkedaccounts.client.account import quote_request
from linkedaccounts.v1.fee_quote_service_pb2 import FeeQuote
from tests.durability.changes import BAD, RulesUnderChange
from tests.end_to_end.answering import OWN_CONNECTION, Answering, answering, until_all_serve
from tests.end_to_end.running import serving

RELOADS = int(os.environ.get("LINKED_ACCOUNTS_RELOADS", "4"))
WARM_UP = 6
"""So many changes come before memory is measured the first time."""
MOST_GROWTH_KB = 16 * 1024
WORKERS = 2
CLIENTS = 2
BATCH = 40
STEP = 20
"""Cents from one cap to the next: more than rounding takes off, and so little that the cap always takes effect."""
SWAPPED = 0.5
SELLER = [Account(store, "2018-01-15") for store in ("US", "EU", "JP")]


@dataclass
class Quoting:
    """Clients that ask without pause, each over a connection of its own, and so of one worker."""

    target: str
    rules: RulesUnderChange
    stopping: threading.Event = field(default_factory=threading.Event)
    answers: int = 0
    failures: list[BaseException] = field(default_factory=list)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        threads = [threading.Thread(target=self._ask) for _ in range(CLIENTS)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.stopping.set()
            for thread in threads:
                thread.join()

    def _ask(self) -> None:
        request = quote_request(SELLER, day="2019-09-30", linked=True, home_store="", explain=False)
        seen: list[str] = []
        try:
            with Client(self.target, options=OWN_CONNECTION) as client:
                while not self.stopping.is_set():
                    self._check([client.quote_fees(SELLER, day="2019-09-30")], seen)
                    self._check([result.quote for result in client.batch_quote_fees([request] * BATCH)], seen)
        except BaseException as failure:  # noqa: BLE001  # whatever it is, the test is to show it
            self.failures.append(failure)

    def _check(self, quotes: list[FeeQuote], seen: list[str]) -> None:
        """One version a call, whose cap the amounts are of; and a worker never goes back to an earlier one."""
        (version,) = {quote.policy_version for quote in quotes}
        cap = self.rules.versions[version]
        for quote in quotes:
            assert cap - STEP < 100 * to_decimal(quote.total.charge) <= cap
        if version not in seen[-1:]:
            assert version not in seen
            seen.append(version)
        self.answers += len(quotes)


def test_no_call_fails_no_answer_mixes_and_nothing_grows_however_often_the_rules_change(tmp_path: Path) -> None:
    rules = RulesUnderChange(tmp_path)
    flags = ("--rules", str(rules.path), "--workers", str(WORKERS), "--rules-poll-seconds", "0.05")
    log = tmp_path / "log"
    with serving(tmp_path / "data", *flags, log=log) as target:
        processes = until_all_serve(log, str(rules.path), WORKERS)
        with answering(target) as workers:
            quote_through_changes(target, rules, workers, processes)


def quote_through_changes(target: str, rules: RulesUnderChange, workers: Answering, processes: list[int]) -> None:
    quoting, chance, before = Quoting(target, rules), random.Random("2019-09-30"), 0
    with quoting.at_work():
        for number in range(RELOADS):
            change(workers, rules, number, chance)
            assert quoting.failures == []
            before = memory(processes) if number + 1 == min(WARM_UP, RELOADS) else before
    after = memory(processes)
    print(f"{RELOADS} changes, {quoting.answers} quotes, {before} KB of memory, then {after} KB")  # noqa: T201
    assert quoting.failures == []
    assert quoting.answers > RELOADS * BATCH
    assert after - before < MOST_GROWTH_KB


def memory(processes: list[int]) -> int:
    """What the processes occupy together, in KB; each of them must still live."""
    status = [Path(f"/proc/{pid}/status").read_text("ascii") for pid in processes]
    return sum(int(line.split()[1]) for text in status for line in text.splitlines() if line.startswith("VmRSS:"))


def change(workers: Answering, rules: RulesUnderChange, number: int, chance: random.Random) -> None:
    """A good change, or a bad one; until every worker says that it serves the one, or why not the other."""
    swap = chance.random() < SWAPPED
    if number % 2:
        expected = workers.version
        rules.spoil(chance.choice(list(BAD)), swap=swap)
        workers.until(lambda policy: policy.version == expected and policy.HasField("last_rejected"))
    else:
        expected = rules.change(4000 + STEP * (number + 1), swap=swap)
        workers.until(lambda policy: policy.version == expected and not policy.HasField("last_rejected"))
