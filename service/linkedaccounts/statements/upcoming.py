"""The charges to come as a picture: a row for each store along an axis of days, and where each bar stands in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from linkedaccounts.application.billing.preview_next_charges import NextCharge, StorePreview
from linkedaccounts.application.seller_fees import since
from linkedaccounts.domain.billing_cycle import cycle_containing, months_after
from linkedaccounts.domain.effects import PlanShare
from linkedaccounts.domain.money import Currency, Money
from linkedaccounts.domain.text import Text
from linkedaccounts.statements.amounts import full, plain
from linkedaccounts.statements.view import store_name
from linkedaccounts.statements.words import Words

GAP = 2
KINDS = ("first_month", "share", "standard", "nothing")
LEFT, WIDTH, ROW, TOP = 150, 1080, 46, 34
"""Of the picture, in its own units: where the axis begins, its length, a row's height, and the first one's place."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A billing cycle in the picture: from ``x`` on, ``width`` wide; ``said`` is all of it as a sentence."""

    x: float
    width: float
    kind: str
    amount: str
    estimate: bool
    said: str


@dataclass(frozen=True, slots=True)
class Row:
    """A store: its bars, and what its charges come to."""

    y: int
    store: str
    account: str
    bars: tuple[Bar, ...]
    total: str


@dataclass(frozen=True, slots=True)
class ChargeRow:
    """A charge in the table, day by day."""

    day: str
    store: str
    amount: str
    kind: str
    rates: str


@dataclass(frozen=True, slots=True)
class Upcoming:
    """The picture and its tables in one language; ``months`` are the axis' marks, ``totals`` are by currency."""

    say: Words
    title: str
    lead: str
    description: str
    rows: tuple[Row, ...]
    months: tuple[tuple[float, str], ...]
    charges: tuple[ChargeRow, ...]
    totals: tuple[tuple[str, int, str], ...]


@dataclass(frozen=True, slots=True)
class _Axis:
    first: date
    end: date

    def x(self, day: date) -> float:
        return round(LEFT + WIDTH * (day - self.first).days / (self.end - self.first).days, 1)

    def span(self, first: date, end: date) -> tuple[float, float]:
        """Where a bar begins, and how wide it is: a gap is left before the next one."""
        return self.x(first), round(self.x(end) - self.x(first) - GAP, 1)


def upcoming(previews: Sequence[StorePreview], stores: Mapping[str, Text], day: date, language: str) -> Upcoming:
    """The picture of previews made on a day; in which order they come makes no difference."""
    say = Words(language)
    ordered = sorted(previews, key=lambda each: (each.account.store, each.account.id))
    axis = _axis(ordered, day)
    names = {each.account.id: store_name(each.account.store, stores, language) for each in ordered}
    return Upcoming(
        say=say,
        title=say("upcoming_title", cycles=max((len(each.charges) for each in ordered), default=0)),
        lead=say("upcoming_lead", day=day),
        description=say("upcoming_description", first=axis.first, last=axis.end),
        rows=tuple(_row(number, each, names, axis, say) for number, each in enumerate(ordered)),
        months=tuple(_months(axis, say)),
        charges=tuple(_charges(ordered, names, say)),
        totals=tuple(_totals(ordered)),
    )


def kind_of(charge: NextCharge) -> str:
    """What a charge is, of ``KINDS``."""
    if not charge.line.charge.minor:
        return "nothing"
    if charge.line.first_month:
        return "first_month"
    shares = (isinstance(each.said.rule.effect, PlanShare) for each in charge.line.adjustments)
    return "share" if any(shares) else "standard"


def _axis(previews: Sequence[StorePreview], day: date) -> _Axis:
    begins = [each.charges[0].day for each in previews if each.charges]
    begins += [_first_month_began(each) for each in previews if each.first_month_through]
    ends = [
        months_after(each.account.registered_on, charge.line.cycle.index + 1)
        for each in previews
        for charge in each.charges[-1:]
    ]
    return _Axis(min(begins, default=day), max(ends, default=months_after(day, 1)))


def _first_month_began(preview: StorePreview) -> date:
    return cycle_containing(preview.account.registered_on, since(preview.account)).starts_on


def _row(number: int, preview: StorePreview, names: Mapping[str, str], axis: _Axis, say: Words) -> Row:
    account, charges = preview.account, preview.charges
    name = names[account.id]
    bars = [_charge_bar(preview, charge, axis, name, say) for charge in charges]
    if preview.first_month_through and charges:
        x, width = axis.span(_first_month_began(preview), charges[0].day)
        said = say("first_month_line", store=name, day=preview.first_month_through)
        bars.insert(0, Bar(x, width, "first_month", say("full_fee"), estimate=False, said=said))
    total = full(_sum([charge.line.charge for charge in charges])) if charges else ""
    return Row(TOP + ROW * number, name, account.id, tuple(bars), total)


def _charge_bar(preview: StorePreview, charge: NextCharge, axis: _Axis, store: str, say: Words) -> Bar:
    kind = kind_of(charge)
    said = say(
        "cycle_line",
        store=store,
        day=charge.day,
        amount=full(charge.line.charge),
        kind=say(f"kind_{kind}"),
        standing=say("estimated" if charge.estimate else "certain"),
    )
    x, width = axis.span(charge.day, months_after(preview.account.registered_on, charge.line.cycle.index + 1))
    return Bar(x, width, kind, plain(charge.line.charge), charge.estimate, said)


def _sum(amounts: Sequence[Money]) -> Money:
    return sum(amounts[1:], amounts[0])


def _months(axis: _Axis, say: Words) -> list[tuple[float, str]]:
    marks: list[tuple[float, str]] = []
    month = months_after(axis.first.replace(day=1), 0 if axis.first.day == 1 else 1)
    while month < axis.end:
        name = say.short_month(month)
        marks.append(
            (axis.x(month), say("month", name=name, year=month.year) if month.month == 1 or not marks else name)
        )
        month = months_after(month, 1)
    return marks


def _charges(previews: Sequence[StorePreview], names: Mapping[str, str], say: Words) -> list[ChargeRow]:
    found = [(charge.day, names[each.account.id], charge) for each in previews for charge in each.charges]
    return [
        ChargeRow(
            str(day),
            store,
            full(charge.line.charge),
            say(f"kind_{kind_of(charge)}"),
            say("estimated" if charge.estimate else "certain"),
        )
        for day, store, charge in sorted(found, key=lambda each: each[:2])
    ]


def _totals(previews: Sequence[StorePreview]) -> list[tuple[str, int, str]]:
    sums: dict[Currency, list[Money]] = {}
    for each in previews:
        for charge in each.charges:
            sums.setdefault(charge.line.charge.currency, []).append(charge.line.charge)
    ordered = sorted(sums.items(), key=lambda item: item[0].code)
    return [(currency.code, len(amounts), plain(_sum(amounts))) for currency, amounts in ordered]
