"""`linked-accounts policy check`: every problem of the rule files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import click
from click.exceptions import Exit

from linkedaccounts.cli.policy.check_report import REPORTS, Checkup
from linkedaccounts.cli.policy.rules_argument import rules_argument
from linkedaccounts.cli.store_values import Day
from linkedaccounts.policy.policy import Policy
from linkedaccounts.policy.problems import PolicyRejected, Problem, Severity, in_order
from linkedaccounts.policy.source import SourceFile

_ON = "The day from which dates about to run out are counted.  [default: today, UTC]"


EXIT_CODES = """\b
Exit codes:
  0  the rules are sound; there may be warnings
  1  they have errors, or with --strict warnings; all are listed
  2  wrong arguments"""


@click.command(epilog=EXIT_CODES)
@rules_argument
@click.option("--format", "form", type=click.Choice(list(REPORTS)), default="text", show_default=True)
@click.option("--on", type=Day(), metavar="DAY", help=_ON)
@click.option("--within", type=click.IntRange(0, 36_500), default=90, show_default=True, metavar="DAYS")
@click.option("--notes", is_flag=True, help="Say too where only `otherwise` decides, and what ran out long ago.")
@click.option("--strict", is_flag=True, help="End with 1 for warnings too.")
def check(directory: Path, form: str, on: date | None, within: int, notes: bool, strict: bool) -> None:
    """Read, check, prove and test the rule files of DIR, as a start of the service does, and list every problem.

    DIR is what LINKED_ACCOUNTS_RULES names if left out, or else the rules that came with the service.

    An error keeps the rules from serving. A warning does not: it shows what is probably not meant, such as a part of a
    condition that never holds, or a date that runs out within the DAYS of --within.

    The format `github` marks the lines of a change on GitHub; `sarif` is SARIF 2.1.0, for code hosts and editors.
    """
    checkup = _checkup(directory, on or datetime.now(UTC).date(), timedelta(within), notes)
    click.echo(REPORTS[form](checkup, directory))
    if checkup.policy is None or (strict and checkup.warned):
        raise Exit(1)


def _checkup(directory: Path, day: date, within: timedelta, notes: bool) -> Checkup:
    from linkedaccounts.policy.read import read
    from linkedaccounts.storage.packaged_rate_book import packaged_rate_book
    from linkedaccounts.workbench.gate import admitted_of

    files, unread = read(directory)
    policy: Policy | None = None
    try:
        policy = admitted_of(files, unread, packaged_rate_book())
        found = policy.warnings
    except PolicyRejected as rejected:
        found = (*rejected.problems, *rejected.warnings)
    found = in_order([*found, *_besides(policy, files, day, within, gaps=notes)])
    return Checkup(policy, tuple(problem for problem in found if notes or problem.severity is not Severity.NOTE))


def _besides(
    policy: Policy | None, files: Sequence[SourceFile], day: date, within: timedelta, *, gaps: bool
) -> list[Problem]:
    """What is found beside what keeps rules from serving: it depends on the day, or is only good to know."""
    from linkedaccounts.workbench.gaps import otherwise_alone
    from linkedaccounts.workbench.run_out import running_out

    alone = otherwise_alone(policy, files) if policy and gaps else []
    return [*running_out(policy, files, day, within), *alone]
