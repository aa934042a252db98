"""Requests made of what a service recorded of its quotes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linkedaccounts.v1.facts_pb2 import SellingPlan
from linkedaccounts.v1.fee_quote_service_pb2 import QuoteFeesRequest, StoreAccount

PLAN = "SELLING_PLAN_"


class CannotAsk(Exception):
    """Why recorded facts make no request: a short reason, the same for all of which it is true."""


def request_of(facts: Mapping[str, Any]) -> QuoteFeesRequest:
    """The request of a quote with these facts, in the form of ``application.decision_line``.

    Its day and its home store are stated, as the quote was made for them, whether or not the caller had stated them.
    """
    try:
        return QuoteFeesRequest(
            day=facts["day"],
            linked=facts["linked"],
            home_store=facts["home_store"],
            stores=[_account(dict(stated)) for stated in facts["stores"]],
        )
    except (AttributeError, KeyError, TypeError, ValueError):
        raise CannotAsk("its facts are not those of a quote") from None


def _account(stated: dict[str, Any]) -> StoreAccount:
    plan = stated.pop("selling_plan", "unspecified")
    if f"{PLAN}{plan.upper()}" not in SellingPlan.keys():  # noqa: SIM118  # no mapping
        raise CannotAsk(f"this version knows no selling plan `{plan[:20]}`")
    return StoreAccount(selling_plan=SellingPlan.Value(f"{PLAN}{plan.upper()}"), **stated)
