"""What the service refuses a seller, as typed errors; none of them holds what is secret."""

from __future__ import annotations

import pickle
import traceback
from datetime import timedelta
from typing import Any

import grpc
import pytest
from google.protobuf.duration_pb2 import Duration
from google.rpc.error_details_pb2 import ErrorInfo, PreconditionFailure, RetryInfo

from linkedaccounts.client import (
    InvalidRequest,
    LinkedAccountsError,
    NotFound,
    NotPermitted,
    NotSignedIn,
    Overloaded,
    PolicyReason,
    RefusedByPolicy,
    TooManySignIns,
    TryAgain,
)
from tests.client.conftest import Either
from tests.client.fake_accounts import NOON, unauthenticated
from tests.client.fake_calls import Refused
from tests.client.fake_service import FakeService

EMAIL, PASSWORD = "ann@example.com", "pass word"
SECRETS = (EMAIL, PASSWORD, "session-1", "refresh-1")
NO_RETRY = -1
IN_TWO_SECONDS = RetryInfo(retry_delay=Duration(seconds=2))


def by_policy(code: grpc.StatusCode, reasons: str, *listed: tuple[str, str, str]) -> Refused:
    violations = [PreconditionFailure.Violation(subject=who, type=why, description=said) for who, why, said in listed]
    details = (
        ErrorInfo(reason=reasons.split(",", maxsplit=1)[0], metadata={"reasons": reasons, "policy_version": "abc"}),
        PreconditionFailure(violations=violations),
    )
    return Refused(code, "the policy refuses", details)


async def failure(service: FakeService, either: Either, refused: Refused, **named: Any) -> LinkedAccountsError:
    """What linking raises."""
    seller = await either.ask(either.client(service, clock=lambda: NOON).sign_in, EMAIL, PASSWORD)
    service.refusals.append(refused)
    with pytest.raises(LinkedAccountsError) as raised:
        await either.ask(seller.link_accounts, ["a-1", "a-2"], accept_permanence=True, **named)
    return raised.value


async def sign_in_failure(service: FakeService, either: Either, refused: Refused) -> LinkedAccountsError:
    service.refusals.append(refused)
    with pytest.raises(LinkedAccountsError) as raised:
        await either.ask(either.client(service).sign_in, EMAIL, PASSWORD)
    return raised.value


@pytest.mark.parametrize(
    "code,permitted", [(grpc.StatusCode.PERMISSION_DENIED, False), (grpc.StatusCode.FAILED_PRECONDITION, True)]
)
async def test_a_refusal_of_the_policy_gives_every_reason_of_every_account(
    service: FakeService, either: Either, code: grpc.StatusCode, permitted: bool
) -> None:
    listed = ("a-1", "NOT_ADMINISTRATOR", "ask your administrator"), ("a-2", "ACCOUNT_SUSPENDED", "it is suspended")
    error = await failure(service, either, by_policy(code, "NOT_ADMINISTRATOR,ACCOUNT_SUSPENDED", *listed))
    assert isinstance(error, RefusedByPolicy)
    assert error.reasons == tuple(PolicyReason(*one) for one in listed)
    assert (error.permitted, error.reason) == (permitted, "NOT_ADMINISTRATOR")


async def test_reasons_that_the_list_had_no_room_for_are_there_by_their_codes(
    service: FakeService, either: Either
) -> None:
    listed = ("a-1", "NOT_ADMINISTRATOR", "ask your administrator")
    refused = by_policy(grpc.StatusCode.PERMISSION_DENIED, "NOT_ADMINISTRATOR,ACCOUNT_CLOSED,AGENCY", listed)
    error = await failure(service, either, refused)
    assert isinstance(error, RefusedByPolicy)
    assert error.reasons == (
        PolicyReason(*listed),
        PolicyReason("", "ACCOUNT_CLOSED", ""),
        PolicyReason("", "AGENCY", ""),
    )


