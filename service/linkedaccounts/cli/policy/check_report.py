"""What `policy check` found, in the forms that people, programs and code hosts read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson

from linkedaccounts.policy.policy import Policy
from linkedaccounts.policy.problems import Problem, Severity


@dataclass(frozen=True, slots=True)
class Checkup:
    """A directory of rules, checked: the policy, None if it cannot serve; and all that was found, by place."""

    policy: Policy | None
    found: tuple[Problem, ...]

    @property
    def warned(self) -> bool:
        """Whether there are warnings among what was found."""
        return any(problem.severity is Severity.WARNING for problem in self.found)


_IN_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
_IN_PROPERTY = _IN_DATA | str.maketrans({":": "%3A", ",": "%2C"})


def as_text(checkup: Checkup, directory: Path) -> str:  # noqa: ARG001  # as all of them
    """For a person: every problem with its line; and a summary in a line."""
    return "\n\n".join([*(str(problem) for problem in checkup.found), _summary(checkup)])


def as_json(checkup: Checkup, directory: Path) -> str:  # noqa: ARG001  # as all of them
    """For a program of one's own."""
    policy, problems = checkup.policy, [_problem(problem) for problem in checkup.found]
    if policy is None:
        return _json({"sound": False, "problems": problems})
    files = [{"path": file.path, "sha256": file.sha256, "rule_count": file.rule_count} for file in policy.files]
    sound = {"sound": True, "version": policy.version, "files": files, "tests_passed": policy.cases_passed}
    return _json({**sound, "problems": problems})


def as_github(checkup: Checkup, directory: Path) -> str:
    """Workflow commands of GitHub Actions: each problem is shown at its line of the change."""
    shown = [_annotation(problem, directory) for problem in checkup.found]
    return "\n".join([*shown, *([_summary(checkup)] if checkup.policy else [])])


def as_sarif(checkup: Checkup, directory: Path) -> str:
    """A log in SARIF 2.1.0 (OASIS), which code hosts and editors take; rules without a problem have no results."""
    problems = checkup.found
    driver = {
        "name": "linked-accounts policy check",
        "version": version("linked-accounts"),
        "rules": [{"id": code} for code in sorted({problem.code for problem in problems})],
    }
    results = [_result(problem, directory) for problem in problems]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return _json({"version": "2.1.0", "runs": [run]})


REPORTS: Mapping[str, Callable[[Checkup, Path], str]] = {
    "text": as_text,
    "json": as_json,
    "github": as_github,
    "sarif": as_sarif,
}
"""By the name of its form, what makes a report of a directory."""


def _summary(checkup: Checkup) -> str:
    """Whether the rules may serve, and how much was found."""
    found = Counter(problem.severity for problem in checkup.found)
    counted = ", ".join(_count(found[kind], kind.value) for kind in Severity if found[kind])
    if checkup.policy is None:
        return f"not sound: {counted}"
    policy = checkup.policy
    rules = sum(file.rule_count for file in policy.files)
    counts = f"{len(policy.files)} files, {rules} rules, {policy.cases_passed} tests passed"
    return ", ".join(filter(None, [f"sound: policy {policy.version}, {counts}", counted]))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _problem(problem: Problem) -> dict[str, object]:
    place = problem.place
    where = {"file": place.file, "line": place.line, "column": place.column}
    what = {"severity": problem.severity.value, "code": problem.code, "message": problem.message, "hint": problem.hint}
    return where | what | {"counterexample": problem.counterexample}


def _annotation(problem: Problem, directory: Path) -> str:
    place = problem.place
    where = {"file": _path(problem, directory).as_posix(), "line": place.line, "col": place.column}
    named = {**where, "title": problem.code}
    properties = ",".join(f"{name}={str(value).translate(_IN_PROPERTY)}" for name, value in named.items() if value)
    return f"::{_COMMANDS[problem.severity]} {properties}::{_advice(problem).translate(_IN_DATA)}"


def _result(problem: Problem, directory: Path) -> dict[str, Any]:
    path, place = _path(problem, directory), problem.place
    location: dict[str, Any] = {"artifactLocation": {"uri": _uri(path)}}
    region = {"startLine": place.line, "startColumn": place.column}
    if place.line:
        location["region"] = {name: number for name, number in region.items() if number}
    return {
        "ruleId": problem.code,
        "level": problem.severity.value,
        "message": {"text": _advice(problem)},
        "locations": [{"physicalLocation": location}],
    }


def _path(problem: Problem, directory: Path) -> Path:
    """The file as seen from where the command was called: what names files in a checkout."""
    return directory / problem.place.file


def _uri(path: Path) -> str:
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())


def _advice(problem: Problem) -> str:
    return "\n".join(filter(None, [problem.message, problem.hint, problem.counterexample]))


def _json(content: dict[str, object]) -> str:
    return orjson.dumps(content, option=orjson.OPT_INDENT_2).decode()
