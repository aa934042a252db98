"""`linked-accounts policy backtest`: what other rules would have made of recorded decisions."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import click
from click.exceptions import Exit

from linkedaccounts.cli.policy.backtest_text import as_json, as_text
from linkedaccounts.cli.policy.recordings import decisions_argument, processes_option, ranges_meant, watched
from linkedaccounts.cli.policy.rules_argument import DIRECTORY
from linkedaccounts.policy.load import load_policy
from linkedaccounts.policy.policy import Policy
from linkedaccounts.policy.problems import PolicyRejected
from linkedaccounts.workbench.backtest.budget import Budget
from linkedaccounts.workbench.backtest.comparing import backtest as compared
from linkedaccounts.workbench.backtest.differences import Differences
from linkedaccounts.workbench.backtest.report import Report, report_of

MISSING = "pages need two more packages: pip install 'linked-accounts[reports]'"


class Changed(click.ParamType[Budget]):
    """How many decisions may change: a number, or per cent of them."""

    name = "N|N%"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Budget:
        """A budget with that limit."""
        if isinstance(value, Budget):
            return value
        if re.fullmatch(r"\d{1,18}", value):
            return Budget(max_changed=int(value))
        if not re.fullmatch(r"\d{1,3}(\.\d{1,6})?%", value):
            self.fail(f"`{value}` is neither a number of decisions nor per cent of them; write 100 or 0.5%", param, ctx)
        return Budget(max_percent=Decimal(value[:-1]))


class Cost(click.ParamType[tuple[str, Decimal]]):
    """How much money may move: a currency and an amount."""

    name = "CURRENCY:AMOUNT"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, Decimal]:
        """The code and the amount."""
        if isinstance(value, tuple):
            return value
        found = re.fullmatch(r"([A-Za-z]{3}):(\d{1,15}(?:\.\d{1,6})?)", value)
        if found is None:
            self.fail(f"`{value}` is no currency with an amount; write it as in CUR:100", param, ctx)
        return found[1].upper(), Decimal(found[2])


EXIT_CODES = """\b
Exit codes:
  0  replayed, and within the stated limits
  1  above a limit, or nothing could be replayed that a limit could hold for
  2  wrong arguments, or the candidate's rules have problems"""


@click.command(epilog=EXIT_CODES)
@decisions_argument
@click.option("--candidate", type=DIRECTORY, required=True, help="directory of the rules to try")
@click.option("--max-changed", type=Changed(), help="fail if more decisions change")
@click.option("--max-cost", type=Cost(), help="fail if sellers pay more, or less, by more than this in all")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="write a report with charts there too")
@processes_option
def backtest(
    decisions: tuple[Path, ...],
    candidate: Path,
    max_changed: Budget | None,
    max_cost: tuple[str, Decimal] | None,
    form: str,
    html: Path | None,
    processes: int,
) -> None:
    """Replay recorded decisions with other rules, and show what changes.

    DECISIONS are files that a service recorded, or directories of them. Each decision is made again on the facts and at
    the exchange rates of then: how many change, how much money moves by currency, rule, store and month, and which
    quotes move the most.

    The cost is counted in the candidate's reporting currency, what rises and what falls each for itself: a quote that
    falls does not make up for one that rises.
    """
    policy = _loaded(candidate)
    budget = _budget(max_changed or Budget(), max_cost, policy)
    page = _page() if html else None
    ranges = ranges_meant(decisions)
    load = partial(_same, candidate, policy.version)
    found = watched(compared(ranges, load, processes), ranges, Differences())
    report = report_of(found, policy, budget)
    click.echo(as_json(report) if form == "json" else as_text(report))
    if html and page:
        html.write_text(page(report, str(candidate), ", ".join(map(str, decisions))), encoding="utf-8")
        click.echo(f"report: {html}", err=True)
    if report.exceeded:
        raise Exit(1)


def _loaded(candidate: Path) -> Policy:
    try:
        return load_policy(candidate)
    except PolicyRejected as rejected:
        raise click.UsageError(str(rejected)) from None


def _same(candidate: Path, version: str) -> Policy:
    """The candidate, as each process loads it: the very same one."""
    policy = load_policy(candidate)
    if policy.version != version:
        raise click.ClickException(f"the rules in {candidate} were changed meanwhile; begin again")
    return policy


def _budget(changed: Budget, cost: tuple[str, Decimal] | None, policy: Policy) -> Budget:
    if cost is None:
        return changed
    code, amount = cost
    reporting = policy.catalogue.reporting_currency.code
    if code != reporting:
        raise click.UsageError(f"--max-cost is counted in the candidate's reporting currency: write {reporting}:…")
    return replace(changed, max_cost=amount)


def _page() -> Callable[[Report, str, str], str]:
    """What makes the page, if the packages are there that it takes; before anything is replayed for it."""
    try:
        from linkedaccounts.workbench.backtest.page import page
    except ImportError:
        raise click.ClickException(MISSING) from None
    return page
