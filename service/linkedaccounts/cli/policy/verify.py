"""`linked-accounts policy verify`: what is proved of the rules, for all facts."""

from __future__ import annotations

from pathlib import Path
from textwrap import indent

import click
import orjson
from click.exceptions import Exit

from linkedaccounts.cli.policy.rules_argument import rules_argument
from linkedaccounts.workbench.verdict import Verdict
from linkedaccounts.workbench.verify import QUOTES, Verification, verify

_WIDTH = len("refuted")


EXIT_CODES = """\b
Exit codes:
  0  nothing is refuted
  1  an invariant is refuted, or the rules have other errors, which are listed
  2  wrong arguments"""


@click.command("verify", epilog=EXIT_CODES)
@rules_argument
@click.option("--quotes", type=click.IntRange(0, 1_000_000), default=QUOTES, show_default=True, metavar="COUNT")
@click.option("--seed", type=int, default=0, show_default=True, help="Another number tries other quotes.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def verify_command(directory: Path, quotes: int, seed: int, form: str) -> None:
    """Prove what `invariants` of the rule files in DIR state, for every possible fact, or refute it.

    DIR is what LINKED_ACCOUNTS_RULES names if left out, or else the rules that came with the service.

    What is proved holds for all facts: by cases over the regions in which the rules decide. What cannot be proved is
    tested with COUNT drawn sellers, each quoted linked and unlinked, and said to be tested only. What is refuted comes
    with a counterexample: a case for a table in `tests`, or the commands that show it.
    """
    verification = _verification(directory, quotes, seed)
    click.echo(_as_json(verification) if form == "json" else _as_text(verification))
    if not verification.holds:
        raise Exit(1)


def _verification(directory: Path, quotes: int, seed: int) -> Verification:
    from linkedaccounts.policy.load import compiled
    from linkedaccounts.policy.problems import PolicyRejected
    from linkedaccounts.policy.read import read
    from linkedaccounts.storage.packaged_rate_book import packaged_rate_book

    try:
        rules = compiled(*read(directory))
    except PolicyRejected as rejected:
        click.echo(str(rejected))
        raise Exit(1) from None
    return verify(rules, packaged_rate_book(), quotes, seed)


def _as_text(verification: Verification) -> str:
    lines = [line for verdict in verification.verdicts for line in _lines(verdict)]
    counted = {verdict.proof: 0 for verdict in verification.verdicts}
    for verdict in verification.verdicts:
        counted[verdict.proof] += 1
    said = ", ".join(f"{count} {proof.value}" for proof, count in counted.items())
    return "\n".join([*lines, "", f"policy {verification.version}: {said or 'no invariants'}"])


def _lines(verdict: Verdict) -> list[str]:
    invariant = verdict.invariant
    lines = [f"{verdict.proof.value:{_WIDTH}}  {invariant.id} ({invariant.place})", f"{'':{_WIDTH}}  {verdict.how}"]
    return [*lines, *([indent(verdict.counterexample, " " * (_WIDTH + 4))] if verdict.counterexample else [])]


def _as_json(verification: Verification) -> str:
    verdicts = [
        {
            "id": verdict.invariant.id,
            "file": verdict.invariant.place.file,
            "line": verdict.invariant.place.line,
            "proof": verdict.proof.value,
            "how": verdict.how,
            "counterexample": verdict.counterexample,
        }
        for verdict in verification.verdicts
    ]
    content = {"version": verification.version, "holds": verification.holds, "invariants": verdicts}
    return orjson.dumps(content, option=orjson.OPT_INDENT_2).decode()
