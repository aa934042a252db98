"""The server as the world around it sees it: transport security, health, reflection, ports and the way it stops."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path
from typing import Any

import grpc
import pytest
import trustme
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from linkedaccounts.endpoints.health_question import HealthUnknown, health
from linkedaccounts.endpoints.ports import CannotServe, check_free, reserve
from linkedaccounts.v1 import fee_quote_service_pb2 as contract
from linkedaccounts.v1 import policy_service_pb2
from tests.endpoints.certificates import Certificates
from tests.endpoints.details import failure_of
from tests.endpoints.running import running, with_tls

SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING


@pytest.fixture
def certificates(tmp_path: Path) -> Certificates:
    return Certificates(tmp_path)


@with_tls
async def test_with_tls_a_caller_who_trusts_the_authority_is_answered(certificates: Certificates) -> None:
    async with running(settings=certificates.settings(), credentials=certificates.credentials()) as server:
        answer = await server.fees.QuoteFees(contract.QuoteFeesRequest())

    assert answer.HasField("quote")


@with_tls
async def test_with_tls_a_caller_in_plain_text_is_not_answered(certificates: Certificates) -> None:
    async with running(settings=certificates.settings()) as server:
        error = await failure_of(server.fees.QuoteFees(contract.QuoteFeesRequest()))

    assert error.code() == grpc.StatusCode.UNAVAILABLE


@with_tls
async def test_with_mutual_tls_a_caller_of_the_authority_is_answered(certificates: Certificates) -> None:
    credentials = certificates.credentials(certificates.caller)
    async with running(settings=certificates.settings(mutual=True), credentials=credentials) as server:
        answer = await server.fees.QuoteFees(contract.QuoteFeesRequest())

    assert answer.HasField("quote")


@with_tls
async def test_with_mutual_tls_a_caller_without_certificate_is_not_answered(certificates: Certificates) -> None:
    credentials = certificates.credentials()
    async with running(settings=certificates.settings(mutual=True), credentials=credentials) as server:
        error = await failure_of(server.fees.QuoteFees(contract.QuoteFeesRequest()))

    assert error.code() == grpc.StatusCode.UNAVAILABLE


@with_tls
async def test_with_mutual_tls_a_caller_of_another_authority_is_not_answered(certificates: Certificates) -> None:
    credentials = certificates.credentials(trustme.CA().issue_cert("caller@example.org"))
    async with running(settings=certificates.settings(mutual=True), credentials=credentials) as server:
        error = await failure_of(server.fees.QuoteFees(contract.QuoteFeesRequest()))

    assert error.code() == grpc.StatusCode.UNAVAILABLE


async def starting_fails(**settings: Any) -> str:
    with pytest.raises(CannotServe) as caught:
        async with running(settings=settings):
            pytest.fail("it serves")
    return str(caught.value)


@with_tls
async def test_a_key_of_another_certificate_stops_the_start(certificates: Certificates, tmp_path: Path) -> None:
    other = tmp_path / "other.key"
    certificates.caller.private_key_pem.write_to_path(str(other))

    message = await starting_fails(**{**certificates.settings(), "tls_key": other})

    assert message == f"cannot use the certificate {certificates.certificate} with the key {other}: key values mismatch"


@with_tls
async def test_a_certificate_that_is_none_stops_the_start(certificates: Certificates, tmp_path: Path) -> None:
    text = tmp_path / "text.pem"
    text.write_text("not a certificate", "utf-8")

    message = await starting_fails(**{**certificates.settings(), "tls_certificate": text})

    assert message.startswith(f"cannot use the certificate {text} with the key {certificates.key}: ")
    assert "\n" not in message


@with_tls
async def test_authorities_that_are_none_stop_the_start(certificates: Certificates, tmp_path: Path) -> None:
    text = tmp_path / "text.pem"
    text.write_text("not a certificate", "utf-8")

    message = await starting_fails(**{**certificates.settings(), "tls_client_ca": text})

    assert message.startswith(f"cannot use the authorities {text}: ")


async def test_a_port_that_is_taken_stops_the_start_with_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert await starting_fails(port=port) == f"cannot listen on 127.0.0.1:{port}: Address already in use"


async def test_a_host_that_there_is_not_stops_the_start_with_one_line() -> None:
    assert (await starting_fails(host="no-such-host.invalid")).startswith("cannot listen on no-such-host.invalid:0: ")


async def test_a_second_service_does_not_share_the_port_of_the_first() -> None:
    async with running() as server:
        port = int(server.target.rsplit(":", 1)[1])
        with pytest.raises(CannotServe, match="Address already in use"):
            reserve("127.0.0.1", port)


def test_a_reserved_port_is_held_until_it_is_given_up() -> None:
    with reserve("127.0.0.1", 0) as held:
        port = held.getsockname()[1]
        with pytest.raises(CannotServe):
            check_free("127.0.0.1", port)
    check_free("127.0.0.1", port)


NAMES = ("Account", "Billing", "Event", "FeeQuote", "Linking", "Policy", "Registration")
SERVICES = [f"linkedaccounts.v1.{name}Service" for name in NAMES]


@pytest.mark.parametrize("name", ["", *SERVICES])
async def test_health_is_told_as_a_whole_and_of_each_service(name: str) -> None:
    async with running() as server:
        assert await asyncio.to_thread(health, server.target, name, 5) == "SERVING"


async def test_the_health_of_an_unknown_service_is_not_found() -> None:
    async with running() as server:
        with pytest.raises(HealthUnknown, match="NOT_FOUND"):
            await asyncio.to_thread(health, server.target, "no.such.Service", 5)

    assert [(line["method"], line["status"]) for line in server.lines()] == [
        ("/grpc.health.v1.Health/Check", "NOT_FOUND")
    ]


async def reflected(server: Any, **question: Any) -> Any:
    stub: Any = reflection_pb2_grpc.ServerReflectionStub(server.channel)
    answers = stub.ServerReflectionInfo(iter([reflection_pb2.ServerReflectionRequest(**question)]))
    return await answers.read()


async def test_reflection_lists_the_services() -> None:
    async with running() as server:
        answer = await reflected(server, list_services="")

    assert {service.name for service in answer.list_services_response.service} == {
        *SERVICES,
        "grpc.health.v1.Health",
        "grpc.reflection.v1alpha.ServerReflection",
    }


@pytest.mark.parametrize(
    "symbol",
    [*SERVICES, "google.rpc.BadRequest", "google.rpc.RetryInfo", "google.type.Money"],
)
async def test_reflection_knows_the_contract_and_the_details_of_errors(symbol: str) -> None:
    async with running() as server:
        answer = await reflected(server, file_containing_symbol=symbol)

    files = [FileDescriptorProto.FromString(file) for file in answer.file_descriptor_response.file_descriptor_proto]
    services = {f"{file.package}.{service.name}" for file in files for service in file.service}
    names = services | {f"{file.package}.{message.name}" for file in files for message in file.message_type}
    assert symbol in names


@pytest.mark.parametrize(
    "question",
    [
        {},
        {"file_by_filename": "\0"},
        {"file_containing_symbol": "no.such.Symbol"},
        {"file_containing_symbol": ""},
        {"all_extension_numbers_of_type": "no.such.Type"},
        {"file_containing_extension": {"containing_type": "google.protobuf.FieldOptions", "extension_number": -1}},
        {"file_containing_extension": {"containing_type": "", "extension_number": 2**31 - 1}},
    ],
)
async def test_reflection_answers_any_question(question: dict[str, Any]) -> None:
    async with running() as server:
        answer = await reflected(server, **question)

    assert answer.HasField("error_response")


async def test_when_it_drains_health_says_so_first_and_calls_at_work_end_in_peace() -> None:
    async with running(settings={"drain_seconds": 60}) as server:
        at_work = server.fees.StreamQuoteFees()
        await at_work.write(contract.StreamQuoteFeesRequest())
        await at_work.read()
        watch = health_watch(server)
        assert (await watch.read()).status == SERVING
        drained = asyncio.ensure_future(server.server.drain(0))
        assert (await watch.read()).status == NOT_SERVING
        ended = await failure_of(watch.read())
        await at_work.write(contract.StreamQuoteFeesRequest())
        answer = await at_work.read()
        assert not drained.done()
        await at_work.done_writing()
        assert await at_work.read() is grpc.aio.EOF
        await drained

    assert ended.code() == grpc.StatusCode.UNAVAILABLE
    assert isinstance(answer, contract.StreamQuoteFeesResponse)
    assert {line["method"]: line["status"] for line in server.lines()} == {
        "/grpc.health.v1.Health/Watch": "UNAVAILABLE",
        "/linkedaccounts.v1.FeeQuoteService/StreamQuoteFees": "OK",
    }


def health_watch(server: Any) -> Any:
    stub: Any = health_pb2_grpc.HealthStub(server.channel)
    return stub.Watch(health_pb2.HealthCheckRequest(service="linkedaccounts.v1.FeeQuoteService"))


async def test_after_it_drained_nothing_is_answered() -> None:
    async with running() as server:
        await server.server.drain(0)
        error = await failure_of(server.fees.QuoteFees(contract.QuoteFeesRequest()))

    assert error.code() == grpc.StatusCode.UNAVAILABLE


async def test_calls_that_do_not_end_are_ended_when_the_drain_is_over() -> None:
    async with running(settings={"drain_seconds": 0}) as server:
        endless = server.fees.StreamQuoteFees()
        await endless.write(contract.StreamQuoteFeesRequest())
        await endless.read()
        await server.server.drain(0)
        error = await failure_of(endless.read())

    assert error.code() in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED)


async def test_the_policy_service_answers() -> None:
    async with running() as server:
        answer = await server.policies.GetPolicy(policy_service_pb2.GetPolicyRequest())

    assert answer.version == "5eed" * 16
    assert answer.loaded_at.ToJsonString() == "2019-10-01T00:00:00Z"
    assert not answer.HasField("last_rejected")
