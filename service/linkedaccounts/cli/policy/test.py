"""`linked-accounts policy test`: the rules' cases, and what they show of the rules."""

from __future__ import annotations

import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import click
from click.exceptions import Exit

from linkedaccounts.cli.policy.case_run import CaseRun, run_cases_of
from linkedaccounts.cli.policy.rules_argument import rules_argument
from linkedaccounts.cli.policy.watching import fingerprint, whenever_changed
from linkedaccounts.policy.findings import plain_decimal


class Percent(click.ParamType[Decimal]):
    """A share from 0 to 100 in percent, exactly as written."""

    name = "percent"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Decimal:
        """The number; a sign of percent after it is let be."""
        number = plain_decimal(str(value).removesuffix("%").strip())
        if number is None or not 0 <= number <= 100:
            self.fail(f"`{value}` is no percentage from 0 to 100", param, ctx)
        return number


EXIT_CODES = """\b
Exit codes:
  0  every case passes, and enough is shown; or --watch was ended
  1  the rules have problems, a case fails, or less is shown than --fail-under says
  2  wrong arguments"""

FILE = click.Path(dir_okay=False, path_type=Path)


@click.command(epilog=EXIT_CODES)
@rules_argument
@click.option("-k", "text", default="", metavar="TEXT", help="Only the cases with TEXT in their name or file.")
@click.option("--coverage/--no-coverage", "measured", default=None, help="Measure coverage.  [default: without -k]")
@click.option("--fail-under", type=Percent(), metavar="PERCENT", help="Fail if less than this of all is shown.")
@click.option("--propose", is_flag=True, help="Write the cases that are missing, with today's answers, into DIR/tests.")
@click.option("--junit", type=FILE, metavar="FILE", help="Write the results as JUnit XML too.")
@click.option("--html", "page", type=FILE, metavar="FILE", help="Write coverage as a page: the rule files, coloured.")
@click.option("--watch", is_flag=True, help="Run again whenever a file changes, until Ctrl-C.")
def test(
    directory: Path,
    text: str,
    measured: bool | None,
    fail_under: Decimal | None,
    propose: bool,
    junit: Path | None,
    page: Path | None,
    watch: bool,
) -> None:
    """Run the cases of DIR/tests, and say what they show of the rules: each rule, condition and boundary.

    DIR is what LINKED_ACCOUNTS_RULES names if left out, or else the rules that came with the service.

    A rule is to be seen applying, and not applying. A condition is to be seen true, and false, where the answer hangs
    on it: all else that the rule wants is met, and no rule that beats it matches. A boundary, each value that a number
    or a day is compared with, is to be tested at the value and one unit on either side: 1, a day, or 0.01 of a decimal.
    What cannot occur is not asked for.

    `--propose` writes what the rules do, which need not be right: read every case before you keep it.
    """
    if (fail_under is not None or propose or page) and (text or measured is False):
        raise click.UsageError("--fail-under, --propose and --html measure what all cases show: leave out -k")
    measured = not text if measured is None else measured
    run = CaseRun(directory, text, measured, fail_under, propose, junit, page)
    if not watch:
        raise Exit(0 if run_cases_of(run) else 1)
    try:
        whenever_changed(lambda: fingerprint(directory), lambda files: _again(run, files), time.sleep)
    except KeyboardInterrupt:
        click.echo()


def _again(run: CaseRun, files: list[str]) -> None:
    """Runs, after a heading that names the files that changed."""
    if files:
        click.clear()
        click.echo(f"changed: {', '.join(files)}\n")
    run_cases_of(run)
    click.echo("\nwatching; Ctrl-C ends it")
