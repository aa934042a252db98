"""Where two catalogues differ: which value, on which days, before and after, and by how much."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TypeVar

from linkedaccounts.domain.catalogue import Catalogue, Plan, PlanTerms, Store, StoreTerms
from linkedaccounts.domain.dated import Dated, DatedEntry
from linkedaccounts.domain.details import Detail
from linkedaccounts.domain.money import Money
from linkedaccounts.domain.plan_split import ByStandardFee, Equally, Split
from linkedaccounts.domain.rates import Peg
from linkedaccounts.workbench.compare_direction import Direction, money_direction

T = TypeVar("T")
Values = Mapping[str, Money | str]
"""The values of a thing by what they are called in the rule files; of amounts the amount, of others their words."""

_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ValueChange:
    """A value of the catalogue that differs from ``since`` through ``through``; None if it is not dated, or has no end.

    ``before`` and ``after`` are in words, None where there is no such thing. ``by`` is the difference of two amounts
    of one currency.
    """

    subject: str
    field: str
    before: str | None
    after: str | None
    since: date | None = None
    through: date | None = None
    by: Money | None = None
    direction: Direction = Direction.OTHERWISE


def catalogue_changes(old: Catalogue, new: Catalogue) -> tuple[ValueChange, ...]:
    """All values that differ, but for names and labels; by subject, field and day."""
    changes = [
        *_valued("the catalogue", _overall(old), _overall(new)),
        *_both("currency", old.currencies, new.currencies, lambda one: {"minor_digits": str(one.minor_digits)}),
        *_both("region", old.regions, new.regions, lambda _: {}),
        *_both("store", old.stores, new.stores, _store, _opened),
        *_both("plan", old.plans, new.plans, lambda _: {}, _in_force),
        *_both("detail", old.details, new.details, _detail),
        *_dated_all("store", old.stores, new.stores, lambda store: store.terms, _store_values),
        *_dated_all("plan", old.plans, new.plans, lambda plan: plan.terms, _plan_values),
        *_dated_all("currency", _pegged(old), _pegged(new), lambda pegs: pegs, _peg_values),
    ]
    return tuple(sorted(changes, key=lambda one: (one.subject, one.field, one.since or date.min)))


def split_words(split: Split) -> str:
    """A plan's split as its entry says it."""
    match split:
        case ByStandardFee():
            return "by_standard_fee"
        case Equally():
            return "equally"
    return f"on_one_store: [{', '.join(split.on)}]"


def _store(store: Store) -> Values:
    return {"region": store.region.code, "time_zone": store.zone.key}


def _overall(catalogue: Catalogue) -> Values:
    return {"reporting_currency": catalogue.reporting_currency.code}


def _detail(detail: Detail) -> Values:
    choices = {"choices": ", ".join(sorted(detail.choices))} if detail.choices else {}
    pattern = {"pattern": detail.pattern} if detail.pattern is not None else {}
    return {"type": detail.kind.value, "longest": str(detail.longest), **pattern, **choices}


def _opened(store: Store) -> str:
    first, last = store.terms.entries[0], store.terms.entries[-1]
    return f"open {_days(first.since, last.through)}, {_said(_store_values(first.value))}"


def _in_force(plan: Plan) -> str:
    first, last = plan.terms.entries[0], plan.terms.entries[-1]
    return f"in force {_days(first.since, last.through)}, {_said(_plan_values(first.value))}"


def _days(since: date, through: date | None) -> str:
    return f"from {since} through {through}" if through else f"from {since} on"


def _store_values(terms: StoreTerms) -> Values:
    return {"fee": terms.fee, "countries": ", ".join(sorted(terms.countries)) or "none"}


def _plan_values(terms: PlanTerms) -> Values:
    return {"cap": terms.cap, "split": split_words(terms.split)}


def _peg_values(peg: Peg) -> Values:
    return {"peg": f"{peg.per_unit} to one {peg.to_currency}"}


def _pegged(catalogue: Catalogue) -> Mapping[str, Dated[Peg]]:
    """The pegs of each pegged currency as a table of values over time."""
    return {code: _over_time(sorted(pegs, key=lambda peg: peg.since)) for code, pegs in catalogue.pegs.items() if pegs}


