"""Calls that change something, and the key under which each of them is done once."""

from __future__ import annotations

from uuid import uuid4

from google.protobuf.message import Message

from linkedaccounts.client.call import CallOptions


class ChangeOptions(CallOptions, total=False):
    """What a caller may say of one call that changes something, beside the options of every call.

    ``idempotency_key`` names the change: 1 to 128 printable ASCII characters, new for each thing to be done. A call
    with the same key and content is not done twice, and gets the same answer; so give a key that you keep if you mean
    to repeat the call yourself, also from another process. Made unless given; an error of the call has it. The contract
    calls it ``request_id``; the option of that name is another thing: it finds a call in the log, and may be shared.
    """

    idempotency_key: str | None


def change_id(options: ChangeOptions) -> str:
    """What the contract has as ``request_id``: the caller's key, or one that no other call has."""
    return options.get("idempotency_key") or uuid4().hex


def key_of(request: Message) -> str:
    """The key that a request carries; empty of one that changes nothing."""
    return str(getattr(request, "request_id", ""))
