"""What the servicer of sessions makes of requests and answers, over a real channel."""

from __future__ import annotations

from typing import Any

import pytest

from linkedaccounts.application.sign_in import SignedIn
from linkedaccounts.application.verify_credentials import Credentials
from linkedaccounts.endpoints.seller_calls import host_of
from linkedaccounts.v1 import account_service_pb2 as contract
from tests.endpoints.running import running, seller_with, service_with
from tests.endpoints.sellers import (
    HERE,
    LATER,
    NOON,
    REACH,
    TOKENS,
    Use,
    in_session,
    own_account,
    stamp,
)

CREDENTIALS = {"email": "a@example.org", "password": "secret", "client_address": "192.0.2.1"}
TOKENS_ANSWERED = contract.SessionTokens(
    session_token="for-calls",
    session_token_expires_at=stamp(NOON),
    refresh_token="for-renewal",
    refresh_token_expires_at=stamp(LATER),
)


def session(store_name: str = "Japan") -> contract.Session:
    return contract.Session(id="s-1", signed_in_at=stamp(NOON), accounts=[own_account(store_name)])


async def answered(use_case: str, use: Use, method: str, request: Any, language: str = "en") -> Any:
    async with running(service_with(seller=seller_with(**{use_case: use}))) as server:
        return await getattr(server.accounts, method)(request, **in_session(language))


@pytest.mark.parametrize(("language", "store_name"), [("en", "Japan"), ("zh-CN", "日本")])
async def test_who_signs_in_gets_tokens_and_the_accounts_that_the_session_reaches_by_itself(
    language: str, store_name: str
) -> None:
    use = Use(SignedIn(TOKENS, REACH))
    request = contract.SignInRequest(request_id="r-1", **CREDENTIALS)
    answer = await answered("sign_in", use, "SignIn", request, language)

    assert use.asked == [((HERE, "r-1", Credentials("a@example.org", "secret", "192.0.2.1")), {})]
    assert answer == contract.SignInResponse(tokens=TOKENS_ANSWERED, session=session(store_name))


async def test_a_refresh_token_gets_new_tokens() -> None:
    use = Use(TOKENS)
    request = contract.RefreshSessionRequest(request_id="r-1", refresh_token="old")
    answer = await answered("refresh_session", use, "RefreshSession", request)

    assert use.asked == [((HERE, "r-1", "old"), {})]
    assert answer == contract.RefreshSessionResponse(tokens=TOKENS_ANSWERED)


async def test_who_signs_out_is_told_nothing_more() -> None:
    use = Use(None)
    answer = await answered("sign_out", use, "SignOut", contract.SignOutRequest())

    assert use.asked == [((HERE,), {})]
    assert answer == contract.SignOutResponse()


@pytest.mark.parametrize(("language", "store_name"), [("en", "Japan"), ("zh-CN", "日本")])
async def test_a_session_is_shown_with_its_accounts(language: str, store_name: str) -> None:
    use = Use(REACH)
    answer = await answered("get_session", use, "GetSession", contract.GetSessionRequest(), language)

    assert use.asked == [((HERE,), {})]
    assert answer == contract.GetSessionResponse(session=session(store_name))


@pytest.mark.parametrize(
    ("peer", "host"),
    [
        ("ipv4:192.0.2.1:50051", "192.0.2.1"),
        ("ipv6:[2001:db8::1]:50051", "2001:db8::1"),
        ("ipv6:%5B::1%5D:50051", "::1"),
        ("unix:/run/caller.sock", "/run/caller.sock"),
        ("unix:", ""),
        ("", ""),
    ],
)
def test_the_address_of_a_caller_is_known_without_its_port(peer: str, host: str) -> None:
    assert host_of(peer) == host
