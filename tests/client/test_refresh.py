"""New tokens: in time, and the same ones after a lost answer."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import grpc
import pytest

from linkedaccounts.client import NotSignedIn, Unavailable
from tests.client.conftest import Either
from tests.client.fake_accounts import DUE, LIFETIME, NOON, SetClock, later
from tests.client.fake_calls import Refused
from tests.client.fake_service import FakeService

IN_TIME = NOON + LIFETIME - timedelta(seconds=31)
UNAVAILABLE = Refused(grpc.StatusCode.UNAVAILABLE, pushback=-1)


@pytest.fixture
async def seller(service: FakeService, either: Either, clock: SetClock) -> Any:
    return await either.ask(either.client(service, clock=clock).sign_in, "ann@example.com", "pass word")


def methods(service: FakeService) -> list[str]:
    return [seen.method for seen in service.seen[1:]]


async def test_a_token_is_used_until_shortly_before_its_end(
    service: FakeService, either: Either, clock: SetClock, seller: Any
) -> None:
    later(service, clock, IN_TIME)
    await either.ask(seller.accounts)
    assert methods(service) == ["GetSession"]


async def test_a_token_that_is_about_to_run_out_is_replaced_before_the_call(
    service: FakeService, either: Either, clock: SetClock, seller: Any
) -> None:
    later(service, clock, DUE)
    await either.ask(seller.accounts, request_id="log-1", language="zh-CN")
    await either.ask(seller.accounts)
    assert methods(service) == ["RefreshSession", "GetSession", "GetSession"]
    _, refresh, call, _ = service.seen
    assert refresh.request.refresh_token == "refresh-1"
    assert "x-session-token" not in refresh.metadata
    assert (refresh.metadata["x-request-id"], refresh.metadata["accept-language"]) == ("log-1", "zh-CN")
    assert call.metadata["x-session-token"] == "session-2"
    assert (seller.tokens.session_token, seller.tokens.refresh_token) == ("session-2", "refresh-2")


async def test_a_token_that_has_run_out_for_the_service_is_replaced_and_the_call_made_again(
    service: FakeService, either: Either, seller: Any
) -> None:
    service.session.expired.add("session-1")
    await either.ask(seller.unlink_accounts, ["a-1"], request_id="log-1")
    assert methods(service) == ["UnlinkAccounts", "RefreshSession", "UnlinkAccounts"]
    _, first, _, again = service.seen
    assert again.request == first.request
    assert again.metadata == first.metadata | {"x-session-token": "session-2"}


async def test_a_call_is_made_again_only_once(service: FakeService, either: Either, seller: Any) -> None:
    service.session.expired.update({"session-1", "session-2"})
    with pytest.raises(NotSignedIn, match="SESSION_EXPIRED"):
        await either.ask(seller.accounts)
    assert methods(service) == ["GetSession", "RefreshSession", "GetSession"]


async def test_a_clock_that_is_wrong_does_not_renew_before_each_call(
    service: FakeService, either: Either, clock: SetClock, seller: Any
) -> None:
    clock.now = NOON + timedelta(days=1)
    for _ in range(3):
        await either.ask(seller.accounts)
    assert methods(service) == ["RefreshSession", "GetSession", "GetSession", "GetSession"]


async def test_a_refresh_whose_answer_was_lost_is_repeated_and_no_theft(
    service: FakeService, either: Either, clock: SetClock, seller: Any
) -> None:
    later(service, clock, DUE)
    service.refusals.append(UNAVAILABLE)
    with pytest.raises(Unavailable):
        await either.ask(seller.accounts)
    lost = service.seen[-1].request
    service.session.renew(lost)  # the service had done it
    await either.ask(seller.accounts)
    assert methods(service) == ["RefreshSession", "RefreshSession", "GetSession"]
    assert service.seen[-2].request == lost


async def test_each_refresh_has_a_request_id_that_nobody_can_derive_from_its_token(
    service: FakeService, either: Either, clock: SetClock, seller: Any
) -> None:
    other = either.client(service, clock=clock).resume_session(seller.tokens)
    later(service, clock, DUE)
    await either.ask(seller.accounts)
    with pytest.raises(NotSignedIn, match="SESSION_ENDED"):
        await either.ask(other.accounts)
    first, second = [seen.request for seen in service.seen if seen.method == "RefreshSession"]
    assert first.refresh_token == second.refresh_token
    assert first.request_id != second.request_id


async def test_an_error_of_the_refresh_does_not_give_its_request_id_away(
    service: FakeService, either: Either, clock: SetClock, seller: Any
) -> None:
    later(service, clock, DUE)
    service.refusals.append(UNAVAILABLE)
    with pytest.raises(Unavailable) as raised:
        await either.ask(seller.unlink_accounts, ["a-1"], idempotency_key="k-1")
    assert raised.value.idempotency_key == "k-1"
    assert service.seen[-1].request.request_id not in repr(raised.value)


@pytest.mark.parametrize("reason", ["SESSION_ENDED", "SESSION_INVALID", "SESSION_REQUIRED"])
async def test_a_session_that_is_no_good_is_not_renewed(
    service: FakeService, either: Either, seller: Any, reason: str
) -> None:
    service.session.refusal = reason
    with pytest.raises(NotSignedIn, match=reason):
        await either.ask(seller.accounts)
    assert methods(service) == ["GetSession"]


async def test_after_a_sign_out_only_a_sign_in_helps(
    service: FakeService, either: Either, clock: SetClock, seller: Any
) -> None:
    await either.ask(seller.sign_out)
    later(service, clock, DUE)
    for _ in range(2):
        with pytest.raises(NotSignedIn, match="SESSION_ENDED"):
            await either.ask(seller.accounts)
    assert "GetSession" not in methods(service)


@pytest.mark.parametrize("moment", [NOON, DUE], ids=["with a good token", "with one to renew"])
@pytest.mark.parametrize("reason", ["SESSION_ENDED", "SESSION_EXPIRED"])
async def test_a_session_that_is_over_can_be_signed_out_of(  # two of them are cases
    service: FakeService, either: Either, clock: SetClock, seller: Any, moment: datetime, reason: str
) -> None:
    service.session.refusal = reason
    later(service, clock, moment)
    await either.ask(seller.sign_out)


async def test_a_sign_out_that_is_refused_is_an_error(service: FakeService, either: Either, seller: Any) -> None:
    service.session.refusal = "SESSION_INVALID"
    with pytest.raises(NotSignedIn, match="SESSION_INVALID"):
        await either.ask(seller.sign_out)
