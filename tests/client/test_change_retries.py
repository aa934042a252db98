"""gRPC's own retries of calls about a seller's accounts: each attempt is the same request."""

from __future__ import annotations

from typing import Any

import grpc
import pytest
from google.rpc.error_details_pb2 import ErrorInfo

from linkedaccounts.client import LinkedAccountsError, TryAgain, Unavailable
from tests.client.conftest import Either
from tests.client.fake_accounts import NOON
from tests.client.fake_calls import Refused
from tests.client.fake_service import FakeService
from tests.client.session_cases import CHANGES, QUESTIONS, Case

ABORTED = Refused(grpc.StatusCode.ABORTED, "others came between", (ErrorInfo(reason="TRY_AGAIN"),))
UNAVAILABLE = Refused(grpc.StatusCode.UNAVAILABLE, "restarting")
ATTEMPTS = 5


@pytest.fixture
async def seller(service: FakeService, either: Either) -> Any:
    return await either.ask(either.client(service, clock=lambda: NOON).sign_in, "ann@example.com", "pass word")


@pytest.mark.parametrize("case", [*QUESTIONS, *CHANGES], ids=lambda case: case.call)
@pytest.mark.parametrize("refused", [ABORTED, UNAVAILABLE], ids=["aborted", "unavailable"])
async def test_a_call_that_fails_for_now_is_made_again_as_it_was(
    service: FakeService, either: Either, seller: Any, case: Case, refused: Refused
) -> None:
    service.refusals.append(refused)
    await either.ask(getattr(seller, case.call), *case.given, **case.named)
    _, first, again = service.seen
    assert again.request == first.request
    assert again.metadata["x-request-id"] == first.metadata["x-request-id"]


async def test_a_sign_in_whose_answer_is_lost_is_made_again_as_it_was(service: FakeService, either: Either) -> None:
    service.refusals.append(UNAVAILABLE)
    await either.ask(either.client(service).sign_in, "ann@example.com", "pass word")
    first, again = service.seen
    assert first.request.request_id
    assert again.request == first.request


@pytest.mark.parametrize("refused,kind", [(ABORTED, TryAgain), (UNAVAILABLE, Unavailable)])
async def test_the_fifth_attempt_is_the_last(
    service: FakeService, either: Either, seller: Any, refused: Refused, kind: type[LinkedAccountsError]
) -> None:
    service.refusals.extend([refused] * (ATTEMPTS + 1))
    with pytest.raises(kind):
        await either.ask(seller.unlink_accounts, ["a-1"])
    assert len(service.seen) == 1 + ATTEMPTS


async def test_the_service_says_how_long_to_wait(service: FakeService, either: Either, seller: Any) -> None:
    service.refusals.append(Refused(grpc.StatusCode.ABORTED, pushback=60_000))
    with pytest.raises(LinkedAccountsError):
        await either.ask(seller.unlink_accounts, ["a-1"], timeout=0.5)
    assert len(service.seen) == 2


async def test_a_service_that_says_never_is_not_asked_again(service: FakeService, either: Either, seller: Any) -> None:
    service.refusals.append(Refused(grpc.StatusCode.ABORTED, pushback=-1))
    with pytest.raises(TryAgain):
        await either.ask(seller.unlink_accounts, ["a-1"])
    assert len(service.seen) == 2


async def test_what_asks_for_facts_alone_is_not_tried_again_when_aborted(service: FakeService, either: Either) -> None:
    service.refusals.append(ABORTED)
    with pytest.raises(TryAgain):
        await either.ask(either.client(service).get_policy)
    assert len(service.seen) == 1
