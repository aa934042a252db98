"""Runs a plan, and makes a result of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random

from linkedaccounts.loadtest.calls import Prepared
from linkedaccounts.loadtest.client_time import ClientTime
from linkedaccounts.loadtest.connection import Connection
from linkedaccounts.loadtest.drawing import draw_questions, endless_calls
from linkedaccounts.loadtest.engine import Engine
from linkedaccounts.loadtest.gathering import Gathered, result_of
from linkedaccounts.loadtest.incidents import Incidents
from linkedaccounts.loadtest.looking import Look
from linkedaccounts.loadtest.measurements import Measurements, Second
from linkedaccounts.loadtest.plan import Plan
from linkedaccounts.loadtest.pool import Pool
from linkedaccounts.loadtest.processes import usage_of
from linkedaccounts.loadtest.result import Result, Usage


@dataclass(frozen=True, slots=True)
class Progress:
    """How a run is going: how many seconds have passed, of how many, and what was measured in the last whole one."""

    elapsed: int
    seconds: float
    warming_up: bool
    on_their_way: int
    last: Second
    so_far: Measurements


Watch = Callable[[Progress], None]


async def run_plan(plan: Plan, watch: Watch) -> Result:
    """Puts the load on the service and measures; OSError or BadFrame if it cannot be reached to begin with."""
    return await _Running(plan, watch).result()


class _Running:
    """A plan under way."""

    def __init__(self, plan: Plan, watch: Watch) -> None:
        self._plan = plan
        self._watch = watch
        self._measured = Measurements(plan.warm_up)
        chance = Random(plan.seed)  # noqa: S311  # draws what to try, guards nothing
        self._look = Look(plan.checked_share, plan.warm_up, chance)
        picked, look = self._look.picked, self._look
        self._engine = Engine(plan.load(), self._calls(), self._measured, plan.timeout, picked, look)
        self._pool = Pool(self._dial, plan.connections, self._engine.ended)
        self._client = ClientTime()
        self._usage: list[Usage] = []
        self._incidents = Incidents()

    async def result(self) -> Result:
        """Runs, and makes the result."""
        await self._pool.open()
        started_at = datetime.now(UTC).isoformat(timespec="seconds")
        self._engine.begin(self._pool)
        self._client.sample(0.0)
        self._sample(-self._plan.warm_up)
        try:
            await self._engine.run(self._second_passed)
        finally:
            await self._pool.close()
        usage, happened = tuple(self._usage), (*self._look.versions.changes, *self._incidents.found)
        gathered = Gathered(self._measured, self._look, self._pool.events, self._client, usage, happened)
        return result_of(self._plan, gathered, started_at)

    def _calls(self) -> Iterator[Prepared]:
        random = Random(self._plan.seed)  # noqa: S311  # draws what to try, guards nothing
        questions = draw_questions(self._plan.profile, random, self._plan.recorded)
        return endless_calls(self._plan.profile, questions, self._plan.blocks(), random)

    async def _dial(self, protocol: Callable[[], Connection]) -> object:
        plan = self._plan
        return await asyncio.get_running_loop().create_connection(protocol, plan.host, plan.port, ssl=plan.tls)

    def _sample(self, second: int) -> None:
        """Notes what the service uses when a second begins, and what happened in the one before."""
        usage = usage_of(self._plan.pids, second)
        self._usage += usage
        self._incidents.look(second - 1, (each.pid for each in usage), self._pool.events)

    def _second_passed(self, elapsed: int) -> None:
        second = elapsed - self._plan.warm_up
        self._client.sample(self._engine.elapsed)
        self._sample(second)
        last = self._measured.seconds.get(second - 1, Second())
        seconds, way = self._engine.load.seconds, self._pool.unfinished
        self._watch(Progress(elapsed, seconds, second <= 0, way, last, self._measured))
