"""One process that serves until it is told to stop."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Iterable

import structlog
import uvloop

from linkedaccounts.application.decision_record import Recording, Shadow
from linkedaccounts.application.watch_rules import RulesWatch
from linkedaccounts.endpoints.background import Background, Work
from linkedaccounts.endpoints.billing_tasks import bill_on_schedule, note_policies
from linkedaccounts.endpoints.call_log import Log
from linkedaccounts.endpoints.callers_reload import CallersReload
from linkedaccounts.endpoints.counts import as_line, counts_of
from linkedaccounts.endpoints.event_tasks import publish_events
from linkedaccounts.endpoints.logging_setup import logging_to
from linkedaccounts.endpoints.loop_lag import measure_lag
from linkedaccounts.endpoints.metrics import telling_of
from linkedaccounts.endpoints.ports import address_of
from linkedaccounts.endpoints.rate_tasks import follow_book, refresh_book
from linkedaccounts.endpoints.server import Server
from linkedaccounts.endpoints.service import Service
from linkedaccounts.endpoints.signals import OnServing, StopSignals
from linkedaccounts.endpoints.supervisor_pipes import SupervisorPipes
from linkedaccounts.endpoints.tally import Tally
from linkedaccounts.endpoints.worker_orders import WorkerOrders
from linkedaccounts.endpoints.worker_process import COUNTED, LOOK, SERVING
from linkedaccounts.policy.policy import Policy
from linkedaccounts.settings import Settings

COUNTED_EVERY_SECONDS = 2.0
"""How old the metrics of a worker are at the most."""


def serve_alone(service: Service, settings: Settings, on_serving: OnServing) -> None:
    """Serves as the only process: with metrics, the watch of the rules and the refresh of rates. CannotServe."""
    tally, background = Tally(), Background()
    watch = RulesWatch(service.policy, service.policies, _nobody_else, announce=lambda _: None)

    def look(*, at_once: bool = False) -> None:
        background.start(watch.look(at_once=at_once))

    process = ServingProcess(service, settings, tally, background, look)
    with (
        logging_to(Log(level=settings.log_level)) as log,
        telling_of(service, lambda: counts_of(service, tally), settings),
    ):
        events = publish_events(service, settings, tally)
        rates = (follow_book(service), refresh_book(service, settings))
        billing = (note_policies(service), bill_on_schedule(settings))
        beside = (*rates, *billing, *events, watch.run(settings.rules_poll_seconds), measure_lag(tally.lag))
        uvloop.run(process.serve(log, on_serving, beside, lambda: look(at_once=True)))


def serve_as_worker(service: Service, settings: Settings, pipes: SupervisorPipes) -> None:
    """Serves as one of several processes on a port that a supervisor holds, and as it orders. CannotServe."""
    tally, background = Tally(), Background()

    async def follow(_address: str, signals: StopSignals) -> None:
        pipes.say(SERVING)
        background.start(tell_counts())
        await WorkerOrders(service.policy, pipes.say).follow(await pipes.lines())
        signals.stop()

    async def tell_counts() -> None:
        while True:
            await asyncio.sleep(COUNTED_EVERY_SECONDS)
            pipes.say(f"{COUNTED} {as_line(counts_of(service, tally))}")

    process = ServingProcess(service, settings, tally, background, lambda: pipes.say(LOOK), reuse_port=True)
    with logging_to(Log(level=settings.log_level)) as log:
        events = publish_events(service, settings, tally)
        beside = (follow_book(service), *events, measure_lag(tally.lag))
        uvloop.run(process.serve(log, follow, beside))


async def _nobody_else(_policy: Policy) -> None:
    """The only process has nobody to take along."""


def _nothing() -> None:
    """What a worker reads again by itself is the callers only."""


class ServingProcess:
    """A server with its signals and the tasks beside it; ``look`` has the rules and an operator's wish looked at."""

    def __init__(
        self,
        service: Service,
        settings: Settings,
        tally: Tally,
        background: Background,
        look: Callable[[], object],
        *,
        reuse_port: bool = False,
    ) -> None:
        self._service = service
        self._settings = settings
        self._tally = tally
        self._background = background
        self._look = look
        self._reuse_port = reuse_port

    async def serve(
        self, log: Log, on_serving: OnServing, beside: Iterable[Work], reload: Callable[[], object] = _nothing
    ) -> None:
        """Serves until a signal, then drains; SIGHUP reads the callers again and calls ``reload``. CannotServe."""
        signals, background = StopSignals(), self._background
        for work in beside:
            background.start(work)
        callers = CallersReload(self._service.callers)

        def reload_all() -> None:
            reload()
            background.start(callers())

        signals.watch(reload_all)
        for recording in self._recordings():
            recording.start()
        server = Server(self._service, self._settings, log, self._tally, self._look, reuse_port=self._reuse_port)
        try:
            address = address_of(self._settings.host, await server.start())
            self._say_serving(address)
            gc.freeze()  # what is loaded stays; to look through it again would stop all calls for a tenth of a second
            background.start(on_serving(address, signals))
            await self._until_stopped(server, signals)
        finally:
            await background.stop()
            for recording in self._recordings():
                recording.stop()
            server.send_traces()

    def _recordings(self) -> list[Recording | Shadow]:
        decisions, shadow = self._service.decisions, self._service.shadow
        return [decisions, shadow] if shadow else [decisions]

    def _say_serving(self, address: str) -> None:
        version = self._service.policy.current.version
        structlog.get_logger().info("serving", address=address, policy_version=version)
        if self._service.callers.current.anyone is not None:
            structlog.get_logger().warning("development_mode", address=address, callers="anyone may do everything")

    async def _until_stopped(self, server: Server, signals: StopSignals) -> None:
        """Waits for a signal and drains; who presses Ctrl-C has no load balancer to give notice to."""
        await signals.asked.wait()
        structlog.get_logger().info("draining")
        notice = 0 if signals.by_keyboard else self._settings.drain_notice_seconds
        drain = asyncio.ensure_future(server.drain(notice))
        insisted = asyncio.ensure_future(signals.insisted.wait())
        await asyncio.wait((drain, insisted), return_when=asyncio.FIRST_COMPLETED)
        if not drain.done():
            await server.stop()
        drain.cancel()
        insisted.cancel()
        structlog.get_logger().info("stopped")
