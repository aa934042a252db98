"""The process above the workers: it holds the port, watches the rules, has the metrics, and alone downloads rates."""

from __future__ import annotations

import asyncio
import signal
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import structlog

from linkedaccounts.application.watch_rules import RulesWatch
from linkedaccounts.endpoints.background import Background
from linkedaccounts.endpoints.billing_tasks import bill_on_schedule, note_policies
from linkedaccounts.endpoints.call_log import Log
from linkedaccounts.endpoints.counts import Counts
from linkedaccounts.endpoints.event_tasks import broker_of
from linkedaccounts.endpoints.logging_setup import logging_to
from linkedaccounts.endpoints.metrics import telling_of
from linkedaccounts.endpoints.ports import CannotServe, address_of, reserve
from linkedaccounts.endpoints.rate_tasks import follow_book, refresh_book
from linkedaccounts.endpoints.service import Service
from linkedaccounts.endpoints.signals import OnServing, StopSignals
from linkedaccounts.endpoints.worker_process import NOT_READY, Prepare
from linkedaccounts.endpoints.workers import Workers
from linkedaccounts.policy.policy import Policy
from linkedaccounts.policy.problems import PolicyRejected
from linkedaccounts.settings import Settings


def supervise(service: Service, settings: Settings, command: Sequence[str], on_serving: OnServing) -> None:
    """Keeps `settings.workers` processes of ``command`` serving until a signal; CannotServe, WorkerFailed."""
    broker_of(settings)  # what every worker would miss, is said once
    with reserve(settings.host, settings.port) as held, logging_to(Log(level=settings.log_level)):
        for_workers = settings.model_copy(update={"port": held.getsockname()[1]})
        supervisor = Supervisor(service, for_workers)
        try:
            with telling_of(service, supervisor.counts, settings):
                asyncio.run(supervisor.run(command, on_serving))
        except PolicyRejected as rejected:  # the disk may have filled since the policy was loaded
            raise CannotServe(str(rejected)) from None


class Supervisor:
    """Passes signals on to the workers, has them switch to new rules together, and has rates of its own for metrics."""

    def __init__(self, service: Service, settings: Settings) -> None:
        self._service = service
        self._settings = settings
        self._signals = StopSignals()
        self._workers: Workers | None = None

    def counts(self) -> Counts:
        """What the workers have counted."""
        return self._workers.counts if self._workers else Counter()

    async def run(self, command: Sequence[str], on_serving: OnServing) -> None:
        """Until a signal comes and the workers have drained; WorkerFailed."""
        rates = (follow_book(self._service), refresh_book(self._service, self._settings))
        billing = (note_policies(self._service), bill_on_schedule(self._settings))
        background = Background((*rates, *billing))

        def look(*, at_once: bool = False) -> None:
            background.start(watch.look(at_once=at_once))

        def reload_everywhere() -> None:
            workers.reload_callers()
            look(at_once=True)

        policy, policies = self._service.policy, self._service.policies
        workers = Workers(command, self._told(policies.stage(policy.current)), self._settings.workers, on_look=look)
        self._workers = workers
        workers.announce(policy.standing)
        watch = RulesWatch(policy, policies, lambda candidate: self._roll_out(workers, candidate), workers.announce)
        self._signals.watch(reload_everywhere)
        background.start(watch.run(self._settings.rules_poll_seconds))
        background.start(self._stop(workers))
        background.start(self._announce(workers, on_serving))
        try:
            await workers.run()
        finally:
            background.cancel()

    def _told(self, directory: Path) -> str:
        """The settings of a worker that begins: it serves exactly this, whatever the rules directory holds."""
        return self._settings.model_copy(update={"rules": directory}).model_dump_json()

    async def _roll_out(self, workers: Workers, policy: Policy) -> None:
        """All workers switch, or none; PolicyRejected. It is no fault of a policy if a worker ends, so try twice."""
        directory = await asyncio.to_thread(self._service.policies.stage, policy)
        prepare = Prepare(policy.version, directory)
        problems = await workers.prepare(prepare)
        if any(problem.code == NOT_READY for problem in problems):
            problems = await workers.prepare(prepare)
        if problems:
            raise PolicyRejected(problems)
        await workers.switch(prepare, self._told(directory))

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
