"""Signing in, once for all linked accounts; and how it is slowed down for who guesses."""

from __future__ import annotations

import pytest

from linkedaccounts.application.asker import Asker
from linkedaccounts.application.reach import Reach
from linkedaccounts.application.refusals import Exhausted, InvalidRequest, NotSignedIn
from linkedaccounts.application.verify_credentials import Credentials
from linkedaccounts.domain.accounts import Standing
from tests.application.marketplace import ADMINISTRATOR, AGENT, MEMBER, Marketplace, credentials

PORTAL = Asker("portal", address="10.0.0.1")


def reached(reach: Reach) -> dict[str, tuple[str | None, str | None]]:
    return {one.account.id: (one.standing.role, one.standing.organisation) for one in reach.accounts}


def reason(market: Marketplace, name: str, password: str = "wrong", address: str = "") -> str:
    with pytest.raises((NotSignedIn, Exhausted)) as refused:
        market.seller.sign_in(PORTAL, "guess", credentials(name, password, address))
    return refused.value.reason


@pytest.fixture
def market(market: Marketplace) -> Marketplace:
    market.account("us", "US")
    market.account("eu", "EU")
    market.account("jp", "JP")
    market.user("ann", us=ADMINISTRATOR)
    market.user("ben", eu=ADMINISTRATOR, jp=ADMINISTRATOR)
    return market


def test_a_session_reaches_the_accounts_of_its_user(market: Marketplace) -> None:
    assert reached(market.signed_in("ben").reach) == {
        "eu": ("administrator", "owner"),
        "jp": ("administrator", "owner"),
    }


def test_an_e_mail_is_taken_in_whichever_case(market: Marketplace) -> None:
    market.seller.sign_in(PORTAL, "1", credentials(" ANN"))


def test_one_sign_in_with_the_credentials_of_any_linked_account_reaches_all(market: Marketplace) -> None:
    ann = market.asker("ann")
    market.seller.add_account(ann, "add", credentials("ben"))
    market.link(ann, "us", "eu", "jp")

    for name in ("ann", "ben"):
        assert list(reached(market.signed_in(name, "again").reach)) == ["eu", "jp", "us"]


def test_what_is_reached_through_a_group_is_reached_with_the_standing_that_led_there(market: Marketplace) -> None:
    ann = market.asker("ann")
    market.seller.add_account(ann, "add", credentials("ben"))
    market.link(ann, "us", "eu")
    market.user("meg", us=MEMBER)
    market.user("ada", us=ADMINISTRATOR, eu=AGENT)

    assert reached(market.signed_in("meg").reach) == {"eu": ("member", "owner"), "us": ("member", "owner")}
    assert reached(market.signed_in("ada").reach)["eu"] == ("administrator", "web_agency")


def test_where_standings_in_a_group_differ_that_on_its_other_accounts_is_not_known(market: Marketplace) -> None:
    ann = market.asker("ann")
    market.seller.add_account(ann, "add", credentials("ben"))
    market.link(ann, "us", "eu", "jp")
    market.user("ada", us=ADMINISTRATOR, eu=Standing("member", "owner"))

    assert reached(market.signed_in("ada").reach)["jp"] == (None, "owner")


def test_a_repeated_sign_in_is_the_same_session(market: Marketplace) -> None:
    first = market.signed_in("ann", "abc")
    market.later(minutes=1)

    assert market.signed_in("ann", "abc") == first
    assert market.signed_in("ann", "other").reach.session.id != first.reach.session.id


def test_wrong_e_mail_and_wrong_password_are_refused_alike(market: Marketplace) -> None:
    assert reason(market, "ann") == reason(market, "nobody") == "SIGN_IN_REFUSED"


def test_after_some_failures_the_next_attempt_has_to_wait_whether_or_not_there_is_such_a_user(
    market: Marketplace,
) -> None:
    for name in ("ann", "nobody"):
        assert [reason(market, name) for _ in range(4)] == ["SIGN_IN_REFUSED"] * 3 + ["TOO_MANY_SIGN_INS"]


def test_the_right_password_does_not_help_before_the_wait_is_over(market: Marketplace) -> None:
    for _ in range(3):
        reason(market, "ann")
    with pytest.raises(Exhausted) as refused:
        market.signed_in("ann")

    assert refused.value.retry_after == 1
    market.later(seconds=1)
    market.signed_in("ann")


def test_waits_double_until_the_e_mail_is_locked_out(market: Marketplace) -> None:
    waits = []
    for number in range(7):
        assert reason(market, "ann", address=f"address {number}") == "SIGN_IN_REFUSED"
        if number >= 2:
            with pytest.raises(Exhausted) as refused:
                market.seller.sign_in(PORTAL, "too early", credentials("ann", address=f"address {number}"))
            waits.append(refused.value.retry_after)
            market.later(seconds=refused.value.retry_after or 0)

    assert waits == [1, 2, 4, 900, 900]


def test_a_right_password_makes_failures_forgotten(market: Marketplace) -> None:
    for _ in range(2):
        reason(market, "ann")
    market.signed_in("ann")

    assert [reason(market, "ann") for _ in range(3)] == ["SIGN_IN_REFUSED"] * 3


def test_who_tries_many_e_mails_from_one_address_has_to_wait_too(market: Marketplace) -> None:
    tried = [reason(market, f"user{number}", address="198.51.100.7") for number in range(61)]

    assert tried == ["SIGN_IN_REFUSED"] * 60 + ["TOO_MANY_SIGN_INS"]
    assert reason(market, "somebody", address="198.51.100.8") == "SIGN_IN_REFUSED"


@pytest.mark.parametrize(
    ("email", "password", "expected"),
    [
        ("", "", ["EMAIL_INVALID", "PASSWORD_REQUIRED"]),
        ("no-at-sign", "x", ["EMAIL_INVALID"]),
        ("a@" + "b" * 300, "x" * 1025, ["EMAIL_INVALID", "PASSWORD_TOO_LONG"]),
    ],
)
def test_what_are_no_credentials_is_refused_before_anything_is_counted(
    market: Marketplace, email: str, password: str, expected: list[str]
) -> None:
    with pytest.raises(InvalidRequest) as refused:
        market.seller.sign_in(PORTAL, "1", Credentials(email, password))
    assert [problem.reason for problem in refused.value.problems] == expected


def test_a_request_id_is_needed(market: Marketplace) -> None:
    for request_id in ("", "x" * 129, "zeilen\numbruch", "ümlaut"):
        with pytest.raises(InvalidRequest):
            market.seller.sign_in(PORTAL, request_id, credentials("ann"))
