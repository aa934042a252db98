"""What a worker does as its supervisor tells it: get a policy ready, and switch to it between two calls."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, Callable

import structlog

from linkedaccounts.application.keep_policy import PolicyKeeper
from linkedaccounts.endpoints.background import Background
from linkedaccounts.endpoints.worker_process import (
    DROP,
    PREPARE,
    PREPARED,
    PROBLEMS,
    READY,
    REFUSED,
    STANDING,
    STANDINGS,
    SWITCH,
    SWITCHED,
    Prepare,
)
from linkedaccounts.policy.load import load_policy
from linkedaccounts.policy.place import Place
from linkedaccounts.policy.policy import Policy
from linkedaccounts.policy.problems import PolicyRejected, Problem


class WorkerOrders:
    """Carries orders out on ``keeper``; ``say`` writes a line to the supervisor."""

    def __init__(self, keeper: PolicyKeeper, say: Callable[[str], object]) -> None:
        self._keeper = keeper
        self._say = say
        self._ready: dict[str, Policy] = {}
        self._background = Background()

    async def follow(self, lines: AsyncIterable[bytes]) -> None:
        """Until the supervisor is gone, and its lines end."""
        async for line in lines:
            word, _, rest = line.decode().strip().partition(" ")
            if word == STANDING:
                self._keeper.standing = STANDINGS.validate_json(rest)
            else:
                self._carry_out(word, *rest.partition(" ")[::2])
        self._background.cancel()

    def _carry_out(self, word: str, number: str, content: str) -> None:
        if word == PREPARE:
            self._background.start(self._prepare(number, PREPARED.validate_json(content)))
        elif word == SWITCH:
            self._switch(number)
        elif word == DROP:
            self._ready.pop(number, None)

    async def _prepare(self, number: str, prepare: Prepare) -> None:
        """In a thread, so that calls go on being answered."""
        try:
            policy = await asyncio.to_thread(load_policy, prepare.directory)
        except PolicyRejected as rejected:
            self._refuse(number, rejected.problems)
        except Exception as error:  # noqa: BLE001 - whatever it is, the policy in use goes on
            self._refuse(number, (_problem(prepare, repr(error)),))
        else:
            if policy.version == prepare.version:
                self._ready = {number: policy}
                self._say(f"{READY} {number}")
            else:
                self._refuse(number, (_problem(prepare, f"the files were changed: they are version {policy.version}"),))

    def _switch(self, number: str) -> None:
        if policy := self._ready.pop(number, None):
            self._keeper.take(policy)
            self._say(f"{SWITCHED} {number}")
            structlog.get_logger().info("policy_switched", policy_version=policy.version)

    def _refuse(self, number: str, problems: tuple[Problem, ...]) -> None:
        self._say(f"{REFUSED} {number} {PROBLEMS.dump_json(problems).decode()}")


def _problem(prepare: Prepare, message: str) -> Problem:
    return Problem(Place(str(prepare.directory)), "not-taken", message)
