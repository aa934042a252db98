"""Registering in a new country: what is asked for, and that the new account is linked by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from linkedaccounts.application.asker import Asker
from linkedaccounts.application.list_stores import Availability, StoreOffer
from linkedaccounts.application.policy_refusal import RefusedByPolicy
from linkedaccounts.application.refusals import InvalidRequest, NotAsThingsStand, NotFound, Refusal
from linkedaccounts.application.registration_view import RegistrationView
from linkedaccounts.application.start_registration import RegistrationRequest
from tests.application.marketplace import ADMINISTRATOR, AGENT, MEMBER, Marketplace, credentials

COMPANY = RegistrationRequest("MX", business_type="company", selling_plan="professional")


@pytest.fixture
def market(market: Marketplace) -> Marketplace:
    market.administrator("ann", "US")
    market.administrator("ben", "EU")
    return market


@pytest.fixture
def ann(market: Marketplace) -> Asker:
    return market.asker("ann")


def begun(
    market: Marketplace, asker: Asker, request: RegistrationRequest = COMPANY, name: str = "1"
) -> RegistrationView:
    return market.seller.start_registration(asker, name, request)


def answers(view: RegistrationView) -> dict[str, str]:
    """An example for everything that is asked for."""
    return {one.detail.id: one.detail.example for one in view.requested}


def offers(market: Marketplace, asker: Asker, region: str = "") -> dict[str, StoreOffer]:
    listed = market.seller.list_stores(asker, region)
    return {offer.store.code: offer for _, stores in listed.regions for offer in stores}


def reasons(error: pytest.ExceptionInfo[RefusedByPolicy]) -> tuple[str, ...]:
    return error.value.reasons


def test_the_whole_way_ends_with_an_account_that_is_linked_by_itself(market: Marketplace, ann: Asker) -> None:
    view = begun(market, ann)
    done = market.seller.complete_registration(ann, "2", view.registration.id, answers(view))

    created = done.created
    assert (created.account.account.store, created.account.account.status) == ("MX", "active")
    assert created.account.standing == ADMINISTRATOR
    assert [one.account.store for one in created.group.accounts] == ["MX", "US"]
    assert {one.account.linked_on for one in created.group.accounts} == {market.now.date()}
    assert done.registration.registration.account == created.account.account.id
    assert [one.account.store for one in market.seller.get_session(ann).own] == ["MX", "US"]


def test_the_quote_of_the_new_account_shows_its_first_month(market: Marketplace, ann: Asker) -> None:
    market.storage.write(lambda tx: tx.set_status("us", "active", market.now))
    view = begun(market, ann)
    market.seller.complete_registration(ann, "2", view.registration.id, answers(view))
    today = {line.store: line.first_month for line in market.seller.quote_seller_fees(ann).lines}
    later = {line.store: line.first_month for line in market.seller.quote_seller_fees(ann, "2019-10-30").lines}

    assert today == {"MX": True, "US": True}
    assert later == {"MX": False, "US": False}


def test_an_account_registered_from_a_group_is_linked_to_all_of_it(market: Marketplace, ann: Asker) -> None:
    market.seller.add_account(ann, "add", credentials("ben"))
    linked = market.link(ann, "us", "eu").group
    view = begun(market, ann)
    done = market.seller.complete_registration(ann, "2", view.registration.id, answers(view))

    assert done.created.group.id == linked.id
    assert [one.account.store for one in done.created.group.accounts] == ["EU", "MX", "US"]


def test_stores_are_registered_available_or_not_available_and_why(market: Marketplace, ann: Asker) -> None:
    listed = offers(market, ann)

    assert listed["US"].availability is Availability.REGISTERED
    assert listed["JP"].availability is Availability.AVAILABLE
    assert listed["SG"].availability is Availability.NOT_AVAILABLE
    assert listed["SG"].opens_on == date(2019, 10, 1)
    assert list(offers(market, ann, "europe")) == ["EU"]


@pytest.mark.parametrize(
    ("standing", "reason"),
    [(MEMBER, "REGISTRATION_BY_MEMBER"), (AGENT, "REGISTRATION_BY_AGENT")],
    ids=["member", "agent"],
)
def test_who_may_not_register_is_told_so_by_the_list_and_when_trying(
    market: Marketplace, standing: object, reason: str
) -> None:
    market.user("oda", us=standing)  # type: ignore[arg-type]
    oda = market.asker("oda")
    offer = offers(market, oda)["JP"]
    with pytest.raises(RefusedByPolicy) as refused:
        begun(market, oda)

    assert offer.availability is Availability.NOT_AVAILABLE
    assert [said.rule.reason for said in offer.said] == [reason]
    assert reasons(refused) == (reason,)
    assert not refused.value.permitted


def test_nobody_registers_twice_in_a_store(market: Marketplace, ann: Asker) -> None:
    with pytest.raises(RefusedByPolicy) as refused:
        begun(market, ann, replace(COMPANY, store="US"))
    assert reasons(refused) == ("REGISTERED_ALREADY",)


@pytest.mark.parametrize(
    ("store", "minutes", "reason"),
    [("MX", 60, None), ("MX", 61, "SESSION_TOO_OLD"), ("JP", 15, None), ("JP", 16, "SENSITIVE_STORE")],
)
def test_a_sign_in_of_too_long_ago_must_be_fresh_sooner_for_a_sensitive_store(
    market: Marketplace, store: str, minutes: int, reason: str | None
) -> None:
    tokens = market.signed_in("ann").tokens
    market.later(minutes=minutes)
    new = market.seller.refresh_session(Asker("portal"), "renew", tokens.refresh_token)
    ann = Asker("portal", new.session_token)
    request = replace(COMPANY, store=store)
    if reason is None:
        begun(market, ann, request)
        return
    with pytest.raises(RefusedByPolicy) as refused:
        begun(market, ann, request)

    assert reasons(refused) == (reason,)
    assert refused.value.permitted
    begun(market, market.asker("ann", "fresh"), request, "2")


def test_a_registration_that_was_left_is_resumed_in_a_later_session(market: Marketplace, ann: Asker) -> None:
    view = begun(market, ann)
    market.seller.save_registration_details(ann, "2", view.registration.id, {"legal_name": " Ejemplo, S.A. "})
    market.later(days=3)
    again = market.asker("ann", "days later")

    assert offers(market, again)["MX"].registration == view.registration.id
    assert begun(market, again, name="3").registration.id == view.registration.id
    resumed = market.seller.get_registration(again, view.registration.id)
    assert resumed.registration.details == {"legal_name": "Ejemplo, S.A."}
    rest = {name: value for name, value in answers(view).items() if name != "legal_name"}
    created = market.seller.complete_registration(again, "4", view.registration.id, rest).created
    assert created.account.account.store == "MX"


def test_an_abandoned_registration_expires(market: Marketplace, ann: Asker) -> None:
    view = begun(market, ann)
    market.later(days=30)
    ann = market.asker("ann", "a month later")
    for name in ("complete_registration", "save_registration_details"):
        with pytest.raises(NotAsThingsStand) as refused:
            getattr(market.seller, name)(ann, name, view.registration.id, answers(view))
        assert refused.value.reason == "REGISTRATION_EXPIRED"

    assert offers(market, ann)["MX"].registration is None
    assert begun(market, ann, name="new").registration.id != view.registration.id


def test_a_completed_registration_is_not_completed_again_but_its_repetition_is_answered(
    market: Marketplace, ann: Asker
) -> None:
    view = begun(market, ann)
    done = market.seller.complete_registration(ann, "2", view.registration.id, answers(view))

    assert market.seller.complete_registration(ann, "2", view.registration.id, answers(view)).created == done.created
    with pytest.raises(NotAsThingsStand) as refused:
        market.seller.complete_registration(ann, "3", view.registration.id, answers(view))
    assert refused.value.reason == "REGISTRATION_COMPLETED"


def test_all_that_is_missing_or_wrong_is_named_and_nothing_is_created(market: Marketplace, ann: Asker) -> None:
    view = begun(market, ann)
    given = {**answers(view), "mx_tax_number": "12", "contact_phone": "call me", "legal_name": "x" * 500}
    with pytest.raises(InvalidRequest) as wrong:
        market.seller.complete_registration(ann, "2", view.registration.id, {**given, "shoe_size": "43"})
    with pytest.raises(InvalidRequest) as missing:
        market.seller.complete_registration(ann, "3", view.registration.id, {"legal_name": "Ejemplo"})

    assert [(problem.field, problem.reason) for problem in wrong.value.problems] == [
        ('details["contact_phone"]', "DETAIL_NOT_A_PHONE"),
        ('details["legal_name"]', "DETAIL_TOO_LONG"),
        ('details["mx_tax_number"]', "DETAIL_PATTERN"),
        ('details["shoe_size"]', "DETAIL_UNKNOWN"),
    ]
    assert {problem.reason for problem in missing.value.problems} == {"DETAIL_REQUIRED"}
    assert len(missing.value.problems) == len(view.requested) - 1
    assert market.seller.get_session(ann).own == market.seller.get_session(ann).own
    assert [one.account.store for one in market.seller.get_session(ann).own] == ["US"]


def test_details_that_are_kept_may_be_forgotten_again(market: Marketplace, ann: Asker) -> None:
    registration = begun(market, ann).registration.id
    market.seller.save_registration_details(ann, "2", registration, {"legal_name": "A", "planned_offers": "1"})
    view = market.seller.save_registration_details(ann, "3", registration, {"legal_name": ""})

    assert view.registration.details == {"planned_offers": "1"}


def test_the_rules_are_asked_again_when_a_registration_is_completed(market: Marketplace, ann: Asker) -> None:
    view = begun(market, ann)
    market.storage.write(lambda tx: tx.set_status("us", "suspended", market.now))
    with pytest.raises(RefusedByPolicy) as refused:
        market.seller.complete_registration(ann, "2", view.registration.id, answers(view))

    assert reasons(refused) == ("REGISTRATION_ACCOUNT_SUSPENDED",)


def test_a_registration_of_others_is_not_found_whether_or_not_there_is_one(market: Marketplace, ann: Asker) -> None:
    view = begun(market, ann)
    ben = market.asker("ben")
    for registration in (view.registration.id, "no such registration"):
        with pytest.raises(NotFound) as refused:
            market.seller.get_registration(ben, registration)
        assert refused.value.reason == "REGISTRATION_UNKNOWN"


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (replace(COMPANY, store="XX"), [("store", "STORE_UNKNOWN")]),
        (replace(COMPANY, store="SG"), [("store", "STORE_NOT_OPEN")]),
        (replace(COMPANY, store=""), [("store", "STORE_REQUIRED")]),
        (replace(COMPANY, business_type=None), [("business_type", "BUSINESS_TYPE_REQUIRED")]),
        (replace(COMPANY, business_type="7"), [("business_type", "BUSINESS_TYPE_UNKNOWN")]),
        (replace(COMPANY, selling_plan="7"), [("selling_plan", "SELLING_PLAN_UNKNOWN")]),
        (replace(COMPANY, from_account="eu"), [("from_account_id", "ACCOUNT_NOT_REACHED")]),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_request_is_named(
    market: Marketplace, ann: Asker, request_: RegistrationRequest, expected: list[tuple[str, str]]
) -> None:
    with pytest.raises(InvalidRequest) as refused:
        begun(market, ann, request_)
    assert [(problem.field, problem.reason) for problem in refused.value.problems] == expected


def test_what_is_wrong_with_a_list_is_named(market: Marketplace, ann: Asker) -> None:
    with pytest.raises(InvalidRequest) as refused:
        market.seller.list_stores(ann, "atlantis", "eu")
    assert [problem.reason for problem in refused.value.problems] == ["REGION_UNKNOWN", "ACCOUNT_NOT_REACHED"]


def test_registering_is_done_from_the_account_that_the_rules_allow_it_from(market: Marketplace) -> None:
    market.account("ca", "CA", "2017-01-01")
    market.user("mia", ca=MEMBER, us=ADMINISTRATOR)
    view = begun(market, market.asker("mia"))

    assert view.registration.from_account == "us"


def test_a_refusal_is_told_in_both_languages(market: Marketplace) -> None:
    market.user("meg", us=MEMBER)
    with pytest.raises(Refusal) as refused:
        begun(market, market.asker("meg"))

    assert refused.value.message("en") != refused.value.message("zh-CN")
