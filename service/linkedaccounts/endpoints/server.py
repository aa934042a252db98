"""The gRPC server: its services with health and reflection, how it begins to answer, and how it stops."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from random import SystemRandom
from typing import Any

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_health.v1._async import HealthServicer
from grpc_reflection.v1alpha import reflection

from linkedaccounts.application.roll_back_policy import PolicyOperations
from linkedaccounts.endpoints.accounts import Accounts
from linkedaccounts.endpoints.admission import Admission
from linkedaccounts.endpoints.call_interceptor import CallInterceptor, Limits
from linkedaccounts.endpoints.call_log import Log
from linkedaccounts.endpoints.credentials import server_credentials
from linkedaccounts.endpoints.fee_quotes import FeeQuotes
from linkedaccounts.endpoints.linking import Linking
from linkedaccounts.endpoints.policy_service import PolicyAnswers
from linkedaccounts.endpoints.ports import CannotServe, address_of, check_free
from linkedaccounts.endpoints.quote_answers import QuoteAnswers
from linkedaccounts.endpoints.registrations import Registrations
from linkedaccounts.endpoints.scopes import scopes_of
from linkedaccounts.endpoints.seller_calls import SellerCalls
from linkedaccounts.endpoints.service import Service
from linkedaccounts.endpoints.shedding import Shedding, never
from linkedaccounts.endpoints.tally import Tally
from linkedaccounts.endpoints.threads import Threads
from linkedaccounts.settings import Settings
from linkedaccounts.v1 import (
    account_service_pb2,
    fee_quote_service_pb2,
    linking_service_pb2,
    policy_service_pb2,
    registration_service_pb2,
)
from linkedaccounts.v1.account_service_pb2_grpc import add_AccountServiceServicer_to_server
from linkedaccounts.v1.fee_quote_service_pb2_grpc import add_FeeQuoteServiceServicer_to_server
from linkedaccounts.v1.linking_service_pb2_grpc import add_LinkingServiceServicer_to_server
from linkedaccounts.v1.policy_service_pb2_grpc import add_PolicyServiceServicer_to_server
from linkedaccounts.v1.registration_service_pb2_grpc import add_RegistrationServiceServicer_to_server

CONTRACT = tuple(
    service
    for file in (
        account_service_pb2,
        fee_quote_service_pb2,
        linking_service_pb2,
        policy_service_pb2,
        registration_service_pb2,
    )
    for service in file.DESCRIPTOR.services_by_name.values()
)
SERVICES = tuple(service.full_name for service in CONTRACT)
HEALTH = health_pb2.DESCRIPTOR.services_by_name["Health"].full_name
AGE_GRACE_SECONDS = 30
KEEPALIVE_SECONDS = 120
SHORTEST_PING_SECONDS = 30
SELLER_THREADS = 8
"""As many as storage has connections: more would only wait for one."""
ROOM_ABOVE_THE_LIMIT = 2
"""gRPC itself ends a call without details at so many times the limit; up to there the refusal is the service's own."""

MOST_WAITING = 600
"""Calls that wait inside gRPC. If more come than can even be refused, it ends some by itself from half of this on."""


