"""Several processes on one port: a supervisor holds the port, starts the workers and keeps them running.

A worker is a fresh interpreter (gRPC does not survive a fork). It reads its settings from the first line of its input,
says ``SERVING`` on its output once it answers, and drains when its input ends, as it does when the supervisor dies.
"""

from __future__ import annotations

import asyncio
import signal
from asyncio.subprocess import PIPE, Process
from collections.abc import Iterable, Sequence

import structlog

from linkedaccounts.endpoints.ports import CannotServe

SERVING = "serving"
FIRST_BACK_OFF_SECONDS = 0.5
LONGEST_BACK_OFF_SECONDS = 30.0
KILL_AFTER_SECONDS = 5.0
"""How long beyond its own drain a worker may take to end."""


class WorkerFailed(CannotServe):
    """No worker could begin to serve; why stands in the worker's own output. ``exit_code`` is the worker's."""

    def __init__(self, exit_code: int) -> None:
        super().__init__(f"no worker can serve; one ended with exit code {exit_code}")
        self.exit_code = exit_code


class Workers:
    """``count`` processes of ``command``, each told ``settings`` (one line). ``answering`` is set once one serves."""

    def __init__(
        self, command: Sequence[str], settings: str, count: int, back_off: float = FIRST_BACK_OFF_SECONDS
    ) -> None:
        self._command = command
        self._settings = settings
        self._count = count
        self._back_off = back_off
        self.answering = asyncio.Event()
        self._stopping = asyncio.Event()
        self._running: set[Process] = set()
        self._serving: set[Process] = set()

    @property
    def serving(self) -> int:
        """How many workers answer."""
        return len(self._serving)

    @property
    def process_ids(self) -> list[int]:
        """Of the workers that answer."""
        return [process.pid for process in self._serving]

    async def run(self) -> None:
        """Keeps the workers running until ``stop``; WorkerFailed if one ends before it serves while no other does."""
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(self._count):
                    group.create_task(self._keep_one_running())
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from None

    def reload(self) -> None:
        """Has the workers that answer read the rule files again; one that begins reads the newest anyway."""
        _send(self._serving, signal.SIGHUP)

    async def stop(self, number: int, seconds: float) -> None:
        """Has all workers drain, and kills those that are not done in ``seconds`` and a little more."""
        self._stopping.set()
        self.signal(number)
        waits = [asyncio.ensure_future(process.wait()) for process in self._running]
        if waits:
            await asyncio.wait(waits, timeout=seconds + KILL_AFTER_SECONDS)
        self.signal(signal.SIGKILL)

    def signal(self, number: int) -> None:
        """Passes a signal on to all workers."""
        _send(self._running, number)

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
        process = await asyncio.create_subprocess_exec(*self._command, stdin=PIPE, stdout=PIPE, start_new_session=True)
        self._running.add(process)
        try:
            if served := await self._begins_to_serve(process):
                self._serving.add(process)
                self.answering.set()
            return await process.wait(), served
        finally:
            _send((process,), signal.SIGKILL)
            await process.wait()
            self._running.discard(process)
            self._serving.discard(process)

    async def _begins_to_serve(self, process: Process) -> bool:
        """Tells the worker its settings; its input then stays open for as long as the supervisor lives."""
        told, says = process.stdin, process.stdout
        if told is None or says is None:
            raise TypeError("a worker is started with pipes")
        told.write(self._settings.encode() + b"\n")
        return (await says.readline()).strip() == SERVING.encode()

    async def _pause(self, seconds: float) -> None:
        stopping = asyncio.ensure_future(self._stopping.wait())
        await asyncio.wait((stopping,), timeout=seconds)
        stopping.cancel()


def _send(processes: Iterable[Process], number: int) -> None:
    for process in processes:
        if process.returncode is None:
            process.send_signal(number)
