"""Nothing secret or personal of a seller is ever logged, counted or said back, whatever becomes of a call."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import grpc
from google.protobuf.message_factory import GetMessageClass
from prometheus_client import CollectorRegistry, generate_latest

from linkedaccounts.application.decision_line import LineWriter, RecordedCall
from linkedaccounts.application.decision_record import DecisionMade
from linkedaccounts.endpoints.counts import counts_of
from linkedaccounts.endpoints.metrics import ServiceMetrics
from linkedaccounts.v1 import facts_pb2
from linkedaccounts.v1 import registration_service_pb2 as registration_contract
from tests.application.marketplace import ADMINISTRATOR, MEMBER, PASSWORD, Marketplace
from tests.endpoints.running import Running, running, service_with
from tests.endpoints.seller_methods import BY_NAME, METHODS, called

EMAILS = ("boss@example.com", "clerk@example.com", "nobody@example.com")
WRONG = "hunter2-is-wrong"
NAME = "Mallory Verysecret"
RECORDED = {"link", "unlink", "register", "fresh_sign_in", "details"}
BAD_DETAIL = "mallory\nverysecret"


@dataclass
class Caller:
    """Calls every method, remembers how each call ended, and everything secret that it held or was given."""

    server: Running
    secrets: set[str] = field(default_factory=lambda: {*EMAILS, PASSWORD, WRONG, NAME, "verysecret", "192.0.2.77"})
    told: list[str] = field(default_factory=list)
    ended: dict[str, set[str]] = field(default_factory=dict)
    token: str = ""
    numbers: Iterator[int] = field(default_factory=count)

    async def ask(self, name: str, **fields: Any) -> Any:
        method = BY_NAME[name]
        if "request_id" in method.input_type.fields_by_name:
            fields.setdefault(
                "request_id", f"request-{len(self.told)}-{len(self.ended)}-{fields.get('password', '')[:1]}"
            )
        request = GetMessageClass(method.input_type)(**fields)
        try:
            answer = await called(self.server, method, request, metadata=(("x-session-token", self.token),))
        except grpc.aio.AioRpcError as error:
            self.told.append(f"{error!r} {error.trailing_metadata()!r}")
            self.ended.setdefault(name, set()).add(error.code().name)
            return None
        self.ended.setdefault(name, set()).add("OK")
        return answer

    async def sign_in(self) -> None:
        signed_in = await self.ask("SignIn", email=EMAILS[0], password=PASSWORD, client_address="192.0.2.77")
        self.take(signed_in.tokens)

    def take(self, tokens: Any) -> None:
        self.secrets |= {tokens.session_token, tokens.refresh_token}
        self.token = tokens.session_token

    async def sign_in_and_renew(self) -> None:
        await self.ask("SignIn", email=EMAILS[0], password=WRONG, client_address="192.0.2.77")
        await self.ask("SignIn", email=EMAILS[2], password=WRONG)
        await self.ask("SignIn", email=WRONG, password="")
        await self.sign_in()
        await self.ask("RefreshSession", refresh_token=WRONG)
        signed_in = await self.ask("SignIn", email=EMAILS[0], password=PASSWORD, request_id="renewed")
        self.take(signed_in.tokens)
        self.take((await self.ask("RefreshSession", refresh_token=signed_in.tokens.refresh_token)).tokens)
        await self.ask("GetSession")

    async def link(self) -> None:
        await self.ask("AddAccount", email=EMAILS[1], password=WRONG)
        await self.ask("AddAccount", email=EMAILS[1], password=PASSWORD)
        await self.ask("ListLinkableAccounts")
        await self.ask("PreviewLink", account_ids=["us", "eu"])
        await self.ask("PreviewLink", account_ids=[])
        await self.ask("LinkAccounts", account_ids=["us", "eu"])
        await self.ask("LinkAccounts", account_ids=["us", "eu", "jp"], accept_permanence=True)
        await self.ask("LinkAccounts", account_ids=["us", "eu"], accept_permanence=True)
        await self.ask("GetLinkedAccounts")
        await self.ask("UnlinkAccounts", account_ids=["us"])

    async def register(self) -> None:
        await self.ask("ListStores")
        company = facts_pb2.BUSINESS_TYPE_COMPANY
        await self.ask("StartRegistration", store="US", business_type=company)
        begun = (await self.ask("StartRegistration", store="MX", business_type=company)).registration
        details = dict(self.answers(begun))
        await self.ask("SaveRegistrationDetails", registration_id=begun.id, details=dict.fromkeys(details, BAD_DETAIL))
        await self.ask("SaveRegistrationDetails", registration_id=begun.id, details=details)
        await self.ask("CompleteRegistration", registration_id=begun.id, details=dict.fromkeys(details, BAD_DETAIL))
        await self.ask("CompleteRegistration", registration_id=begun.id, details=details)
        await self.ask("CompleteRegistration", registration_id=begun.id, details=details)
        await self.ask("GetRegistration", registration_id=begun.id)
        await self.ask("GetRegistration", registration_id="n-1")

    def answers(self, registration: Any) -> Iterator[tuple[str, str]]:
        """A value for each detail; of those that take any text, a secret."""
        for detail in registration.details:
            takes_any = detail.type == registration_contract.DETAIL_TYPE_TEXT and not detail.pattern
            yield detail.id, NAME if takes_any else detail.example

    async def end(self) -> None:
        await self.ask("QuoteSellerFees", account_id="us")
        await self.ask("QuoteSellerFees", account_id="us", day="2001-01-01")
        await self.ask("SignOut")
        self.token = ""
        for name in BY_NAME:
            await self.ask(name)
        for _ in range(8):
            await self.ask("SignIn", email=EMAILS[0], password=WRONG, client_address="192.0.2.77")


def marketplace(market: Marketplace) -> Marketplace:
    for account_id, store in (("us", "US"), ("eu", "EU"), ("jp", "JP")):
        market.account(account_id, store)
    market.user("boss", us=ADMINISTRATOR, jp=MEMBER)
    market.user("clerk", eu=ADMINISTRATOR)
    return market


async def test_no_password_token_e_mail_or_detail_is_logged_counted_or_said_back(market: Marketplace) -> None:
    service = service_with(seller=marketplace(market).seller)
    writer, nobody = LineWriter(), RecordedCall(0, "", "")
    async with running(service, {"log_level": "debug"}) as server:
        caller = Caller(server)
        for part in (caller.sign_in_and_renew, caller.link, caller.register, caller.end):
            await part()
        registry = CollectorRegistry()
        registry.register(ServiceMetrics(service, lambda: counts_of(service, server.tally)))
        server.lines()
        seen = {
            "the log": server.written.getvalue().decode(),
            "the metrics": generate_latest(registry).decode(),
            "the errors": "\n".join(caller.told),
            "the record of decisions": b"".join(writer.line(nobody, made) for made in market.recorded).decode(),
        }

    assert {made.decision for made in market.recorded if isinstance(made, DecisionMade)} == RECORDED
    assert re.findall(r'"(us|eu|jp|boss|clerk|id-\d+)"', seen["the record of decisions"]) == []
    assert len(caller.secrets) > 10
    assert [(place, secret) for place, text in seen.items() for secret in caller.secrets if secret in text] == []
    assert_each_succeeds_and_fails(caller)


def assert_each_succeeds_and_fails(caller: Caller) -> None:
    """Else the test would have shown less than it says."""
    assert set(caller.ended) == {method.name for method in METHODS}
    assert {name for name, ended in caller.ended.items() if "OK" not in ended} == {"UnlinkAccounts"}
    assert {name for name, ended in caller.ended.items() if ended == {"OK"}} == set()
    assert {"UNKNOWN", "INTERNAL"}.isdisjoint(set().union(*caller.ended.values()))
    assert "RESOURCE_EXHAUSTED" in caller.ended["SignIn"]
