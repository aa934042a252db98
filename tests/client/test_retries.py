"""gRPC's own retries, as the service config sets them."""

from __future__ import annotations

import grpc
import pytest

from linkedaccounts.client import Account, Overloaded, Unavailable
from tests.client.conftest import Either
from tests.client.fake_calls import Refused
from tests.client.fake_service import FakeService

US = Account("US", registered_on="2018-01-15")
UNAVAILABLE = Refused(grpc.StatusCode.UNAVAILABLE, "restarting")


async def test_a_call_that_fails_twice_for_want_of_a_service_is_answered(service: FakeService, either: Either) -> None:
    service.refusals.extend([UNAVAILABLE, UNAVAILABLE])
    quote = await either.ask(either.client(service).quote_fees, [US])
    assert quote.lines[0].store == "US"
    assert len(service.seen) == 3


async def test_all_attempts_carry_one_request_id(service: FakeService, either: Either) -> None:
    service.refusals.append(UNAVAILABLE)
    await either.ask(either.client(service).quote_fees, [US])
    assert len({seen.metadata["x-request-id"] for seen in service.seen}) == 1


async def test_the_fourth_attempt_is_the_last(service: FakeService, either: Either) -> None:
    service.refusals.extend([UNAVAILABLE] * 5)
    with pytest.raises(Unavailable, match="restarting"):
        await either.ask(either.client(service).quote_fees, [US])
    assert len(service.seen) == 4


async def test_an_overloaded_service_is_asked_again_when_it_says_so(service: FakeService, either: Either) -> None:
    service.refusals.append(Refused(grpc.StatusCode.RESOURCE_EXHAUSTED, pushback=1))
    quote = await either.ask(either.client(service).quote_fees, [US])
    assert quote.lines[0].store == "US"
    assert len(service.seen) == 2


async def test_a_service_that_says_never_is_not_asked_again(service: FakeService, either: Either) -> None:
    service.refusals.append(Refused(grpc.StatusCode.RESOURCE_EXHAUSTED, pushback=-1))
    with pytest.raises(Overloaded):
        await either.ask(either.client(service).quote_fees, [US])
    assert len(service.seen) == 1


@pytest.mark.parametrize("code", [grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.FAILED_PRECONDITION])
async def test_what_would_be_refused_again_is_not_asked_again(
    service: FakeService, either: Either, code: grpc.StatusCode
) -> None:
    service.refusals.append(Refused(code))
    with pytest.raises(Exception, match="refused"):
        await either.ask(either.client(service).quote_fees, [US])
    assert len(service.seen) == 1
