"""The time of a run in blocks of seconds, and what was measured in each."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TypeAlias

from linkedaccounts.loadtest.latencies import merged, quantiles_ms
from linkedaccounts.loadtest.result import Moment, Result, Usage

MOST, FEWEST, LONG_ENOUGH = 20, 10, 5
"""How many blocks there are at the most and, in runs of ten seconds or more, at the least; and from how many seconds on
a block is long enough. What slows a second down often slows the next one, too: of runs that were drawn alike, but each
second by a half like the one before, blocks of one second told one in eleven apart, blocks of five one in a hundred."""


PERCENTILES = {"p50": 50.0, "p90": 90.0, "p99": 99.0, "p99.9": 99.9, "max": 100.0}
THROUGHPUT, ERRORS, CPU = "throughput", "errors", "CPU per call"
MEASURES = (*PERCENTILES, THROUGHPUT, ERRORS, CPU)

Block: TypeAlias = Mapping[str, float]
"""What was measured in a block, of ``MEASURES``: those that are not known are missing.

Latencies, of calls that went well, and CPU are milliseconds, throughput is calls that ended in a second, and errors are
the share of calls that ended otherwise than they were meant to.
"""


def block_seconds(seconds: float) -> int:
    """How long the blocks of a run are."""
    return max(1, math.ceil(seconds / MOST), min(LONG_ENOUGH, int(seconds) // FEWEST))


def blocks_of(result: Result) -> list[Block]:
    """The blocks of a run, in order; seconds that make no whole block are left out."""
    cpu, size = _cpu_by_second(result.usage), block_seconds(result.run.seconds)
    starts = range(0, int(result.run.seconds) - size + 1, size)
    return [dict(_measured(result.timeline[start : start + size], size, cpu)) for start in starts]


def _measured(moments: Sequence[Moment], seconds: int, cpu: Mapping[int, float]) -> Iterator[tuple[str, float]]:
    latencies = merged(moment.latency for moment in moments)
    if latencies.total_count:
        yield from zip(PERCENTILES, quantiles_ms(latencies, PERCENTILES.values()), strict=True)
    yield THROUGHPUT, sum(moment.ended for moment in moments) / seconds
    if due := sum(moment.due for moment in moments):
        yield ERRORS, sum(sum(moment.unexpected.values()) for moment in moments) / due
    known = [moment for moment in moments if moment.second in cpu]
    if ended := sum(moment.ended for moment in known):
        yield CPU, 1000 * sum(cpu[moment.second] for moment in known) / ended


def _cpu_by_second(usage: Sequence[Usage]) -> dict[int, float]:
    """CPU seconds of all processes together; what a process used before it was first seen is left out."""
    by_process: defaultdict[int, list[Usage]] = defaultdict(list)
    for each in usage:
        by_process[each.pid].append(each)
    found: defaultdict[int, float] = defaultdict(float)
    for samples in by_process.values():
        for before, after in pairwise(samples):
            seconds = range(before.second, after.second)
            for second in seconds:
                found[second] += (after.cpu_seconds - before.cpu_seconds) / len(seconds)
    return dict(found)
