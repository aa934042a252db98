"""What a load test found, for who sits before a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from linkedaccounts.loadtest.latencies import decoded, quantile_ms
from linkedaccounts.loadtest.result import Result, Verdict
from linkedaccounts.loadtest.thresholds import AT_LEAST, error_share

PERCENTILES = (50, 90, 99, 99.9, 100)
MOST_RULES = 12


def summary(result: Result) -> Iterator[str]:
    """Line by line."""
    totals = result.totals
    yield f"{totals.calls:,} calls in {result.run.seconds:g} s to {result.run.target}, {result.run.arrivals}"
    yield f"  ended a second  {totals.calls_per_second:,.1f} calls with {totals.quotes_per_second:,.1f} quotes"
    yield f"  latency         {_percentiles(result.latency)}"
    if len(result.kinds) > 1:
        for kind, latency in result.kinds.items():
            yield f"    {kind:<13} {_percentiles(latency)}"
    yield f"  statuses        {', '.join(f'{name} {count:,}' for name, count in totals.statuses.items())}"
    yield f"  unexpected      {totals.unexpected:,} ({error_share(result):.2%})"
    if totals.unexpected:
        yield f"    their latency {_percentiles(result.failed_latency)}"
    yield from _happenings(result)
    yield from _checked(result)
    stood_still = f"stood still for {result.client_still:.1%} of the time"
    yield f"  this client     {result.client_cpu:.0%} of a CPU, {totals.late:,} calls out late, {stood_still}"
    yield from map(_verdict, result.verdicts)
    if result.invalid:
        yield f"INVALID: {result.invalid}"


def _percentiles(latency: str) -> str:
    histogram = decoded(latency)
    if not histogram.total_count:
        return "none"
    names = (f"p{percent:g}" if percent < 100 else "max" for percent in PERCENTILES)
    return (
        ", ".join(
            f"{name} {quantile_ms(histogram, percent):.2f}" for name, percent in zip(names, PERCENTILES, strict=True)
        )
        + " ms"
    )


def _happenings(result: Result) -> Iterator[str]:
    totals = result.totals
    found = {
        "calls held back, because the service took no more at once": totals.held_back,
        "connections opened anew": totals.reconnects,
        "connections that the service asked to leave": totals.goaways,
        "calls reset": totals.resets,
    }
    for name, count in found.items():
        if count:
            yield f"  {name}: {count:,}"


def _checked(result: Result) -> Iterator[str]:
    checked = result.checked
    yield f"  answers checked {checked.answers:,}, wrong {checked.wrong:,}"
    yield from (f"    {example}" for example in checked.examples)
    rules = sorted(result.rules.items(), key=lambda item: -quantile_ms(decoded(item[1].latency), 99))
    for rule, decided in rules[:MOST_RULES]:
        yield f"    {rule:<32} {decided.lines:>8,} lines, p99 {quantile_ms(decoded(decided.latency), 99):.2f} ms"


def _verdict(verdict: Verdict) -> str:
    sign = ">=" if verdict.name in AT_LEAST else "<="
    return f"{'holds ' if verdict.holds else 'BROKEN'} {verdict.name} {shown(verdict.name, verdict.actual)} {sign} " + (
        shown(verdict.name, verdict.limit)
    )


def shown(name: str, value: float) -> str:
    """What was measured or is to hold, in the unit of its threshold."""
    if name == "errors":
        return f"{value:.3%}"
    return f"{value:,.2f} ms" if name in {"p50", "p90", "p99", "p999", "max"} else f"{value:,.1f}"
