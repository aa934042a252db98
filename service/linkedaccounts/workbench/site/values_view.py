"""What a page shows of the catalogue: each store's fee and each plan's cap, on a day and over time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from linkedaccounts.domain.catalogue import Catalogue, Plan, PlanTerms, Store
from linkedaccounts.domain.dated import Dated
from linkedaccounts.domain.money import Money
from linkedaccounts.domain.plan_split import Equally, OnOneStore, Split
from linkedaccounts.policy.labels import Labels
from linkedaccounts.workbench.site.words import Words

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Step:
    """An amount that holds from ``since`` through ``through``; None if no end is known."""

    since: date
    through: date | None
    amount: Money


@dataclass(frozen=True, slots=True)
class Series:
    """An amount over time."""

    name: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class ValueRow:
    """A store or a plan on the day: its fee or cap is ``value``; ``details`` hold too, ``later`` is what is to come."""

    code: str
    name: str
    value: str
    details: tuple[str, ...]
    later: tuple[str, ...]
    series: Series


def store_rows(catalogue: Catalogue, labels: Labels, words: Words, day: date) -> tuple[ValueRow, ...]:
    """Every store, by code: region and countries are its details."""
    return tuple(_store_row(store, labels, words, day) for _, store in sorted(catalogue.stores.items()))


def plan_rows(catalogue: Catalogue, labels: Labels, words: Words, day: date) -> tuple[ValueRow, ...]:
    """Every plan, by id: how its cap is split is its detail."""
    return tuple(_plan_row(plan, labels, words, day) for _, plan in sorted(catalogue.plans.items()))


def _store_row(store: Store, labels: Labels, words: Words, day: date) -> ValueRow:
    entry = store.terms.on(day)
    countries = ", ".join(entry.value.countries) if entry else "–"
    name, region = store.name.render(labels.language), store.region.name.render(labels.language)
    value = str(entry.value.fee) if entry else words("values.closed", day=day)
    later = _later(store.terms, day, words, lambda terms: f"{terms.fee} ({', '.join(terms.countries)})")
    series = _series(name, store.terms, lambda terms: terms.fee)
    return ValueRow(store.code, name, value, (region, countries), later, series)


def _plan_row(plan: Plan, labels: Labels, words: Words, day: date) -> ValueRow:
    entry = plan.terms.on(day)
    name = plan.name.render(labels.language)
    value = str(entry.value.cap) if entry else words("values.closed", day=day)
    split = _split(entry.value.split, words) if entry else "–"

    def shown(terms: PlanTerms) -> str:
        return f"{terms.cap}, {_split(terms.split, words)}"

    later = _later(plan.terms, day, words, shown)
    return ValueRow(plan.id, name, value, (split,), later, _series(name, plan.terms, lambda terms: terms.cap))


def _split(split: Split, words: Words) -> str:
    match split:
        case OnOneStore(on):
            return words("split.on_one_store", on=", ".join(on))
        case Equally():
            return words("split.equally")
    return words("split.by_standard_fee")


def _later(terms: Dated[T], day: date, words: Words, shown: Callable[[T], str]) -> tuple[str, ...]:
    """The entries that begin after the day, and the end of the last one."""
    coming = [
        words("values.from", day=entry.since, value=shown(entry.value)) for entry in terms.entries if entry.since > day
    ]
    last = terms.entries[-1].through
    return (*coming, *([words("values.through", day=last)] if last and last >= day else []))


def _series(name: str, terms: Dated[T], amount: Callable[[T], Money]) -> Series:
    return Series(name, tuple(Step(entry.since, entry.through, amount(entry.value)) for entry in terms.entries))


def changing(rows: Iterable[ValueRow], since: date, through: date) -> list[Series]:
    """The series with a change between two days: a step that begins, or an end without a next one."""
    return [row.series for row in rows if any(_changes(step, since, through) for step in row.series.steps)]


def _changes(step: Step, since: date, through: date) -> bool:
    return since < step.since <= through or (step.through is not None and since <= step.through < through)
