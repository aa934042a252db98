"""A worker as its supervisor sees it: a process, what it is told on its input, and what it says on its output.

Each is a line: a word, for an order its number, and what belongs to it. The supervisor tells first the settings, and
then `prepare NUMBER {"version": …, "directory": …}`, `switch NUMBER`, `drop NUMBER` and `standing {…}`. The worker says
`serving` once it answers calls, and then `ready NUMBER`, `refused NUMBER [problems]`, `switched NUMBER`, and `look` if
the supervisor is to look what an operator wants, and now and then `counted […]`, what it counted.
"""

from __future__ import annotations

import asyncio
import signal
from asyncio.subprocess import PIPE, Process
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from pydantic import TypeAdapter

from linkedaccounts.application.keep_policy import Standing
from linkedaccounts.endpoints.counts import Counts, from_line
from linkedaccounts.policy.place import Place
from linkedaccounts.policy.problems import Problem

SERVING, READY, REFUSED, SWITCHED, LOOK, COUNTED = "serving", "ready", "refused", "switched", "look", "counted"
PREPARE, SWITCH, DROP, STANDING = "prepare", "switch", "drop", "standing"
NOT_READY = "worker-not-ready"
"""The code of the problem that a worker gave no answer, which is no fault of the policy."""
LONGEST_LINE = 2**24
"""Bytes of a line: all problems of a large directory of rules."""


@dataclass(frozen=True, slots=True)
class Prepare:
    """The policy that is to be got ready: its version, and the directory that holds exactly its files."""

    version: str
    directory: Path


PREPARED = TypeAdapter(Prepare)
PROBLEMS = TypeAdapter(tuple[Problem, ...])
STANDINGS = TypeAdapter(Standing)


class WorkerProcess:
    """A process that was started: ``order`` is the last one that it carried out, ``counts`` what it counted so far."""

    def __init__(self, process: Process, order: int) -> None:
        self._process = process
        self._prepared = order
        self._answers: asyncio.Queue[tuple[str, str, str]] = asyncio.Queue()
        self._one_at_a_time = asyncio.Lock()
        self.order = order
        self.counts: Counts = Counter()

    @classmethod
    async def start(cls, command: Sequence[str], settings: str, order: int) -> Self:
        """Starts it and tells it its settings; its input then stays open for as long as the supervisor lives."""
        process = await asyncio.create_subprocess_exec(
            *command, stdin=PIPE, stdout=PIPE, start_new_session=True, limit=LONGEST_LINE
        )
        worker = cls(process, order)
        worker.tell(settings)
        return worker

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    async def begins_to_serve(self) -> bool:
        """Waits until it answers calls; False if it ends before."""
        return await self._line() == (SERVING, "", "")

    async def listen(self, on_look: Callable[[], object]) -> None:
        """Takes what it says until it ends."""
        while line := await self._line():
            if line[0] == LOOK:
                on_look()
            elif line[0] == COUNTED:
                self.counts = from_line(line[1])
            else:
                self._answers.put_nowait(line)
        self._answers.put_nowait(("", "", ""))

    async def wait(self) -> int:
        """Its exit code, once it has ended."""
        return await self._process.wait()

    async def prepare(self, order: int, prepare: Prepare, seconds: float) -> tuple[Problem, ...]:
        """Has it load a policy beside the one in use; why it cannot serve that, nothing if it can."""
        content = PREPARED.dump_json(prepare).decode()
        word, content = await self._asked(f"{PREPARE} {order} {content}", order, seconds)
        self._prepared = order if word == READY else self._prepared
        if word == READY:
            return ()
        return PROBLEMS.validate_json(content) if word == REFUSED else (_no_answer(self.pid, seconds),)

    async def switch(self, order: int, seconds: float) -> bool:
        """Has it answer with what it prepared; whether it says that it does."""
        if self._prepared != order:
            return False
        word, _ = await self._asked(f"{SWITCH} {order}", order, seconds)
        self.order = order if word == SWITCHED else self.order
        return word == SWITCHED

    def tell(self, line: str) -> None:
        """Writes a line to its input, if it still lives."""
        told = self._process.stdin
        if told is not None and not told.is_closing():
            told.write(line.encode() + b"\n")

    def send(self, number: int) -> None:
        """Sends it a signal, if it still lives."""
        if self._process.returncode is None:
            self._process.send_signal(number)

    def kill(self) -> None:
        """Ends it at once."""
        self.send(signal.SIGKILL)

    async def _asked(self, line: str, order: int, seconds: float) -> tuple[str, str]:
        """What it answers to an order, or two empty texts if it does not; what it says of earlier orders is late."""
        async with self._one_at_a_time:
            self.tell(line)
            try:
                async with asyncio.timeout(seconds):
                    return await self._answer(order)
            except TimeoutError:
                return "", ""

    async def _answer(self, order: int) -> tuple[str, str]:
        while (answer := await self._answers.get())[0]:
            if answer[1] == str(order):
                return answer[0], answer[2]
        self._answers.put_nowait(answer)  # it has ended, for whoever asks next too
        return "", ""

    async def _line(self) -> tuple[str, str, str] | None:
        says = self._process.stdout
        if says is None:
            raise TypeError("a worker is started with pipes")
        line = (await says.readline()).decode()
        word, _, rest = line.strip().partition(" ")
        number, _, content = rest.partition(" ")
        return (word, number, content) if line.endswith("\n") else None


def _no_answer(pid: int, seconds: float) -> Problem:
    message = f"worker process {pid} ended while it got the policy ready, or took longer than {seconds:g} seconds"
    return Problem(Place("."), NOT_READY, message, "the log says more; the rules are tried again once touched")
