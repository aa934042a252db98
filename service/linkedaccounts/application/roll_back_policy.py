"""An operator decides which policy serves: one that did before, or the rules directory again.

What is wanted is written down, where it outlives this process; who watches the rules has every process follow.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import structlog

from linkedaccounts.application.keep_policy import PolicyKeeper
from linkedaccounts.application.policies_port import Pin, Policies, Served, VersionNotKept
from linkedaccounts.application.refusals import FieldProblem, InvalidRequest, NotAsThingsStand, NotFound, TryAgain
from linkedaccounts.application.watch_rules import problems_of
from linkedaccounts.policy.problems import PolicyRejected, Problem

PATIENCE_SECONDS = 150.0
"""Longer than every process may take to switch, twice."""
PAUSE_SECONDS = 0.02
RETRY_SECONDS = 5


@dataclass(frozen=True, slots=True)
class PolicyOperations:
    """The use cases, in a process with ``keeper``; ``look`` has the rules watched by whoever does, at once."""

    keeper: PolicyKeeper
    policies: Policies
    look: Callable[[], object]

    def served(self) -> tuple[tuple[Served, ...], frozenset[str], str]:
        """What served, the oldest first; which versions are kept; and what a step back leads to, or nothing."""
        history, kept = self.policies.history(), frozenset(self.policies.versions())
        return history, kept, _before(history, kept, self.keeper.current.version)

    async def roll_back(self, stated: str, caller: str) -> str:
        """Has a version serve until ``resume``, which every process of the service does when this returns.

        The whole version. InvalidRequest, NotFound; NotAsThingsStand if it cannot serve, and then nothing changes.
        """
        version = await asyncio.to_thread(self._version, stated)
        try:
            await asyncio.to_thread(self.policies.load_version, version)
        except (PolicyRejected, VersionNotKept) as error:
            raise _unfit(version, problems_of(error)) from error
        pin = Pin(version, self.keeper.now(), caller)
        await asyncio.to_thread(self.policies.put_pin, pin)
        structlog.get_logger().warning("policy_rollback", version=version, caller=caller)
        await self._until(lambda: self._serves(pin))
        return version

    async def resume(self, caller: str) -> str:
        """Has the rules directory serve again, which is done when this returns; the version that serves."""
        await asyncio.to_thread(self.policies.put_pin, None)
        structlog.get_logger().warning("policy_resume", caller=caller)
        await self._until(lambda: self.keeper.standing.pin is None)
        return self.keeper.current.version

    def _version(self, stated: str) -> str:
        if not stated:
            raise InvalidRequest([FieldProblem("version", "VERSION_REQUIRED")])
        found = [version for version in self.policies.versions() if version.startswith(stated)]
        if len(found) > 1:
            values = {"version": stated, "count": str(len(found))}
            raise InvalidRequest([FieldProblem("version", "VERSION_AMBIGUOUS", values)])
        if not found:
            raise NotFound("POLICY_VERSION_UNKNOWN", {"version": stated})
        return found[0]

    def _serves(self, pin: Pin) -> bool:
        """Whether it is done; NotAsThingsStand if it was tried and cannot be."""
        standing = self.keeper.standing
        if standing.pin == pin:
            return True
        if standing.rejected and standing.rejected.at >= pin.at:
            raise _unfit(pin.version, standing.rejected.problems)
        return False

    async def _until(self, done: Callable[[], bool]) -> None:
        self.look()
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_SECONDS):
                while not done():  # noqa: ASYNC110 - another process may be the one that does it
                    await asyncio.sleep(PAUSE_SECONDS)
        if not done():
            raise TryAgain(RETRY_SECONDS, "POLICY_NOT_SWITCHED")


def _before(history: tuple[Served, ...], kept: frozenset[str], current: str) -> str:
    """What served before a version first did: so steps back never lead forward again."""
    served = [one.version for one in history]
    earlier = served[: served.index(current)] if current in served else served
    return next((version for version in reversed(earlier) if version in kept), "")


def _unfit(version: str, problems: tuple[Problem, ...]) -> NotAsThingsStand:
    return NotAsThingsStand("POLICY_VERSION_UNFIT", {"version": version, "problem": str(problems[0])})
