"""`linked-accounts policy`: look after rule files."""

from __future__ import annotations

from pathlib import Path

import click
import orjson
from click.exceptions import Exit

from linkedaccounts.cli.options import BadSettings
from linkedaccounts.policy.load import load_policy
from linkedaccounts.policy.policy import Policy
from linkedaccounts.policy.problems import PolicyRejected, Problem
from linkedaccounts.settings import SettingsRejected, read_settings

_DIRECTORY = click.Path(exists=True, file_okay=False, path_type=Path)


@click.group()
def policy() -> None:
    """Look after rule files."""


@policy.command()
@click.argument("directory", metavar="[DIR]", required=False, type=_DIRECTORY)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def check(directory: Path | None, form: str) -> None:
    r"""Read, check, compile and test the rule files of DIR, as a start of the service does, and list every problem.

    DIR is what LINKED_ACCOUNTS_RULES names if left out, or else the rules that came with the service.

    \b
    Exit codes:
      0  the rules are sound
      1  they have problems, all of which are listed
      2  wrong arguments
    """
    try:
        policy = load_policy(directory or _default_rules())
    except PolicyRejected as rejected:
        click.echo(_problems_as_json(rejected) if form == "json" else str(rejected))
        raise Exit(1) from None
    click.echo(_summary_as_json(policy) if form == "json" else _summary(policy))


def _default_rules() -> Path:
    try:
        return read_settings({}).rules
    except SettingsRejected as error:
        raise BadSettings(f"these settings do not work:\n{error}") from None


def _summary(policy: Policy) -> str:
    rules = sum(file.rule_count for file in policy.files)
    counts = f"{len(policy.files)} files, {rules} rules, {policy.cases_passed} tests passed"
    return f"sound: policy {policy.version}, {counts}"


def _summary_as_json(policy: Policy) -> str:
    files = [{"path": file.path, "sha256": file.sha256, "rule_count": file.rule_count} for file in policy.files]
    return _json({"sound": True, "version": policy.version, "files": files, "tests_passed": policy.cases_passed})


def _problems_as_json(rejected: PolicyRejected) -> str:
    return _json({"sound": False, "problems": [_problem(problem) for problem in rejected.problems]})


def _problem(problem: Problem) -> dict[str, object]:
    place = problem.place
    where = {"file": place.file, "line": place.line, "column": place.column}
    return where | {"code": problem.code, "message": problem.message, "hint": problem.hint}


def _json(content: dict[str, object]) -> str:
    return orjson.dumps(content, option=orjson.OPT_INDENT_2).decode()
