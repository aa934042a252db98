"""Rule files as they would be after a change, looked at before it is made."""

from __future__ import annotations

from collections.abc import Sequence

from linkedaccounts.policy.load import policy_of
from linkedaccounts.policy.problems import PolicyRejected, Problem
from linkedaccounts.policy.source import SourceFile
from linkedaccounts.workbench.format import read_one
from linkedaccounts.workbench.insertion import Change


def refuse_if_wrong(files: Sequence[SourceFile], unread: Sequence[Problem], change: Change) -> None:
    """PolicyRejected says what would be wrong with what a change adds.

    What was wrong before is not the change's business; nor is a case that fails now: it is to be looked at afterwards.
    """
    before = {(problem.code, problem.message) for problem in _problems(files, unread)}
    kept = [file for file in files if file.path != change.path]
    after = _problems([*kept, read_one(change.path, change.content)], unread)
    made = [problem for problem in after if (problem.code, problem.message) not in before]
    if wrong := [problem for problem in made if problem.code != "case-fails"]:
        raise PolicyRejected(wrong)


def _problems(files: Sequence[SourceFile], unread: Sequence[Problem]) -> tuple[Problem, ...]:
    try:
        policy_of(files, unread)
    except PolicyRejected as rejected:
        return rejected.problems
    return ()
