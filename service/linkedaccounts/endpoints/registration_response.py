"""From stores on offer, and from registrations, to the contract's messages."""

from __future__ import annotations

from linkedaccounts.application.complete_registration import Registered
from linkedaccounts.application.list_stores import Offers, StoreOffer
from linkedaccounts.application.registering import Requested
from linkedaccounts.application.registration_view import RegistrationView
from linkedaccounts.application.said import Said
from linkedaccounts.endpoints.account_response import account, linked_group
from linkedaccounts.endpoints.eligibility_response import decision_reason
from linkedaccounts.endpoints.enum_names import enum_numbers
from linkedaccounts.endpoints.money import money
from linkedaccounts.endpoints.names import Names
from linkedaccounts.endpoints.rules_response import rule_reference
from linkedaccounts.endpoints.timestamps import timestamp
from linkedaccounts.v1 import registration_service_pb2 as contract

AVAILABILITIES = enum_numbers(contract.Availability.DESCRIPTOR)
DETAIL_TYPES = enum_numbers(contract.DetailType.DESCRIPTOR)


def offers(offered: Offers, language: str) -> contract.ListStoresResponse:
    """The stores by region, with their names and sentences in ``language``."""
    regions = [
        contract.RegionStores(
            region=region.code,
            name=region.name.render(language),
            stores=[_offer(offer, language) for offer in stores],
        )
        for region, stores in offered.regions
    ]
    return contract.ListStoresResponse(regions=regions, policy_version=offered.policy_version)


def registration(view: RegistrationView, language: str) -> contract.Registration:
    """The registration as it is at the moment of the view."""
    kept = view.registration
    return contract.Registration(
        id=kept.id,
        store=kept.store,
        store_name=view.store.name.render(language),
        from_account_id=kept.from_account,
        state=_state(view),
        details=[_detail(one, kept.details.get(one.detail.id, ""), language) for one in view.requested],
        started_at=timestamp(kept.started_at),
        expires_at=timestamp(kept.expires_at),
        account_id=kept.account or "",
        policy_version=view.policy_version,
    )


def registered(done: Registered, names: Names) -> contract.CompleteRegistrationResponse:
    """The registration as it is completed, the account and its group."""
    return contract.CompleteRegistrationResponse(
        registration=registration(done.registration, names.language),
        account=account(done.created.account, names),
        group=linked_group(done.created.group, names),
    )


def _offer(offer: StoreOffer, language: str) -> contract.StoreOffer:
    return contract.StoreOffer(
        store=offer.store.code,
        name=offer.store.name.render(language),
        standard_fee=money(offer.terms.fee) if offer.terms else None,
        countries=offer.terms.countries if offer.terms else (),
        availability=AVAILABILITIES[offer.availability.value],
        reasons=[decision_reason(said, language) for said in offer.said],
        opens_on=offer.opens_on.isoformat() if offer.opens_on else "",
        registration_id=offer.registration or "",
    )


def _state(view: RegistrationView) -> contract.RegistrationState.ValueType:
    if view.registration.account is not None:
        return contract.REGISTRATION_STATE_COMPLETED
    is_open = view.registration.is_open(view.at)
    return contract.REGISTRATION_STATE_OPEN if is_open else contract.REGISTRATION_STATE_EXPIRED


def _detail(requested: Requested, value: str, language: str) -> contract.RequestedDetail:
    detail = requested.detail
    return contract.RequestedDetail(
        id=detail.id,
        label=detail.label.render(language),
        type=DETAIL_TYPES[detail.kind.value],
        pattern=detail.pattern or "",
        example=detail.example,
        longest=detail.longest,
        choices=[
            contract.DetailChoice(value=choice, label=label.render(language))
            for choice, label in detail.choices.items()
        ],
        value=value,
        reason=_reason(requested.said, language),
    )


def _reason(said: Said, language: str) -> contract.DetailReason:
    return contract.DetailReason(
        rule=rule_reference(said.rule), reason=said.rule.reason, message=said.message(language)
    )
