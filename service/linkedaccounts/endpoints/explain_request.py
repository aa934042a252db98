"""From the contract's question for an explanation to the use cases'; what is wrong with values is for them to say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from google.protobuf.message import Message

from linkedaccounts.application.check_facts import Stated
from linkedaccounts.application.fee_quote import QuoteRequest
from linkedaccounts.endpoints.enum_names import enum_names, name_of
from linkedaccounts.endpoints.quote_request import quote_request
from linkedaccounts.v1 import policy_service_pb2 as contract

QUOTE = "quote"


def subject_of(message: contract.ExplainRequest) -> str | None:
    """The decision that is asked about, or `quote`; None if nothing is."""
    return message.WhichOneof("subject")


def stated_facts(message: contract.ExplainRequest, decision: str | None) -> Stated:
    """The facts that the caller states of a decision, by path."""
    return dict(_stated(getattr(message, decision), "")) if decision else {}


def store_of_quote(message: contract.StoreOfQuote) -> tuple[QuoteRequest | None, str]:
    """The quote, None if it is not stated, and the code of its store."""
    return quote_request(message.request) if message.HasField("request") else None, message.store


def _stated(message: Message, prefix: str) -> Iterator[tuple[str, str | bool | int]]:
    for field in message.DESCRIPTOR.fields:
        path, value = prefix + field.name, getattr(message, field.name)
        if field.message_type is not None:
            yield from _stated(value, f"{path}.")
        elif field.has_presence and not message.HasField(field.name):
            continue
        elif (said := _value(field, value)) is not None:
            yield path, said


def _value(field: Any, value: Any) -> str | bool | int | None:
    """A fact's value as a text, yes or no, or a count; None for an empty text and UNSPECIFIED."""
    if field.enum_type is not None:
        return name_of(value, enum_names(field.enum_type))
    stated: str | bool | int = value
    return None if stated == "" else stated
