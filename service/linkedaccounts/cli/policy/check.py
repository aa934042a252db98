"""`linked-accounts policy check`: every problem of the rule files."""

from __future__ import annotations

from pathlib import Path

import click
from click.exceptions import Exit

from linkedaccounts.cli.policy.check_report import REPORTS, Outcome
from linkedaccounts.cli.policy.rules_argument import rules_argument
from linkedaccounts.policy.load import load_policy
from linkedaccounts.policy.problems import PolicyRejected


@click.command()
@rules_argument
@click.option("--format", "form", type=click.Choice(list(REPORTS)), default="text", show_default=True)
def check(directory: Path, form: str) -> None:
    r"""Read, check, compile and test the rule files of DIR, as a start of the service does, and list every problem.

    DIR is what LINKED_ACCOUNTS_RULES names if left out, or else the rules that came with the service.

    The format `github` marks the lines of a change on GitHub; `sarif` is SARIF 2.1.0, for code hosts and editors.

    \b
    Exit codes:
      0  the rules are sound
      1  they have problems, all of which are listed
      2  wrong arguments
    """
    try:
        outcome: Outcome = load_policy(directory)
    except PolicyRejected as rejected:
        outcome = rejected
    click.echo(REPORTS[form](outcome, directory))
    if isinstance(outcome, PolicyRejected):
        raise Exit(1)
