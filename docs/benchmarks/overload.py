"""More calls than the service can answer: three times its limit for a while, with shedding and without.

By itself: `PYTHONPATH=docs/benchmarks python docs/benchmarks/overload.py --seconds 10`
"""

from __future__ import annotations

import argparse
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import grpc
import uvloop
from grpc_health.v1 import health_pb2, health_pb2_grpc
from rounds import spread_of
from section import Effort, Section

from linkedaccounts.cli.loadtest.own_service import OwnService, own_service
from linkedaccounts.loadtest.latencies import decoded, empty_histogram, quantile_ms
from linkedaccounts.loadtest.plan import Plan
from linkedaccounts.loadtest.profile import default_profile, read_profile
from linkedaccounts.loadtest.result import Moment, Result
from linkedaccounts.loadtest.run import run_plan
from linkedaccounts.loadtest.stages import parse_stages
from linkedaccounts.settings import Settings

DEFAULT = f"{Settings.model_fields['shed_after_ms'].default:g}"
MODES = {"sheds": (f"--shed-after-ms={DEFAULT}",), "does not": ("--shed-after-ms=0",)}
TIMES_THE_LIMIT = 3
MOST_ROUNDS = 5
SATURATING_CALLERS = 32
HEALTH_EVERY_SECONDS = 0.05
WANTED = ("OK", "INVALID_ARGUMENT")
"""How calls end that are answered: the profile holds some bad requests."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run, half the limit, three times the limit and half of it again, each for ``seconds``."""

    seconds: int
    result: Result
    health: Sequence[tuple[float, float]]
    """When health was asked for, in seconds from the first stage on, and after how many milliseconds it answered."""

    def stage(self, number: int) -> tuple[Moment, ...]:
        """The seconds of a stage."""
        return self.result.timeline[number * self.seconds : (number + 1) * self.seconds]

    def answered(self, number: int) -> float:
        """Calls answered a second, of those that were due in a stage."""
        return self.ended(number, WANTED)

    def ended(self, number: int, statuses: Iterable[str]) -> float:
        """Calls a second that were due in a stage and ended with one of the statuses."""
        counted = Counter[str]()
        for moment in self.stage(number):
            counted.update(moment.statuses)
        return sum(counted[status] for status in statuses) / self.seconds

    def latency(self, number: int, percent: float) -> float:
        """Milliseconds, of the answered calls that were due in a stage."""
        merged = empty_histogram()
        for moment in self.stage(number):
            merged.add(decoded(moment.latency))
        return quantile_ms(merged, percent)

    def health_answered(self, number: int) -> float:
        """Percent of the questions for health that were answered in a stage."""
        took = self._health(number)
        return 100 * sum(each < float("inf") for each in took) / len(took)

    def health_latency(self, number: int) -> float:
        """Milliseconds, the middle of those."""
        return median(each for each in self._health(number) if each < float("inf"))

    def _health(self, number: int) -> list[float]:
        begin, end = number * self.seconds, (number + 1) * self.seconds
        return [took for at, took in self.health if begin <= at < end]

    def recovery(self) -> float:
        """Seconds after the overload until one passed whose calls were all answered."""
        for second, moment in enumerate(self.stage(2)):
            if set(moment.statuses) <= set(WANTED):
                return float(second)
        return float("inf")


@dataclass(slots=True)
class Health:
    """Asks a service for its health, again and again, beside the load."""

    target: str
    asked: list[tuple[float, float]] = field(default_factory=list)

    @contextmanager
    def watched(self) -> Iterator[None]:
        """While the block runs."""
        ended = threading.Event()
        thread = threading.Thread(target=self._ask, args=(ended,))
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def _ask(self, ended: threading.Event) -> None:
        with grpc.insecure_channel(self.target) as channel:
            check: Callable[..., object] = health_pb2_grpc.HealthStub(channel).Check  # type: ignore[attr-defined]  # its types know none of it
            while not ended.wait(HEALTH_EVERY_SECONDS):
                began = time.perf_counter()
                try:
                    check(health_pb2.HealthCheckRequest(), timeout=5)
                    self.asked.append((began, (time.perf_counter() - began) * 1000))
                except grpc.RpcError:
                    self.asked.append((began, float("inf")))


