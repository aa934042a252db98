"""`linked-accounts policy`: look after rule files."""

from __future__ import annotations

from pathlib import Path

import click
from click.exceptions import Exit

from linkedaccounts.cli.check_report import REPORTS, Outcome
from linkedaccounts.cli.options import BadSettings
from linkedaccounts.policy.load import load_policy
from linkedaccounts.policy.problems import PolicyRejected
from linkedaccounts.settings import SettingsRejected, read_settings

_DIRECTORY = click.Path(exists=True, file_okay=False, path_type=Path)


@click.group()
def policy() -> None:
    """Look after rule files."""


@policy.command()
@click.argument("directory", metavar="[DIR]", required=False, type=_DIRECTORY)
@click.option("--format", "form", type=click.Choice(list(REPORTS)), default="text", show_default=True)
def check(directory: Path | None, form: str) -> None:
    r"""Read, check, compile and test the rule files of DIR, as a start of the service does, and list every problem.

    DIR is what LINKED_ACCOUNTS_RULES names if left out, or else the rules that came with the service.

    The format `github` marks the lines of a change on GitHub; `sarif` is SARIF 2.1.0, for code hosts and editors.

    \b
    Exit codes:
      0  the rules are sound
      1  they have problems, all of which are listed
      2  wrong arguments
    """
    rules = directory or _default_rules()
    try:
        outcome: Outcome = load_policy(rules)
    except PolicyRejected as rejected:
        outcome = rejected
    click.echo(REPORTS[form](outcome, rules))
    if isinstance(outcome, PolicyRejected):
        raise Exit(1)


def _default_rules() -> Path:
    try:
        return read_settings({}).rules
    except SettingsRejected as error:
        raise BadSettings(f"these settings do not work:\n{error}") from None
