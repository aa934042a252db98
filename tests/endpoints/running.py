"""A real server on a free port over use cases that answer as a test tells them to."""

from __future__ import annotations

import asyncio
import io
import json
import os
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from linkedaccounts.application.callers import DEVELOPMENT, CallersKeeper
from linkedaccounts.application.decision_record import QuoteMade
from linkedaccounts.application.fee_quote import FeeQuote, QuoteLine, QuoteRequest, ReportedTotals, Totals
from linkedaccounts.application.keep_policy import PolicyKeeper
from linkedaccounts.application.rule_counts import RuleCounts
from linkedaccounts.domain.billing_cycle import cycle_containing
from linkedaccounts.domain.catalogue import Region, Store, StoreTerms
from linkedaccounts.domain.dated import Dated, DatedEntry
from linkedaccounts.domain.money import Currency, Money
from linkedaccounts.domain.text import Text
from linkedaccounts.endpoints.call_log import Log
from linkedaccounts.endpoints.logging_setup import logging_to
from linkedaccounts.endpoints.server import Server
from linkedaccounts.endpoints.service import BillingService, KeptEvents, SellerService, Service
from linkedaccounts.endpoints.tally import Tally
from linkedaccounts.policy.remembered import Memory
from linkedaccounts.settings import Settings, variable_of
from linkedaccounts.v1.account_service_pb2_grpc import AccountServiceStub
from linkedaccounts.v1.billing_service_pb2_grpc import BillingServiceStub
from linkedaccounts.v1.event_service_pb2_grpc import EventServiceStub
from linkedaccounts.v1.fee_quote_service_pb2_grpc import FeeQuoteServiceStub
from linkedaccounts.v1.linking_service_pb2_grpc import LinkingServiceStub
from linkedaccounts.v1.policy_service_pb2_grpc import PolicyServiceStub
from linkedaccounts.v1.registration_service_pb2_grpc import RegistrationServiceStub

OVER_NATIVE = os.environ.get(variable_of("transport")) == "native"
"""Whether these tests run over the other transport: `LINKED_ACCOUNTS_TRANSPORT=native pytest tests/endpoints`."""
without_pushback = pytest.mark.xfail(OVER_NATIVE, reason="pygrpc-native sends no metadata whose key begins with grpc-")
with_tls = pytest.mark.skipif(OVER_NATIVE, reason="the native transport speaks plain text")

DAY = date(2019, 9, 30)
VERSION = "5eed" * 16
USD = Currency("USD", 2)
ASIA = Region("AS", Text({"en": "Asia", "zh-CN": "亚洲"}))
JAPAN = Store(
    "JP",
    Text({"en": "Japan", "zh-CN": "日本"}),
    ASIA,
    Dated((DatedEntry(date(2010, 1, 1), None, StoreTerms(Money(4999, USD), ("JP",))),)),
)
STORES = {"JP": JAPAN}


def money(minor: int, currency: Currency = USD) -> Money:
    return Money(minor, currency)


def quote_of(request: QuoteRequest) -> FeeQuote:
    """A quote with a line for each store of the request, which costs a dollar."""
    dollar, nothing = money(100), money(0)
    cycle = cycle_containing(DAY, DAY)
    lines = tuple(
        QuoteLine(account.store, dollar, dollar, nothing, first_month=True, cycle=cycle, rate=None, adjustments=())
        for account in request.stores
    )
    totals = Totals(money(100 * len(lines)), money(100 * len(lines)), nothing)
    total = ReportedTotals(USD, Fraction(len(lines)), Fraction(len(lines)))
    return FeeQuote(DAY, lines, (totals,), total, estimate=False, notes=(), policy_version=VERSION)


@dataclass
class Asked:
    """A use case that remembers what it was asked, and answers as it is told to."""

    answer: Callable[[Any], Any]
    requests: list[Any] = field(default_factory=list)

    def __call__(self, request: Any) -> Any:
        self.requests.append(request)
        return self.answer(request)


@dataclass(frozen=True)
class FakeQuoteFees:
    """The use case, as a test tells it to answer; each time on other grounds, so that it is asked each time."""

    answer: Callable[[Any], Any]

    def grounds(self) -> Any:
        return object()

    def on(self, grounds: Any, request: Any) -> QuoteMade:
        nothing: Any = None
        return QuoteMade(nothing, nothing, request, "", self.answer(request), written=(b"{}", b"{}"))

    def record(self, made: QuoteMade) -> None:
        """Nobody looks at the record."""


