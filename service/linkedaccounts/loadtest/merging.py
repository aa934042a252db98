"""Several runs of one load, as one: as if each had gone on where the one before it ended."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from statistics import fmean
from typing import TypedDict, TypeVar

from linkedaccounts.loadtest.latencies import encoded, merged
from linkedaccounts.loadtest.looking import MOST_EXAMPLES
from linkedaccounts.loadtest.result import Checked, Decided, Event, Moment, Result, Run, Together, Totals, Usage
from linkedaccounts.loadtest.thresholds import WRONG_ANSWERS, Threshold, judged

Part = TypeVar("Part")


class _Course(TypedDict):
    """What lies along the time of a run."""

    timeline: tuple[Moment, ...]
    usage: tuple[Usage, ...]
    events: tuple[Event, ...]


class NotAlike(ValueError):
    """Runs of different loads, which say nothing together; the text says what differs."""


def check_alike(runs: Sequence[Run]) -> None:
    """NotAlike unless all had the same load."""
    for name in ("arrivals", "stages", "profile", "connections"):
        values = list(dict.fromkeys(getattr(run, name) for run in runs))
        if len(values) > 1:
            raise NotAlike(f"the runs had different loads: {name} `{values[0]}` and `{values[1]}`")


def merge(results: Sequence[Result]) -> Result:
    """All runs as one, the seconds of each after those of the one before; the first alone as it is. NotAlike."""
    check_alike([result.run for result in results])
    first = results[0]
    if len(results) == 1:
        return first
    invalid = next((result.invalid for result in results if result.invalid), "")
    together = Result(
        run=replace(first.run, seconds=sum(result.run.seconds for result in results)),
        totals=_totals(results),
        invalid=invalid,
        client_cpu=fmean(result.client_cpu for result in results),
        client_still=fmean(result.client_still for result in results),
        latency=_sum(result.latency for result in results),
        failed_latency=_sum(result.failed_latency for result in results),
        kinds=_by_name([result.kinds for result in results], _sum),
        rules=_by_name([result.rules for result in results], _decided),
        together=_together(each for result in results for each in result.together),
        checked=_checked([result.checked for result in results]),
        **_one_after_the_other(results),
    )
    limits = [Threshold(each.name, each.limit) for each in first.verdicts if each.name != WRONG_ANSWERS]
    return replace(together, verdicts=judged(together, limits))


def _sum(histograms: Iterable[str]) -> str:
    return encoded(merged(histograms))


def _by_name(several: Sequence[Mapping[str, Part]], together: Callable[[Iterable[Part]], Part]) -> dict[str, Part]:
    names = sorted({name for each in several for name in each})
    return {name: together([each[name] for each in several if name in each]) for name in names}


def _decided(several: Iterable[Decided]) -> Decided:
    parts = list(several)
    return Decided(sum(each.lines for each in parts), _sum(each.latency for each in parts))


def _together(several: Iterable[Together]) -> tuple[Together, ...]:
    by_rules: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for each in several:
        by_rules[each.rules].append(each.latency)
    return tuple(Together(rules, _sum(latencies)) for rules, latencies in sorted(by_rules.items()))


def _checked(several: Sequence[Checked]) -> Checked:
    examples = [example for each in several for example in each.examples]
    answers, wrong = sum(each.answers for each in several), sum(each.wrong for each in several)
    return Checked(answers, wrong, tuple(examples[:MOST_EXAMPLES]))


def _totals(results: Sequence[Result]) -> Totals:
    seconds = sum(result.run.seconds for result in results)
    statuses: Counter[str] = Counter()
    for result in results:
        statuses.update(result.totals.statuses)

    def total(name: str) -> int:
        return sum(getattr(result.totals, name) for result in results)

    def rate(name: str) -> float:
        return float(sum(getattr(result.totals, name) * result.run.seconds for result in results) / seconds)

    return Totals(
        calls=total("calls"),
        quotes=total("quotes"),
        calls_per_second=rate("calls_per_second"),
        quotes_per_second=rate("quotes_per_second"),
        unexpected=total("unexpected"),
        statuses=dict(sorted(statuses.items())),
        late=total("late"),
        held_back=total("held_back"),
        reconnects=total("reconnects"),
        goaways=total("goaways"),
        resets=total("resets"),
    )


def _one_after_the_other(results: Sequence[Result]) -> _Course:
    timeline: list[Moment] = []
    usage: list[Usage] = []
    events: list[Event] = []
    for number, result in enumerate(results, start=1):
        begin = len(timeline)
        if begin:
            events.append(Event(begin, "run", f"run {number} begins"))
        timeline += [replace(moment, second=moment.second + begin) for moment in result.timeline]
        usage += [replace(each, second=each.second + begin) for each in result.usage if not begin or each.second >= 0]
        events += [replace(event, second=event.second + begin) for event in result.events]
    return _Course(timeline=tuple(timeline), usage=tuple(usage), events=tuple(events))
