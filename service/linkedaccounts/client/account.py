"""What a caller states of a seller, and the contract's request for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

from linkedaccounts.v1.facts_pb2 import SellingPlan
from linkedaccounts.v1.fee_quote_service_pb2 import QuoteFeesRequest, StoreAccount

Day: TypeAlias = date | str
"""A calendar day: a ``date``, or its ISO 8601 text (``2019-09-30``)."""


@dataclass(frozen=True, slots=True)
class Account:
    """An account of the seller in one store.

    ``linked_on`` is the day of registration unless given. ``selling_plan`` is ``individual`` or ``professional``.
    None means not known.
    """

    store: str
    registered_on: Day
    linked_on: Day | None = None
    active_listings: int | None = None
    selling_plan: str | None = None
    suspended: bool = False
    on_vacation: bool = False

    def message(self) -> StoreAccount:
        """The account as the contract has it; ValueError if there is no such selling plan."""
        return StoreAccount(
            store=self.store,
            registered_on=day_text(self.registered_on),
            linked_on=day_text(self.linked_on),
            active_listings=self.active_listings,
            selling_plan=selling_plan_of(self.selling_plan),
            suspended=self.suspended,
            on_vacation=self.on_vacation,
        )


def quote_request(
    accounts: Iterable[Account | StoreAccount],
    *,
    day: Day | None = None,
    linked: bool = True,
    home_store: str = "",
    explain: bool = False,
) -> QuoteFeesRequest:
    """The request for one seller's quote; without a ``day`` for the server's today."""
    return QuoteFeesRequest(
        day=day_text(day),
        linked=linked,
        stores=[account.message() if isinstance(account, Account) else account for account in accounts],
        home_store=home_store,
        explain=explain,
    )


def day_text(day: Day | None) -> str:
    """The day as the contract writes it; empty for None."""
    if isinstance(day, datetime):
        day = day.date()
    return day.isoformat() if isinstance(day, date) else day or ""


def selling_plan_of(name: str | None) -> SellingPlan.ValueType:
    """The plan of a name in the contract, None is not known; ValueError if there is no such plan."""
    return SellingPlan.Value(f"SELLING_PLAN_{name.upper()}") if name else SellingPlan.SELLING_PLAN_UNSPECIFIED
