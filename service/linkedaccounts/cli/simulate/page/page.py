"""The page of a simulation: one HTML file that needs nothing else, not even a network; the same of the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from linkedaccounts.cli.simulate.ended import Ended
from linkedaccounts.cli.simulate.page import charts
from linkedaccounts.simulation.tally import Figures
from linkedaccounts.workbench.html_templates import templates_of

TEMPLATE = "simulation.html.jinja"


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart, what it shows, and how to read it."""

    title: str
    caption: str
    svg: str


def page(ended: Ended) -> str:
    """The HTML."""
    reporting = ended.policies[0].policy.catalogue.reporting_currency.code
    templates = templates_of("linkedaccounts.cli.simulate.page", ".")
    return templates.get_template(TEMPLATE).render(
        ended=ended,
        setting=ended.setting,
        reporting=reporting,
        tiles=list(_tiles(ended, reporting)),
        pictures=list(_pictures(ended, reporting)),
        changes=ended.policies[1:],
        currencies=[(code, figures.charges, *_amounts(figures)) for code, figures in ended.rows],
        months=list(_months(ended)),
    )


def _tiles(ended: Ended, reporting: str) -> Iterator[tuple[str, str]]:
    every = ended.tally.in_all.values()
    charged = sum((one.worth_charged for one in every), Fraction())
    discount = sum((one.worth_discount for one in every), Fraction())
    yield f"{ended.days:,}", "days found right"
    yield f"{ended.tally.charges:,}", "cycles charged"
    yield f"{ended.accounts:,}", f"accounts of {ended.setting.sellers:,} sellers"
    yield _rounded(charged), f"{reporting} charged"
    yield _rounded(discount), f"{reporting} of discounts"
    yield f"{ended.tally.given_back.total():,}", "refunds and reversals"
    yield f"{ended.killed:,}", "processes killed"


def _pictures(ended: Ended, reporting: str) -> Iterator[Picture]:
    tally = ended.tally
    if not tally.in_all:
        return
    marks = charts.marks_of(ended.policies, list(tally.months))
    numbers = " Numbers mark changes of prices and caps, told below." if marks else ""
    converted = f"In {reporting}, at the rate of each charge."
    yield Picture(
        "Revenue and discount",
        f"{converted} A whole bar is what the standard fees come to; below the line is what was given back.{numbers}",
        charts.revenue(tally, reporting, marks),
    )
    yield Picture("What the plan takes off", f"Of all standard fees.{numbers}", charts.discount_share(tally, marks))
    by_stores = "At the end of each month, by the stores in which they have an account that is not closed."
    yield Picture("Sellers by number of stores", by_stores, charts.sellers(tally))
    aside = "Those set aside wait until the rates of their day are published; a later run takes them up."
    yield Picture("Cycles charged", aside, charts.charges(tally))
    own = "In the currency itself. The band between the lines is the discount. Stores without a fee are left out."
    yield Picture("By currency", own, charts.by_currency(tally))


def _months(ended: Ended) -> Iterator[tuple[str, int, int, str, str, str, int]]:
    tally = ended.tally
    for month, of in tally.months.items():
        worths = [(one.worth_charged, one.worth_discount, one.worth_given_back) for one in of.values()]
        sums = (_rounded(sum(each, Fraction())) for each in zip(*worths, strict=True))
        count = sum(one.charges for one in of.values())
        charged, discount, back = sums
        yield month, count, tally.set_aside[month], charged, discount, back, tally.sellers.get(month, Counter())[0]


def _amounts(figures: Figures) -> tuple[str, ...]:
    minor = (figures.standard_fees, figures.discount, figures.charged, figures.given_back)
    return tuple(f"{figures.money(each).amount:,}" for each in minor)


def _rounded(worth: Fraction) -> str:
    """To whole units: sums of several currencies, to be looked at."""
    return f"{round(worth):,}"
