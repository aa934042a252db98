"""Who may call: tokens, certificates and scopes, over a real channel."""

from __future__ import annotations

import asyncio
import io
import json
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import grpc
import pytest
from google.protobuf.descriptor import MethodDescriptor
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from linkedaccounts.application.callers import Caller, Callers, CallersKeeper, CallersRejected, Scope
from linkedaccounts.application.fee_quote import FeeQuote, QuoteRequest
from linkedaccounts.endpoints.admission import Admission
from linkedaccounts.endpoints.call_context import CallContext, current_call
from linkedaccounts.endpoints.call_log import Log
from linkedaccounts.endpoints.callers_reload import CallersReload
from linkedaccounts.endpoints.logging_setup import logging_to
from linkedaccounts.endpoints.scopes import scopes_of
from linkedaccounts.endpoints.server import CONTRACT
from linkedaccounts.endpoints.service import Service
from linkedaccounts.v1 import fee_quote_service_pb2 as contract
from linkedaccounts.v1 import policy_service_pb2
from tests.endpoints.certificates import Certificates
from tests.endpoints.details import refusal_of
from tests.endpoints.running import Asked, Running, quote_of, running, service_with, with_tls

TOKEN, OTHER = "the-token-of-checkout", "the-token-of-the-portal"
URI, DNS, COMMON = "spiffe://example/portal", "portal.internal", "portal"
CHECKOUT = Caller("checkout", frozenset({Scope.QUOTES}))
PORTAL = Caller("portal", frozenset({Scope.QUOTES, Scope.ACCOUNTS}))
REQUEST = contract.QuoteFeesRequest()
METHODS = [method for service in CONTRACT for method in service.methods]


def digest(token: str) -> bytes:
    return sha256(token.encode()).digest()


KNOWN = Callers({digest(TOKEN): CHECKOUT}, dict.fromkeys((URI, DNS, COMMON), PORTAL))


@dataclass
class File:
    """Stands for the callers' file: what it holds now, or why it cannot be read."""

    content: Callers | Exception = field(default=KNOWN)

    def __call__(self) -> Callers:
        if isinstance(self.content, Exception):
            raise self.content
        return self.content


def service_for(load: Any = File(), **use_cases: Any) -> Service:  # noqa: B008  # nobody changes this one
    return service_with(callers=CallersKeeper(load), **use_cases)


def bearer(token: str = TOKEN) -> list[tuple[str, str]]:
    return [("authorization", f"Bearer {token}")]


async def quoted_by(metadata: Any = (), **options: Any) -> str:
    """Who the log says has asked for a quote, which is answered."""
    async with running(service_for(), **options) as server:
        await server.fees.QuoteFees(REQUEST, metadata=metadata)
    (line,) = server.lines()
    return str(line["caller"])


async def refused(metadata: Any = (), **options: Any) -> None:
    """A quote is refused, for the service does not know who asks; the log names nobody."""
    async with running(service_for(), **options) as server:
        code, details = await refusal_of(server.fees.QuoteFees(REQUEST, metadata=metadata))
    (line,) = server.lines()

    assert code == grpc.StatusCode.UNAUTHENTICATED
    assert set(details) == {"ErrorInfo", "LocalizedMessage"}
    assert (details["ErrorInfo"].reason, dict(details["ErrorInfo"].metadata)) == ("CALLER_UNKNOWN", {})
    assert line["status"] == "UNAUTHENTICATED"
    assert "caller" not in line


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
async def test_a_caller_is_known_by_its_token(scheme: str) -> None:
    assert await quoted_by([("authorization", f"{scheme} {TOKEN}")]) == "checkout"


@pytest.mark.parametrize(
    "header",
    [None, "", "Bearer", "Bearer ", f"Bearer {OTHER}", TOKEN, f"Basic {TOKEN}", f"Bearer {TOKEN}x", f"Bearer{TOKEN}"],
)
async def test_without_a_token_that_is_known_nothing_is_answered(header: str | None) -> None:
    await refused([("authorization", header)] if header is not None else ())


async def test_the_hash_of_a_token_is_no_token() -> None:
    await refused(bearer(digest(TOKEN).hex()))


@pytest.fixture
def certificates(tmp_path: Path) -> Certificates:
    return Certificates(tmp_path)


