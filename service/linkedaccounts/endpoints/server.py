"""The gRPC server: its services with health and reflection, how it begins to answer, and how it stops."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from random import SystemRandom

from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_health.v1._async import HealthServicer
from grpc_reflection.v1alpha import reflection

from linkedaccounts.application.roll_back_policy import PolicyOperations
from linkedaccounts.endpoints.accounts import Accounts
from linkedaccounts.endpoints.admission import Admission
from linkedaccounts.endpoints.billing import Billing
from linkedaccounts.endpoints.call_interceptor import CallInterceptor, Limits
from linkedaccounts.endpoints.call_log import Log
from linkedaccounts.endpoints.credentials import server_credentials
from linkedaccounts.endpoints.events import Events, feed_of
from linkedaccounts.endpoints.fee_quotes import FeeQuotes
from linkedaccounts.endpoints.linking import Linking
from linkedaccounts.endpoints.otlp import tracing_of
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
from linkedaccounts.endpoints.transport import server_of
from linkedaccounts.settings import Settings
from linkedaccounts.v1 import (
    account_service_pb2,
    billing_service_pb2,
    event_service_pb2,
    fee_quote_service_pb2,
    linking_service_pb2,
    policy_service_pb2,
    registration_service_pb2,
)
from linkedaccounts.v1.account_service_pb2_grpc import add_AccountServiceServicer_to_server
from linkedaccounts.v1.billing_service_pb2_grpc import add_BillingServiceServicer_to_server
from linkedaccounts.v1.event_service_pb2_grpc import add_EventServiceServicer_to_server
from linkedaccounts.v1.fee_quote_service_pb2_grpc import add_FeeQuoteServiceServicer_to_server
from linkedaccounts.v1.linking_service_pb2_grpc import add_LinkingServiceServicer_to_server
from linkedaccounts.v1.policy_service_pb2_grpc import add_PolicyServiceServicer_to_server
from linkedaccounts.v1.registration_service_pb2_grpc import add_RegistrationServiceServicer_to_server

CONTRACT = tuple(
    service
    for file in (
        account_service_pb2,
        event_service_pb2,
        billing_service_pb2,
        fee_quote_service_pb2,
        linking_service_pb2,
        policy_service_pb2,
        registration_service_pb2,
    )
    for service in file.DESCRIPTOR.services_by_name.values()
)
SERVICES = tuple(service.full_name for service in CONTRACT)
HEALTH = health_pb2.DESCRIPTOR.services_by_name["Health"].full_name
SELLER_THREADS = 8
"""As many as storage has connections: more would only wait for one."""


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
        """``look`` has the policies watched at once by whoever does; ``reuse_port`` is for one of several processes.

        CannotServe if calls are to be traced and what for is not installed.
        """
        self._settings = settings
        self._reuse_port = reuse_port
        limits = Limits(settings.max_concurrent_calls, settings.max_message_bytes)
        admission = Admission(lambda: service.callers.current, scopes_of(CONTRACT))
        self._shedding = _shedding(settings, tally)
        shed = self._shedding.handler if self._shedding else never
        self._interceptor = CallInterceptor(limits, admission, log, tally, service.policy, shed)
        self._tracing = tracing_of(settings)
        if self._tracing is not None:
            self._interceptor.trace_by(self._tracing)
        self._server = server_of(settings, self._interceptor, reuse_port=reuse_port)
        self._answers = QuoteAnswers(service.quote_fees, settings.quotes_remembered, tally)
        self._health = HealthServicer()
        self._threads = Threads(SELLER_THREADS, tally)
        self._feed = feed_of(service.events.log, settings, tally)
        add_EventServiceServicer_to_server(Events(self._feed, tally), self._server)
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
        self._feed.stop()
        self._end_shedding()
        await self._server.stop(self._settings.drain_seconds)
        self._threads.stop()

    async def stop(self) -> None:
        """Ends all calls and stops."""
        self._end_shedding()
        await self._server.stop(None)
        self._threads.stop()

    def send_traces(self) -> None:
        """Sends the traces that are left, once it has stopped; this waits for the network."""
        if self._tracing is not None:
            self._tracing.stop()

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
        add_BillingServiceServicer_to_server(Billing(service.billing.report, calls), self._server)
        operations = PolicyOperations(service.policy, service.policies, look)
        shadow = service.shadow.version if service.shadow else ""
        explain = (service.explain_decision, service.explain_quote)
        policies = PolicyAnswers(service.policy, operations, *explain, shadow)
        add_PolicyServiceServicer_to_server(policies, self._server)
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        reflection.enable_server_reflection((*SERVICES, HEALTH, reflection.SERVICE_NAME), self._server)


def _shedding(settings: Settings, tally: Tally) -> Shedding | None:
    """What sheds, if anything does; the native transport has no second socket to find out by how long calls wait."""
    if settings.shed_after_ms and settings.transport == "grpc":
        return Shedding(settings.shed_after_ms, tally, SystemRandom())
    return None
