"""`linked-accounts policy explain`: why the rules decide as they do, and what would change it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click
from click.exceptions import Exit

from linkedaccounts.application.explain_decision import Explained
from linkedaccounts.application.fee_quote import StoreAccount
from linkedaccounts.cli.json_output import print_json
from linkedaccounts.cli.policy.explanation_tree import print_tree
from linkedaccounts.cli.policy.facts_options import StatedFacts
from linkedaccounts.cli.policy.quoted_accounts import QuotedAccount, explained_quote
from linkedaccounts.cli.policy.rules_argument import rules_argument
from linkedaccounts.cli.store_values import Day
from linkedaccounts.cli.tables import console
from linkedaccounts.domain.text import DEFAULT_LANGUAGE, LANGUAGES
from linkedaccounts.endpoints.explain_response import explain_response
from linkedaccounts.policy.decisions import DECISIONS
from linkedaccounts.policy.explanation import explain_decision
from linkedaccounts.policy.explanation_words import outline
from linkedaccounts.policy.load import TESTS, compiled
from linkedaccounts.policy.policy import Policy
from linkedaccounts.policy.problems import PolicyRejected
from linkedaccounts.policy.read import read
from linkedaccounts.policy.source import SourceFile

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


EPILOG = """\b
For example:
  linked-accounts policy explain --decision link --fact actor.role=member
  linked-accounts policy explain --case "an unknown role is not enough"
  linked-accounts policy explain --account US=2019-01-25/2019-09-25 \\
    --account EU=2018-03-01/2019-09-25 --on 2019-09-30

\b
Exit codes:
  0  explained
  1  the rules have problems, all of which are listed
  2  wrong arguments, or facts that there are not"""


@click.command(epilog=EPILOG)
@rules_argument
@click.option("--decision", type=click.Choice(list(DECISIONS)), help="The decision to explain, on facts.")
@click.option("--fact", "facts", multiple=True, metavar="FACT=VALUE", help="A fact, as in store.code=US; repeat it.")
@click.option("--facts", "file", type=FILE, help="A YAML file of facts.")
@click.option("--case", metavar="NAME", help="A case of rules/tests to explain; --fact changes its facts.")
@click.option("--account", "accounts", type=QuotedAccount(), multiple=True, help="An account of a quote; repeat it.")
@click.option("--on", type=Day(), metavar="DAY", help="The day of the quote.  [default: today, UTC]")
@click.option("--linked/--unlinked", default=True, show_default=True, help="Whether the quote's accounts are linked.")
@click.option(
    "--language", type=click.Choice(LANGUAGES), default=DEFAULT_LANGUAGE, show_default=True, help="Language of it all."
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def explain(
    directory: Path,
    decision: str | None,
    facts: tuple[str, ...],
    file: Path | None,
    case: str | None,
    accounts: tuple[StoreAccount, ...],
    on: date | None,
    linked: bool,
    language: str,
    form: str,
) -> None:
    """Explain what the rule files of DIR decide: why, why not otherwise, and the nearest facts that would change it.

    Of a decision on facts, of a case by its name, or of the first account of a quote. A fact that is not stated is
    false or 0, comes from the catalogue if the store and the day are stated, or is unknown.

    The tests of the rules need not pass. DIR is what LINKED_ACCOUNTS_RULES names if left out, or else the rules that
    came with the service.
    """
    if [decision is None, case is None, not accounts].count(False) != 1:
        raise click.UsageError("say what to explain: one of --decision, --case and --account")
    if accounts and (facts or file):
        raise click.UsageError("the facts of a quote follow from its accounts; state facts of a --decision or a --case")
    policy, tables = _read(directory)
    if accounts:
        explained = explained_quote(policy, accounts, on, linked=linked, language=language)
    else:
        asked, given = StatedFacts(decision, case, facts, file).of(policy.decisions, tables)
        explained = Explained((explain_decision(asked, given),), policy.catalogue, policy.version)
    _print(explained, language, form)


def _read(directory: Path) -> tuple[Policy, list[SourceFile]]:
    """The policy, and its tables of cases, which are not run."""
    files, unread = read(directory)
    try:
        policy = compiled(files, unread).policy
    except PolicyRejected as rejected:
        click.echo(str(rejected))
        raise Exit(1) from None
    return policy, [file for file in files if file.path.startswith(TESTS)]


def _print(explained: Explained, language: str, form: str) -> None:
    if form == "json":
        print_json(explain_response(explained, language))
        return
    for explanation in explained.explanations:
        print_tree(console(), outline(explanation, explained.catalogue, language))
