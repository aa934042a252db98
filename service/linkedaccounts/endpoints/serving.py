"""One process that serves until it is told to stop."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog
import uvloop

from linkedaccounts.endpoints.background import Background, Work
from linkedaccounts.endpoints.call_log import Log
from linkedaccounts.endpoints.callers_reload import CallersReload
from linkedaccounts.endpoints.logging_setup import logging_to
from linkedaccounts.endpoints.metrics import serve_metrics
from linkedaccounts.endpoints.policy_reload import PolicyReload
from linkedaccounts.endpoints.ports import address_of
from linkedaccounts.endpoints.rate_tasks import follow_book, refresh_book
from linkedaccounts.endpoints.server import Server
from linkedaccounts.endpoints.service import Service
from linkedaccounts.endpoints.signals import OnServing, StopSignals
from linkedaccounts.endpoints.tally import Tally
from linkedaccounts.settings import Settings


def serve_alone(service: Service, settings: Settings, on_serving: OnServing) -> None:
    """Serves as the only process: with metrics and the scheduled refresh of rates. CannotServe."""
    tally = Tally()
    serve_metrics(service, tally, settings.host, settings.metrics_port)
    process = ServingProcess(service, settings, tally, reuse_port=False)
    with logging_to(Log(level=settings.log_level)) as log:
        uvloop.run(process.serve(log, on_serving, (follow_book(service), refresh_book(service, settings))))


def serve_as_worker(service: Service, settings: Settings, on_serving: OnServing) -> None:
    """Serves as one of several processes on a port that a supervisor holds. CannotServe."""
    process = ServingProcess(service, settings, Tally(), reuse_port=True)
    with logging_to(Log(level=settings.log_level)) as log:
        uvloop.run(process.serve(log, on_serving, (follow_book(service),)))


class ServingProcess:
    """A server with its signals and the tasks beside it."""

    def __init__(self, service: Service, settings: Settings, tally: Tally, *, reuse_port: bool) -> None:
        self._service = service
        self._settings = settings
        self._tally = tally
        self._reuse_port = reuse_port

    async def serve(self, log: Log, on_serving: OnServing, beside: Sequence[Work]) -> None:
        """Serves until a signal, then drains; SIGHUP reads the rule files and the callers again. CannotServe."""
        signals, background = StopSignals(), Background(beside)
        self._reload_on_signal(signals, background)
        self._service.decisions.start()
        server = Server(self._service, self._settings, log, self._tally, reuse_port=self._reuse_port)
        try:
            address = address_of(self._settings.host, await server.start())
            version = self._service.policy.current.version
            structlog.get_logger().info("serving", address=address, policy_version=version)
            self._warn_of_development(address)
            background.start(on_serving(address, signals))
            await self._until_stopped(server, signals)
        finally:
            background.cancel()
            self._service.decisions.stop()

    def _reload_on_signal(self, signals: StopSignals, background: Background) -> None:
        policy, callers = PolicyReload(self._service.policy, self._tally), CallersReload(self._service.callers)

        def reload() -> None:
            background.start(policy())
            background.start(callers())

        signals.watch(reload)

    def _warn_of_development(self, address: str) -> None:
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
