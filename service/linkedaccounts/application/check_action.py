"""Checks a request about an action: every problem at once, each with its field path; or else the action."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date

from linkedaccounts.application.action import ActedOn, Action
from linkedaccounts.application.check_field import check_day, check_exists, check_store
from linkedaccounts.application.eligibility import AccountStanding, EligibilityRequest
from linkedaccounts.application.new_store import NewStore
from linkedaccounts.application.refusals import FieldProblem, InvalidRequest
from linkedaccounts.domain.catalogue import Store
from linkedaccounts.policy.decisions import DECISIONS
from linkedaccounts.policy.vocabulary import facts_of_message

REGISTER = "register"

ACTIONS = ("link", "unlink", REGISTER)
"""What may be done with accounts: each is a decision of the policy."""

MOST_ACCOUNTS = 100
"""Far more accounts than a seller has; an answer about so many is still a small message."""

FACTS = facts_of_message(DECISIONS[ACTIONS[0]].facts, {})
"""The facts of an action. Those that are enums say which values there are."""


def check_action(request: EligibilityRequest, stores: Mapping[str, Store], today: date) -> Action:
    """The action that a request states; InvalidRequest with all problems otherwise."""
    problems: list[FieldProblem] = []
    name = _name(request.action, problems)
    _count(len(request.accounts), problems)
    before = len(problems)
    day = check_day(request.day, today, problems)
    existing_on = day if len(problems) == before else None
    accounts = _Accounts(request.accounts[:MOST_ACCOUNTS], stores, existing_on, problems).check()
    new_store = _new_store(request, stores, existing_on, problems)
    if problems:
        raise InvalidRequest(problems)
    return Action(name, day, accounts, new_store)


def _name(action: str | None, problems: list[FieldProblem]) -> str:
    if action is None:
        problems.append(FieldProblem("action", "ACTION_REQUIRED"))
    elif action not in ACTIONS:
        problems.append(FieldProblem("action", "ACTION_UNKNOWN", {"number": action}))
    return action or ""


def _count(count: int, problems: list[FieldProblem]) -> None:
    if count == 0:
        problems.append(FieldProblem("accounts", "ACCOUNTS_REQUIRED"))
    elif count > MOST_ACCOUNTS:
        values = {"limit": str(MOST_ACCOUNTS), "count": str(count)}
        problems.append(FieldProblem("accounts", "TOO_MANY_ACCOUNTS", values))


def _new_store(
    request: EligibilityRequest, stores: Mapping[str, Store], day: date | None, problems: list[FieldProblem]
) -> NewStore | None:
    """The store to register in, if it is known and exists on the day."""
    if request.action != REGISTER:
        if request.new_store and request.action in ACTIONS:
            problems.append(FieldProblem("new_store", "NEW_STORE_OF_OTHER_ACTION"))
        return None
    store = check_store(request.new_store, stores, problems, "new_store")
    terms = check_exists(store, day, problems, "new_store") if store and day else None
    return NewStore(store, terms) if store and terms else None


class _Accounts:
    """The check of the accounts of one request; without a day nothing is said of whether their stores exist on it."""

    def __init__(
        self,
        accounts: tuple[AccountStanding, ...],
        stores: Mapping[str, Store],
        day: date | None,
        problems: list[FieldProblem],
    ) -> None:
        self._accounts = accounts
        self._stores = stores
        self._day = day
        self._problems = problems
        self._in_store = Counter(account.store for account in accounts)

    def check(self) -> tuple[ActedOn, ...]:
        """The accounts, as far as their stores are known."""
        checked = [self._account(f"accounts[{index}]", account) for index, account in enumerate(self._accounts)]
        return tuple(account for account in checked if account)

    def _account(self, path: str, account: AccountStanding) -> ActedOn | None:
        store = self._store(f"{path}.store", account.store)
        self._value(f"{path}.role", account.role, "actor.role", "ROLE_UNKNOWN")
        self._value(f"{path}.organisation", account.organisation, "actor.organisation", "ORGANISATION_UNKNOWN")
        self._value(f"{path}.status", account.status, "account.status", "ACCOUNT_STATUS_UNKNOWN")
        if store is None:
            return None
        return ActedOn(
            store=store,
            role=account.role,
            organisation=account.organisation,
            status=account.status,
            in_group=account.in_group,
            store_shared=self._in_store[account.store] > 1,
        )

    def _store(self, field: str, code: str) -> Store | None:
        store = check_store(code, self._stores, self._problems, field)
        if store is not None and self._day is not None:
            check_exists(store, self._day, self._problems, field)
        return store

    def _value(self, field: str, value: str | None, fact: str, reason: str) -> None:
        if value is not None and value not in FACTS[fact].domain:
            self._problems.append(FieldProblem(field, reason, {"number": value}))
