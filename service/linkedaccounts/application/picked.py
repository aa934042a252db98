"""The accounts that a request picks, by their ids."""

from __future__ import annotations

from collections.abc import Sequence

from linkedaccounts.application.check_action import MOST_ACCOUNTS
from linkedaccounts.application.check_field import echo
from linkedaccounts.application.reach import Reach
from linkedaccounts.application.refusals import FieldProblem, InvalidRequest


def check_picked(account_ids: Sequence[str]) -> None:
    """InvalidRequest if there is none, too many, or one twice."""
    problems: list[FieldProblem] = []
    if not account_ids:
        problems.append(FieldProblem("account_ids", "ACCOUNTS_REQUIRED"))
    elif len(account_ids) > MOST_ACCOUNTS:
        values = {"limit": str(MOST_ACCOUNTS), "count": str(len(account_ids))}
        problems.append(FieldProblem("account_ids", "TOO_MANY_ACCOUNTS", values))
    for index, account in enumerate(account_ids[:MOST_ACCOUNTS]):
        if (first := account_ids.index(account)) < index:
            values = {"account": echo(account), "first": f"account_ids[{first}]"}
            problems.append(FieldProblem(f"account_ids[{index}]", "ACCOUNT_DUPLICATE", values))
    if problems:
        raise InvalidRequest(problems)


def check_reached(account_ids: Sequence[str], reach: Reach) -> None:
    """InvalidRequest if the session does not reach one of them: whether there is such an account is not said."""
    reached = reach.by_id()
    problems = [
        FieldProblem(f"account_ids[{index}]", "ACCOUNT_NOT_REACHED", {"account": echo(account)})
        for index, account in enumerate(account_ids)
        if account not in reached
    ]
    if problems:
        raise InvalidRequest(problems)
