"""Two processes that work on the market, and are killed again and again, at no particular moment, and started again.

They are forks of a server that has nothing but the modules loaded, so that a successor is there at once. One carries
out actions, both run the billing at the same time. Who waits for one that was killed asks its successor for the same.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from datetime import date, datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection
from random import Random
from threading import Event, Lock, Thread
from types import TracebackType
from typing import Any, Literal, Self

from linkedaccounts.application.refusals import TryAgain
from linkedaccounts.simulation.actions import Action, Outcome
from linkedaccounts.simulation.workers import OwnWork
from linkedaccounts.storage.opening import open_storage

Message = tuple[Literal["perform"], Action] | tuple[Literal["charge"], date, datetime]
DIED = (EOFError, OSError)
"""What the end of the other process looks like from here."""


class WorkFailed(Exception):
    """A process that was not killed could not do what it was told to; the text is its error."""


class _Mortal:
    """One process, and its successors. ``kill`` ends it wherever it is, if it has come up since it was ended last."""

    def __init__(self, url: str) -> None:
        self._url, self._context = url, get_context("forkserver")
        self._context.set_forkserver_preload([__name__])
        self._lock, self._up = Lock(), False
        self._process: Any = None
        self._line: Connection | None = None

    def ask(self, message: Message) -> Outcome | None:
        """What comes of it, however many die over it."""
        while True:
            with suppress(*DIED):
                line = self._alive()
                line.send(message)
                failed, answer = line.recv()
                if failed:
                    raise WorkFailed(answer)
                found: Outcome | None = answer
                return found

    def _alive(self) -> Connection:
        """The line to a process that is up; EOFError if it died before."""
        with self._lock:
            if self._process is None or not self._process.is_alive():
                self._start()
            assert self._line is not None
            line, up = self._line, self._up
        if not up:
            line.recv()
            with self._lock:
                self._up = True
        return line

    def _start(self) -> None:
        if self._line is not None:
            self._line.close()
        self._line, theirs = self._context.Pipe()
        self._process = self._context.Process(target=serve, args=(theirs, self._url), daemon=True)
        self._process.start()
        theirs.close()
        self._up = False

    def kill(self) -> bool:
        """Whether there was one to be killed."""
        with self._lock:
            if not self._up or not self._process.is_alive():
                return False
            self._process.kill()
            self._process.join()
            self._up = False
            return True

    def end(self) -> None:
        """Ends it for good."""
        with self._lock:
            if self._process is not None:
                self._process.kill()
                self._process.join()
                self._process.close()
            if self._line is not None:
                self._line.close()


class MortalWorkers:
    """``every`` is how many seconds pass on average until one of them is killed; ``chance`` says when, and which."""

    def __init__(self, url: str, every: float, chance: Random) -> None:
        self._processes = (_Mortal(url), _Mortal(url))
        self._every, self._chance, self._over = every, chance, Event()
        self._killer = Thread(target=self._kill, name="killer", daemon=True)
        self._asking = ThreadPoolExecutor(len(self._processes))
        self.killed = 0

    def __enter__(self) -> Self:
        self._killer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._killer.join()
        for process in self._processes:
            process.end()
        self._asking.shutdown()

    def perform(self, action: Action) -> Outcome:
        """Carries out an action at its moment; WorkFailed."""
        outcome = self._processes[0].ask(("perform", action))
        assert outcome is not None
        return outcome

    def charge(self, through: date, now: datetime) -> None:
        """Both run; each until a run of its own got to its end. WorkFailed."""
        message: Message = ("charge", through, now)
        for done in [self._asking.submit(process.ask, message) for process in self._processes]:
            done.result()

    def _kill(self) -> None:
        while not self._over.wait(self._every * (0.5 + self._chance.random())):
            self.killed += self._chance.choice(self._processes).kill()


def serve(line: Connection, url: str) -> None:
    """The process: does what it is told to, until it is killed or nobody listens any more."""
    with closing(open_storage(url, migrate=False)) as storage, suppress(EOFError, BrokenPipeError, KeyboardInterrupt):
        work = OwnWork(storage)
        line.send("up")
        while True:
            message: Message = line.recv()
            try:
                answer = _persistently(lambda message=message: _done(work, message))  # type: ignore[misc]
            except Exception as error:  # noqa: BLE001  # whoever asked is told, and ends
                line.send((True, repr(error)))
            else:
                line.send((False, answer))


def _done(work: OwnWork, message: Message) -> Outcome | None:
    if message[0] == "perform":
        return work.perform(message[1])
    work.charge(message[1], message[2])
    return None


def _persistently(do: Callable[[], Outcome | None]) -> Outcome | None:
    """Does it again as long as the database asks for that: who was killed may hold a row for a moment longer."""
    while True:
        try:
            return do()
        except TryAgain as later:
            time.sleep(later.retry_after)
