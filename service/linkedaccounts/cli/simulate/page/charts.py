"""The charts of the page: each is an `svg` element with the colours of the page around it.

Charts show; what is exact stands in the tables. So sums may become binary floating point here, and nowhere before.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from linkedaccounts.cli.simulate.page.axes import Numbered, chart, panels
from linkedaccounts.simulation.policies import InForce
from linkedaccounts.simulation.tally import Figures, Tally
from linkedaccounts.workbench.svg import ACCENT, INK, SERIES

BAR = 0.78
MOST_STORES = 5
"""Sellers with more are drawn together."""
LIGHTEST = 0.18


def revenue(tally: Tally, reporting: str, marks: Numbered) -> str:
    """What was charged, what the plan took off, and what was given back, month by month."""
    months = list(tally.months)
    charged, discount, back = (_worths(tally, name) for name in ("charged", "discount", "given_back"))
    with chart("revenue", reporting, months, marks) as (axes, drawn):
        places = range(len(months))
        axes.bar(places, charged, BAR, color=SERIES[0], label="charged")
        axes.bar(places, discount, BAR, bottom=charged, color=SERIES[2], label="discount")
        axes.bar(places, [-each for each in back], BAR, color=SERIES[3], label="given back")
        axes.axhline(0, color=INK, linewidth=0.8)
        return drawn()


def discount_share(tally: Tally, marks: Numbered) -> str:
    """What share of the standard fees the plan took off."""
    months = list(tally.months)
    pairs = zip(_worths(tally, "charged"), _worths(tally, "discount"), strict=True)
    with chart("share", "% of the standard fees", months, marks) as (axes, drawn):
        shares = [100 * off / (off + charged) if off + charged else 0.0 for charged, off in pairs]
        axes.plot(range(len(months)), shares, color=SERIES[2], linewidth=2, marker="o", markersize=4, label="discount")
        axes.set_ylim(bottom=0)
        return drawn()


def sellers(tally: Tally) -> str:
    """How many sellers have so many stores in use at the end of each month: the darker, the more."""
    months = list(tally.sellers)
    below = [0] * len(months)
    with chart("sellers", "sellers", months) as (axes, drawn):
        for stores in range(MOST_STORES + 1):
            counts = [_with(tally.sellers[month], stores) for month in months]
            name = f"{stores}+ stores" if stores == MOST_STORES else f"{stores}" if stores else "none in use"
            strength = LIGHTEST + (1 - LIGHTEST) * stores / MOST_STORES
            axes.bar(range(len(months)), counts, BAR, bottom=below, color=ACCENT, alpha=strength, label=name)
            below = [low + high for low, high in zip(below, counts, strict=True)]
        return drawn()


def charges(tally: Tally) -> str:
    """How many cycles were charged, and how many were set aside first, as the rates of the day were not there yet."""
    months = list(tally.months)
    with chart("charges", "cycles", months) as (axes, drawn):
        counts = [sum(each.charges for each in tally.months[month].values()) for month in months]
        axes.bar(range(len(months)), counts, BAR, color=SERIES[0], alpha=0.45, label="charged")
        aside = [tally.set_aside[month] for month in months]
        axes.plot(
            range(len(months)), aside, color=SERIES[2], linewidth=2, marker="o", markersize=4, label="set aside first"
        )
        axes.set_ylim(bottom=0)
        return drawn()


def by_currency(tally: Tally) -> str:
    """Of each currency in which anything is paid: the standard fees and what was charged of them, in it."""
    months = list(tally.months)
    codes = sorted(code for code, figures in tally.in_all.items() if figures.standard_fees)
    with panels("currencies", codes, months) as (all_axes, drawn):
        for axes, code in zip(all_axes, codes, strict=True):
            of = [tally.months[month].get(code) for month in months]
            standard = [_major(one, one.standard_fees) if one else 0.0 for one in of]
            charged = [_major(one, one.charged) if one else 0.0 for one in of]
            places = range(len(months))
            axes.fill_between(places, charged, standard, color=SERIES[2], alpha=0.3, linewidth=0, label="discount")
            axes.plot(places, standard, color=SERIES[2], linewidth=1.2, label="standard fees")
            axes.plot(places, charged, color=SERIES[0], linewidth=2, label="charged")
            axes.set_ylim(bottom=0)
        return drawn()


def marks_of(policies: Sequence[InForce], months: Sequence[str]) -> Numbered:
    """Where on an axis of months each change begins to count; those that do so later have no place there."""
    known = {month: place for place, month in enumerate(months)}
    numbered = enumerate(policies[1:], 1)
    return [
        (number, known[_month(one.counts_from)] + _within(one))
        for number, one in numbered
        if _month(one.counts_from) in known
    ]


def _month(day: date) -> str:
    return f"{day:%Y-%m}"


def _within(one: InForce) -> float:
    """A month's bar reaches from half a place before it to half a place after it."""
    return one.counts_from.day / 31 - 0.5


def _worths(tally: Tally, name: str) -> list[float]:
    """By month, over all currencies, in the reporting currency."""
    sums = (sum((getattr(one, f"worth_{name}") for one in of.values()), Fraction()) for of in tally.months.values())
    return [float(each) for each in sums]


def _with(counts: dict[int, int], stores: int) -> int:
    if stores < MOST_STORES:
        return counts.get(stores, 0)
    return sum(count for number, count in counts.items() if number >= stores)


def _major(figures: Figures, minor: int) -> float:
    return float(figures.money(minor).exact)
