"""`linked-accounts loadtest run`: puts a load on a service, and measures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from click.exceptions import Exit
from rich.console import Console

from linkedaccounts.cli.loadtest.live import watching
from linkedaccounts.cli.loadtest.planning import asked_of, plans_a_load
from linkedaccounts.cli.loadtest.report import page_maker, write_report
from linkedaccounts.cli.loadtest.result_file import out_option, write
from linkedaccounts.cli.loadtest.summary import summary
from linkedaccounts.cli.loadtest.tested_service import asked_of_it, tested_service, tests_a_service, tls_context
from linkedaccounts.cli.loadtest.threshold_options import states_thresholds, thresholds_of
from linkedaccounts.loadtest.plan import Plan
from linkedaccounts.loadtest.result import Result, as_json
from linkedaccounts.loadtest.run import run_plan
from linkedaccounts.loadtest.thresholds import Threshold, judged

EXIT_CODES = """\b
Exit codes:
  0  measured, and every threshold holds
  1  a threshold does not hold, or an answer is wrong
  2  wrong arguments
  3  the figures say nothing of the service: this client was the limit
  4  the service cannot be reached"""


@click.command(epilog=EXIT_CODES)
@tests_a_service
@plans_a_load
@states_thresholds
@click.option("--min-rate", type=float, help="Threshold: calls that must end in a second.")
@out_option
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="Write a page of it there, as HTML.")
def run(out: Path | None, report: Path | None, min_rate: float | None, **given: Any) -> None:
    """Put a load on a running service, or with --self on one of its own, and measure how it answers.

    STAGES are DURATION:LEVEL or DURATION:FROM-TO, by commas. A ramp is `10s:0-500`, a step `10s:100,10s:200`, a spike
    `30s:100,5s:1000,30s:100`, a soak `2h:300`; a number alone lasts for --duration. With neither --rate nor --callers
    there are 200 calls a second.

    With --rate a latency is counted from when the call should have gone out, so a service that stalls is charged for
    every call that had to wait. Latencies are of calls that ended as they were meant to.
    """
    if report:
        page_maker()  # what is missing is better said now than after the run
    thresholds = thresholds_of(given)
    if min_rate is not None:
        thresholds.append(Threshold("rate", min_rate))
    asked, tls = asked_of(given), tls_context(given)
    with tested_service(given) as service:
        result = _measured(asked.plan(service, tls))
    result = replace(result, verdicts=judged(result, thresholds))
    if out:
        write(out, as_json(result))
    if report:
        write_report([result], report)
    for line in summary(result):
        click.echo(line)
    if result.invalid:
        raise Exit(3)
    if not all(verdict.holds for verdict in result.verdicts):
        raise Exit(1)


def _measured(plan: Plan) -> Result:
    with watching(Console(stderr=True)) as watch:
        return asked_of_it(run_plan(plan, watch), plan.target)
