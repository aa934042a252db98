"""Metrics for Prometheus, read off the service when they are asked for: answering calls costs nothing more."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from linkedaccounts.endpoints.ports import CannotServe, address_of
from linkedaccounts.endpoints.service import Service
from linkedaccounts.endpoints.tally import Tally

PREFIX = "linked_accounts_"


class ServiceMetrics(Collector):
    """The age of the rates, the policy in use, and what the process counted."""

    def __init__(self, service: Service, tally: Tally) -> None:
        self._service = service
        self._tally = tally

    def collect(self) -> Iterator[Metric]:
        """Every metric with its value of now."""
        yield self._rates_age()
        yield self._policy()
        yield self._loads()
        yield from self._standing()
        yield GaugeMetricFamily(f"{PREFIX}calls_at_work", "Calls being answered.", value=self._tally.at_work)
        yield self._calls()
        yield self._decisions()
        yield from self._shadow()

    def _rates_age(self) -> Metric:
        age = self._service.rates.age_days(self._service.today())
        return GaugeMetricFamily(f"{PREFIX}rate_book_age_days", "Days since the last exchange rates.", value=age)

    def _policy(self) -> Metric:
        info = GaugeMetricFamily(f"{PREFIX}policy_info", "The policy in use; always 1.", labels=["version"])
        info.add_metric([self._service.policy.current.version], 1)
        return info

    def _loads(self) -> Metric:
        loads = CounterMetricFamily(
            f"{PREFIX}policy_loads", "Policies read, by what became of them.", labels=["result"]
        )
        loads.add_metric(["taken"], self._service.policy.taken)
        loads.add_metric(["refused"], self._service.policy.refused)
        return loads

    def _standing(self) -> Iterator[Metric]:
        standing = self._service.policy.standing
        refused, pinned = (int(what is not None) for what in (standing.rejected, standing.pin))
        yield GaugeMetricFamily(f"{PREFIX}policy_refused", "1 while the rules do not serve, being refused.", refused)
        yield GaugeMetricFamily(f"{PREFIX}policy_pinned", "1 while a rollback holds a version.", pinned)

    def _calls(self) -> Metric:
        calls = CounterMetricFamily(f"{PREFIX}calls", "Calls that ended.", labels=["method", "status"])
        for (method, status), count in list(self._tally.ended.items()):
            calls.add_metric([method, status], count)
        return calls

    def _decisions(self) -> Metric:
        decisions = CounterMetricFamily(
            f"{PREFIX}decisions", "Decisions, by what became of their record.", labels=["record"]
        )
        decisions.add_metric(["written"], self._service.decisions.recorded)
        decisions.add_metric(["lost"], self._service.decisions.lost)
        return decisions

    def _shadow(self) -> Iterator[Metric]:
        if shadow := self._service.shadow:
            compared = CounterMetricFamily(
                f"{PREFIX}shadow_decisions", "Decisions that a shadow made too, by how.", labels=["result"]
            )
            for result, count in shadow.counts.items():
                compared.add_metric([result], count)
            yield compared


def serve_metrics(service: Service, tally: Tally, host: str, port: int) -> None:
    """Answers Prometheus on a thread of its own until the process ends; port 0 is not at all. CannotServe if taken."""
    if port == 0:
        return
    registry = CollectorRegistry()
    registry.register(ServiceMetrics(service, tally))
    try:
        start_http_server(port, host, registry)
    except OSError as error:
        raise CannotServe(f"cannot serve metrics on {address_of(host, port)}: {error.strerror or error}") from None
