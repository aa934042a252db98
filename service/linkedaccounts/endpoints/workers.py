"""Several processes on one port: a supervisor holds the port, starts the workers and keeps them running.

A worker is a fresh interpreter (gRPC does not survive a fork). It reads its settings from the first line of its input,
says that it is serving on its output once it answers, and drains when its input ends, as it does when the supervisor
dies.
"""

from __future__ import annotations

import asyncio
import signal
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import structlog

from linkedaccounts.application.keep_policy import Standing
from linkedaccounts.endpoints.counts import OF_A_PROCESS, Counts
from linkedaccounts.endpoints.ports import CannotServe
from linkedaccounts.endpoints.worker_process import STANDING, STANDINGS, Prepare, WorkerProcess
from linkedaccounts.policy.problems import Problem

FIRST_BACK_OFF_SECONDS = 0.5
LONGEST_BACK_OFF_SECONDS = 30.0
KILL_AFTER_SECONDS = 5.0
"""How long beyond its own drain a worker may take to end."""
ANSWER_SECONDS = 60.0
"""How long a worker may take to get a policy ready, or to switch to it."""


class WorkerFailed(CannotServe):
    """No worker could begin to serve; why stands in the worker's own output. ``exit_code`` is the worker's."""

    def __init__(self, exit_code: int) -> None:
        super().__init__(f"no worker can serve; one ended with exit code {exit_code}")
        self.exit_code = exit_code


class Workers:
    """``count`` processes of ``command``, each told ``settings`` (one line). ``answering`` is set once one serves.

    ``on_look`` is called when a worker asks the supervisor to look what an operator wants.
    """

    def __init__(
        self,
        command: Sequence[str],
        settings: str,
        count: int,
        back_off: float = FIRST_BACK_OFF_SECONDS,
        on_look: Callable[[], object] = lambda: None,
    ) -> None:
        self._command = command
        self._settings = settings
        self._count = count
        self._back_off = back_off
        self._on_look = on_look
        self.answering = asyncio.Event()
        self._stopping = asyncio.Event()
        self._running: set[WorkerProcess] = set()
        self._serving: set[WorkerProcess] = set()
        self._order = 0
        self._last_number = 0
        self._in_use: Prepare | None = None
        self._standing = ""
        self._of_the_ended: Counts = Counter()

    @property
    def serving(self) -> int:
        """How many workers answer."""
        return len(self._serving)

    @property
    def process_ids(self) -> list[int]:
        """Of the workers that answer."""
        return [worker.pid for worker in self._serving]

    @property
    def counts(self) -> Counts:
        """What all workers have counted, those that ended included, and nothing as 0."""
        counts = self._of_the_ended.copy()
        for worker in tuple(self._running):
            counts.update(worker.counts)  # adding counters leaves zeros out, and Prometheus sees no growth from nothing
        return counts

    async def run(self) -> None:
        """Keeps the workers running until ``stop``; WorkerFailed if one ends before it serves while no other does."""
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(self._count):
                    group.create_task(self._keep_one_running())
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from None

    async def prepare(self, prepare: Prepare, seconds: float = ANSWER_SECONDS) -> tuple[Problem, ...]:
        """Has the workers that answer get a policy ready, beside that; why one cannot serve it, and then none will."""
        self._last_number += 1
        number, asked = self._last_number, tuple(self._serving)
        answers = await asyncio.gather(*(worker.prepare(number, prepare, seconds) for worker in asked))
        if problems := next(filter(None, answers), ()):
            _tell(asked, f"drop {number}")
        return problems

    async def switch(self, prepare: Prepare, settings: str, seconds: float = ANSWER_SECONDS) -> None:
        """Has all answer with what they prepared. One that cannot is replaced, as those are that begin from now on."""
        self._order, self._settings, self._in_use = self._last_number, settings, prepare
        await asyncio.gather(*(self._bring_up_to_date(worker, seconds) for worker in tuple(self._serving)))

    def announce(self, standing: Standing) -> None:
        """Tells all workers, and those that begin later, how things stand beside the policy in use."""
        self._standing = f"{STANDING} {STANDINGS.dump_json(standing).decode()}"
        _tell(self._serving, self._standing)

    async def stop(self, number: int, seconds: float) -> None:
        """Has all workers drain, and kills those that are not done in ``seconds`` and a little more."""
        self._stopping.set()
        self.signal(number)
        waits = [asyncio.ensure_future(worker.wait()) for worker in self._running]
        if waits:
            await asyncio.wait(waits, timeout=seconds + KILL_AFTER_SECONDS)
        self.signal(signal.SIGKILL)

    def signal(self, number: int) -> None:
        """Passes a signal on to all workers."""
        for worker in self._running:
            worker.send(number)

    def reload_callers(self) -> None:
        """Has the workers that answer read the callers again; one that begins reads the newest anyway."""
        for worker in self._serving:
            worker.send(signal.SIGHUP)

    async def _keep_one_running(self) -> None:
        back_off = self._back_off
        while not self._stopping.is_set():
            exit_code, served = await self._one_life()
            if self._stopping.is_set():
                return
            structlog.get_logger().error("worker_ended", exit_code=exit_code, served=served)
            if not served and not self._serving:
                raise WorkerFailed(exit_code)
            back_off = self._back_off if served else min(back_off * 2, LONGEST_BACK_OFF_SECONDS)
            await self._pause(back_off)

    async def _one_life(self) -> tuple[int, bool]:
        """Starts a worker and waits for its end; its exit code, and whether it ever answered."""
        worker = await WorkerProcess.start(self._command, self._settings, self._order)
        self._running.add(worker)
        if self._stopping.is_set():  # `stop` came while it was being started, and knew nothing of it
            worker.kill()
        try:
            if served := await worker.begins_to_serve():
                await self._serves(worker)
            return await worker.wait(), served
        finally:
            worker.kill()
            await worker.wait()
            self._running.discard(worker)
            self._of_the_ended.update({of: count for of, count in worker.counts.items() if of not in OF_A_PROCESS})
            self._serving.discard(worker)

    async def _serves(self, worker: WorkerProcess) -> None:
        """Counts it among those that answer until it ends."""
        self._serving.add(worker)
        self.answering.set()
        if self._standing:
            worker.tell(self._standing)
        listening = asyncio.ensure_future(worker.listen(self._on_look))
        await self._bring_up_to_date(worker, ANSWER_SECONDS)
        await listening

    async def _bring_up_to_date(self, worker: WorkerProcess, seconds: float) -> None:
        """Has a worker answer with the policy in use; one that does not is ended, and another begins with it."""
        order, in_use = self._order, self._in_use
        if in_use is None or worker.order == order or await worker.switch(order, seconds):
            return
        if await worker.prepare(order, in_use, seconds) or not await worker.switch(order, seconds):
            structlog.get_logger().error("worker_does_not_switch", process_id=worker.pid)
            worker.kill()

    async def _pause(self, seconds: float) -> None:
        stopping = asyncio.ensure_future(self._stopping.wait())
        await asyncio.wait((stopping,), timeout=seconds)
        stopping.cancel()


def _tell(workers: Iterable[WorkerProcess], line: str) -> None:
    for worker in tuple(workers):
        worker.tell(line)
