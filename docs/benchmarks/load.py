"""Puts a load on one server with the project's engine, and says what came of it and what it cost the server."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random

import uvloop
from sellers import DISTINCT, in_turn

from linkedaccounts.loadtest.calls import Call, Prepared, Shape
from linkedaccounts.loadtest.client_time import BUSY, why_invalid
from linkedaccounts.loadtest.connection import Connection
from linkedaccounts.loadtest.engine import Engine
from linkedaccounts.loadtest.latencies import together
from linkedaccounts.loadtest.loads import ClosedLoad, Load, OpenLoad
from linkedaccounts.loadtest.measurements import Measurements
from linkedaccounts.loadtest.pool import Pool
from linkedaccounts.loadtest.stages import Stage, poisson_arrivals
from service import Running

CALLERS, CONNECTIONS = 64, 8
TIMEOUT_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Loaded:
    """What came of a load: calls that ended, and quotes (or whatever else the calls asked for) in those that went well.

    A latency of an open load runs from when a call should have gone out. ``cpu_seconds`` are the server's; ``invalid``
    says why the client was the limit, if it was. ``slowest_ms`` is by the second in which calls were due.
    """

    seconds: float
    calls: int
    quotes: int
    unexpected: int
    p50_ms: float
    p99_ms: float
    cpu_seconds: float
    invalid: str
    slowest_ms: dict[int, float] = field(default_factory=dict)

    @property
    def calls_per_second(self) -> float:
        """Of wall-clock time."""
        return self.calls / self.seconds

    @property
    def quotes_per_second(self) -> float:
        """Of wall-clock time."""
        return self.quotes / self.seconds

    @property
    def quotes_per_cpu_second(self) -> float:
        """Of the server's user and system time."""
        return self.quotes / self.cpu_seconds

    @property
    def cpu_us_per_call(self) -> float:
        """Microseconds of the server's user and system time."""
        return self.cpu_seconds / self.calls * 1e6


def closed(
    server: Running,
    calls: Iterator[Prepared],
    seconds: float,
    callers: int = CALLERS,
    connections: int = CONNECTIONS,
) -> Loaded:
    """As many callers as said, each with one call on its way."""
    return _loaded(server, calls, ClosedLoad((Stage(seconds, callers, callers),)), min(callers, connections))


def open_at(server: Running, calls: Iterator[Prepared], seconds: float, rate: float) -> Loaded:
    """Calls that come at a rate, independently of each other, whatever becomes of those before."""
    random = Random(1)  # noqa: S311  # draws when calls come, guards nothing
    return _loaded(server, calls, OpenLoad(poisson_arrivals((Stage(seconds, rate, rate),), random), seconds))


def warm(server: Running) -> Loaded:
    """Has the service answer ten thousand distinct sellers: it parses the rates of a day when they are first used."""
    return closed(server, in_turn(DISTINCT, Shape.BATCH, 1000), 0.01, 10)


def answers(server: Running, calls: list[Prepared]) -> list[bytes]:
    """The bodies of the answers to each of some calls, one after the other; each must end as OK."""
    bodies: list[bytes] = []

    def look(call: Call, status: str, _latency: float) -> None:
        if status != "OK":
            raise RuntimeError(f"a call ended as {status}")
        bodies.append(b"".join(call.answer or ()))

    arrivals = OpenLoad(iter(number / 1000 for number in range(len(calls))), len(calls) / 1000)
    engine = Engine(arrivals, iter(calls), Measurements(0), TIMEOUT_SECONDS, lambda: True, look)
    uvloop.run(_run(server, engine, 1))
    return bodies


def _loaded(server: Running, calls: Iterator[Prepared], load: Load, connections: int = CONNECTIONS) -> Loaded:
    measured = Measurements(0)
    engine = Engine(load, calls, measured, TIMEOUT_SECONDS, lambda: False, _not_looked_at)
    gc.collect()
    gc.freeze()  # what is drawn by now stays: no collection looks at it while the clock runs
    server_before, own_before, began = server.cpu_seconds(), time.process_time(), time.perf_counter()
    uvloop.run(_run(server, engine, connections))
    seconds, own = time.perf_counter() - began, time.process_time() - own_before
    return _result(measured, seconds, server.cpu_seconds() - server_before, own / seconds)


def _result(measured: Measurements, seconds: float, cpu_seconds: float, own_share: float) -> Loaded:
    by_second, latencies = measured.seconds, together(measured.kinds.values())
    ended = sum(second.ended for second in by_second.values())
    return Loaded(
        seconds=seconds,
        calls=ended,
        quotes=sum(second.quotes for second in by_second.values()),
        unexpected=measured.unexpected,
        p50_ms=latencies.quantile_ms(0.5),
        p99_ms=latencies.quantile_ms(0.99),
        cpu_seconds=cpu_seconds,
        invalid=why_invalid(ended, measured.late, ended if own_share >= BUSY else 0, measured.stood_still / seconds),
        slowest_ms={number: each.latencies.quantile_ms(1.0) for number, each in sorted(by_second.items())},
    )


async def _run(server: Running, engine: Engine, connections: int) -> None:
    async def dial(protocol: Callable[[], Connection]) -> object:
        return await asyncio.get_running_loop().create_connection(protocol, "127.0.0.1", server.port)

    pool = Pool(dial, connections, engine.ended)
    await pool.open()
    engine.begin(pool)
    try:
        await engine.run(lambda _second: None)
    finally:
        await pool.close()


def _not_looked_at(_call: Call, _status: str, _latency: float) -> None:
    """Answers are looked at by the load tests of the project; here they would cost the client its time."""