def _over_time(pegs: list[Peg]) -> Dated[Peg]:
    ends = [*(peg.since - _A_DAY for peg in pegs[1:]), None]
    return Dated(tuple(DatedEntry(peg.since, end, peg) for peg, end in zip(pegs, ends, strict=True)))


def _both(
    kind: str,
    old: Mapping[str, T],
    new: Mapping[str, T],
    values: Callable[[T], Values],
    words: Callable[[T], str] = lambda _: "there",
) -> Iterator[ValueChange]:
    """What only one of two catalogues has, and the undated values that differ."""
    for code in sorted(old.keys() | new.keys()):
        subject = f"{kind} {code}"
        if code in old and code in new:
            yield from _valued(subject, values(old[code]), values(new[code]))
        else:
            before, after = (words(side[code]) if code in side else None for side in (old, new))
            yield ValueChange(subject, "", before, after)


def _dated_all(
    kind: str,
    old: Mapping[str, T],
    new: Mapping[str, T],
    terms: Callable[[T], Dated[V]],
    values: Callable[[V], Values],
) -> Iterator[ValueChange]:
    """The dated values that differ of what both have; of pegs also where one has none."""
    codes = old.keys() & new.keys() if kind != "currency" else old.keys() | new.keys()
    for code in sorted(codes):
        before, after = (terms(side[code]) if code in side else None for side in (old, new))
        yield from _joined(_segments(f"{kind} {code}", before, after, values))


V = TypeVar("V")


def _segments(
    subject: str, old: Dated[V] | None, new: Dated[V] | None, values: Callable[[V], Values]
) -> Iterator[ValueChange]:
    days = sorted({day for side in (old, new) if side for entry in side.entries for day in _limits(entry)})
    for day, after in zip(days, [*days[1:], None], strict=True):
        entries = [side.on(day) if side else None for side in (old, new)]
        before, now = (None if entry is None else values(entry.value) for entry in entries)
        for change in _valued(subject, before, now):
            yield replace(change, since=day, through=after - _A_DAY if after else None)


def _limits(entry: DatedEntry[V]) -> tuple[date, ...]:
    """The days on which something begins or has just ended."""
    return (entry.since, entry.through + _A_DAY) if entry.through else (entry.since,)


def _valued(subject: str, before: Values | None, after: Values | None) -> Iterator[ValueChange]:
    if before is None or after is None:
        if before is not after:
            yield ValueChange(subject, "terms", _said(before), _said(after))
        return
    for field in sorted(before.keys() | after.keys()):
        one, other = before.get(field), after.get(field)
        if one != other:
            yield _changed(ValueChange(subject, field, _word(one), _word(other)), one, other)


def _changed(change: ValueChange, before: Money | str | None, after: Money | str | None) -> ValueChange:
    if not (isinstance(before, Money) and isinstance(after, Money)):
        return change
    by = after - before if before.currency == after.currency else None
    return replace(change, by=by, direction=money_direction(before, after))


def _word(value: Money | str | None) -> str | None:
    return None if value is None else str(value)


def _said(values: Values | None) -> str | None:
    return None if values is None else ", ".join(f"{field}: {value}" for field, value in values.items())


def _joined(changes: Iterable[ValueChange]) -> list[ValueChange]:
    """The changes of one subject, those that follow one another and say the same as one."""
    joined: dict[str, list[ValueChange]] = {}
    for change in changes:
        so_far = joined.setdefault(change.field, [])
        if so_far and _goes_on(so_far[-1], change):
            so_far[-1] = replace(so_far[-1], through=change.through)
        else:
            so_far.append(change)
    return [change for field in sorted(joined) for change in joined[field]]


def _goes_on(one: ValueChange, other: ValueChange) -> bool:
    """Whether a change says the same as the one before it, from the next day on."""
    the_same = replace(other, since=one.since, through=one.through) == one
    return the_same and one.through is not None and other.since == one.through + _A_DAY