def measure(effort: Effort) -> Section:
    """The service at three times its limit; what it answers, how fast, and how soon it is as before."""
    seconds = max(3, round(effort.seconds))
    limit = _limit(seconds)
    runs: dict[str, list[Run]] = {mode: [] for mode in MODES}
    rounds = min(effort.rounds, MOST_ROUNDS)
    for number in range(rounds):
        for mode in list(MODES)[:: 1 if number % 2 == 0 else -1]:
            runs[mode].append(_overloaded(limit, seconds, MODES[mode]))
    return Section("Overload", _text(limit, seconds, rounds, runs))


def _limit(seconds: int) -> float:
    """Calls a second that callers get who never pause."""
    with own_service(()) as service:
        result = uvloop.run(run_plan(_plan(service, "closed", f"{seconds}s:{SATURATING_CALLERS}"), lambda _: None))
    return result.totals.calls_per_second


def _overloaded(limit: float, seconds: int, flags: Sequence[str]) -> Run:
    stages = _stages(limit, seconds)
    with own_service(flags) as service:
        plan = _plan(service, "poisson", stages)
        health = Health(service.target)
        with health.watched():
            began = time.perf_counter() + plan.warm_up
            result = uvloop.run(run_plan(plan, lambda _: None))
    return Run(seconds, result, [(at - began, took) for at, took in health.asked])


def _stages(limit: float, seconds: int) -> str:
    half, much = round(limit / 2), round(TIMES_THE_LIMIT * limit)
    return f"{seconds}s:{half},{seconds}s:{much},{seconds}s:{half}"


def _plan(service: OwnService, arrivals: str, stages: str) -> Plan:
    host, port = service.target.rsplit(":", 1)
    return Plan(
        host=host,
        port=int(port),
        profile=read_profile(default_profile()),
        profile_name="default",
        arrivals="closed" if arrivals == "closed" else "poisson",
        stages=parse_stages(stages),
        stages_text=stages,
        warm_up=4,
        pids=(service.pid,),
    )


ROWS: dict[str, Callable[[Run], float]] = {
    "answered a second, at half the limit": lambda run: run.answered(0),
    "p99 of those, ms": lambda run: run.latency(0, 99),
    "**answered a second, at three times the limit**": lambda run: run.answered(1),
    "p50 of those, ms": lambda run: run.latency(1, 50),
    "p99 of those, ms ": lambda run: run.latency(1, 99),
    "told `RESOURCE_EXHAUSTED` and when to try again, a second": lambda run: run.ended(1, ["RESOURCE_EXHAUSTED"]),
    "ended by gRPC itself (`CANCELLED`), a second": lambda run: run.ended(1, ["CANCELLED"]),
    "not answered in time (5 s), a second": lambda run: run.ended(1, ["DEADLINE_EXCEEDED"]),
    "health meanwhile, answered, %": lambda run: run.health_answered(1),
    "p50 of that, ms": lambda run: run.health_latency(1),
    "**whole seconds until all calls are answered again**": lambda run: run.recovery(),
    "answered a second afterwards, at half the limit": lambda run: run.answered(2),
    "p99 of those, ms  ": lambda run: run.latency(2, 99),
}


def _text(limit: float, seconds: int, rounds: int, runs: dict[str, list[Run]]) -> str:
    late = [each.result.totals.late / each.result.totals.calls for of_mode in runs.values() for each in of_mode]
    table = "\n".join(
        f"| {row.strip()} | {' | '.join(str(spread_of([read(run) for run in runs[mode]])) for mode in MODES)} |"
        for row, read in ROWS.items()
    )
    return f"""One service with everything on, and one load of independent callers (Poisson): {seconds} s at half of its
limit, {seconds} s at three times that limit, {seconds} s at half again. The limit, {limit:,.0f} calls a second, is what
{SATURATING_CALLERS} callers get who never pause. {rounds} rounds, in alternating order: middle (least–greatest).
The load and the service share this machine; {median(late):.1%} of the calls went out late.

| | sheds (`--shed-after-ms {DEFAULT}`, the default) | does not (`--shed-after-ms 0`) |
|---|---|---|
{table}

The same as a report to look at:

```
linked-accounts loadtest run --self --rate {_stages(limit, seconds)} --out overload.json
linked-accounts loadtest report overload.json
```
"""


def main() -> None:
    """Measures, and prints the section."""
    arguments = argparse.ArgumentParser(description="The service at three times its limit.")
    arguments.add_argument("--rounds", type=int, default=1)
    arguments.add_argument("--seconds", type=float, default=10)
    given = arguments.parse_args()
    print(measure(Effort(given.rounds, given.seconds, Path("/tmp"))).text)  # noqa: S108  # nothing is written there


if __name__ == "__main__":
    main()
