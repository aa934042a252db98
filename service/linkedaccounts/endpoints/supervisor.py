"""The process above the workers: it holds the port, has the metrics, and alone downloads rates."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Sequence

import structlog

from linkedaccounts.endpoints.background import Background
from linkedaccounts.endpoints.call_log import Log
from linkedaccounts.endpoints.logging_setup import logging_to
from linkedaccounts.endpoints.metrics import serve_metrics
from linkedaccounts.endpoints.policy_reload import PolicyReload
from linkedaccounts.endpoints.ports import address_of, reserve
from linkedaccounts.endpoints.rate_tasks import follow_book, refresh_book
from linkedaccounts.endpoints.service import Service
from linkedaccounts.endpoints.signals import OnServing, StopSignals
from linkedaccounts.endpoints.tally import Tally
from linkedaccounts.endpoints.workers import Workers
from linkedaccounts.settings import Settings


def supervise(service: Service, settings: Settings, command: Sequence[str], on_serving: OnServing) -> None:
    """Keeps `settings.workers` processes of ``command`` serving until a signal; CannotServe, WorkerFailed."""
    with reserve(settings.host, settings.port) as held, logging_to(Log(level=settings.log_level)):
        tally = Tally()
        serve_metrics(service, tally, settings.host, settings.metrics_port)
        for_workers = settings.model_copy(update={"port": held.getsockname()[1]})
        asyncio.run(Supervisor(service, for_workers, tally).run(command, on_serving))


class Supervisor:
    """Passes signals on to the workers, and has a policy and rates of its own for the metrics."""

    def __init__(self, service: Service, settings: Settings, tally: Tally) -> None:
        self._service = service
        self._settings = settings
        self._tally = tally
        self._signals = StopSignals()

    async def run(self, command: Sequence[str], on_serving: OnServing) -> None:
        """Until a signal comes and the workers have drained; WorkerFailed."""
        workers = Workers(command, self._settings.model_dump_json(), self._settings.workers)
        background = Background((follow_book(self._service), refresh_book(self._service, self._settings)))
        reload = PolicyReload(self._service.policy, self._tally)  # calls, and so callers, are the workers' business

        def reload_everywhere() -> None:
            workers.reload()
            background.start(reload())

        self._signals.watch(reload_everywhere)
        background.start(self._stop(workers))
        background.start(self._announce(workers, on_serving))
        try:
            await workers.run()
        finally:
            background.cancel()

    async def _announce(self, workers: Workers, on_serving: OnServing) -> None:
        await workers.answering.wait()
        address = address_of(self._settings.host, self._settings.port)
        structlog.get_logger().info("supervising", address=address, workers=self._settings.workers)
        await on_serving(address, self._signals)

    async def _stop(self, workers: Workers) -> None:
        await self._signals.asked.wait()
        number = signal.SIGINT if self._signals.by_keyboard else signal.SIGTERM
        notice = 0 if self._signals.by_keyboard else self._settings.drain_notice_seconds
        stopping = asyncio.ensure_future(workers.stop(number, notice + self._settings.drain_seconds))
        insisted = asyncio.ensure_future(self._signals.insisted.wait())
        await asyncio.wait((stopping, insisted), return_when=asyncio.FIRST_COMPLETED)
        insisted.cancel()
        workers.signal(number)
        await stopping