def mutual(certificates: Certificates, *names: str, common_name: str | None = None) -> dict[str, Any]:
    """The settings of a server with mutual TLS, and the credentials of a caller with these names."""
    caller = certificates.authority.issue_cert(*names, common_name=common_name)
    return {"settings": certificates.settings(mutual=True), "credentials": certificates.credentials(caller)}


@with_tls
@pytest.mark.parametrize("names", [[DNS], ["first.internal", DNS]])
async def test_a_caller_is_known_by_a_name_in_its_certificate(certificates: Certificates, names: list[str]) -> None:
    assert await quoted_by(**mutual(certificates, *names)) == "portal"


@with_tls
async def test_a_caller_is_known_by_the_common_name_of_a_certificate_without_other_names(
    certificates: Certificates,
) -> None:
    assert await quoted_by(**mutual(certificates, common_name=COMMON)) == "portal"


def test_a_caller_is_known_by_a_uri_in_its_certificate() -> None:
    """As gRPC tells it: the library that makes certificates here makes none with URIs."""
    context: Any = SimpleNamespace(auth_context=lambda: {"peer_uri": [b"spiffe://example/other", URI.encode()]})
    call = CallContext("abc")
    Admission(lambda: KNOWN, {"/a.B/C": Scope.ACCOUNTS}).to("/a.B/C")(call, context)

    assert call.caller == "portal"


def test_a_method_that_states_no_scope_is_not_served() -> None:
    silent: Any = health_pb2.DESCRIPTOR.services_by_name["Health"]
    with pytest.raises(TypeError, match="does not state its scope"):
        scopes_of([silent])
    with pytest.raises(KeyError):
        Admission(lambda: KNOWN, {}).to("/a.B/C")


def test_no_secret_of_a_call_is_shown_with_it() -> None:
    assert "secret" not in repr(CallContext("abc", authorization="secret", session_token="secret"))


async def test_the_token_of_the_sellers_session_is_kept_for_the_use_cases() -> None:
    calls: list[CallContext] = []

    def quote(request: QuoteRequest) -> FeeQuote:
        calls.append(current_call())
        return quote_of(request)

    async with running(service_for(quote_fees=quote)) as server:
        await server.fees.QuoteFees(REQUEST, metadata=[*bearer(), ("x-session-token", "abc")])

    assert [(call.session_token, call.caller) for call in calls] == [("abc", "checkout")]


@with_tls
async def test_the_common_name_does_not_count_beside_other_names(certificates: Certificates) -> None:
    await refused(**mutual(certificates, "other.internal", common_name=COMMON))


@with_tls
async def test_names_of_people_and_machines_do_not_count(certificates: Certificates) -> None:
    await refused(**mutual(certificates, f"{COMMON}@example.org", "127.0.0.1"))


@with_tls
async def test_a_token_counts_before_a_certificate(certificates: Certificates) -> None:
    assert await quoted_by(bearer(), **mutual(certificates, DNS)) == "checkout"
    await refused(bearer(OTHER), **mutual(certificates, DNS))


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
@pytest.mark.parametrize("scope", Scope)
async def test_a_method_is_for_callers_with_its_scope(method: MethodDescriptor, scope: Scope) -> None:
    path = f"/{method.containing_service.full_name}/{method.name}"
    needed = scopes_of(CONTRACT)[path]
    callers = Callers({digest(TOKEN): Caller("checkout", frozenset({scope}))})
    async with running(service_for(lambda: callers)) as server:
        code, reason = await outcome(server, path)

    assert (code == grpc.StatusCode.PERMISSION_DENIED) == (scope != needed)
    if scope != needed:
        assert (reason.reason, dict(reason.metadata)) == ("SCOPE_MISSING", {"scope": needed, "caller": "checkout"})
    assert server.lines()[0]["caller"] == "checkout"


async def outcome(server: Running, path: str) -> tuple[grpc.StatusCode, Any]:
    """How a call of bytes that are no message ends: by then it is decided whether the caller may ask."""
    method: Any = server.channel.stream_unary(path)
    code, details = await refusal_of(method(iter([b"\xff"]), metadata=bearer()))
    return code, details["ErrorInfo"]


