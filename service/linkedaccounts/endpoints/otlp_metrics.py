"""Tells a collector the metrics, now and then: the same numbers that Prometheus reads, so nothing is counted twice.

The SDK's instruments would count once more, and none of them takes a histogram that somebody else kept. So what it
exports is made here.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Self

from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.sdk.metrics.export import (
    AggregationTemporality,
    Gauge,
    Histogram,
    HistogramDataPoint,
    Metric,
    MetricsData,
    NumberDataPoint,
    ResourceMetrics,
    ScopeMetrics,
    Sum,
)
from opentelemetry.sdk.util.instrumentation import InstrumentationScope

from linkedaccounts.endpoints.measures import Measure, Point
from linkedaccounts.endpoints.otlp_resource import LAST_SECONDS, TIMEOUT_SECONDS, resource, url_of
from linkedaccounts.endpoints.tally import BOUNDS, Durations
from linkedaccounts.settings import Settings

EVERY_SECONDS = 15.0
SCOPE = InstrumentationScope("linked-accounts")


class OtlpMetrics:
    """While its context lasts, a thread tells ``measures``; at the end once more, so that the last counts arrive."""

    def __init__(self, measures: Callable[[], Iterable[Measure]], settings: Settings) -> None:
        self._measures = measures
        self._exporter = OTLPMetricExporter(url_of(settings, "metrics"), timeout=TIMEOUT_SECONDS)
        self._resource = resource()
        self._since = time.time_ns()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="otlp-metrics", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join(LAST_SECONDS)

    def _run(self) -> None:
        stopping = False
        while not stopping:
            stopping = self._stopping.wait(EVERY_SECONDS)
            metrics = [as_metric(measure, self._since, time.time_ns()) for measure in self._measures()]
            scopes = [ScopeMetrics(SCOPE, metrics, schema_url="")]
            self._exporter.export(MetricsData([ResourceMetrics(self._resource, scopes, schema_url="")]))
        self._exporter.shutdown()


def as_metric(measure: Measure, since: int, now: int) -> Metric:
    """A measure as OpenTelemetry's, cumulative: ``since`` and ``now`` are in nanoseconds since 1970."""
    unit, cumulative = measure.unit or "1", AggregationTemporality.CUMULATIVE
    data: Gauge | Histogram | Sum
    if measure.kind == "histogram":
        data = Histogram([_durations(point, since, now) for point in measure.points], cumulative)
    else:
        numbers = [_number(point, since, now) for point in measure.points]
        data = Gauge(numbers) if measure.kind == "gauge" else Sum(numbers, cumulative, is_monotonic=True)
    return Metric(measure.name, measure.what, unit, data)


def _number(point: Point, since: int, now: int) -> NumberDataPoint:
    labels, value = point
    assert not isinstance(value, Durations)
    return NumberDataPoint(labels, since, now, value)


def _durations(point: Point, since: int, now: int) -> HistogramDataPoint:
    """The least and the greatest nobody keeps; they are told as the bounds of their buckets, of the last as the sum."""
    labels, durations = point
    assert isinstance(durations, Durations)
    buckets = pairwise((0.0, *BOUNDS, max(BOUNDS[-1], durations.seconds)))
    reached = [bounds for bounds, count in zip(buckets, durations.counts, strict=True) if count]
    least, greatest = (reached[0][0], reached[-1][1]) if reached else (0.0, 0.0)
    counts = durations.counts
    return HistogramDataPoint(labels, since, now, sum(counts), durations.seconds, counts, BOUNDS, least, greatest)
