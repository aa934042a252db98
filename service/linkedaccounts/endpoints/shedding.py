"""Sheds calls when more come than can be answered: asks ``overload`` of each, and refuses with an answer made before.

A call that is shed is refused before anything is read of it or asked about its caller, and leaves no line of its own in
the log: there is no time to spare. The log says when shedding began and ended, and how many calls it hit.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from random import Random
from time import perf_counter
from typing import TypeAlias

import grpc
import structlog
from grpc_status import rpc_status

from linkedaccounts.application.refusals import Exhausted
from linkedaccounts.domain.text import DEFAULT_LANGUAGE, LANGUAGES
from linkedaccounts.endpoints.answers import Context, Handler
from linkedaccounts.endpoints.background import Background
from linkedaccounts.endpoints.errors import pushback, status_of
from linkedaccounts.endpoints.language import language_for
from linkedaccounts.endpoints.overload import LOOK_SECONDS, Overload
from linkedaccounts.endpoints.self_calls import NUMBER, SelfCalls
from linkedaccounts.endpoints.tally import OVERLOAD, Tally

EXEMPT = ("/grpc.health.v1.", "/grpc.reflection.")
"""Methods that are answered however busy the service is."""
OVER_SECONDS = 1.0
"""Shedding has ended when nothing was shed for so long."""
RETRY_SECONDS = tuple(0.5 + number / 20 for number in range(21))
"""From half a second to one and a half: who is refused together does not come again together."""

Shed: TypeAlias = "Callable[[str], Handler | None]"
"""What refuses a call of a method that begins now; None if it is to be answered."""
_Answer: TypeAlias = tuple[grpc.StatusCode, str, tuple[tuple[str, str | bytes], ...]]


def never(_method: str) -> None:
    """Sheds nothing."""


class Shedding:
    """Of one server: ``handler`` for each call that begins, and a task beside them, from ``start`` to ``stop``."""

    def __init__(self, target_ms: float, tally: Tally, chance: Random) -> None:
        """``target_ms`` is for how long calls may wait in the long run."""
        self._overload = Overload(target_ms / 1000, lambda: tally.at_work, perf_counter)
        self._tally = tally
        self._chance = chance
        self._calls = SelfCalls()
        self._background = Background()
        self._answers = {language: [_answer(seconds, language) for seconds in RETRY_SECONDS] for language in LANGUAGES}
        self._refuse: Handler = grpc.stream_stream_rpc_method_handler(self._refused)
        self._itself: Handler = grpc.stream_stream_rpc_method_handler(self._began)

    def listen(self, server: grpc.aio.Server) -> None:
        """Has the server listen for its own calls; before it starts."""
        with suppress(OSError, RuntimeError):  # the watch will find no socket, and say so
            server.add_insecure_port(self._calls.address())

    async def start(self) -> None:
        """Begins to watch, once the server has started; if it has no socket for that, nothing is shed."""
        try:
            await self._calls.open()
        except OSError as error:
            structlog.get_logger().warning("nothing_is_shed", problem=f"no socket in the temporary folder: {error}")
        else:
            self._background.start(self._watch())

    def stop(self) -> None:
        """Sheds nothing more."""
        self._background.cancel()
        self._overload.stands = False
        self._calls.close()

    def handler(self, method: str) -> Handler | None:
        """What refuses the call that begins now, or is the method of the service's own calls; else None."""
        if method.startswith(EXEMPT):
            return None
        if method == self._calls.method:
            return self._itself
        big = "/Batch" in method or "/Stream" in method
        return self._refuse if self._overload.sheds(big=big) else None

    async def _refused(self, _requests: object, context: Context) -> None:
        self._tally.shed[OVERLOAD] += 1
        language = DEFAULT_LANGUAGE
        for key, value in context.invocation_metadata() or ():
            if key == "accept-language" and isinstance(value, str):
                language = language_for(value)
        code, message, metadata = self._chance.choice(self._answers[language])
        context.set_code(code)
        context.set_details(message)
        context.set_trailing_metadata(metadata)

    async def _began(self, _requests: object, context: Context) -> None:
        number = dict(context.invocation_metadata() or ()).get(NUMBER, "")
        self._overload.probe_began(int(number))

    async def _watch(self) -> None:
        episode = _Episode()
        while True:
            self._overload.look()
            if self._overload.wants_probe():
                await self._call_itself()
            episode.look(self._tally.shed[OVERLOAD], perf_counter())
            await asyncio.sleep(LOOK_SECONDS)

    async def _call_itself(self) -> None:
        if not self._calls.is_open:
            self._overload.probes_lost()
            with suppress(OSError):
                await self._calls.open()
        if self._calls.is_open:
            self._calls.send(self._overload.probe_sent())


class _Episode:
    """A time in which calls are shed, for the log."""

    def __init__(self) -> None:
        self._shed = 0
        self._began: tuple[float, int] | None = None
        self._last_at = 0.0

    def look(self, shed: int, now: float) -> None:
        """``shed`` calls were shed so far."""
        if shed > self._shed:
            self._last_at = now
            if self._began is None:
                self._began = now, self._shed
                structlog.get_logger().warning("shedding_began")
        elif self._began is not None and now - self._last_at > OVER_SECONDS:
            began, before = self._began
            seconds = round(self._last_at - began, 3)
            structlog.get_logger().warning("shedding_ended", calls=shed - before, seconds=seconds)
            self._began = None
        self._shed = shed


def _answer(seconds: float, language: str) -> _Answer:
    """A refusal with all its details; made once, because its making costs more than a call."""
    refusal = Exhausted("SERVICE_OVERLOADED", {"retry_after": f"{seconds:g}"}, seconds)
    status = rpc_status.to_status(status_of(refusal, language))
    return status.code, status.details, (*status.trailing_metadata, *pushback(refusal))
