"""Links accounts with one another, for good."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from linkedaccounts.application.asker import Asker
from linkedaccounts.application.attempt import Attempt, InSession
from linkedaccounts.application.link_decision import decide_together
from linkedaccounts.application.linked_group import LinkedGroup, groups_of
from linkedaccounts.application.picked import check_picked, check_reached
from linkedaccounts.application.policy_refusal import Refusals, RefusedByPolicy
from linkedaccounts.application.reach import ReachedAccount
from linkedaccounts.application.refusals import FieldProblem, InvalidRequest
from linkedaccounts.application.storage_port import Writing
from linkedaccounts.domain.events import Event
from linkedaccounts.domain.events import Linked as LinkedEvent
from linkedaccounts.policy.policy import Policy

ACTION = "link"
"""The name of the decision, and of the action in the audit."""


@dataclass(frozen=True, slots=True)
class Linked:
    """The group that resulted, and the version of the policy that allowed it."""

    group: LinkedGroup
    policy_version: str


@dataclass(frozen=True, slots=True)
class LinkAccounts:
    """The use case: all accounts or none, and only with the explicit acceptance that it is for good."""

    session: InSession
    policy: Callable[[], Policy]
    new_id: Callable[[], str]

    def __call__(self, asker: Asker, request_id: str, account_ids: Sequence[str], *, accept_permanence: bool) -> Linked:
        """The group; InvalidRequest, NotSignedIn, RefusedByPolicy with every reason, TryAgain."""
        check_picked(account_ids)
        if not accept_permanence:
            raise InvalidRequest([FieldProblem("accept_permanence", "PERMANENCE_NOT_ACCEPTED")])
        policy = self.policy()
        outcome = self.session.once(
            asker,
            request_id,
            (ACTION, sorted(account_ids)),
            Linked | Refusals,
            lambda attempt: self._link(attempt, policy, account_ids),
        )
        if isinstance(outcome, Refusals):
            raise RefusedByPolicy(outcome)
        return outcome

    def _link(self, attempt: Attempt, policy: Policy, account_ids: Sequence[str]) -> Linked | Refusals:
        """Links, or says why not; the audit says so either way."""
        reach = attempt.reach()
        check_reached(account_ids, reach)
        decided = decide_together(policy, ACTION, reach, account_ids, attempt.day)
        attempt.record(decided.made)
        ids = [reached.account.id for reached in decided.accounts]
        outcome = "done" if decided.allowed else "refused"
        attempt.audit(ACTION, outcome, ids, decided.audited, policy.version)
        if not decided.allowed:
            return decided.refusals
        join(attempt.tx, decided.accounts, self.new_id, attempt.now)
        (group,) = groups_of(one for one in attempt.reach().accounts if one.account.id in ids)
        return Linked(group, policy.version)


def join(tx: Writing, accounts: Sequence[ReachedAccount], new_id: Callable[[], str], now: datetime) -> None:
    """Puts all accounts into one group: the first by id of those that there are, else a new one; and tells of it."""
    groups = sorted({reached.account.group for reached in accounts if reached.account.group is not None})
    into = groups[0] if groups else new_id()
    for group in groups[1:]:
        tx.merge(group, into, now)
    joined = [reached.account.id for reached in accounts if reached.account.group is None]
    for account_id in joined:
        tx.link(account_id, into, now.date(), now)
    if joined or groups[1:]:
        members = tuple((account.id, account.store) for account in tx.accounts_in([into]))
        tx.tell(Event(into, now, LinkedEvent(into, members, tuple(sorted(joined)), tuple(groups[1:]))))
