"""Metrics for Prometheus and for OpenTelemetry: read off the service when they are told, so that calls pay once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import accumulate
from typing import Any

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from linkedaccounts.endpoints.counts import Counts
from linkedaccounts.endpoints.measures import Measure, Measures
from linkedaccounts.endpoints.otlp import telling_metrics
from linkedaccounts.endpoints.ports import CannotServe, address_of
from linkedaccounts.endpoints.service import Service
from linkedaccounts.endpoints.tally import BOUNDS, Durations
from linkedaccounts.settings import Settings

SUFFIXES = {"s": "_seconds", "d": "_days", "": ""}
FAMILIES = {"counter": CounterMetricFamily, "gauge": GaugeMetricFamily, "histogram": HistogramMetricFamily}
BUCKETS = [*map(repr, BOUNDS), "+Inf"]


class ServiceMetrics(Collector):
    """What the service measures, as Prometheus names it: with `_` for `.`, and the unit at the end."""

    def __init__(self, service: Service, counts: Callable[[], Counts]) -> None:
        self._measures = Measures(service, counts)

    def collect(self) -> Iterator[Metric]:
        """Every metric with its value of now."""
        return map(family, self._measures())


def family(measure: Measure) -> Metric:
    """A measure as Prometheus reads it; a label that a point does not have is empty there."""
    names = tuple(dict.fromkeys(name for labels, _ in measure.points for name in labels))
    told: Any = FAMILIES[measure.kind](
        _plain(measure.name) + SUFFIXES[measure.unit], measure.what, labels=[*map(_plain, names)]
    )
    for labels, value in measure.points:
        values = [labels.get(name, "") for name in names]
        if isinstance(value, Durations):
            told.add_metric(values, list(zip(BUCKETS, accumulate(value.counts), strict=True)), value.seconds)
        else:
            told.add_metric(values, value)
    metric: Metric = told
    return metric


def _plain(name: str) -> str:
    return name.replace(".", "_")


@contextmanager
def telling_of(service: Service, counts: Callable[[], Counts], settings: Settings) -> Iterator[None]:
    """While it lasts, Prometheus may ask, and an OpenTelemetry collector is told, if so set. CannotServe."""
    if settings.metrics_port:
        _answer_prometheus(ServiceMetrics(service, counts), settings.host, settings.metrics_port)
    with telling_metrics(Measures(service, counts), settings):
        yield


def _answer_prometheus(metrics: ServiceMetrics, host: str, port: int) -> None:
    """On a thread of its own, until the process ends."""
    registry = CollectorRegistry()
    registry.register(metrics)
    try:
        start_http_server(port, host, registry)
    except OSError as error:
        raise CannotServe(f"cannot serve metrics on {address_of(host, port)}: {error.strerror or error}") from None
