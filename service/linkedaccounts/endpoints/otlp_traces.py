"""Traces of calls, by OpenTelemetry's conventions for RPC, for a collector.

Whether a call is traced its caller decides, by the flag in `traceparent` (W3C Trace Context); for a caller without one,
chance. Only then is anything built.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from random import random

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import (
    NonRecordingSpan,
    Span,
    SpanContext,
    SpanKind,
    StatusCode,
    TraceFlags,
    Tracer,
    format_trace_id,
    set_span_in_context,
)

from linkedaccounts.endpoints.call_context import CallContext
from linkedaccounts.endpoints.measures import call_labels
from linkedaccounts.endpoints.otlp_resource import LAST_SECONDS, TIMEOUT_SECONDS, resource, url_of
from linkedaccounts.settings import Settings

MOST_STEPS = 100
"""Of one call; those of a long batch or stream on top are left out."""
_TRACEPARENT = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?")


class OtlpTracing:
    """Traces every call that its caller traces, and of the others without a trace the share that is set."""

    def __init__(self, settings: Settings) -> None:
        self._share = settings.trace_share
        self._server: dict[str, str | int] = {"server.address": settings.host}
        if settings.port:
            self._server["server.port"] = settings.port
        exporter = OTLPSpanExporter(url_of(settings, "traces"), timeout=TIMEOUT_SECONDS)
        # The sampling is done before the SDK is asked, which has built a context by then.
        self._provider = TracerProvider(sampler=ALWAYS_ON, resource=resource(), shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("linked-accounts")

    def begin(self, call: CallContext) -> None:
        """Begins the call's trace, if it is to have one."""
        if call.traceparent and (parent := _TRACEPARENT.fullmatch(call.traceparent)):
            trace_id, span_id, flags = (int(part, 16) for part in parent.groups())
            if flags & TraceFlags.SAMPLED:
                caller = SpanContext(trace_id, span_id, is_remote=True, trace_flags=TraceFlags(TraceFlags.SAMPLED))
                self._trace(call, set_span_in_context(NonRecordingSpan(caller), Context()))
        elif random() < self._share:  # noqa: S311 - it is no secret which calls are traced
            self._trace(call, Context())

    def stop(self) -> None:
        """Sends what is left, as far as there is time."""
        sending = threading.Thread(target=self._provider.shutdown, daemon=True)
        sending.start()
        sending.join(LAST_SECONDS)

    def _trace(self, call: CallContext, context: Context) -> None:
        name = call_labels(call.method, "")["rpc.method"]
        span = self._tracer.start_span(name, context, SpanKind.SERVER, self._server)
        call.trace = OtlpTrace(self._tracer, span, call.method)


class OtlpTrace:
    """The span of a call, with its steps."""

    def __init__(self, tracer: Tracer, span: Span, method: str) -> None:
        self._tracer = tracer
        self._span = span
        self._method = method
        self._context = set_span_in_context(span, Context())
        self._steps = 0

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """A span within the call's."""
        self._steps += 1
        if self._steps > MOST_STEPS:
            yield
            return
        span = self._tracer.start_span(name, self._context)
        try:
            yield
        finally:
            span.end()

    def end(self, status: str, **said: str | int | None) -> str:
        """Ends the call's span."""
        labels = call_labels(self._method, status)
        ours = {f"linked_accounts.{name}": value for name, value in said.items() if value is not None}
        self._span.set_attributes({**labels, **ours})
        if "error.type" in labels:
            self._span.set_status(StatusCode.ERROR)
        self._span.end()
        return format_trace_id(self._span.get_span_context().trace_id)
