"""The definitions for other load tools: held against the contract, as each of those tools would read them."""

from __future__ import annotations

import json
import os
import re
import runpy
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import grpc
import pytest
from click.testing import CliRunner
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.json_format import ParseDict
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from linkedaccounts.cli.main import main
from linkedaccounts.v1.fee_quote_service_pb2 import QuoteFeesRequest
from tests.client.fake_calls import Refused
from tests.client.fake_service import running
from tests.contract.building import ROOT

FOLDER = ROOT / "docs" / "loadtests"
REQUESTS = json.loads((FOLDER / "requests.json").read_text("utf-8"))
PROTOSET = ".venv/contract.binpb"

# The keys of its configuration that ghz knows (runner/config.go); it passes over others without a word.
GHZ_KNOWS = {
    *("host", "insecure", "protoset", "call", "data-file", "metadata"),
    *("rps", "async", "duration", "duration-stop", "concurrency", "connections", "timeout"),
}


@pytest.fixture(scope="module")
def methods(contract: Path) -> dict[str, MethodDescriptor]:
    """The contract's methods by their full name, from the file that those tools read, and nothing else."""
    pool, names = DescriptorPool(), []
    for file in FileDescriptorSet.FromString(contract.read_bytes()).file:
        pool.Add(file)
        names += [f"{file.package}.{service.name}.{each.name}" for service in file.service for each in service.method]
    return {name: pool.FindMethodByName(name) for name in names}


def parsed(method: MethodDescriptor, request: dict[str, Any]) -> Message:
    """The request as the method's message; ParseError if it is none."""
    return ParseDict(request, GetMessageClass(method.input_type)())


def test_the_contract_that_they_read_is_what_make_contract_writes() -> None:
    assert f"protos/generate.py --descriptors {PROTOSET}\n" in (ROOT / "Makefile").read_text("utf-8")


def test_the_requests_are_those_that_the_load_tester_draws() -> None:
    drawn = CliRunner().invoke(main, ["loadtest", "requests", "--count", str(len(REQUESTS))])

    assert json.loads(drawn.output) == REQUESTS


def test_ghz_finds_its_method_and_its_requests(methods: dict[str, MethodDescriptor]) -> None:
    config = tomllib.loads((FOLDER / "ghz.toml").read_text("utf-8"))
    requests = json.loads((ROOT / config["data-file"]).read_text("utf-8"))

    assert set(config) <= GHZ_KNOWS
    assert config["protoset"] == PROTOSET
    assert [len(parsed(methods[config["call"]], request).stores) for request in requests]  # type: ignore[attr-defined]


def test_k6_asks_for_each_request_in_turn(methods: dict[str, MethodDescriptor], tmp_path: Path) -> None:
    if not shutil.which("node"):
        pytest.skip("node is not installed (Debian: nodejs)")
    stand_in = Path(__file__).with_name("k6_stand_in.mjs")
    done = subprocess.run(
        ["node", stand_in, FOLDER / "k6.js", tmp_path], check=True, capture_output=True, text=True, timeout=60
    )
    seen = json.loads(done.stdout)

    assert seen["protosets"] == [str(ROOT / PROTOSET)]
    assert seen["connected"] == [["127.0.0.1:50051", {"plaintext": True}]]
    assert [request for _, request, _ in seen["calls"]] == REQUESTS[:100]
    for method, request, _ in seen["calls"]:
        parsed(methods[method.replace("/", ".")], request)
    assert all(seen["checks"].values())


@pytest.fixture
def without_locust(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the Locust file needs of Locust, and gRPC as it is without it."""
    locust, gevent = ModuleType("locust"), ModuleType("grpc.experimental.gevent")
    vars(locust).update(User=SimpleNamespace, constant_throughput=lambda rate: rate, task=lambda method: method)
    vars(gevent).update(init_gevent=lambda: None)
    monkeypatch.setitem(sys.modules, "locust", locust)
    monkeypatch.setitem(sys.modules, "grpc.experimental.gevent", gevent)
    monkeypatch.setattr("grpc.experimental.gevent", gevent, raising=False)


@pytest.mark.usefixtures("without_locust")
def test_locust_asks_for_each_request_in_turn_and_tells_how_that_went() -> None:
    told: list[dict[str, Any]] = []
    environment = SimpleNamespace(
        events=SimpleNamespace(request=SimpleNamespace(fire=lambda **what: told.append(what)))
    )
    with running() as service:
        asker = runpy.run_path(str(FOLDER / "locustfile.py"))["Asker"](host=service.target, environment=environment)
        asker.on_start()
        asker.quote_fees()
        service.refusals.append(Refused(grpc.StatusCode.RESOURCE_EXHAUSTED))
        asker.quote_fees()
        asker.on_stop()
        asked = [seen.request for seen in service.seen]

    assert asked == [ParseDict(request, QuoteFeesRequest()) for request in REQUESTS[:2]]
    assert (told[0]["name"], told[0]["exception"]) == ("QuoteFees", None)
    assert told[0]["response_length"] > 0
    assert told[1]["exception"].code() is grpc.StatusCode.RESOURCE_EXHAUSTED


def test_h2load_knows_the_path_of_the_method(methods: dict[str, MethodDescriptor]) -> None:
    script = (FOLDER / "h2load").read_text("utf-8")
    (path,) = re.findall(r"http://\$target/(\S+)\"", script)

    assert path.replace("/", ".") in methods
    assert os.access(FOLDER / "h2load", os.X_OK)
