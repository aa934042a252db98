"""The gate that each directory of rules goes through before it serves: at a start, a reload, and in `policy check`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from linkedaccounts.domain.rates import RateBook
from linkedaccounts.policy.findings import Findings
from linkedaccounts.policy.load import Compiled, quote_tables, tried
from linkedaccounts.policy.policy import Policy
from linkedaccounts.policy.problems import PolicyRejected, Problem
from linkedaccounts.policy.read import read
from linkedaccounts.policy.source import SourceFile
from linkedaccounts.workbench.quote_cases import check_quote_cases
from linkedaccounts.workbench.verdict import Proof
from linkedaccounts.workbench.verify import verify

QUOTES = 100
"""How many quotes are tried of what cannot be proved; `policy verify` tries more."""


def admitted(directory: Path, book: RateBook) -> Policy:
    """The policy of a directory that may serve: checked, compiled and tested, and no invariant of it refuted.

    ``book`` has the rates to make quotes with: those that come with the service, the same for every editor.
    PolicyRejected lists all that keeps it from serving.
    """
    files, unread = read(directory)
    return admitted_of(files, unread, book)


def admitted_of(files: Sequence[SourceFile], unread: Sequence[Problem], book: RateBook, quotes: int = QUOTES) -> Policy:
    """The policy of files that are read already; ``quotes`` are tried of what cannot be proved."""
    tested, problems = tried(files, unread)
    policy = tested.policy
    policy.cases_passed += check_quote_cases(quote_tables(files), policy, book, problems)
    problems += _refuted(tested.rules, book, quotes)
    if problems:
        raise PolicyRejected([*problems, *policy.warnings])
    return policy


def _refuted(rules: Compiled, book: RateBook, quotes: int) -> list[Problem]:
    findings = Findings(rules.files)
    for verdict in verify(rules, book, quotes).verdicts:
        if verdict.proof is Proof.REFUTED:
            invariant = verdict.invariant
            message = f"the invariant `{invariant.id}` does not hold: {verdict.how}"
            hint = "`policy verify` shows the whole proof; mend the rules, not the invariant"
            findings.add(invariant.place, "invariant-refuted", message, hint, verdict.counterexample)
    return findings.problems