async def test_a_refusal_tells_people_in_their_language() -> None:
    async with running(service_for()) as server:
        call = server.policies.GetPolicy(
            policy_service_pb2.GetPolicyRequest(), metadata=[*bearer(), ("accept-language", "zh-CN")]
        )
        _, details = await refusal_of(call)

    assert details["LocalizedMessage"].message.startswith("“checkout”无权调用此方法：缺少权限范围“policy”")


async def test_who_is_not_known_takes_no_place_at_work() -> None:
    async with running(service_for(), {"max_concurrent_calls": 1}) as server:
        busy = server.fees.StreamQuoteFees(metadata=bearer())
        await busy.write(contract.StreamQuoteFeesRequest())
        await busy.read()
        code, _ = await refusal_of(server.fees.QuoteFees(REQUEST))
        await busy.done_writing()

    assert code == grpc.StatusCode.UNAUTHENTICATED


async def test_who_is_not_known_reaches_no_use_case() -> None:
    asked = Asked(quote_of)
    async with running(service_for(quote_fees=asked)) as server:
        await refusal_of(server.fees.QuoteFees(REQUEST))

    assert asked.requests == []


async def test_health_is_open() -> None:
    async with running(service_for()) as server:
        health: Any = health_pb2_grpc.HealthStub(server.channel)
        answer = await health.Check(health_pb2.HealthCheckRequest())

    assert answer.status == health_pb2.HealthCheckResponse.SERVING


async def test_reflection_is_for_any_caller_that_is_known() -> None:
    async with running(service_for()) as server:
        channel: Any = server.channel  # the stubs that others publish know no asyncio
        stub: Any = reflection_pb2_grpc.ServerReflectionStub(channel)
        question = reflection_pb2.ServerReflectionRequest(list_services="")
        # Asks nothing: of a stream that is refused while its caller sends, grpc.aio forgets how (grpc/grpc#36066).
        code, _ = await refusal_of(stub.ServerReflectionInfo().read())
        answer = await stub.ServerReflectionInfo(iter([question]), metadata=bearer()).read()

    assert code == grpc.StatusCode.UNAUTHENTICATED
    assert answer.list_services_response.service


async def test_whether_there_is_a_method_is_for_callers_that_are_known() -> None:
    async with running(service_for()) as server:
        method: Any = server.channel.unary_unary("/linkedaccounts.v1.Nonsense/Ask")
        code, _ = await refusal_of(method(b""))
        with pytest.raises(grpc.aio.AioRpcError) as known:
            await method(b"", metadata=bearer())

    assert code == grpc.StatusCode.UNAUTHENTICATED
    assert known.value.code() == grpc.StatusCode.UNIMPLEMENTED


async def reloaded(keeper: CallersKeeper) -> dict[str, Any]:
    """What the log says of a reload."""
    stream = io.BytesIO()
    with logging_to(Log(stream)):
        await CallersReload(keeper)()
    line: dict[str, Any] = json.loads(stream.getvalue())
    return line


async def test_after_a_reload_the_new_token_is_known_and_the_old_one_is_not() -> None:
    file = File()
    keeper = CallersKeeper(file)
    async with running(service_with(callers=keeper)) as server:
        await server.fees.QuoteFees(REQUEST, metadata=bearer())
        file.content = Callers({digest(OTHER): CHECKOUT})
        await asyncio.to_thread(keeper.reload)
        await server.fees.QuoteFees(REQUEST, metadata=bearer(OTHER))
        code, _ = await refusal_of(server.fees.QuoteFees(REQUEST, metadata=bearer()))

    assert code == grpc.StatusCode.UNAUTHENTICATED


async def test_the_log_says_that_callers_were_taken_over() -> None:
    line = await reloaded(CallersKeeper(File()))

    assert (line["event"], line["level"], line["callers"]) == ("callers_reloaded", "info", 2)


@pytest.mark.parametrize(
    ("failure", "problem"),
    [
        (CallersRejected(["callers.toml: is not TOML"]), "callers.toml: is not TOML"),
        (OSError("gone"), "OSError('gone')"),
    ],
)
async def test_callers_that_are_no_good_leave_the_old_ones_and_the_log_says_why(
    failure: Exception, problem: str
) -> None:
    file = File()
    keeper = CallersKeeper(file)
    file.content = failure
    line = await reloaded(keeper)

    assert (line["event"], line["level"], line["problems"]) == ("callers_rejected", "error", [problem])
    assert keeper.current is KNOWN
