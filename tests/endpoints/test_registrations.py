"""What the servicer of registrations makes of requests and answers, over a real channel."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from linkedaccounts.application.complete_registration import Created, Registered
from linkedaccounts.application.list_stores import Availability, Offers, StoreOffer
from linkedaccounts.application.registration_view import RegistrationView
from linkedaccounts.application.said import Said
from linkedaccounts.application.start_registration import RegistrationRequest
from linkedaccounts.domain.details import DetailKind
from linkedaccounts.endpoints.money import money
from linkedaccounts.endpoints.registration_response import AVAILABILITIES, DETAIL_TYPES, registration
from linkedaccounts.v1 import accounts_pb2, facts_pb2, rules_pb2
from linkedaccounts.v1 import registration_service_pb2 as contract
from tests.endpoints.running import ASIA, JAPAN, VERSION, running, seller_with, service_with
from tests.endpoints.sellers import (
    CLOSED_REASON,
    GROUP,
    HERE,
    LATER,
    NOON,
    OWN,
    PROVEN_ACCOUNT,
    REFUSES,
    REGISTRATION,
    Use,
    in_session,
    own_account,
    stamp,
    view,
)

TERMS = JAPAN.terms.entries[0].value
OFFERS = Offers(
    (
        (
            ASIA,
            (
                StoreOffer(
                    JAPAN, Availability.REGISTERED, TERMS, (Said(REFUSES, {"store": JAPAN.name}),), registration="n-1"
                ),
                StoreOffer(JAPAN, Availability.NOT_AVAILABLE, opens_on=date(2020, 1, 1)),
            ),
        ),
    ),
    VERSION,
)
DONE = replace(REGISTRATION, account="a-9")


async def answered(use_case: str, use: Use, method: str, request: Any, language: str = "en") -> Any:
    async with running(service_with(seller=seller_with(**{use_case: use}))) as server:
        return await getattr(server.registrations, method)(request, **in_session(language))


def shown(language: str = "en") -> contract.Registration:
    """The registration of ``view`` as the contract states it."""
    chinese = language == "zh-CN"
    reason = contract.DetailReason(
        rule=rules_pb2.RuleReference(id="asks-kind", file="eligibility/link.yaml", line=7),
        reason="LAW_ASKS",
        message="法律。" if chinese else "The law.",
    )
    kind = contract.RequestedDetail(
        id="kind",
        label="类型" if chinese else "Kind",
        type=contract.DETAIL_TYPE_CHOICE,
        example="company",
        longest=40,
        choices=[contract.DetailChoice(value="company", label="公司" if chinese else "A company")],
        value="company",
        reason=reason,
    )
    name = contract.RequestedDetail(
        id="name",
        label="名称" if chinese else "Name",
        type=contract.DETAIL_TYPE_TEXT,
        pattern="[A-Z]+",
        example="ACME",
        longest=100,
        reason=reason,
    )
    return contract.Registration(
        id="n-1",
        store="JP",
        store_name="日本" if chinese else "Japan",
        from_account_id="a-1",
        state=contract.REGISTRATION_STATE_OPEN,
        details=[kind, name],
        started_at=stamp(NOON - timedelta(days=1)),
        expires_at=stamp(LATER),
        policy_version=VERSION,
    )


async def test_stores_are_listed_by_region_with_what_stands_in_the_way() -> None:
    use = Use(OFFERS)
    request = contract.ListStoresRequest(region="AS", from_account_id="a-1")
    answer = await answered("list_stores", use, "ListStores", request)

    assert use.asked == [((HERE, "AS", "a-1"), {})]
    open_store = contract.StoreOffer(
        store="JP",
        name="Japan",
        standard_fee=money(TERMS.fee),
        countries=["JP"],
        availability=contract.AVAILABILITY_REGISTERED,
        reasons=[CLOSED_REASON],
        registration_id="n-1",
    )
    coming = contract.StoreOffer(
        store="JP", name="Japan", availability=contract.AVAILABILITY_NOT_AVAILABLE, opens_on="2020-01-01"
    )
    region = contract.RegionStores(region="AS", name="Asia", stores=[open_store, coming])
    assert answer == contract.ListStoresResponse(regions=[region], policy_version=VERSION)


async def test_names_and_sentences_of_stores_are_in_the_language_of_the_call() -> None:
    request = contract.ListStoresRequest()
    answer = await answered("list_stores", Use(OFFERS), "ListStores", request, "zh-CN")

    (region,) = answer.regions
    assert (region.name, region.stores[0].name) == ("亚洲", "日本")
    assert region.stores[0].reasons[0].message == "日本已关闭。"


async def test_all_that_is_known_of_a_registration_reaches_the_use_case() -> None:
    use = Use(view())
    request = contract.StartRegistrationRequest(
        request_id="r-1",
        store="JP",
        from_account_id="a-1",
        business_type=facts_pb2.BUSINESS_TYPE_COMPANY,
        selling_plan=facts_pb2.SELLING_PLAN_PROFESSIONAL,
    )
    answer = await answered("start_registration", use, "StartRegistration", request)

    assert use.asked == [((HERE, "r-1", RegistrationRequest("JP", "a-1", "company", "professional")), {})]
    assert answer == contract.StartRegistrationResponse(registration=shown())


@pytest.mark.parametrize(("number", "name"), [(0, None), (99, "99"), (-1, "-1")])
async def test_what_is_not_stated_is_not_known_and_numbers_that_the_contract_lacks_stay_numbers(
    number: Any, name: str | None
) -> None:
    use = Use(view())
    request = contract.StartRegistrationRequest(business_type=number, selling_plan=number)
    await answered("start_registration", use, "StartRegistration", request)

    assert use.asked == [((HERE, "", RegistrationRequest("", "", name, name)), {})]


async def test_details_are_kept_by_their_ids() -> None:
    use = Use(view())
    request = contract.SaveRegistrationDetailsRequest(
        request_id="r-1", registration_id="n-1", details={"name": "ACME", "kind": ""}
    )
    answer = await answered("save_registration_details", use, "SaveRegistrationDetails", request)

    assert use.asked == [((HERE, "r-1", "n-1", {"name": "ACME", "kind": ""}), {})]
    assert answer == contract.SaveRegistrationDetailsResponse(registration=shown())


async def test_a_registration_that_is_completed_comes_with_its_account_and_group() -> None:
    use = Use(Registered(view(DONE), Created(OWN, GROUP)))
    request = contract.CompleteRegistrationRequest(request_id="r-1", registration_id="n-1", details={"name": "ACME"})
    answer = await answered("complete_registration", use, "CompleteRegistration", request)

    assert use.asked == [((HERE, "r-1", "n-1", {"name": "ACME"}), {})]
    group = accounts_pb2.LinkedGroup(id="g-1", accounts=[own_account(), PROVEN_ACCOUNT])
    done = registration(view(DONE), "en")
    assert (done.state, done.account_id) == (contract.REGISTRATION_STATE_COMPLETED, "a-9")
    assert answer == contract.CompleteRegistrationResponse(registration=done, account=own_account(), group=group)


@pytest.mark.parametrize("language", ["en", "zh-CN"])
async def test_a_registration_is_shown_in_the_language_of_the_call(language: str) -> None:
    use = Use(view())
    request = contract.GetRegistrationRequest(registration_id="n-1")
    answer = await answered("get_registration", use, "GetRegistration", request, language)

    assert use.asked == [((HERE, "n-1"), {})]
    assert answer == contract.GetRegistrationResponse(registration=shown(language))


@pytest.mark.parametrize(
    ("seen", "state"),
    [
        (view(), contract.REGISTRATION_STATE_OPEN),
        (view(at=LATER), contract.REGISTRATION_STATE_EXPIRED),
        (view(DONE), contract.REGISTRATION_STATE_COMPLETED),
        (view(DONE, at=LATER), contract.REGISTRATION_STATE_COMPLETED),
    ],
)
def test_how_far_a_registration_is(seen: RegistrationView, state: int) -> None:
    assert registration(seen, "en").state == state


def test_every_kind_of_detail_and_every_availability_has_its_number() -> None:
    assert {kind.value for kind in DetailKind} == set(DETAIL_TYPES) - {None}
    assert {one.value for one in Availability} == set(AVAILABILITIES) - {None}
