"""What grows with the rules, the stores and the catalogue: `python docs/benchmarks/bench.py --only policy_sizes`."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import TypeVar

from large_catalogue import catalogue_of, seller_of
from rounds import alternating, ratio, spread_of
from rule_family import DECISION, draw, family, write_rules
from section import Aim, Effort, Section, table

from linkedaccounts.application.quote_fees import QuoteFees
from linkedaccounts.loadtest.processes import usage_of
from linkedaccounts.policy.load import load_policy
from linkedaccounts.policy.policy import Policy
from linkedaccounts.policy.remembered import Memory
from linkedaccounts.settings import default_rules
from linkedaccounts.storage.packaged_rate_book import packaged_rate_book

Result = TypeVar("Result")

RULES = (10, 100, 1_000, 10_000)
STORES = (1, 3, 10, 30, 60)
COUNTRIES = (11, 50, 100, 250)
QUICK_RULES = 1_000
"""With less effort, no policy has more rules: ten thousand take half a minute to load."""
FACTS = 2_000
QUOTES_AT_ONCE = 10
TODAY = date(2026, 1, 31)
TEXT = """Rules of the family that is compared with other engines above, spread evenly over all stores, each size
loaded in a process of its own, checks included. Decisions are of {facts:,} drawn facts, in µs of CPU time: asked of
durable-rules every time; when first asked, with the memory empty; and when asked again. {rounds} rounds.

{rules}

Reading YAML is most of a load. Checks compare only rules that can meet, and only those rulesets are asked that facts
can lead into, so both grow about as the rules do.

A quote within one process, without gRPC and log, nothing of it remembered but decisions, by the seller's stores (of a
catalogue of {largest} stores), in µs of CPU time:

{stores}

And by the countries of the catalogue, one store each, for a seller of three:

{countries}"""


@dataclass(frozen=True, slots=True)
class Sized:
    """What a policy takes: seconds of CPU, bytes, and µs a decision."""

    load_seconds: float
    memory_bytes: float
    asked: float
    first: float
    again: float


def measure(effort: Effort) -> Section:
    """Load time, memory and decision time by rules; quotes by stores and by countries."""
    sizes = [size for size in RULES if size <= QUICK_RULES or not effort.quick]
    stores = sorted(load_policy(default_rules()).catalogue.stores)
    for size in sizes:
        write_rules(family(stores, size, bands=1), effort.scratch / f"rules-{size}")
    rounds = min(2, effort.rounds)
    by_rules = alternating({size: partial(_in_a_process, effort.scratch / f"rules-{size}") for size in sizes}, rounds)
    countries = _countries_table(effort)  # first: a file that was read already is not read again
    text = TEXT.format(
        facts=FACTS,
        rounds=rounds,
        rules=_rules_table(by_rules),
        largest=COUNTRIES[-1],
        stores=_stores_table(effort),
        countries=countries,
    )
    return Section("Sizes of policies", text, _aims(by_rules[sizes[0]], by_rules[sizes[-1]], sizes))


def _in_a_process(folder: Path) -> Sized:
    """What the policy in a folder takes, as a fresh process finds it."""
    command = (sys.executable, __file__, str(folder))
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603  # this file
    return Sized(**json.loads(said))


def _sized(folder: Path) -> Sized:
    """What the policy in a folder takes, in this process."""
    before = _memory()
    load_seconds, policy = _timed(lambda: load_policy(folder))
    decision = policy.decisions[DECISION]
    gc.collect()
    memory = _memory() - before
    facts = draw(sorted(policy.catalogue.stores), FACTS, seed=1)
    asked = _timed(lambda: [decision.ask(each) for each in facts])[0]
    policy.remember(Memory())
    first, again = (_timed(lambda: [decision.decide(each) for each in facts])[0] for _ in range(2))
    return Sized(load_seconds, memory, *(seconds / FACTS * 1e6 for seconds in (asked, first, again)))


def _memory() -> int:
    return sum(usage.memory_bytes for usage in usage_of((os.getpid(),), 0))


def _timed(work: Callable[[], Result]) -> tuple[float, Result]:
    begun = time.process_time()
    result = work()
    return time.process_time() - begun, result


def _rules_table(by_rules: dict[int, list[Sized]]) -> str:
    rows = [
        (
            f"{size:,} rules",
            spread_of([each.load_seconds for each in sized]),
            spread_of([each.memory_bytes / 2**20 for each in sized]),
            *(spread_of([getattr(each, name) for each in sized]) for name in ("asked", "first", "again")),
        )
        for size, sized in by_rules.items()
    ]
    return table(("", "load, s", "memory, MiB", "asked each time", "first", "again"), rows)


def _aims(small: Sequence[Sized], large: Sequence[Sized], sizes: Sequence[int]) -> list[Aim]:
    ways = {"asked": "durable-rules asked each time", "again": "remembered"}
    return [
        Aim(
            f"decision time at {sizes[-1]:,} rules against {sizes[0]} rules: {said}",
            "at most",
            4.0,
            ratio([getattr(each, name) for each in large], [getattr(each, name) for each in small]).middle,
            IN_THE_WAY,
        )
        for name, said in ways.items()
    ]


IN_THE_WAY = "what is looked at is little, but lies all over a memory that no processor's cache holds"


def _stores_table(effort: Effort) -> str:
    policy = _with_countries(COUNTRIES[-1], effort.scratch)
    quotes = alternating({count: partial(_quote, policy, count, effort.seconds) for count in STORES}, effort.rounds)
    rows = [
        (f"{count} {'store' if count == 1 else 'stores'}", spread_of(took), spread_of([each / count for each in took]))
        for count, took in quotes.items()
    ]
    return table(("", "a quote", "a store"), rows)


def _countries_table(effort: Effort) -> str:
    loads = {count: _timed(partial(_with_countries, count, effort.scratch)) for count in COUNTRIES}
    quotes = alternating(
        {count: partial(_quote, loads[count][1], 3, effort.seconds) for count in COUNTRIES}, effort.rounds
    )
    rows = [(f"{count} countries", f"{loads[count][0]:.2f}", spread_of(took)) for count, took in quotes.items()]
    return table(("", "load, s", "a quote, µs"), rows)


def _with_countries(count: int, scratch: Path) -> Policy:
    folder = scratch / f"countries-{count}"
    if not folder.exists():
        catalogue_of(count, folder)
    policy = load_policy(folder)
    policy.remember(Memory())
    return policy


def _quote(policy: Policy, stores: int, seconds: float) -> float:
    """µs of CPU time a quote of a seller with so many stores."""
    book = packaged_rate_book()
    quote_fees = QuoteFees(lambda: policy, lambda: book, lambda: TODAY)
    request = seller_of(sorted(policy.catalogue.stores)[:stores], TODAY)
    quote_fees(request)
    begun, made = time.process_time(), 0
    while time.process_time() - begun < seconds / 4:
        for _ in range(QUOTES_AT_ONCE):
            quote_fees(request)
        made += QUOTES_AT_ONCE
    return (time.process_time() - begun) / made * 1e6


if __name__ == "__main__":
    print(json.dumps(asdict(_sized(Path(sys.argv[1])))))
