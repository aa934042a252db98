"""The report of a load test: one HTML file that needs nothing else, not even a network."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from linkedaccounts.cli.loadtest.page import charts
from linkedaccounts.cli.loadtest.summary import shown
from linkedaccounts.loadtest.effects import effects
from linkedaccounts.loadtest.latencies import decoded, readable
from linkedaccounts.loadtest.merging import merge
from linkedaccounts.loadtest.result import Result, Verdict
from linkedaccounts.loadtest.slow_rules import rule_figures, slow_rules
from linkedaccounts.loadtest.thresholds import AT_LEAST, MEASURES, error_share
from linkedaccounts.workbench.html_templates import templates_of

ALL, NAMES = "all calls", {"bad": "bad requests, refused"}
"""Of curves; other kinds of calls go by their own names."""
TEMPLATE = "report.html.jinja"
MOST_TOLD = 40
"""Things that happened; the rest is counted. A service may ask every few minutes to leave a connection."""
WORTH_A_WORD = 0.001
"""The share of time for which the client stood still, from which on the report says so."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart, what it shows, and how to read it; what happened is marked in those over time."""

    title: str
    caption: str
    svg: str
    over_time: bool = True


@dataclass(frozen=True, slots=True)
class Headline:
    """The verdict in a few words: ``tone`` is "good", "bad" or "plain"; ``lines`` say why."""

    tone: str
    words: str
    lines: tuple[str, ...]


def page(results: Sequence[Result]) -> str:
    """The HTML of one run, or of several of the same load, taken together; NotAlike if they are not of one load."""
    together = merge(results)
    happened = effects(together)
    templates = templates_of("linkedaccounts.cli.loadtest.page", ".")
    templates.filters["readable"] = readable
    return templates.get_template(TEMPLATE).render(
        result=together,
        headline=headline(together),
        tiles=list(_tiles(together)),
        effects=happened[:MOST_TOLD],
        untold=len(happened[MOST_TOLD:]),
        remarks=list(_remarks(together)),
        pictures=[picture for picture in _pictures(together) if picture.svg],
        rules=rule_figures(together),
        runs=[(result, list(_figures(result))) for result in results],
        facts=list(_facts(together)),
    )


def headline(result: Result) -> Headline:
    """What to say first."""
    if result.invalid:
        return Headline("bad", "These figures say nothing of the service", (result.invalid,))
    broken = [verdict for verdict in result.verdicts if not verdict.holds]
    lines = tuple(_judged(verdict) for verdict in (*broken, *(each for each in result.verdicts if each.holds)))
    if broken:
        return Headline("bad", "The service does not do what was asked of it", lines)
    if result.verdicts:
        return Headline("good", "The service does all that was asked of it", lines)
    return Headline("plain", "Measured; no threshold was set", ())


def _judged(verdict: Verdict) -> str:
    bound = "at least" if verdict.name in AT_LEAST else "at most"
    limit, actual = shown(verdict.name, verdict.limit), shown(verdict.name, verdict.actual)
    return f"{verdict.name} {actual}; {bound} {limit}: {'holds' if verdict.holds else 'broken'}"


def _tiles(result: Result) -> Iterator[tuple[str, str]]:
    yield f"{result.totals.calls_per_second:,.0f}", "calls a second"
    if result.totals.quotes > result.totals.calls:
        yield f"{result.totals.quotes_per_second:,.0f}", "quotes a second"
    yield from ((figure, name) for name, figure in _figures(result) if name != "calls a second")


def _figures(result: Result) -> Iterator[tuple[str, str]]:
    yield "calls a second", f"{result.totals.calls_per_second:,.1f}"
    for name, label in (("p50", "p50"), ("p90", "p90"), ("p99", "p99"), ("p999", "p99.9"), ("max", "max")):
        yield label, readable(MEASURES[name](result))
    yield "failed calls", f"{error_share(result):.2%}"


def _remarks(result: Result) -> Iterator[str]:
    """What stands out, apart from what happened at a moment."""
    yield from (rule.sentence for rule in slow_rules(result.together))
    if result.checked.wrong:
        yield f"{result.checked.wrong:,} of {result.checked.answers:,} checked answers are wrong"
    if result.totals.held_back:
        yield f"{result.totals.held_back:,} calls waited in the client, because the service took no more at once"
    if result.client_still >= WORTH_A_WORD:
        share = f"{result.client_still:.1%}"
        yield f"The client stood still for {share} of the time: that share of the slowest calls may be its own doing"


def _pictures(result: Result) -> Iterator[Picture]:
    course, kinds = charts.course_of(result), result.kinds
    curves = {NAMES.get(kind, kind): text for kind, text in kinds.items()} if len(kinds) > 1 else {ALL: result.latency}
    if decoded(result.failed_latency).total_count:
        curves["failed calls"] = result.failed_latency
    each = "each second" if course.step == 1 else f"each {course.step} seconds"
    counted = "counted from when a call was due" if result.run.arrivals != "closed" else "counted from when it went out"
    yield Picture(
        "Latency over time",
        f"Of the calls that were due in {each} and ended as they were meant to, {counted}.",
        charts.latency_over_time(course),
    )
    by_percentile = charts.latency_by_percentile(curves)
    yield Picture("Latency by percentile", "So many of the calls took no longer.", by_percentile, over_time=False)
    yield Picture("Throughput", "Calls that were due, and that ended, in a second.", charts.throughput(course))
    yield Picture("Failed calls", "By the second in which they were due, and their status.", charts.errors(course))
    if result.usage:
        used = charts.processors(course, result.usage, result.timeline)
        yield Picture("CPU", "Of each process of the service, and of the client that made the load.", used)
        yield Picture("Memory", "Resident, of each process of the service.", charts.memory(course, result.usage))


def _facts(result: Result) -> Iterator[tuple[str, str]]:
    run = result.run
    yield "service", run.target
    yield "load", f"{run.stages} ({'callers' if run.arrivals == 'closed' else f'calls a second, {run.arrivals}'})"
    yield "warm-up", f"{run.warm_up_seconds:g} s, left out"
    yield "profile", f"{run.profile}, seed {run.seed}"
    yield "connections", f"{run.connections}, timeout {run.timeout_seconds:g} s"
    yield "answers checked", f"{result.checked.answers:,} ({run.checked_share:.0%}), {result.checked.wrong:,} wrong"
    yield "client", f"{result.client_cpu:.0%} of a CPU, {result.totals.late:,} calls out late"
    yield "begun", f"{run.started_at}, linked-accounts {run.version}"
