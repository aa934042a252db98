"""Telling an OpenTelemetry collector, over OTLP: what for is an extra that need not be installed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from linkedaccounts.endpoints.measures import Measure
from linkedaccounts.endpoints.ports import CannotServe
from linkedaccounts.endpoints.tracing import Tracing
from linkedaccounts.settings import Settings

MISSING = "--otlp-endpoint needs two more packages: pip install 'linked-accounts[telemetry]'"


def tracing_of(settings: Settings) -> Tracing | None:
    """What traces calls, if there is a collector; CannotServe if the extra is missing."""
    if not settings.otlp_endpoint:
        return None
    with _extra():
        from linkedaccounts.endpoints.otlp_traces import OtlpTracing  # noqa: PLC0415

    return OtlpTracing(settings)


def telling_metrics(measures: Callable[[], Iterable[Measure]], settings: Settings) -> AbstractContextManager[object]:
    """While it lasts, the collector, if there is one, is told the metrics; CannotServe if the extra is missing."""
    if not settings.otlp_endpoint:
        return nullcontext()
    with _extra():
        from linkedaccounts.endpoints.otlp_metrics import OtlpMetrics  # noqa: PLC0415

    return OtlpMetrics(measures, settings)


@contextmanager
def _extra() -> Iterator[None]:
    try:
        yield
    except ImportError:
        raise CannotServe(MISSING) from None
