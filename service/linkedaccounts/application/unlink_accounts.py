"""Asks the policy to take accounts out of their group, which it never allows: linking is permanent.

There is nothing here that could take them out: the use case exists so that who asks gets the policy's reason.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Never

from linkedaccounts.application.asker import Asker
from linkedaccounts.application.attempt import Attempt, InSession
from linkedaccounts.application.link_decision import decide_together
from linkedaccounts.application.picked import check_picked, check_reached
from linkedaccounts.application.policy_refusal import Refusals, RefusedByPolicy
from linkedaccounts.application.refusals import NotAsThingsStand
from linkedaccounts.policy.policy import Policy

ACTION = "unlink"


@dataclass(frozen=True, slots=True)
class UnlinkAccounts:
    """The use case."""

    session: InSession
    policy: Callable[[], Policy]

    def __call__(self, asker: Asker, request_id: str, account_ids: Sequence[str]) -> Never:
        """RefusedByPolicy with the reason; InvalidRequest, NotSignedIn. Also where rules allow it, nothing is done."""
        check_picked(account_ids)
        policy = self.policy()
        refusals = self.session.once(
            asker,
            request_id,
            (ACTION, sorted(account_ids)),
            Refusals,
            lambda attempt: _refusals(attempt, policy, account_ids),
        )
        if not refusals.refused_by:
            raise NotAsThingsStand("UNLINKING_UNSUPPORTED", {})
        raise RefusedByPolicy(refusals)


def _refusals(attempt: Attempt, policy: Policy, account_ids: Sequence[str]) -> Refusals:
    reach = attempt.reach()
    check_reached(account_ids, reach)
    decided = decide_together(policy, ACTION, reach, account_ids, attempt.day)
    attempt.record(decided.made)
    attempt.audit(ACTION, "refused", sorted(account_ids), decided.audited, policy.version)
    return decided.refusals
