"""The whole pipeline: a directory of rule files → a policy that can answer, or every reason why not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from linkedaccounts.policy.cases import check_cases
from linkedaccounts.policy.check import Checked, check
from linkedaccounts.policy.decide import Decision
from linkedaccounts.policy.model import PolicyFile
from linkedaccounts.policy.policy import Policy
from linkedaccounts.policy.problems import PolicyRejected, Problem, by_severity, in_order
from linkedaccounts.policy.read import read
from linkedaccounts.policy.source import Listing, SourceFile
from linkedaccounts.policy.version import policy_version

TESTS = "tests/"
"""The folder of the rules directory that holds tables of cases instead of rules."""


def load_policy(directory: Path) -> Policy:
    """Reads, checks, compiles and tests the rules of a directory, all or nothing; PolicyRejected lists the problems."""
    files, problems = read(directory)
    return policy_of(files, problems)


def policy_of(files: Sequence[SourceFile], unread: Sequence[Problem] = ()) -> Policy:
    """The policy of files that are read already; ``unread`` is what was wrong with the others."""
    problems = list(unread)
    rules = [file for file in files if not file.path.startswith(TESTS)]
    tables = [file for file in files if file.path.startswith(TESTS)]
    checked, found = check(rules, incomplete=bool(problems))
    if checked is None or problems or by_severity(found)[0]:
        raise PolicyRejected([*problems, *found])
    policy = compiled(checked, files)
    policy.cases_passed = check_cases(tables, policy, problems)
    if problems:
        raise PolicyRejected([*problems, *found])
    policy.warnings = in_order(found)
    return policy


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
