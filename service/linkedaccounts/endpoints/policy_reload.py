"""Taking new rule files over while the service runs."""

from __future__ import annotations

import asyncio

import structlog

from linkedaccounts.application.keep_policy import PolicyKeeper
from linkedaccounts.endpoints.tally import Tally


class PolicyReload:
    """Reads the rule files again, one time after the other; in a thread, so that calls go on being answered."""

    def __init__(self, policy: PolicyKeeper, tally: Tally) -> None:
        self._policy = policy
        self._tally = tally
        self._one_at_a_time = asyncio.Lock()

    async def __call__(self) -> None:
        """If the files are no good the policy in use goes on, and the log and a metric say so."""
        async with self._one_at_a_time:
            try:
                taken = await asyncio.to_thread(self._policy.reload)
            except Exception as error:  # noqa: BLE001 - whatever it is, the service goes on with the policy that it has
                self._refused([repr(error)])
                return
        if taken:
            self._tally.policies_taken += 1
            structlog.get_logger().info("policy_reloaded", policy_version=self._policy.current.version)
        else:
            rejected = self._policy.rejected
            self._refused([str(problem) for problem in rejected.problems] if rejected else [])

    def _refused(self, problems: list[str]) -> None:
        self._tally.policies_refused += 1
        version = self._policy.current.version
        structlog.get_logger().error("policy_rejected", policy_version=version, problems=problems)
