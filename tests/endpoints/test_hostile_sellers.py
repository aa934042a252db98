"""Whatever a caller sends about sellers, it is the caller's mistake, on every database: never UNKNOWN or INTERNAL."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import grpc
import pytest
from google.protobuf.descriptor import FieldDescriptor, MethodDescriptor
from google.protobuf.message_factory import GetMessageClass

from linkedaccounts.application.start_registration import RegistrationRequest
from tests.application.marketplace import ADMINISTRATOR, Marketplace
from tests.endpoints.running import running, service_with
from tests.endpoints.seller_methods import METHODS, called

HOSTILE = {
    "empty": "",
    "nul": "a\0b",
    "line breaks": "a\r\nb\u2028c\x85",
    "quotes": "'\"; drop table accounts; -- %s {0} {account} \\",
    "directions": "\u202egnirts\u202c\ufeff\U0001f4a9",
    "last characters": "\uffff\U0010ffff",
    "very long": "x" * 200_000,
    "many accents": "e" + "\u0301" * 50_000,
}
MANY = 10_000
MISTAKES = {
    grpc.StatusCode.OK,
    grpc.StatusCode.INVALID_ARGUMENT,
    grpc.StatusCode.UNAUTHENTICATED,
    grpc.StatusCode.NOT_FOUND,
    grpc.StatusCode.FAILED_PRECONDITION,
    grpc.StatusCode.PERMISSION_DENIED,
    grpc.StatusCode.RESOURCE_EXHAUSTED,
}


def requests(method: MethodDescriptor, text: str, registration_id: str) -> Iterator[Any]:
    """Requests full of ``text``: everywhere; where all else is sound; and very often."""
    kind = GetMessageClass(method.input_type)
    known = {"registration_id": registration_id}
    for count, sound in ((1, {}), (1, known | {"request_id": "r-1"}), (MANY, known | {"request_id": "r-2"})):
        request: Any = kind()
        for field in method.input_type.fields:
            fill(request, field, sound.get(field.name, text), count if len(text) < 100 else 1)
        yield request


def fill(request: Any, field: FieldDescriptor, text: str, count: int) -> None:
    value = getattr(request, field.name)
    if field.type == FieldDescriptor.TYPE_MESSAGE:
        value.update({f"{text}{number}" if number else text: text for number in range(count)})
    elif field.is_repeated:
        value.extend([text] * count)
    elif field.type == FieldDescriptor.TYPE_STRING:
        setattr(request, field.name, f"{text}@{text}" if field.name == "email" and len(text) < 100 else text)
    elif field.type == FieldDescriptor.TYPE_ENUM:
        setattr(request, field.name, 99)
    else:
        setattr(request, field.name, True)


async def code_of(call: Any) -> grpc.StatusCode:
    try:
        await call
    except grpc.aio.AioRpcError as error:
        return error.code()
    return grpc.StatusCode.OK


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
async def test_hostile_text_in_any_field_is_the_callers_mistake(market: Marketplace, text: str) -> None:
    account_id = market.account("us", "US")
    asker = market.asker(market.user("boss", us=ADMINISTRATOR))
    registration = market.seller.start_registration(asker, "begin", RegistrationRequest("MX", account_id, "company"))
    service = service_with(seller=market.seller)
    async with running(service) as server:
        for method in sorted(METHODS, key=lambda method: method.name == "SignOut"):  # the others need the session
            for request in requests(method, text, registration.registration.id):
                for token in (asker.session_token, "no token"):
                    code = await code_of(called(server, method, request, metadata=(("x-session-token", token),)))
                    assert code in MISTAKES, (method.name, code)

    assert server.lines("unexpected_error") == []
