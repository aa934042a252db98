"""Results of load tests, made up to the second."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from random import Random

from linkedaccounts.loadtest.latencies import Latencies, encoded, merged
from linkedaccounts.loadtest.result import (
    Checked,
    Decided,
    Event,
    Moment,
    Result,
    Run,
    Together,
    Totals,
    Usage,
)


@cache
def latency(*milliseconds: float) -> str:
    latencies = Latencies()
    for each in milliseconds:
        latencies.add(each / 1000)
    return encoded(latencies.histogram())


def second(number: int, milliseconds: Sequence[float], failed: Mapping[str, int] | None = None) -> Moment:
    count = len(milliseconds) + sum((failed or {}).values())
    statuses = {"OK": len(milliseconds), **(failed or {})}
    return Moment(number, count, count, len(milliseconds), failed or {}, statuses, latency(*milliseconds), 0.1)


def a_run(
    seconds: Iterable[Sequence[float]],
    events: Sequence[Event] = (),
    failed: Mapping[int, Mapping[str, int]] | None = None,
) -> Result:
    """A run whose calls took what each second lists; ``failed`` are statuses of a second: `{4: {"UNAVAILABLE": 1}}`."""
    bad = failed or {}
    timeline = tuple(second(number, each, bad.get(number)) for number, each in enumerate(seconds))
    calls, unexpected = sum(moment.due for moment in timeline), sum(sum(each.values()) for each in bad.values())
    rate = calls / len(timeline)
    return Result(
        run=Run("h:1", "poisson", "the same", len(timeline), 0, 8, 5, 0.05, 1, "default", "2026-11-26T00:00:00", "1"),
        totals=Totals(calls, calls, rate, rate, unexpected, {"OK": calls - unexpected}, 0, 0, 0, 0, 0),
        invalid="",
        client_cpu=0.1,
        client_still=0.0,
        latency=encoded(merged(moment.latency for moment in timeline)),
        failed_latency=latency(),
        kinds={"unary": encoded(merged(moment.latency for moment in timeline))},
        rules={"standard-fee": Decided(calls, latency(1, 2, 3))},
        together=(Together(("standard-fee",), latency(1, 2, 3)),),
        checked=Checked(calls, 0, ()),
        timeline=timeline,
        usage=tuple(Usage(number, 7, number * 0.2, 10**8) for number in range(len(timeline) + 1)),
        events=tuple(events),
    )


def drawn(random: Random, seconds: int, slower: float = 1.0) -> Result:
    """A run whose calls take what a log-normal distribution says; some seconds are slow, and so is the one after."""
    found, load = [], 0.0
    for _ in range(seconds):
        load = 0.5 * load + random.gauss(0, 0.15)
        found.append([slower * random.lognormvariate(1 + load, 0.5) for _ in range(40)])
    return a_run(found)
