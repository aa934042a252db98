"""Grafana's dashboard and the alerts: each query finds something in a real Prometheus that reads a real service."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from functools import reduce
from pathlib import Path
from typing import Any

import grpc
import pytest
from ruamel.yaml import YAML

from linkedaccounts.v1 import fee_quote_service_pb2 as contract
from linkedaccounts.v1.fee_quote_service_pb2_grpc import FeeQuoteServiceStub
from tests.end_to_end.prometheus import SECONDS, Prometheus, reading
from tests.end_to_end.running import ROOT, free_port, serving

DASHBOARD = json.loads((ROOT / "docs/grafana/linked-accounts.json").read_text("utf-8"))
ALERTS = ROOT / "docs/grafana/alerts.yaml"
DOCS = (ROOT / "docs/telemetry.md").read_text("utf-8")
QUOTE = contract.QuoteFeesRequest(
    day="2019-09-30", linked=True, stores=[contract.StoreAccount(store="US", registered_on="2018-01-15")]
)
VARIABLES = {"$__rate_interval": "4s", "$job": ".*", "$instance": ".*"}


def test_each_query_of_the_dashboard_and_the_alerts_finds_something(tmp_path: Path) -> None:
    if shutil.which("prometheus") is None:
        pytest.skip("there is no `prometheus`; Debian's package of that name brings it")
    port = free_port()
    flags = ("--metrics-port", str(port), "--shadow", str(ROOT / "rules"), "--max-concurrent-calls", "1")
    with serving(tmp_path, *flags) as target:
        make_calls(target)
        with reading(port, ALERTS, tmp_path) as prometheus:
            for query in (*dashboard_queries(), *alert_queries()):
                until_found(prometheus, query)
            groups = prometheus.ask("/api/v1/rules")["groups"]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=SECONDS) as page:
            told = set(re.findall(r"^# TYPE (\w+)", page.read().decode(), re.MULTILINE))

    assert {rule["health"] for group in groups for rule in group["rules"]} == {"ok"}
    assert told == set(re.findall(r"^\| `(\w+)` \|", DOCS, re.MULTILINE))


def make_calls(target: str) -> None:
    """Of each kind that is counted: answered, remembered, shed, wrong, unknown, and one whose time runs out."""
    with grpc.insecure_channel(target) as channel:
        stub: Any = FeeQuoteServiceStub(channel)
        for _ in range(3):
            stub.QuoteFees(QUOTE)
        nowhere: Any = channel.unary_unary("/no.Such/Method", lambda _: b"", lambda _: b"")
        assert status_of(lambda: nowhere(None)) == "UNIMPLEMENTED"
        assert status_of(lambda: stub.QuoteFees(contract.QuoteFeesRequest(day="never"))) == "INVALID_ARGUMENT"
        # A time that only the server knows of: with `timeout` the caller may be faster, and give up.
        open_stream = stub.StreamQuoteFees(one_and_wait(), metadata=[("grpc-timeout", "500m")])
        next(open_stream)
        assert status_of(lambda: stub.QuoteFees(QUOTE)) == "RESOURCE_EXHAUSTED"
        assert status_of(lambda: list(open_stream)) == "DEADLINE_EXCEEDED"


def one_and_wait() -> Iterator[contract.StreamQuoteFeesRequest]:
    yield contract.StreamQuoteFeesRequest(request=QUOTE)
    time.sleep(1)  # longer than the call may take


def status_of(call: Any) -> str:
    with pytest.raises(grpc.RpcError) as failed:
        call()
    failure: Any = failed.value
    return str(failure.code().name)


def until_found(prometheus: Prometheus, query: str) -> None:
    """Asks until there is a series: two readings of everything are in after two seconds."""
    end = time.monotonic() + SECONDS
    while not prometheus.series(query):
        assert time.monotonic() < end, f"nothing was found by {query}"
        time.sleep(0.1)


def dashboard_queries() -> Iterator[str]:
    panels = [target["expr"] for panel in DASHBOARD["panels"] for target in panel.get("targets", ())]
    marks = [one["expr"].removesuffix(" > 0") for one in DASHBOARD["annotations"]["list"]]
    for query in (*panels, *marks):
        plain = reduce(lambda text, variable: text.replace(*variable), VARIABLES.items(), query)
        assert "$" not in plain
        yield plain


def alert_queries() -> Iterator[str]:
    """What each alert compares with its bound: that there is anything to compare."""
    for group in YAML(typ="safe").load(ALERTS)["groups"]:
        for rule in group["rules"]:
            measured, _, bound = re.split(r" (==|>) (?=[\d.]+\s*$)", rule["expr"])
            assert float(bound) >= 0
            yield measured


def test_the_alerts_are_sound_for_prometheus_own_tool() -> None:
    if shutil.which("promtool") is None:
        pytest.skip("there is no `promtool`; Debian's package `prometheus` brings it")
    checked = subprocess.run(["promtool", "check", "rules", str(ALERTS)], check=False, capture_output=True, text=True)

    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_panels_lie_beside_each_other_under_ids_of_their_own() -> None:
    taken = [
        (x, y)
        for panel in DASHBOARD["panels"]
        for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]
    ids = [panel["id"] for panel in DASHBOARD["panels"]]

    assert len(set(taken)) == len(taken)
    assert max(x for x, _ in taken) == 23
    assert len(set(ids)) == len(ids)
