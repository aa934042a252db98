"""Events as the contract states them."""

from __future__ import annotations

from google.protobuf import json_format

from linkedaccounts.application.events.ports import Placed
from linkedaccounts.domain.events import (
    Booked,
    Charged,
    Event,
    EventKind,
    Linked,
    PolicyChanged,
    Refunded,
    Registered,
    Reversed,
    StatusChanged,
)
from linkedaccounts.endpoints.enum_names import enum_names, enum_numbers, number_of
from linkedaccounts.endpoints.money import money
from linkedaccounts.endpoints.timestamps import timestamp
from linkedaccounts.v1 import event_service_pb2 as contract
from linkedaccounts.v1 import facts_pb2

KINDS = enum_names(contract.EventKind.DESCRIPTOR)
_NUMBERS = enum_numbers(contract.EventKind.DESCRIPTOR)
_STATUSES = enum_numbers(facts_pb2.AccountStatus.DESCRIPTOR)


def subscribe_response(position: int, placed: Placed | None) -> contract.SubscribeResponse:
    """An event, or a sign of life at a position."""
    return contract.SubscribeResponse(position=position, event=None if placed is None else event_of(placed))


def event_of(placed: Placed) -> contract.Event:
    """The event with its position."""
    event = placed.event
    message = contract.Event(
        position=placed.position,
        happened_at=timestamp(event.at),
        seller_id=event.seller,
        kind=number_of(event.kind.value, _NUMBERS),
    )
    _tell(event, message)
    return message


def event_json(placed: Placed) -> bytes:
    """The event as the contract's JSON, on one line, every field there whether it has a value or not."""
    text = json_format.MessageToJson(event_of(placed), indent=None, always_print_fields_with_no_presence=True)
    return text.encode()


def _tell(event: Event, message: contract.Event) -> None:
    match event.what:
        case Linked() as linked:
            message.linked.CopyFrom(_linked(linked))
        case Registered() as registered:
            message.registered.CopyFrom(_registered(registered))
        case Charged(day=day, charges=charges):
            message.charged.CopyFrom(contract.SellerCharged(day=str(day), charges=map(_booked, charges)))
        case Refunded(refund=refund):
            message.refunded.CopyFrom(_booked(refund))
        case Reversed(reversal=reversal):
            message.reversed.CopyFrom(_booked(reversal))
        case StatusChanged() as changed:
            message.status_changed.CopyFrom(_status(changed))
        case PolicyChanged(version=version, before=before):
            message.policy_changed.CopyFrom(contract.PolicyChanged(version=version, version_before=before or ""))


def _linked(linked: Linked) -> contract.AccountsLinked:
    return contract.AccountsLinked(
        group_id=linked.group,
        accounts=[contract.EventAccount(id=account, store=store) for account, store in linked.members],
        joined_account_ids=linked.joined,
        merged_group_ids=linked.merged,
    )


def _registered(registered: Registered) -> contract.AccountRegistered:
    return contract.AccountRegistered(
        account_id=registered.account,
        store=registered.store,
        registered_on=str(registered.registered_on),
        from_account_id=registered.from_account,
        registration_id=registered.registration,
    )


def _booked(booked: Booked) -> contract.EventTransaction:
    return contract.EventTransaction(
        transaction_id=booked.transaction,
        account_id=booked.account,
        store=booked.store,
        day=str(booked.day),
        amount=money(booked.amount),
        of_transaction_id=booked.of or "",
        note=booked.note,
    )


def _status(changed: StatusChanged) -> contract.AccountStatusChanged:
    return contract.AccountStatusChanged(
        account_id=changed.account,
        store=changed.store,
        before=number_of(changed.before, _STATUSES),
        status=number_of(changed.status, _STATUSES),
    )


SUBJECTS = {kind: f"linkedaccounts.{kind.value}" for kind in EventKind}
"""Where a broker has the events of each kind."""
