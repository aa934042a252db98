"""The charts of the report: each is an `svg` element with the colours of the page, or "" if there is nothing."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator, NullLocator

from linkedaccounts.cli.loadtest.page.axes import HEIGHT, TALL, chart, in_milliseconds, legend, mark, over_time
from linkedaccounts.loadtest.effects import Incident, incidents
from linkedaccounts.loadtest.latencies import decoded, merged, quantiles_ms
from linkedaccounts.loadtest.result import Moment, Result, Usage
from linkedaccounts.workbench.svg import INK, SERIES

MOST_POINTS = 300
"""Of a line; of a longer run several seconds are one point."""
PERCENTILES = {"p50": 50.0, "p90": 90.0, "p99": 99.0, "max": 100.0}
MEGABYTE = 1_000_000
FURTHEST = 7
"""The curve by percentile ends at so many nines, if there are calls enough."""
FEW_POINTS = 60
MOST_NAMED = 7
"""Processes that the legend names; the lines of the others stand there without a name."""
FEWEST_CALLS = 10
"""Of which percentiles are drawn."""
STEPS = 16
"""Points of that curve from one nine to the next."""


@dataclass(frozen=True, slots=True)
class Course:
    """What lies along the time of a run: points of ``step`` seconds each, and what happened."""

    seconds: float
    step: int
    points: Sequence[Sequence[Moment]]
    incidents: Sequence[Incident]
    runs: Sequence[int]

    @property
    def times(self) -> list[float]:
        """The middle of each point."""
        return [number * self.step + self.step / 2 for number in range(len(self.points))]

    @property
    def points_shown(self) -> dict[str, Any]:
        """How points are drawn: where there are few of them, a line hides which they are."""
        return {"marker": "o", "markersize": 3} if len(self.points) <= FEW_POINTS else {}

    def finish(self, axes: Axes, height: float = HEIGHT) -> None:
        """What every chart over time has."""
        mark(axes, self.incidents, self.runs)
        over_time(axes, self.seconds)
        legend(axes, height)


def course_of(result: Result) -> Course:
    """The course of a result, without the time after the load in which the last calls ended."""
    due = [moment.second for moment in result.timeline if moment.due]
    timeline = result.timeline[: max(due, default=0) + 1]
    step = max(1, -(-len(timeline) // MOST_POINTS))
    points = [timeline[first : first + step] for first in range(0, len(timeline), step)]
    runs = [event.second for event in result.events if event.kind == "run"]
    return Course(len(timeline), step, points, incidents(result.events), runs)


def latency_over_time(course: Course) -> str:
    """The percentiles of the calls that were due in each second and went well."""
    histograms = [merged(moment.latency for moment in point) for point in course.points]
    if not any(histogram.total_count for histogram in histograms):
        return ""
    nothing = [math.nan] * len(PERCENTILES)
    points = [quantiles_ms(each, PERCENTILES.values()) if each.total_count else nothing for each in histograms]
    with chart("latency", "milliseconds", TALL) as (axes, drawn):
        for name, heights, colour in zip(PERCENTILES, zip(*points, strict=True), SERIES, strict=False):
            axes.plot(course.times, heights, color=colour, label=name, linewidth=1.6, **course.points_shown)
        in_milliseconds(axes)
        course.finish(axes, TALL)
        return drawn()


def latency_by_percentile(curves: Mapping[str, str]) -> str:
    """A curve for each encoded histogram: how long the slowest tenth, hundredth, thousandth of its calls took."""
    histograms = {name: decoded(text) for name, text in curves.items()}
    histograms = {name: each for name, each in histograms.items() if each.total_count >= FEWEST_CALLS}
    if not histograms:
        return ""
    with chart("percentiles", "milliseconds", TALL) as (axes, drawn):
        for (name, histogram), colour in zip(histograms.items(), SERIES, strict=False):
            shares = [10 ** (step / STEPS) for step in range(FURTHEST * STEPS + 1)]
            slowest = [one_in for one_in in shares if one_in <= histogram.total_count] + [histogram.total_count]
            heights = quantiles_ms(histogram, [100 - 100 / one_in for one_in in slowest])
            axes.plot(slowest, heights, color=colour, label=name, linewidth=2)
        in_milliseconds(axes)
        axes.set_xscale("log")
        axes.xaxis.set_minor_locator(NullLocator())
        axes.xaxis.set_major_formatter(lambda one_in, _: f"{100 - 100 / one_in:.6g} %")
        axes.set_xlim(left=1)
        legend(axes, TALL)
        return drawn()


def throughput(course: Course) -> str:
    """How many calls were due and ended in a second, and with how many quotes, if a call has several."""
    counts = {
        name: [sum(getattr(moment, name) for moment in point) / len(point) for point in course.points]
        for name in ("due", "ended", "quotes")
    }
    names = {"due": "calls due", "ended": "calls ended", "quotes": "quotes"}
    if sum(counts["quotes"]) <= sum(counts["ended"]):
        del names["quotes"]
    with chart("throughput", "in a second") as (axes, drawn):
        for (name, label), colour in zip(names.items(), SERIES, strict=False):
            style = ":" if name == "due" else "-"
            axes.plot(course.times, counts[name], color=colour, label=label, linewidth=2, linestyle=style)
        axes.set_ylim(bottom=0)
        course.finish(axes)
        return drawn()


def errors(course: Course) -> str:
    """The calls that were due in each second and ended otherwise than they were meant to, by status."""
    names = sorted({status for point in course.points for moment in point for status in moment.unexpected})
    if not names:
        return ""
    below = [0.0] * len(course.points)
    with chart("errors", "calls") as (axes, drawn):
        for name, colour in zip(names, SERIES * len(names), strict=False):
            heights = [sum(moment.unexpected.get(name, 0) for moment in point) for point in course.points]
            axes.bar(course.times, heights, course.step * 0.9, bottom=below, color=colour, label=name)
            below = [low + high for low, high in zip(below, heights, strict=True)]
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
        course.finish(axes)
        return drawn()


def processors(course: Course, usage: Iterable[Usage], client: Sequence[Moment]) -> str:
    """The share of a CPU that each process of the service used, and this client, from second to second."""
    with chart("processors", "% of a CPU") as (axes, drawn):
        samples = _by_process(usage)
        names = _names(samples)
        for (pid, own), colour in zip(samples.items(), SERIES * len(samples), strict=False):
            pairs = [(now, then) for then, now in pairwise(own) if now.second > then.second]
            shares = [100 * (now.cpu_seconds - then.cpu_seconds) / (now.second - then.second) for now, then in pairs]
            axes.plot([now.second - 0.5 for now, _ in pairs], shares, color=colour, label=names[pid])
        known = [(moment.second + 0.5, moment.client_cpu) for moment in client if moment.client_cpu is not None]
        shares = [100 * share for _, share in known]
        axes.plot([time for time, _ in known], shares, color=INK, linestyle=":", label="this client")
        axes.set_ylim(bottom=0)
        course.finish(axes)
        return drawn()


def memory(course: Course, usage: Iterable[Usage]) -> str:
    """The resident memory of each process of the service."""
    samples = _by_process(usage)
    if not samples:
        return ""
    names = _names(samples)
    with chart("memory", "megabytes") as (axes, drawn):
        for (pid, own), colour in zip(samples.items(), SERIES * len(samples), strict=False):
            heights = [each.memory_bytes / MEGABYTE for each in own]
            axes.plot([each.second for each in own], heights, color=colour, label=names[pid])
        axes.set_ylim(bottom=0)
        course.finish(axes)
        return drawn()


def _by_process(usage: Iterable[Usage]) -> dict[int, list[Usage]]:
    found: defaultdict[int, list[Usage]] = defaultdict(list)
    for each in usage:
        found[each.pid].append(each)
    return dict(found)


def _names(processes: Iterable[int]) -> dict[int, str]:
    """What the legend says of each; a name that begins with `_` is not in it."""
    return {pid: f"process {pid}" if number < MOST_NAMED else f"_{pid}" for number, pid in enumerate(processes)}
