"""What Prometheus and a collector of OpenTelemetry are told: the same, of all processes."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from linkedaccounts.application.decision_record import DecisionMade
from linkedaccounts.application.keep_policy import PolicyKeeper, Standing
from linkedaccounts.application.policies_port import Pin
from linkedaccounts.endpoints.counts import OF_A_PROCESS, Counts, as_line, counts_of, from_line
from linkedaccounts.endpoints.measures import Measures
from linkedaccounts.endpoints.metrics import ServiceMetrics
from linkedaccounts.endpoints.otlp import telling_metrics
from linkedaccounts.endpoints.service import Service
from linkedaccounts.endpoints.tally import BOUNDS, Tally
from linkedaccounts.settings import read_settings
from linkedaccounts.v1 import fee_quote_service_pb2 as contract
from tests.endpoints.collector import attributes, collecting
from tests.endpoints.quotes import RULE
from tests.endpoints.running import running, service_with

MOMENT = datetime(2019, 10, 1, tzinfo=UTC)
CALL = {"rpc_system_name": "grpc", "rpc_method": "a.B/C"}


def busy() -> tuple[Service, Counts]:
    """A service, and what one of its processes counted, as the process above it hears."""
    policy: Any = SimpleNamespace(version="one")
    keeper = PolicyKeeper(policy, lambda: MOMENT, Standing(pin=Pin("one", MOMENT, "anna")))
    keeper.refuse([])
    shadow: Any = SimpleNamespace(counts={"different": 7})
    service = replace(service_with(policy=keeper), shadow=shadow)
    service.rules(DecisionMade("charging", {}, (RULE, RULE), "one"))
    tally = Tally(at_work=2, at_threads=4, subscribers=2, events_waiting=8)
    tally.events["published"] = 5
    for milliseconds in (0.1, 0.4, 0.4, 20_000):
        tally.ended["/a.B/C", "OK"].add(milliseconds / 1000)
    tally.ended["(none)", "UNIMPLEMENTED"].add(0.001)
    tally.quotes["hit"] = 3
    tally.shed["too_many_calls"] = 6
    tally.lag.add(0.003)
    return service, from_line(as_line(counts_of(service, tally)))


def test_prometheus_is_told_what_was_counted() -> None:
    service, counts = busy()
    registry = CollectorRegistry()
    registry.register(ServiceMetrics(service, lambda: counts))
    ended = {**CALL, "rpc_response_status_code": "OK", "error_type": ""}
    no_method = {**CALL, "rpc_method": "_OTHER", "rpc_response_status_code": "UNIMPLEMENTED"}

    values: list[tuple[str, dict[str, str], float]] = [
        ("rpc_server_call_duration_seconds_bucket", {**ended, "le": "0.00025"}, 1),
        ("rpc_server_call_duration_seconds_bucket", {**ended, "le": "0.0005"}, 3),
        ("rpc_server_call_duration_seconds_bucket", {**ended, "le": "10.0"}, 3),
        ("rpc_server_call_duration_seconds_bucket", {**ended, "le": "+Inf"}, 4),
        ("rpc_server_call_duration_seconds_count", ended, 4),
        ("rpc_server_call_duration_seconds_sum", ended, 20.0009),
        ("rpc_server_call_duration_seconds_count", {**no_method, "error_type": "UNIMPLEMENTED"}, 1),
        ("linked_accounts_loop_lag_seconds_count", {}, 1),
        ("linked_accounts_rate_book_age_days", {}, 0),
        ("linked_accounts_policy_info", {"version": "one"}, 1),
        ("linked_accounts_policy_loads_total", {"result": "refused"}, 1),
        ("linked_accounts_policy_refused", {}, 1),
        ("linked_accounts_policy_pinned", {}, 1),
        ("linked_accounts_calls_at_work", {}, 2),
        ("linked_accounts_threads_at_work", {}, 4),
        ("linked_accounts_calls_shed_total", {"reason": "too_many_calls"}, 6),
        ("linked_accounts_rules_decided_total", {"decision": "charging", "rule": "plan-share"}, 2),
        ("linked_accounts_decisions_total", {"record": "written"}, 0),
        ("linked_accounts_records_waiting", {}, 0),
        ("linked_accounts_quotes_total", {"answer": "hit"}, 3),
        ("linked_accounts_rules_total", {"answer": "miss"}, 0),
        ("linked_accounts_events_total", {"result": "published"}, 5),
        ("linked_accounts_events_subscribers", {}, 2),
        ("linked_accounts_events_waiting", {}, 8),
        ("linked_accounts_shadow_total", {"result": "different"}, 7),
    ]
    assert [(name, labels, registry.get_sample_value(name, labels)) for name, labels, _ in values] == values


def test_a_collector_is_told_the_same_under_the_names_of_the_conventions() -> None:
    service, counts = busy()
    with (
        collecting() as collector,
        telling_metrics(Measures(service, lambda: counts), read_settings({"otlp_endpoint": collector.url})),
    ):
        pass  # what is left is told at the end

    (of_resource,) = collector.metrics[-1].resource_metrics
    told = {metric.name: metric for metric in of_resource.scope_metrics[0].metrics}
    calls = told["rpc.server.call.duration"]
    ended, no_method = calls.histogram.data_points
    assert (calls.unit, tuple(ended.explicit_bounds)) == ("s", BOUNDS)
    assert (ended.count, list(ended.bucket_counts)) == (4, [1, 2, *[0] * (len(BOUNDS) - 2), 1])
    assert (ended.sum, ended.min, ended.max) == (20.0009, 0, 20.0009)
    assert attributes(no_method) == {
        "rpc.system.name": "grpc",
        "rpc.method": "_OTHER",
        "rpc.response.status_code": "UNIMPLEMENTED",
        "error.type": "UNIMPLEMENTED",
    }
    shed = told["linked_accounts.calls.shed"].sum
    by_reason = {attributes(point)["reason"]: point.as_int for point in shed.data_points}
    assert (by_reason, shed.is_monotonic) == ({"too_many_calls": 6, "overload": 0, "deadline": 0}, True)
    assert told["linked_accounts.calls.at_work"].gauge.data_points[0].as_int == 2


def test_counts_of_processes_add_up_and_what_there_is_now_goes_with_its_process() -> None:
    service, counts = busy()
    both = counts + counts
    registry = CollectorRegistry()
    registry.register(ServiceMetrics(service, lambda: both))

    ended = {**CALL, "rpc_response_status_code": "OK", "error_type": ""}
    assert registry.get_sample_value("rpc_server_call_duration_seconds_count", ended) == 8
    assert registry.get_sample_value("rpc_server_call_duration_seconds_sum", ended) == pytest.approx(40.0018)
    assert {of for of in Counter(counts) if len(of) == 1} == OF_A_PROCESS


async def test_a_call_counts_with_the_time_that_it_took_and_one_that_was_shed_with_why() -> None:
    async with running(settings={"max_concurrent_calls": 1}) as server:
        server.tally.at_work = 1
        call = server.fees.QuoteFees(contract.QuoteFeesRequest())
        status = (await call.code()).name
        server.tally.at_work = 0

    (durations,) = server.tally.ended.values()
    assert (status, +server.tally.shed) == ("RESOURCE_EXHAUSTED", {"too_many_calls": 1})
    assert durations.seconds == pytest.approx(server.lines()[0]["duration_ms"] / 1000, abs=1e-6)
