"""Metrics for Prometheus, read off the service when they are asked for: answering calls costs nothing more."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from linkedaccounts.endpoints.counts import AT_WORK, Counts
from linkedaccounts.endpoints.ports import CannotServe, address_of
from linkedaccounts.endpoints.service import Service

PREFIX = "linked_accounts_"


class ServiceMetrics(Collector):
    """The age of the rates, the policy in use, and what all processes of the service counted."""

    def __init__(self, service: Service, counts: Callable[[], Counts]) -> None:
        self._service = service
        self._counts = counts

    def collect(self) -> Iterator[Metric]:
        """Every metric with its value of now."""
        yield self._rates_age()
        yield self._policy()
        yield self._loads()
        yield from self._standing()
        counts = self._counts()
        yield GaugeMetricFamily(f"{PREFIX}calls_at_work", "Calls being answered.", value=counts[AT_WORK])
        yield _counter("calls", "Calls that ended.", ["method", "status"], counts)
        yield _counter("calls_shed", "Calls that were not worked on, by reason.", ["reason"], counts)
        yield _counter("decisions", "Decisions, by what became of their record.", ["record"], counts)
        yield _counter("quotes", "Quotes, by whether their answer was remembered.", ["answer"], counts)
        yield _counter("rules", "Questions to the rules, by whether the answer was remembered.", ["answer"], counts)
        yield _counter("shadow", "Decisions that the shadow was to make too, by how that went.", ["result"], counts)

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


def _counter(kind: str, what: str, labels: Sequence[str], counts: Counts) -> Metric:
    counter = CounterMetricFamily(f"{PREFIX}{kind}", what, labels=labels)
    for (of, *values), count in counts.items():
        if of == kind:
            counter.add_metric(values, count)
    return counter


def serve_metrics(service: Service, counts: Callable[[], Counts], host: str, port: int) -> None:
    """Answers Prometheus on a thread of its own until the process ends; port 0 is not at all. CannotServe if taken."""
    if port == 0:
        return
    registry = CollectorRegistry()
    registry.register(ServiceMetrics(service, counts))
    try:
        start_http_server(port, host, registry)
    except OSError as error:
        raise CannotServe(f"cannot serve metrics on {address_of(host, port)}: {error.strerror or error}") from None
