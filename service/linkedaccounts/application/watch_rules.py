"""Watches the rules directory and the operator's wish, and has what changed taken by every process, or by none.

By looking again and again, not by the notices of a file system: looking sees every change on every kind of file system,
network mounts and Kubernetes volumes included, needs no library, and costs a few milliseconds.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import replace

import structlog

from linkedaccounts.application.keep_policy import PolicyKeeper, Standing
from linkedaccounts.application.policies_port import Cause, Pin, Policies, Served, VersionNotKept
from linkedaccounts.application.settling import Settling
from linkedaccounts.policy.place import Place
from linkedaccounts.policy.policy import Policy
from linkedaccounts.policy.problems import PolicyRejected, Problem

Pause = Callable[[float], Awaitable[object]]
RollOut = Callable[[Policy], Awaitable[None]]
"""Has every other process switch to a policy, or none: then it raises PolicyRejected."""

WHOLE = Place(".")
"""The place of a problem that no file is to blame for."""


class RulesWatch:
    """Watches for a service, in one of its processes. ``announce`` is told how things stand when that changes."""

    def __init__(
        self,
        keeper: PolicyKeeper,
        policies: Policies,
        roll_out: RollOut,
        announce: Callable[[Standing], object],
    ) -> None:
        self._keeper = keeper
        self._policies = policies
        self._roll_out = roll_out
        self._announce = announce
        self._settling = Settling()
        self._settling.took(policies.loaded)  # what the service began with need not be read again
        self._one_at_a_time = asyncio.Lock()

    async def run(self, every_seconds: float, *, pause: Pause = asyncio.sleep) -> None:
        """Notes what the service began with, and looks every so many seconds until it is cancelled; 0 is never."""
        pin = self._keeper.standing.pin
        await self._note(Cause.ROLLBACK if pin else Cause.START, pin)
        while every_seconds:
            await pause(every_seconds)
            await self.look()

    async def look(self, *, at_once: bool = False) -> None:
        """Takes up what changed; ``at_once`` takes the rules directory as it stands, at rest or not.

        Whatever goes wrong, the policy in use goes on answering, and the log says what it was.
        """
        async with self._one_at_a_time:
            before = self._keeper.standing
            try:
                await self._look(at_once)
            except Exception as error:  # noqa: BLE001 - whatever it is, the service goes on with the policy that it has
                self._settling.took(None)  # so that the rules are looked at again once this has passed
                found = problems_of(error)
                if before.rejected is None or before.rejected.problems != found:  # else each look would say it again
                    self._refuse(found)
            if self._keeper.standing != before:
                self._announce(self._keeper.standing)

    async def _look(self, at_once: bool) -> None:
        pin = await asyncio.to_thread(self._policies.pin)
        wished = pin != self._keeper.standing.pin
        if wished and not await self._follow(pin):
            return
        try:
            state = await asyncio.to_thread(self._policies.state)
            if self._settling.look(state, at_once=at_once or wished):
                await self._take_up(state, pin, at_once or wished)
        finally:  # only now, so that who waits for it finds all the rest done
            self._keeper.standing = replace(self._keeper.standing, pin=pin)

    async def _follow(self, pin: Pin | None) -> bool:
        """Serves what an operator wants, or makes way for the rules directory; False if that is given up."""
        if pin is None:
            structlog.get_logger().info("policy_resumed", policy_version=self._keeper.current.version)
            return True
        try:
            policy = await asyncio.to_thread(self._policies.load_version, pin.version)
            await self._switch(policy, Cause.ROLLBACK, pin)
        except (PolicyRejected, VersionNotKept) as error:
            await asyncio.to_thread(self._policies.put_pin, self._keeper.standing.pin)
            self._refuse(problems_of(error))
            return False
        return True

    async def _take_up(self, state: Hashable, pin: Pin | None, asked: bool) -> None:
        """Has the rules directory taken, unless it changed while it was read: then the next look sees that."""
        try:
            candidate: Policy | PolicyRejected = await asyncio.to_thread(self._policies.load_rules)
        except PolicyRejected as rejected:
            candidate = rejected
        if await asyncio.to_thread(self._policies.state) != state:
            return
        self._settling.took(state)
        if isinstance(candidate, PolicyRejected):
            self._refuse(candidate.problems)
        else:
            await self._decide(candidate, pin, asked)

    async def _decide(self, candidate: Policy, pin: Pin | None, asked: bool) -> None:
        """Takes a sound rules directory, unless it serves already or an operator holds another version."""
        current, standing = self._keeper.current, self._keeper.standing
        said = structlog.get_logger().bind(policy_version=current.version)
        if candidate.version == current.version and (pin or candidate.files == current.files):
            self._keeper.standing = replace(standing, rejected=None, waiting="")
            if asked:
                said.info("policy_unchanged")
        elif pin:
            self._keeper.standing = replace(standing, rejected=None, waiting=candidate.version)
            said.warning("policy_waiting", waiting=candidate.version, pinned_by=pin.caller)
        else:
            try:
                await self._switch(candidate, Cause.RULES)
            except PolicyRejected as rejected:
                self._refuse(rejected.problems)

    async def _switch(self, policy: Policy, cause: Cause, pin: Pin | None = None) -> None:
        await self._roll_out(policy)
        self._keeper.take(policy)
        self._keeper.standing = replace(self._keeper.standing, rejected=None, waiting="")
        why = {"cause": str(cause)} | ({"caller": pin.caller} if pin else {})
        structlog.get_logger().info("policy_reloaded", policy_version=policy.version, **why)
        await self._note(cause, pin)

    async def _note(self, cause: Cause, pin: Pin | None) -> None:
        """A history that cannot be written stops nobody: what serves is told by every answer."""
        version = self._keeper.current.version
        served = Served(version, self._keeper.now(), cause, pin.caller if pin else "")
        try:
            history = await asyncio.to_thread(self._policies.history)
            if not history or history[-1].version != version:
                await asyncio.to_thread(self._policies.note, served)
        except OSError as error:
            structlog.get_logger().warning("policy_history_not_kept", problem=str(error))

    def _refuse(self, problems: tuple[Problem, ...]) -> None:
        self._keeper.refuse(problems)
        said = [str(problem) for problem in problems]
        structlog.get_logger().error("policy_rejected", policy_version=self._keeper.current.version, problems=said)


def problems_of(error: Exception) -> tuple[Problem, ...]:
    """Why a version cannot serve, or serve again."""
    if isinstance(error, PolicyRejected):
        return error.problems
    if isinstance(error, VersionNotKept):
        return (Problem(WHOLE, "version-not-kept", str(error)),)
    return (Problem(WHOLE, "not-taken", repr(error)),)
