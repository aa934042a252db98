"""Copies of the rules in rules/ to change, and what a load of them comes to."""

from __future__ import annotations

import shutil
from pathlib import Path

from linkedaccounts.policy.load import load_policy
from linkedaccounts.policy.policy import Policy
from linkedaccounts.policy.problems import PolicyRejected, Problem

RULES = Path(__file__).parents[2] / "rules"
"""The rules that the service comes with."""


def copy_of_rules(tmp_path: Path) -> Path:
    """A directory with the rules in it, to write to."""
    return Path(shutil.copytree(RULES, tmp_path / "rules"))


def put(rules: Path, path: str, content: str | bytes) -> None:
    """Writes a rule file, new or in the place of another."""
    file = rules / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content.encode() if isinstance(content, str) else content)


def replace(rules: Path, path: str, before: str, after: str) -> None:
    """Changes a text that stands once in a rule file."""
    content = (rules / path).read_text(encoding="utf-8")
    assert content.count(before) == 1, f"{before!r} stands {content.count(before)} times in {path}"
    put(rules, path, content.replace(before, after))


def problems(rules: Path) -> tuple[Problem, ...]:
    """What is wrong with a directory of rules; nothing if it loads."""
    try:
        load_policy(rules)
    except PolicyRejected as rejected:
        return rejected.problems
    return ()


def found(rules: Path) -> tuple[Problem, ...]:
    """All that is told of a directory of rules, warnings too."""
    try:
        return load_policy(rules).warnings
    except PolicyRejected as rejected:
        return (*rejected.problems, *rejected.warnings)


def sound(rules: Path) -> Policy:
    """The policy of a directory of rules, every rule and store of which is in it."""
    policy = load_policy(rules)
    of_decisions = sum(len(each.rules) + (each.otherwise is not None) for each in policy.decisions.values())
    assert of_decisions == sum(file.rule_count for file in policy.files)
    return policy
