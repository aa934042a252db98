"""The gate that each directory of rules goes through before it serves: at a start, a reload, and in `policy check`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from linkedaccounts.domain.rates import RateBook
from linkedaccounts.policy.findings import Findings
from linkedaccounts.policy.load import TESTS, policy_of
from linkedaccounts.policy.policy import Policy
from linkedaccounts.policy.problems import PolicyRejected, Problem
from linkedaccounts.policy.read import read
from linkedaccounts.policy.source import SourceFile
from linkedaccounts.workbench.verdict import Proof
from linkedaccounts.workbench.verify import verify

QUOTES = 100
"""How many quotes are tried of what cannot be proved; `policy verify` tries more."""


def admitted(directory: Path, book: RateBook) -> Policy:
    """The policy of a directory that may serve: checked, compiled and tested, and no invariant of it refuted.

    ``book`` has the rates to try quotes with. PolicyRejected lists all that keeps it from serving.
    """
    files, unread = read(directory)
    policy = policy_of(files, unread)
    if refuted := _refuted(files, book):
        raise PolicyRejected([*refuted, *policy.warnings])
    return policy


def _refuted(files: Sequence[SourceFile], book: RateBook) -> list[Problem]:
    findings = Findings(files)
    for verdict in verify([file for file in files if not file.path.startswith(TESTS)], book, QUOTES).verdicts:
        if verdict.proof is Proof.REFUTED:
            invariant = verdict.invariant
            message = f"the invariant `{invariant.id}` does not hold: {verdict.how}"
            hint = "`policy verify` shows the whole proof; mend the rules, not the invariant"
            findings.add(invariant.place, "invariant-refuted", message, hint, verdict.counterexample)
    return findings.problems
