"""The Cerbos server, and the checks that it is asked: one store of a seller each, or many in a call."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import grpc
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.json_format import MessageToDict, ParseDict
from google.protobuf.message_factory import GetMessageClass
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

from linkedaccounts.loadtest.calls import Prepared, Question, Shape, message_bytes, messages_of
from linkedaccounts.loadtest.headers import opening_block
from linkedaccounts.v1.fee_quote_service_pb2 import QuoteFeesRequest
from service import Running, free_port, running

SERVICE, METHOD = "cerbos.svc.v1.CerbosService", "CheckResources"
POLICIES = Path(__file__).with_name("cerbos")
ACTION, ALLOWED = "share_plan", "EFFECT_ALLOW"
MOST_RESOURCES = 50
"""What Cerbos takes in one call, unless told otherwise."""


@dataclass(frozen=True, slots=True)
class Store:
    """What the rules of `charging` look at of a seller's store, and whether it has a share of the plan."""

    linked: bool
    store_count: int
    first_month: bool
    shares_plan: bool


@contextmanager
def cerbos(binary: Path, *, audit: bool) -> Iterator[Running]:
    """Cerbos with the policy of `docs/benchmarks/cerbos`, for one core; with ``audit`` it logs what it does."""
    port, http_port = free_port(), free_port()
    with TemporaryDirectory(prefix="linked-accounts-bench-") as folder:
        settings = Path(folder, "cerbos.json")
        settings.write_text(json.dumps(_settings(port, http_port, Path(folder, "audit.log"), audit=audit)), "utf-8")
        command = (str(binary), "server", "--config", str(settings))
        environment = {**os.environ, "GOMAXPROCS": "1"}
        with running(command, port, Path(folder), lambda log: "Starting HTTP server" in log, environment) as server:
            yield server


@dataclass(frozen=True, slots=True)
class Checks:
    """Makes calls for a Cerbos server, and reads its answers: messages of the types that it tells by reflection."""

    request: Any
    response: Any

    def calls(self, stores: Sequence[Store], size: int) -> list[Prepared]:
        """Calls that together check all stores, ``size`` in each."""
        block = opening_block(f"/{SERVICE}/{METHOD}", "127.0.0.1", "http", 20_000, ())
        parts = [stores[start : start + size] for start in range(0, len(stores), size)]
        # The engine counts what a call asks by its questions: one for each store.
        return [
            Prepared(Shape.UNARY, [Question(QuoteFeesRequest())] * len(part), block, self._body(part)) for part in parts
        ]

    def allowed(self, body: bytes) -> list[bool]:
        """What the answer to a call says of each store."""
        answer = MessageToDict(self.response.FromString(messages_of(body)[0]))
        return [result["actions"][ACTION] == ALLOWED for result in answer["results"]]

    def _body(self, stores: Sequence[Store]) -> bytes:
        resources = [{"actions": [ACTION], "resource": _resource(number, store)} for number, store in enumerate(stores)]
        principal = {"id": "seller", "roles": ["seller"]}
        request = ParseDict({"requestId": "1", "principal": principal, "resources": resources}, self.request())
        return message_bytes([request.SerializeToString()])


def checks_of(server: Running) -> Checks:
    """The types are asked of the server itself."""
    with grpc.insecure_channel(server.target) as channel:
        pool = DescriptorPool(ProtoReflectionDescriptorDatabase(channel))
        method = pool.FindServiceByName(SERVICE).methods_by_name[METHOD]
        return Checks(GetMessageClass(method.input_type), GetMessageClass(method.output_type))


def _resource(number: int, store: Store) -> dict[str, Any]:
    attributes = {"linked": store.linked, "store_count": store.store_count, "first_month": store.first_month}
    return {"kind": "account", "id": str(number), "attr": attributes}


def _settings(port: int, http_port: int, log: Path, *, audit: bool) -> dict[str, Any]:
    return {
        "server": {"grpcListenAddr": f"127.0.0.1:{port}", "httpListenAddr": f"127.0.0.1:{http_port}"},
        "storage": {"driver": "disk", "disk": {"directory": str(POLICIES), "watchForChanges": False}},
        "telemetry": {"disabled": True},
        "audit": {
            "enabled": audit,
            "accessLogsEnabled": audit,
            "decisionLogsEnabled": audit,
            "backend": "file",
            "file": {"path": str(log)},
        },
    }
