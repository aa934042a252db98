"""The whole pipeline: a directory of rule files → a policy that can answer, or every reason why not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from linkedaccounts.policy.case_failures import note_failures
from linkedaccounts.policy.cases import CaseResult, read_cases, run_cases
from linkedaccounts.policy.check import Checked, check
from linkedaccounts.policy.decide import Decision
from linkedaccounts.policy.findings import Findings
from linkedaccounts.policy.model import PolicyFile
from linkedaccounts.policy.policy import Policy
from linkedaccounts.policy.problems import PolicyRejected, Problem, by_severity, in_order
from linkedaccounts.policy.read import read
from linkedaccounts.policy.source import Listing, SourceFile
from linkedaccounts.policy.version import policy_version

TESTS = "tests/"
"""The folder of the rules directory that holds tables of cases instead of rules."""

QUOTES = "quotes"
"""The key of those files of ``TESTS`` that state whole quotes: these need rates, and ``workbench`` runs them."""


@dataclass(frozen=True, slots=True)
class Tested:
    """Sound rules with the results of their cases; ``unsound`` is what else is wrong in ``TESTS``."""

    policy: Policy
    files: tuple[SourceFile, ...]
    results: tuple[CaseResult, ...]
    unsound: tuple[Problem, ...]


def load_policy(directory: Path) -> Policy:
    """Reads, checks, compiles and tests the rules of a directory, all or nothing; PolicyRejected lists the problems."""
    files, unread = read(directory)
    return policy_of(files, unread)


def policy_of(files: Sequence[SourceFile], unread: Sequence[Problem] = ()) -> Policy:
    """The policy of files that are read already; ``unread`` is what was wrong with the others."""
    policy, failed = tried(files, unread)
    if failed:
        raise PolicyRejected([*failed, *policy.warnings])
    return policy


def tried(files: Sequence[SourceFile], unread: Sequence[Problem] = ()) -> tuple[Policy, list[Problem]]:
    """The policy of files, and what is wrong with their cases; PolicyRejected if the rules themselves are not sound."""
    tested = rules_with_results(files, unread)
    findings = Findings(files)
    note_failures(tested.results, tested.policy.decisions, findings)
    return tested.policy, [*tested.unsound, *findings.problems]


def load_tested(directory: Path) -> Tested:
    """Reads, checks, compiles and tests the rules of a directory.

    PolicyRejected if the rules are not sound, or a file cannot be read; a case that fails is a result like any other.
    """
    files, unread = read(directory)
    return rules_with_results(files, unread)


def rules_with_results(files: Sequence[SourceFile], unread: Sequence[Problem] = ()) -> Tested:
    """The same of files that are read already; ``unread`` is what was wrong with the others."""
    rules = [file for file in files if not file.path.startswith(TESTS)]
    tables = [file for file in files if file.path.startswith(TESTS) and not _states_quotes(file)]
    checked, found = check(rules, incomplete=bool(unread))
    if checked is None or unread or by_severity(found)[0]:
        raise PolicyRejected([*unread, *found])
    policy = compiled(checked, files)
    findings = Findings(tables)
    results = run_cases(read_cases(tables, policy.decisions, findings), policy.decisions)
    policy.cases_passed = sum(result.passed for result in results)
    policy.warnings = in_order(found)
    return Tested(policy, tuple(files), results, tuple(findings.problems))


def quote_tables(files: Iterable[SourceFile]) -> list[SourceFile]:
    """The files that state whole quotes."""
    return [file for file in files if file.path.startswith(TESTS) and _states_quotes(file)]


def _states_quotes(file: SourceFile) -> bool:
    return file.root.get(QUOTES) is not None


def compiled(checked: Checked, files: Iterable[SourceFile]) -> Policy:
    """The policy of checked content, with its decisions in the engine."""
    listed = tuple(files)
    decisions = {
        name: Decision(draft.form, draft.rules, draft.otherwise, checked.space(draft))
        for name, draft in checked.drafts.items()
    }
    version = policy_version(file for file in listed if not file.path.startswith(TESTS))
    described = tuple(PolicyFile(file.path, file.content, _rule_count(file)) for file in listed)
    return Policy(version, described, checked.catalogue, decisions)


def _rule_count(file: SourceFile) -> int:
    rules = file.root.get("rules")
    return (len(rules.items) if isinstance(rules, Listing) else 0) + (file.root.get("otherwise") is not None)
