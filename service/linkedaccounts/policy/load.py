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
class Compiled:
    """Rules that could be read: ``files`` are those of them, tests aside; ``checked`` is what they say.

    ``found`` are warnings, and the rules that break an invariant, which are errors.
    """

    policy: Policy
    files: tuple[SourceFile, ...]
    checked: Checked
    found: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Tested:
    """Sound rules with the results of their cases; ``unsound`` is what else is wrong in ``TESTS``."""

    rules: Compiled
    files: tuple[SourceFile, ...]
    results: tuple[CaseResult, ...]
    unsound: tuple[Problem, ...]

    @property
    def policy(self) -> Policy:
        """The policy of the rules."""
        return self.rules.policy


def load_policy(directory: Path) -> Policy:
    """Reads, checks, compiles and tests the rules of a directory, all or nothing; PolicyRejected lists the problems."""
    files, unread = read(directory)
    return policy_of(files, unread)


def policy_of(files: Sequence[SourceFile], unread: Sequence[Problem] = ()) -> Policy:
    """The policy of files that are read already; ``unread`` is what was wrong with the others."""
    tested, failed = tried(files, unread)
    if failed:
        raise PolicyRejected([*failed, *tested.policy.warnings])
    return tested.policy


def tried(files: Sequence[SourceFile], unread: Sequence[Problem] = ()) -> tuple[Tested, list[Problem]]:
    """The policy of files, and what is wrong with their cases; PolicyRejected if the rules themselves are not sound."""
    tested = rules_with_results(files, unread)
    findings = Findings(files)
    note_failures(tested.results, tested.policy.decisions, findings)
    return tested, [*tested.unsound, *findings.problems]


def load_tested(directory: Path) -> Tested:
    """Reads, checks, compiles and tests the rules of a directory.

    PolicyRejected if the rules are not sound, or a file cannot be read; a case that fails is a result like any other.
    """
    files, unread = read(directory)
    return rules_with_results(files, unread)


def rules_with_results(files: Sequence[SourceFile], unread: Sequence[Problem] = ()) -> Tested:
    """The same of files that are read already; ``unread`` is what was wrong with the others."""
    rules = compiled(files, unread)
    if by_severity(rules.found)[0]:
        raise PolicyRejected(rules.found)
    policy = rules.policy
    tables = [file for file in files if file.path.startswith(TESTS) and not _states_quotes(file)]
    findings = Findings(tables)
    results = run_cases(read_cases(tables, policy.decisions, findings), policy.decisions)
    policy.cases_passed = sum(result.passed for result in results)
    policy.warnings = in_order(rules.found)
    return Tested(rules, tuple(files), results, tuple(findings.problems))


def quote_tables(files: Iterable[SourceFile]) -> list[SourceFile]:
    """The files that state whole quotes."""
    return [file for file in files if file.path.startswith(TESTS) and _states_quotes(file)]


def _states_quotes(file: SourceFile) -> bool:
    return file.root.get(QUOTES) is not None


def compiled(files: Sequence[SourceFile], unread: Sequence[Problem] = ()) -> Compiled:
    """The rules among files, checked and in the engine; their cases are not run, and invariants may be broken.

    PolicyRejected if they have any other error, or a file could not be read.
    """
    rules = tuple(file for file in files if not file.path.startswith(TESTS))
    checked, found = check(rules, incomplete=bool(unread))
    if checked is None or unread:
        raise PolicyRejected([*unread, *found])
    decisions = {
        name: Decision(draft.form, draft.rules, draft.otherwise, checked.space(draft))
        for name, draft in checked.drafts.items()
    }
    described = tuple(PolicyFile(file.path, file.content, _rule_count(file)) for file in files)
    policy = Policy(policy_version(rules), described, checked.catalogue, decisions)
    return Compiled(policy, rules, checked, tuple(found))


def _rule_count(file: SourceFile) -> int:
    rules = file.root.get("rules")
    return (len(rules.items) if isinstance(rules, Listing) else 0) + (file.root.get("otherwise") is not None)