class Server:
    """One server on one port; made on a running event loop."""

    def __init__(
        self,
        service: Service,
        settings: Settings,
        log: Log,
        tally: Tally,
        look: Callable[[], object],
        *,
        reuse_port: bool = False,
    ) -> None:
        """``look`` has the policies watched at once by whoever does; ``reuse_port`` is for one of several processes."""
        self._settings = settings
        self._reuse_port = reuse_port
        limits = Limits(settings.max_concurrent_calls, settings.max_message_bytes)
        admission = Admission(lambda: service.callers.current, scopes_of(CONTRACT))
        target = settings.shed_after_ms
        self._shedding = Shedding(target, tally, SystemRandom()) if target else None
        shed = self._shedding.handler if self._shedding else never
        self._interceptor = CallInterceptor(limits, admission, log, tally, service.policy, shed)
        self._server = grpc.aio.server(
            interceptors=[self._interceptor], options=channel_options(settings, reuse_port=reuse_port)
        )
        self._answers = QuoteAnswers(service.quote_fees, settings.quotes_remembered, tally)
        self._health = HealthServicer()
        self._threads = Threads(SELLER_THREADS)
        self._add_services(service, look)

    async def start(self) -> int:
        """Begins to answer, and returns the port; CannotServe if it is taken or the TLS files are no good."""
        port = self._listen()
        if self._shedding:
            self._shedding.listen(self._server)
        await self._server.start()
        if self._shedding:
            await self._shedding.start()
        for name in SERVICES:
            await self._health.set(name, health_pb2.HealthCheckResponse.SERVING)
        return port

    async def drain(self, notice_seconds: float) -> None:
        """Tells that it stops, goes on for ``notice_seconds``, then lets calls at work end for `drain_seconds`."""
        await self._health.enter_graceful_shutdown()
        await asyncio.sleep(notice_seconds)
        self._interceptor.end_watching()
        self._end_shedding()
        await self._server.stop(self._settings.drain_seconds)
        self._threads.stop()

    async def stop(self) -> None:
        """Ends all calls and stops."""
        self._end_shedding()
        await self._server.stop(None)
        self._threads.stop()

    def _end_shedding(self) -> None:
        if self._shedding:
            self._shedding.stop()

    def _listen(self) -> int:
        settings = self._settings
        credentials = server_credentials(settings.tls_certificate, settings.tls_key, settings.tls_client_ca)
        if not self._reuse_port:
            check_free(settings.host, settings.port)
        address = address_of(settings.host, settings.port)
        try:
            if credentials is None:
                return self._server.add_insecure_port(address)
            return self._server.add_secure_port(address, credentials)
        except RuntimeError:
            raise CannotServe(f"cannot listen on {address}") from None

    def _add_services(self, service: Service, look: Callable[[], object]) -> None:
        seller = service.seller
        calls = SellerCalls(self._threads, lambda: service.policy.of_call().catalogue.stores)
        batch_size = self._settings.max_batch_size
        quotes = FeeQuotes(self._answers, service.get_fee_schedule, batch_size, seller.quote_seller_fees, calls)
        add_FeeQuoteServiceServicer_to_server(quotes, self._server)
        add_LinkingServiceServicer_to_server(Linking(service.check_eligibility, seller, calls), self._server)
        add_AccountServiceServicer_to_server(Accounts(seller, calls), self._server)
        add_RegistrationServiceServicer_to_server(Registrations(seller, calls), self._server)
        operations = PolicyOperations(service.policy, service.policies, look)
        shadow = service.shadow.version if service.shadow else ""
        explain = (service.explain_decision, service.explain_quote)
        policies = PolicyAnswers(service.policy, operations, *explain, shadow)
        add_PolicyServiceServicer_to_server(policies, self._server)
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        reflection.enable_server_reflection((*SERVICES, HEALTH, reflection.SERVICE_NAME), self._server)


def channel_options(settings: Settings, *, reuse_port: bool = False) -> list[tuple[str, Any]]:
    """How gRPC treats a server's connections."""
    options = [
        ("grpc.max_receive_message_length", ROOM_ABOVE_THE_LIMIT * settings.max_message_bytes),
        ("grpc.so_reuseport", int(reuse_port)),
        ("grpc.keepalive_time_ms", KEEPALIVE_SECONDS * 1000),
        ("grpc.http2.min_ping_interval_without_data_ms", SHORTEST_PING_SECONDS * 1000),
    ]
    if settings.shed_after_ms:
        options.append(("grpc.server.max_pending_requests", MOST_WAITING // 2))
        options.append(("grpc.server.max_pending_requests_hard_limit", MOST_WAITING))
    if age := settings.max_connection_age_seconds:
        options.append(("grpc.max_connection_age_ms", age * 1000))
        options.append(("grpc.max_connection_age_grace_ms", AGE_GRACE_SECONDS * 1000))
    return options
