"""What `policy check` found, in the forms that people, programs and code hosts read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson

from linkedaccounts.policy.policy import Policy
from linkedaccounts.policy.problems import PolicyRejected, Problem

Outcome = Policy | PolicyRejected
"""A directory of rules is a policy, or what is wrong with it."""

_IN_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_IN_PROPERTY = _IN_DATA | str.maketrans({":": "%3A", ",": "%2C"})


def as_text(outcome: Outcome, directory: Path) -> str:  # noqa: ARG001  # as all of them
    """For a person: every problem with its line; or a summary in a line."""
    if isinstance(outcome, PolicyRejected):
        return str(outcome)
    rules = sum(file.rule_count for file in outcome.files)
    counts = f"{len(outcome.files)} files, {rules} rules, {outcome.cases_passed} tests passed"
    return f"sound: policy {outcome.version}, {counts}"


def as_json(outcome: Outcome, directory: Path) -> str:  # noqa: ARG001  # as all of them
    """For a program of one's own."""
    if isinstance(outcome, PolicyRejected):
        return _json({"sound": False, "problems": [_problem(problem) for problem in outcome.problems]})
    files = [{"path": file.path, "sha256": file.sha256, "rule_count": file.rule_count} for file in outcome.files]
    return _json({"sound": True, "version": outcome.version, "files": files, "tests_passed": outcome.cases_passed})


def as_github(outcome: Outcome, directory: Path) -> str:
    """Workflow commands of GitHub Actions: each problem is shown at its line of the change."""
    if not isinstance(outcome, PolicyRejected):
        return as_text(outcome, directory)
    return "\n".join(_annotation(problem, directory) for problem in outcome.problems)


def as_sarif(outcome: Outcome, directory: Path) -> str:
    """A log in SARIF 2.1.0 (OASIS), which code hosts and editors take; sound rules have no results."""
    problems: Sequence[Problem] = outcome.problems if isinstance(outcome, PolicyRejected) else ()
    driver = {
        "name": "linked-accounts policy check",
        "version": version("linked-accounts"),
        "rules": [{"id": code} for code in sorted({problem.code for problem in problems})],
    }
    results = [_result(problem, directory) for problem in problems]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return _json({"version": "2.1.0", "runs": [run]})


REPORTS: Mapping[str, Callable[[Outcome, Path], str]] = {
    "text": as_text,
    "json": as_json,
    "github": as_github,
    "sarif": as_sarif,
}
"""By the name of its form, what makes a report of a directory."""


def _problem(problem: Problem) -> dict[str, object]:
    place = problem.place
    where = {"file": place.file, "line": place.line, "column": place.column}
    return where | {"code": problem.code, "message": problem.message, "hint": problem.hint}


def _annotation(problem: Problem, directory: Path) -> str:
    place = problem.place
    where = {"file": _path(problem, directory).as_posix(), "line": place.line, "col": place.column}
    named = {**where, "title": problem.code}
    properties = ",".join(f"{name}={str(value).translate(_IN_PROPERTY)}" for name, value in named.items() if value)
    return f"::error {properties}::{_advice(problem).translate(_IN_DATA)}"


def _result(problem: Problem, directory: Path) -> dict[str, Any]:
    path, place = _path(problem, directory), problem.place
    location: dict[str, Any] = {"artifactLocation": {"uri": _uri(path)}}
    region = {"startLine": place.line, "startColumn": place.column}
    if place.line:
        location["region"] = {name: number for name, number in region.items() if number}
    return {
        "ruleId": problem.code,
        "level": "error",
        "message": {"text": _advice(problem)},
        "locations": [{"physicalLocation": location}],
    }


def _path(problem: Problem, directory: Path) -> Path:
    """The file as seen from where the command was called: what names files in a checkout."""
    return directory / problem.place.file


def _uri(path: Path) -> str:
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())


def _advice(problem: Problem) -> str:
    return "\n".join(filter(None, [problem.message, problem.hint]))


def _json(content: dict[str, object]) -> str:
    return orjson.dumps(content, option=orjson.OPT_INDENT_2).decode()
