"""Continuing a session, and ending it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from linkedaccounts.application.asker import Asker
from linkedaccounts.application.refusals import NotSignedIn
from linkedaccounts.application.session_tokens import SessionTokens
from tests.application.marketplace import ADMINISTRATOR, Marketplace

PORTAL = Asker("portal")


@pytest.fixture
def tokens(market: Marketplace) -> SessionTokens:
    market.account("us", "US")
    market.user("ann", us=ADMINISTRATOR)
    return market.signed_in("ann").tokens


def refused(market: Marketplace, session_token: str) -> str:
    with pytest.raises(NotSignedIn) as error:
        market.seller.get_session(replace(PORTAL, session_token=session_token))
    return error.value.reason


def not_renewed(market: Marketplace, refresh_token: str, request_id: str = "theirs") -> str:
    with pytest.raises(NotSignedIn) as error:
        market.seller.refresh_session(PORTAL, request_id, refresh_token)
    return error.value.reason


def test_a_session_token_is_good_for_minutes(market: Marketplace, tokens: SessionTokens) -> None:
    asker = replace(PORTAL, session_token=tokens.session_token)
    market.later(minutes=9, seconds=59)
    assert market.seller.get_session(asker).session.user == "ann"
    market.later(seconds=1)
    assert refused(market, tokens.session_token) == "SESSION_EXPIRED"


def test_a_call_without_a_token_or_with_another_is_told_so(market: Marketplace, tokens: SessionTokens) -> None:
    assert refused(market, "") == "SESSION_REQUIRED"
    assert refused(market, "made up") == "SESSION_INVALID"
    assert refused(market, tokens.refresh_token) == "SESSION_INVALID"
    assert not_renewed(market, tokens.session_token) == "SESSION_INVALID"


def test_a_refresh_token_gives_new_tokens(market: Marketplace, tokens: SessionTokens) -> None:
    market.later(hours=11)
    new = market.seller.refresh_session(PORTAL, "1", tokens.refresh_token)

    assert market.seller.get_session(replace(PORTAL, session_token=new.session_token)).session.user == "ann"
    assert {new.session_token, new.refresh_token}.isdisjoint({tokens.session_token, tokens.refresh_token})


def test_a_refresh_token_is_good_for_hours(market: Marketplace, tokens: SessionTokens) -> None:
    market.later(hours=12)
    assert not_renewed(market, tokens.refresh_token) == "SESSION_EXPIRED"


def test_a_renewal_sent_again_gets_the_same_tokens(market: Marketplace, tokens: SessionTokens) -> None:
    new = market.seller.refresh_session(PORTAL, "1", tokens.refresh_token)
    market.later(seconds=5)

    assert market.seller.refresh_session(PORTAL, "1", tokens.refresh_token) == new
    assert market.seller.get_session(replace(PORTAL, session_token=new.session_token)).session.ended_at is None


def test_a_refresh_token_used_twice_ends_the_session(market: Marketplace, tokens: SessionTokens) -> None:
    new = market.seller.refresh_session(PORTAL, "mine", tokens.refresh_token)

    assert not_renewed(market, tokens.refresh_token, "theirs") == "SESSION_ENDED"
    assert refused(market, new.session_token) == "SESSION_ENDED"
    assert not_renewed(market, new.refresh_token, "mine too") == "SESSION_ENDED"


def test_signing_out_ends_the_session_at_once_and_may_be_said_again(market: Marketplace, tokens: SessionTokens) -> None:
    asker = replace(PORTAL, session_token=tokens.session_token)
    market.seller.sign_out(asker)
    market.seller.sign_out(asker)

    assert refused(market, tokens.session_token) == "SESSION_ENDED"
    assert not_renewed(market, tokens.refresh_token) == "SESSION_ENDED"


def test_signing_out_of_one_session_leaves_the_others(market: Marketplace, tokens: SessionTokens) -> None:
    other = market.asker("ann", "another")
    market.seller.sign_out(replace(PORTAL, session_token=tokens.session_token))

    assert market.seller.get_session(other).session.user == "ann"