@pytest.mark.parametrize(
    "refused,kind",
    [
        *((unauthenticated(f"SESSION_{end}"), NotSignedIn) for end in ("REQUIRED", "INVALID", "ENDED")),
        (unauthenticated("SIGN_IN_REFUSED"), NotSignedIn),
        (unauthenticated("CALLER_UNKNOWN"), NotPermitted),
        (Refused(grpc.StatusCode.PERMISSION_DENIED, details=(ErrorInfo(reason="SCOPE_MISSING"),)), NotPermitted),
        (Refused(grpc.StatusCode.NOT_FOUND, details=(ErrorInfo(reason="REGISTRATION_UNKNOWN"),)), NotFound),
        (Refused(grpc.StatusCode.ABORTED, pushback=NO_RETRY), TryAgain),
        (Refused(grpc.StatusCode.RESOURCE_EXHAUSTED, pushback=NO_RETRY), Overloaded),
    ],
)
async def test_a_refusal_has_the_type_of_its_reason(
    service: FakeService, either: Either, refused: Refused, kind: type[LinkedAccountsError]
) -> None:
    assert type(await failure(service, either, refused)) is kind


async def test_wrong_credentials_are_no_sign_in(service: FakeService, either: Either) -> None:
    error = await sign_in_failure(service, either, unauthenticated("SIGN_IN_REFUSED"))
    assert (type(error), error.reason) == (NotSignedIn, "SIGN_IN_REFUSED")


async def test_who_signed_in_too_often_learns_when_to_try_again(service: FakeService, either: Either) -> None:
    details = (ErrorInfo(reason="TOO_MANY_SIGN_INS"), IN_TWO_SECONDS)
    refused = Refused(grpc.StatusCode.RESOURCE_EXHAUSTED, details=details, pushback=NO_RETRY)
    error = await sign_in_failure(service, either, refused)
    assert isinstance(error, TooManySignIns)
    assert error.retry_after == timedelta(seconds=2)
    assert len(service.seen) == 1


async def test_who_lost_every_race_learns_when_to_try_again(service: FakeService, either: Either) -> None:
    details = (ErrorInfo(reason="TRY_AGAIN"), IN_TWO_SECONDS)
    error = await failure(service, either, Refused(grpc.StatusCode.ABORTED, details=details, pushback=NO_RETRY))
    assert isinstance(error, TryAgain)
    assert error.retry_after == timedelta(seconds=2)


async def test_an_error_names_the_key_to_repeat_the_change_with(service: FakeService, either: Either) -> None:
    refused = Refused(grpc.StatusCode.INTERNAL)
    error = await failure(service, either, refused)
    assert error.idempotency_key == service.seen[-1].request.request_id
    error = await failure(service, either, refused, idempotency_key="k-1")
    assert error.idempotency_key == "k-1"


async def test_an_error_of_a_question_has_no_such_key(service: FakeService, either: Either) -> None:
    service.refusals.append(Refused(grpc.StatusCode.INTERNAL))
    with pytest.raises(LinkedAccountsError) as raised:
        await either.ask(either.client(service).get_policy)
    assert not raised.value.idempotency_key


@pytest.mark.parametrize(
    "refused",
    [
        unauthenticated("SIGN_IN_REFUSED"),
        Refused(grpc.StatusCode.INVALID_ARGUMENT),
        Refused(grpc.StatusCode.UNAVAILABLE, pushback=NO_RETRY),
        by_policy(grpc.StatusCode.PERMISSION_DENIED, "NOT_ADMINISTRATOR"),
    ],
    ids=["not signed in", "invalid", "unavailable", "refused by policy"],
)
async def test_no_secret_is_in_what_an_error_shows_or_keeps(
    service: FakeService, either: Either, refused: Refused
) -> None:
    for error in (await sign_in_failure(service, either, refused), await failure(service, either, refused)):
        shown = "".join(traceback.format_exception(error))
        for form in (repr(error), str(error), repr(error.failure), repr(pickle.dumps(error)), shown):
            assert not any(secret in form for secret in SECRETS)


async def test_a_refusal_survives_the_way_to_another_process(service: FakeService, either: Either) -> None:
    error = await failure(service, either, by_policy(grpc.StatusCode.PERMISSION_DENIED, "NOT_ADMINISTRATOR"))
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is RefusedByPolicy
    assert again.failure == error.failure


async def test_linking_that_is_not_accepted_as_permanent_is_an_invalid_request(
    service: FakeService, either: Either
) -> None:
    assert isinstance(await failure(service, either, Refused(grpc.StatusCode.INVALID_ARGUMENT)), InvalidRequest)
