"""Locust: users who ask for ten quotes a second each, of the sellers in requests.json.

From the root of the repository:

    .venv/bin/pip install --constraint .constraints.txt locust
    .venv/bin/locust -f docs/loadtests/locustfile.py --headless --users 20 --run-time 30s --host 127.0.0.1:50051

With a service that wants to know who calls, TOKEN says so. Sellers of your own:

    .venv/bin/linked-accounts loadtest requests --count 1000 > docs/loadtests/requests.json

Each user waits for an answer before it asks again, so a stall of the service looks smaller than it is; and Locust makes
a few thousand calls a second at most, so look at whose limit you see.
"""

from __future__ import annotations

import json
import os
import time
from itertools import cycle
from pathlib import Path

import grpc
from google.protobuf.json_format import ParseDict
from grpc.experimental import gevent
from locust import User, constant_throughput, task

from linkedaccounts.v1.fee_quote_service_pb2 import QuoteFeesRequest
from linkedaccounts.v1.fee_quote_service_pb2_grpc import FeeQuoteServiceStub

gevent.init_gevent()

SELLERS = json.loads(Path(__file__).with_name("requests.json").read_text("utf-8"))
REQUESTS = cycle([ParseDict(seller, QuoteFeesRequest()) for seller in SELLERS])
METADATA = [("authorization", f"Bearer {os.environ['TOKEN']}")] if "TOKEN" in os.environ else []


class Asker(User):
    """Asks for one quote after the other, over a connection of its own."""

    wait_time = constant_throughput(10)

    def on_start(self) -> None:
        """Connects."""
        self.channel = grpc.insecure_channel(self.host, options=[("grpc.use_local_subchannel_pool", 1)])
        self.quotes = FeeQuoteServiceStub(self.channel)

    def on_stop(self) -> None:
        """Ends the connection."""
        self.channel.close()

    @task
    def quote_fees(self) -> None:
        """Asks once, and tells Locust how that went."""
        began, size, failure = time.perf_counter(), 0, None
        try:
            size = self.quotes.QuoteFees(next(REQUESTS), timeout=5, metadata=METADATA).ByteSize()
        except grpc.RpcError as error:
            failure = error
        self.environment.events.request.fire(
            request_type="grpc",
            name="QuoteFees",
            response_time=(time.perf_counter() - began) * 1000,
            response_length=size,
            exception=failure,
            context={},
        )
