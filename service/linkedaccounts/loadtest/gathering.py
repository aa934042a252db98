"""Makes a result of what was counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import metadata
from statistics import fmean

from linkedaccounts.loadtest.client_time import BUSY, ClientTime, why_invalid
from linkedaccounts.loadtest.latencies import encoded, together
from linkedaccounts.loadtest.looking import Look
from linkedaccounts.loadtest.measurements import Measurements, Second
from linkedaccounts.loadtest.plan import Plan
from linkedaccounts.loadtest.pool import Events
from linkedaccounts.loadtest.result import Event, Moment, Result, Run, Totals, Usage
from linkedaccounts.loadtest.stages import length


@dataclass(frozen=True, slots=True)
class Gathered:
    """All that was counted in one run."""

    measured: Measurements
    look: Look
    events: Events
    client: ClientTime
    usage: tuple[Usage, ...]
    happened: tuple[Event, ...]


def result_of(plan: Plan, gathered: Gathered, started_at: str) -> Result:
    """The result of a plan that was run."""
    measured, seconds = gathered.measured, gathered.measured.seconds
    cpu = {second - plan.warm_up - 1: share for second, share in gathered.client.shares.items()}
    shares = {second: share for second, share in cpu.items() if 0 <= second < length(plan.stages)}
    busy = sum(seconds[second].due for second, share in shares.items() if share >= BUSY and second in seconds)
    calls = sum(second.due for second in seconds.values())
    still = measured.stood_still / length(plan.stages)
    return Result(
        run=_run(plan, started_at),
        totals=_totals(plan, gathered, calls),
        invalid=why_invalid(calls, measured.late, busy, still),
        client_cpu=fmean(shares.values() or [0.0]),
        client_still=still,
        latency=encoded(together(second.latencies for second in seconds.values()).histogram()),
        failed_latency=encoded(measured.failed.histogram()),
        kinds={kind: encoded(latencies.histogram()) for kind, latencies in sorted(measured.kinds.items())},
        rules=gathered.look.rules(),
        together=gathered.look.together(),
        checked=gathered.look.checked(),
        timeline=tuple(
            _moment(number, seconds.get(number, Second()), cpu) for number in range(max(seconds, default=-1) + 1)
        ),
        usage=gathered.usage,
        events=_in_order(gathered.happened),
    )


def _run(plan: Plan, started_at: str) -> Run:
    return Run(
        target=plan.target,
        arrivals=plan.arrivals,
        stages=plan.stages_text,
        seconds=length(plan.stages),
        warm_up_seconds=plan.warm_up,
        connections=plan.connections,
        timeout_seconds=plan.timeout,
        checked_share=plan.checked_share,
        seed=plan.seed,
        profile=plan.profile_name,
        started_at=started_at,
        version=metadata.version("linked-accounts"),
    )


def _totals(plan: Plan, gathered: Gathered, calls: int) -> Totals:
    measured, events = gathered.measured, gathered.events
    within = length(plan.stages)
    inside = [each for second, each in measured.seconds.items() if second < within]
    return Totals(
        calls=calls,
        quotes=sum(each.quotes for each in measured.seconds.values()),
        calls_per_second=sum(each.ended for each in inside) / within,
        quotes_per_second=sum(each.quotes for each in inside) / within,
        unexpected=measured.unexpected,
        statuses=_statuses(measured.seconds.values()),
        late=measured.late,
        held_back=events.held_back,
        reconnects=events.reconnects,
        goaways=events.goaways,
        resets=events.resets,
    )


def _statuses(seconds: Iterable[Second]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for second in seconds:
        total.update(second.statuses)
    return dict(sorted(total.items()))


def _in_order(happened: Iterable[Event]) -> tuple[Event, ...]:
    """Those of the time that was measured."""
    return tuple(sorted((event for event in happened if event.second >= 0), key=lambda event: event.second))


def _moment(number: int, second: Second, cpu: dict[int, float]) -> Moment:
    return Moment(
        second=number,
        due=second.due,
        ended=second.ended,
        quotes=second.quotes,
        unexpected=dict(sorted(second.unexpected.items())),
        statuses=dict(sorted(second.statuses.items())),
        latency=encoded(second.latencies.histogram()),
        client_cpu=cpu.get(number),
    )
