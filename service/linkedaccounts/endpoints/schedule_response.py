"""From the catalogue on a day to the contract's messages."""

from __future__ import annotations

from datetime import date

from linkedaccounts.application.fee_schedule import FeeSchedule
from linkedaccounts.domain.catalogue import Plan, PlanTerms, Store, StoreTerms
from linkedaccounts.domain.dated import DatedEntry
from linkedaccounts.domain.plan_split import ByStandardFee, Equally, OnOneStore
from linkedaccounts.endpoints.money import money
from linkedaccounts.v1 import fee_quote_service_pb2 as contract

SPLITS = {
    ByStandardFee: contract.SPLIT_BY_STANDARD_FEE,
    Equally: contract.SPLIT_EQUALLY,
    OnOneStore: contract.SPLIT_ON_ONE_STORE,
}


def fee_schedule(schedule: FeeSchedule, language: str) -> contract.GetFeeScheduleResponse:
    """The catalogue, with its names in ``language``."""
    return contract.GetFeeScheduleResponse(
        day=schedule.day.isoformat(),
        stores=[_store(store, entry, language) for store, entry in schedule.stores],
        plans=[_plan(plan, entry, language) for plan, entry in schedule.plans],
        policy_version=schedule.policy_version,
    )


def _store(store: Store, entry: DatedEntry[StoreTerms], language: str) -> contract.ScheduledStore:
    return contract.ScheduledStore(
        code=store.code,
        name=store.name.render(language),
        region=store.region.code,
        region_name=store.region.name.render(language),
        countries=entry.value.countries,
        standard_fee=money(entry.value.fee),
        holds_from=entry.since.isoformat(),
        holds_through=_end(entry.through),
    )


def _plan(plan: Plan, entry: DatedEntry[PlanTerms], language: str) -> contract.ScheduledPlan:
    return contract.ScheduledPlan(
        id=plan.id,
        name=plan.name.render(language),
        cap=money(entry.value.cap),
        split=SPLITS[type(entry.value.split)],
        holds_from=entry.since.isoformat(),
        holds_through=_end(entry.through),
    )


def _end(through: date | None) -> str:
    return through.isoformat() if through else ""
