"""Shows the catalogue on a day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from linkedaccounts.application.check_field import check_day
from linkedaccounts.application.refusals import FieldProblem, InvalidRequest
from linkedaccounts.domain.catalogue import Plan, PlanTerms, Store, StoreTerms
from linkedaccounts.domain.dated import DatedEntry
from linkedaccounts.policy.policy import Policy


@dataclass(frozen=True, slots=True)
class FeeSchedule:
    """The stores and plans in force on a day, by code, each with the entry of its terms that holds."""

    day: date
    stores: tuple[tuple[Store, DatedEntry[StoreTerms]], ...]
    plans: tuple[tuple[Plan, DatedEntry[PlanTerms]], ...]
    policy_version: str


class GetFeeSchedule:
    """The use case."""

    def __init__(self, policy: Callable[[], Policy], today: Callable[[], date]) -> None:
        self._policy = policy
        self._today = today

    def __call__(self, day_text: str) -> FeeSchedule:
        """The schedule of a day, today if it is empty; InvalidRequest if it is no day."""
        problems: list[FieldProblem] = []
        day = check_day(day_text, self._today(), problems)
        if problems:
            raise InvalidRequest(problems)
        policy = self._policy()
        stores = ((store, store.terms.on(day)) for _, store in sorted(policy.catalogue.stores.items()))
        plans = ((plan, plan.terms.on(day)) for _, plan in sorted(policy.catalogue.plans.items()))
        return FeeSchedule(
            day,
            tuple((store, entry) for store, entry in stores if entry is not None),
            tuple((plan, entry) for plan, entry in plans if entry is not None),
            policy.version,
        )
