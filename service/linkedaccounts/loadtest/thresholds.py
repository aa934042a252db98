"""Thresholds: what must hold of a result for a load test to succeed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from linkedaccounts.loadtest.latencies import decoded, quantile_ms
from linkedaccounts.loadtest.result import Result, Verdict
from linkedaccounts.loadtest.stages import parse_duration

WRONG_ANSWERS = "wrong answers"
"""The verdict on them, which nobody asks for."""
_PERCENT = re.compile(r"(\d+(?:\.\d+)?)%")


class BadThreshold(ValueError):
    """A text that states no threshold, and how to write one."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """A limit on one of ``MEASURES``: milliseconds, a share from 0 to 1, or calls a second."""

    name: str
    limit: float


def latency_threshold(name: str, text: str) -> Threshold:
    """At most `25ms`; BadStages for what is no duration."""
    return Threshold(name, parse_duration(text) * 1000)


def errors_threshold(text: str) -> Threshold:
    """At most `0.1%` of the calls ended unexpectedly, or were never answered."""
    found = _PERCENT.fullmatch(text.strip())
    if found is None or float(found[1]) > 100:
        raise BadThreshold(f"`{text}` is no share of the calls; write it as in 0.1%")
    return Threshold("errors", float(found[1]) / 100)


def judged(result: Result, thresholds: Sequence[Threshold]) -> tuple[Verdict, ...]:
    """A verdict for each threshold, in order; and one more if there are wrong answers, of which there may be none."""
    verdicts = [_verdict(result, threshold) for threshold in thresholds]
    if result.checked.wrong:
        verdicts.append(Verdict(WRONG_ANSWERS, 0, result.checked.wrong, holds=False))
    return tuple(verdicts)


def _verdict(result: Result, threshold: Threshold) -> Verdict:
    actual = MEASURES[threshold.name](result)
    at_least = threshold.name in AT_LEAST
    if not result.totals.calls:
        return Verdict(threshold.name, threshold.limit, actual, holds=False)
    holds = actual >= threshold.limit if at_least else actual <= threshold.limit
    return Verdict(threshold.name, threshold.limit, actual, holds)


def error_share(result: Result) -> float:
    """The share of the calls that ended otherwise than they were meant to; 0 if there were none."""
    return result.totals.unexpected / result.totals.calls if result.totals.calls else 0.0


def _percentile(percent: float) -> Callable[[Result], float]:
    return lambda result: quantile_ms(decoded(result.latency), percent)


MEASURES: Mapping[str, Callable[[Result], float]] = MappingProxyType(
    {
        "p50": _percentile(50),
        "p90": _percentile(90),
        "p99": _percentile(99),
        "p999": _percentile(99.9),
        "max": _percentile(100),
        "errors": error_share,
        "rate": lambda result: result.totals.calls_per_second,
    }
)
AT_LEAST = frozenset({"rate"})
"""Measures that must not be below their limit; the others must not be above."""
