"""Many quotes in one call, against the same quotes in single calls: `python docs/benchmarks/bench.py --only shapes`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from load import Loaded, closed, warm
from rounds import alternating, ratio, spread_of
from section import Aim, Effort, Section, table
from sellers import DISTINCT, FEW, in_turn

from linkedaccounts.loadtest.calls import Shape
from service import Running, served

WARM_UP_SECONDS = 0.3
QUOTES_ON_THEIR_WAY = 2_000
"""At most: so that a round does not end long after its time."""
TEXT = """The same sellers, asked for one by one, in batches and in streams, with everything on: a decision recorded for
every quote ({written:,.0f} written, {lost:,.0f} lost because more came than could be written), a log line for
every call. {rounds} rounds of {seconds:g} s. A CPU second is one of the service's.

{repeated:,} sellers in turn, whose answers are remembered:

{few}

Distinct sellers, none of whom is remembered:

{distinct}"""


@dataclass(frozen=True, slots=True)
class Form:
    """A shape of call, with how many quotes in each."""

    name: str
    shape: Shape
    size: int

    @property
    def callers(self) -> int:
        """As many as for single calls, but fewer where each has much on its way."""
        return max(2, min(64, QUOTES_ON_THEIR_WAY // self.size))

    def load(self, server: Running, count: int, seconds: float) -> Loaded:
        """As fast as it goes, once it is warm."""
        closed(server, in_turn(count, self.shape, self.size), WARM_UP_SECONDS, self.callers)
        return closed(server, in_turn(count, self.shape, self.size), seconds, self.callers)


SINGLE = "single calls"
FORMS = {
    form.name: form
    for form in (
        Form(SINGLE, Shape.UNARY, 1),
        Form("batches of 10", Shape.BATCH, 10),
        Form("batches of 50", Shape.BATCH, 50),
        Form("batches of 1,000", Shape.BATCH, 1000),
        Form("streams of 50", Shape.STREAM, 50),
        Form("streams of 1,000", Shape.STREAM, 1000),
    )
}
AIMED = ("batches of 50", "batches of 1,000")


def measure(effort: Effort) -> Section:
    """Quotes per second and per CPU second in each shape, for sellers that are remembered and for others."""
    with served() as server:
        warm(server)
        few, distinct = (_loads(server, count, effort) for count in (FEW, DISTINCT))
        metrics = server.metrics()
    text = TEXT.format(
        written=_recorded(metrics, "written"),
        lost=_recorded(metrics, "lost"),
        rounds=effort.rounds,
        seconds=effort.seconds,
        repeated=FEW,
        few=_table(few),
        distinct=_table(distinct),
    )
    return Section("Batches and streams", text, [*_aims(few, "remembered"), *_aims(distinct, "distinct")])


def _recorded(metrics: Mapping[str, float], what: str) -> float:
    """How many decisions that happened to."""
    return sum(value for name, value in metrics.items() if "decisions_total{" in name and f'record="{what}"' in name)


def _loads(server: Running, count: int, effort: Effort) -> dict[str, list[Loaded]]:
    things = {name: lambda form=form: form.load(server, count, effort.seconds) for name, form in FORMS.items()}
    return alternating(things, effort.rounds)


def _table(loads: Mapping[str, list[Loaded]]) -> str:
    single = _per_cpu_second(loads[SINGLE])
    rows = [
        (
            name,
            FORMS[name].callers,
            spread_of([each.quotes_per_second for each in measured]),
            spread_of(_per_cpu_second(measured)),
            ratio(_per_cpu_second(measured), single),
            spread_of([each.p99_ms for each in measured]),
        )
        for name, measured in loads.items()
    ]
    return table(
        ("", "callers", "quotes a second", "quotes a CPU second", "of single calls'", "p99 of a call, ms"), rows
    )


def _aims(loads: Mapping[str, list[Loaded]], which: str) -> list[Aim]:
    single = _per_cpu_second(loads[SINGLE])
    why = (
        "of a remembered quote, what is left is its record and its share of the message; of any other, the decision "
        "itself, which a batch cannot share"
    )
    return [
        Aim(
            f"`BatchQuoteFees`, quotes a CPU second against single calls: {name}, {which} sellers",
            "at least",
            15,
            ratio(_per_cpu_second(loads[name]), single).middle,
            why,
        )
        for name in AIMED
    ]


def _per_cpu_second(loads: list[Loaded]) -> list[float]:
    return [each.quotes_per_cpu_second for each in loads]