def service_with(  # noqa: PLR0913, PLR0917  # each is a use case of its own, given by its name
    quote_fees: Any = quote_of,
    get_fee_schedule: Any = None,
    policy: Any = None,
    check_eligibility: Any = None,
    callers: CallersKeeper | None = None,
    seller: SellerService | None = None,
    report: Any = None,
) -> Service:
    current: Any = SimpleNamespace(version=VERSION, files=(), warnings=(), catalogue=SimpleNamespace(stores=STORES))
    keeper: Any = policy or PolicyKeeper(current, lambda: datetime(2019, 10, 1, tzinfo=UTC))
    rates: Any = SimpleNamespace(age_days=lambda today: (today - DAY).days)
    decisions: Any = SimpleNamespace(recorded=0, lost=0, waiting=0)
    nothing: Any = None
    quotes: Any = FakeQuoteFees(quote_fees)
    return Service(
        quote_fees=quotes,
        get_fee_schedule=get_fee_schedule,
        check_eligibility=check_eligibility,
        explain_decision=nothing,
        explain_quote=nothing,
        policy=keeper,
        memory=Memory(),
        policies=nothing,
        rates=rates,
        refresh_rates=nothing,
        today=lambda: DAY,
        callers=callers or CallersKeeper(lambda: DEVELOPMENT),
        decisions=decisions,
        rules=RuleCounts(),
        shadow=None,
        seller=seller or seller_with(),
        events=KeptEvents(nothing, nothing),
        billing=BillingService(report, nothing),
    )


def unasked(*given: Any, **options: Any) -> Any:
    raise AssertionError("nobody told this use case what to answer")


def seller_with(**use_cases: Any) -> SellerService:
    """Use cases about sellers; one that is not given is not to be asked."""
    names = (one.name for one in fields(SellerService))
    return SellerService(**{name: use_cases.get(name, unasked) for name in names})


@dataclass
class Running:
    """A server that runs, what it wrote to the log, and a channel to it."""

    server: Server
    target: str
    tally: Tally
    log: Log
    written: io.BytesIO
    channel: grpc.aio.Channel

    @property
    def fees(self) -> Any:
        return FeeQuoteServiceStub(self.channel)

    @property
    def events(self) -> Any:
        return EventServiceStub(self.channel)

    @property
    def linking(self) -> Any:
        return LinkingServiceStub(self.channel)

    @property
    def accounts(self) -> Any:
        return AccountServiceStub(self.channel)

    @property
    def registrations(self) -> Any:
        return RegistrationServiceStub(self.channel)

    @property
    def billing(self) -> Any:
        return BillingServiceStub(self.channel)

    @property
    def policies(self) -> Any:
        return PolicyServiceStub(self.channel)

    def lines(self, event: str = "call") -> list[dict[str, Any]]:
        """The log's lines of one kind; nothing is logged after this."""
        self.log.stop()
        lines = [json.loads(line) for line in self.written.getvalue().splitlines()]
        return [line for line in lines if line["event"] == event]


@asynccontextmanager
async def running(
    service: Service | None = None,
    settings: Mapping[str, Any] | None = None,
    credentials: grpc.ChannelCredentials | None = None,
    **options: Any,
) -> AsyncIterator[Running]:
    """A server with ``settings`` over ``service``; at the end every call has ended. ``options`` are the channel's."""
    given = Settings(**{"port": 0, **(settings or {})})
    written = io.BytesIO()
    with logging_to(Log(written, given.log_level)) as log:
        tally = Tally()
        server = Server(service or service_with(), given, log, tally, look=lambda: None)
        target = f"localhost:{await server.start()}"
        try:
            async with _channel(target, credentials, options) as channel:
                yield Running(server, target, tally, log, written, channel)
        finally:
            await server.drain(0)
            server.send_traces()


def _channel(target: str, credentials: grpc.ChannelCredentials | None, options: Mapping[str, Any]) -> grpc.aio.Channel:
    listed = [(f"grpc.{name}", value) for name, value in {"enable_retries": 0, **options}.items()]
    if credentials is None:
        return grpc.aio.insecure_channel(target, options=listed)
    return grpc.aio.secure_channel(target, credentials, options=listed)


async def until(condition: Callable[[], object]) -> None:
    """Lets everything else on the loop go on until ``condition`` holds."""
    while not condition():  # noqa: ASYNC110 - what is waited for has no event to wait on
        await asyncio.sleep(0)


async def standstill(server: Running, asked: Asked) -> int:
    """How many requests were taken up when, over many rounds through the server's loop, no more are."""
    health: Any = health_pb2_grpc.HealthStub(server.channel)
    rounds, seen = 0, -1
    while rounds < 50:
        rounds = rounds + 1 if len(asked.requests) == seen and seen > 0 else 0
        seen = len(asked.requests)
        await health.Check(health_pb2.HealthCheckRequest())
    return seen
