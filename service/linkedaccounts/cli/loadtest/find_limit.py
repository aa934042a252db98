"""`linked-accounts loadtest find-limit`: the highest rate at which the thresholds hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import click
from click.exceptions import Exit
from rich.console import Console

from linkedaccounts.cli.loadtest.limit_words import beginning, ending, step_line
from linkedaccounts.cli.loadtest.live import watching
from linkedaccounts.cli.loadtest.planning import DURATION, asked_of, plans_calls
from linkedaccounts.cli.loadtest.result_file import out_option, write
from linkedaccounts.cli.loadtest.tested_service import asked_of_it, tested_service, tests_a_service, tls_context
from linkedaccounts.cli.loadtest.threshold_options import states_thresholds, thresholds_of
from linkedaccounts.cli.loadtest.values import Read
from linkedaccounts.loadtest.limit import FoundLimit, Step, limit_as_json, step_of
from linkedaccounts.loadtest.plan import Plan
from linkedaccounts.loadtest.result import Result
from linkedaccounts.loadtest.run import run_plan
from linkedaccounts.loadtest.searching import Answer, Limit, Range
from linkedaccounts.loadtest.searching import find_limit as search
from linkedaccounts.loadtest.stages import Stage
from linkedaccounts.loadtest.thresholds import Threshold, errors_threshold, latency_threshold

EXIT_CODES = """\b
Exit codes:
  0  found, or every rate up to --to holds
  1  not even the rate of --from holds
  2  wrong arguments
  3  the search ended early: this client was the limit, not the service
  4  the service cannot be reached"""

DEFAULTS = (latency_threshold("p99", "25ms"), errors_threshold("0.1%"))
CLOSEST, WIDEST = 0.001, 0.5
FEWEST_CALLS = 100
"""Of fewer calls in a step there is no 99th percentile."""


def _precision(text: str) -> float:
    share = errors_threshold(text).limit
    if not CLOSEST <= share <= WIDEST:
        raise ValueError(f"`{text}` is no precision that a search can keep; write one from 0.1% to 50%")
    return share


RATE = click.FloatRange(0, min_open=True)


@click.command("find-limit", epilog=EXIT_CODES)
@tests_a_service
@click.option("--from", "lowest", type=RATE, default=100, show_default=True, help="Calls a second to begin with.")
@click.option("--to", "highest", type=RATE, help="Calls a second to try at most.")
@click.option("--precision", type=Read("share", _precision), default="5%", show_default=True, help="Of the answer.")
@click.option("--duration", type=DURATION, default="10s", show_default=True, help="Of a step, after its warm-up.")
@plans_calls
@states_thresholds
@out_option
def find_limit(lowest: float, highest: float | None, precision: float, out: Path | None, **given: Any) -> None:
    """Search for the highest rate of calls at which the thresholds hold.

    The thresholds are those of `run`; without a word on them, p99 is to be 25ms and errors 0.1% at most. Each step is
    one rate in the open model. The rate doubles, beginning with --from, until one fails; then what lies between is
    halved until the answer is known to --precision. What fails is tried again, and has failed if it fails twice; the
    answer is tried once more at the end.
    """
    thresholds = _completed(thresholds_of(given))
    within, seconds = _range(lowest, highest, precision), given["duration"]
    _check_steps(lowest * seconds)
    given |= {"rate": f"{lowest}", "callers": None}
    asked, tls = asked_of(given), tls_context(given)
    with tested_service(given) as service:
        searching = _Searching(asked.plan(service, tls), seconds, thresholds)
        click.echo(beginning(searching.plan, thresholds, within))
        found = asked_of_it(searching.search(within), service.target)
    if out:
        write(out, limit_as_json(found))
    click.echo(ending(found))
    if found.ended_by:
        raise Exit(3)
    if found.held is None:
        raise Exit(1)


@dataclass(slots=True)
class _Searching:
    """A search under way: ``plan`` says all but the rate."""

    plan: Plan
    seconds: float
    thresholds: Sequence[Threshold]
    steps: list[Step] = field(default_factory=list)

    async def search(self, within: Range) -> FoundLimit:
        """Searches, and says of every step how it went."""
        started_at = datetime.now(UTC).isoformat(timespec="seconds")
        return self._found(await search(self._attempt, within), within, started_at)

    async def _attempt(self, rate: float) -> Answer:
        step = step_of(rate, await self._measured(rate), self.thresholds)
        self.steps.append(step)
        click.echo(step_line(step))
        return step.answer

    async def _measured(self, rate: float) -> Result:
        text = f"{self.seconds:g}s:{rate}"
        plan = replace(self.plan, stages=(Stage(self.seconds, rate, rate),), stages_text=text)
        console = Console(stderr=True)
        if not console.is_terminal:
            return await run_plan(plan, lambda _: None)
        with watching(console) as watch:
            return await run_plan(plan, watch)

    def _found(self, limit: Limit, within: Range, started_at: str) -> FoundLimit:
        arrivals = self.plan.arrivals
        assert arrivals != "closed"
        return FoundLimit(
            target=self.plan.target,
            profile=self.plan.profile_name,
            arrivals=arrivals,
            step_seconds=self.seconds,
            warm_up_seconds=self.plan.warm_up,
            started_at=started_at,
            version=metadata.version("linked-accounts"),
            precision=within.precision,
            held=limit.held,
            failed=limit.failed,
            ended_by="" if limit.untold is None else self.steps[-1].invalid,
            steps=tuple(self.steps),
        )


def _completed(thresholds: Sequence[Threshold]) -> list[Threshold]:
    """With a limit on p99 and on errors: without one, a service that falls behind would hold for ever."""
    stated = {threshold.name for threshold in thresholds}
    return [*thresholds, *(each for each in DEFAULTS if each.name not in stated)]


def _range(lowest: float, highest: float | None, precision: float) -> Range:
    if highest is None:
        return Range(lowest, precision=precision)
    if highest < lowest:
        raise click.UsageError(f"--to is {highest:g}, below --from, which is {lowest:g}")
    return Range(lowest, highest, precision)


def _check_steps(calls: float) -> None:
    if calls < FEWEST_CALLS:
        raise click.UsageError(
            f"the first step would have {calls:g} calls, and a p99 needs {FEWEST_CALLS}: state a longer --duration, or "
            "a higher --from"
        )
