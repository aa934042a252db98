"""An operator steps back to a policy that served, and lets the rules directory serve again."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from linkedaccounts.application import roll_back_policy
from linkedaccounts.application.keep_policy import PolicyKeeper, Standing
from linkedaccounts.application.policies_port import Cause, Pin, Served
from linkedaccounts.application.refusals import InvalidRequest, NotAsThingsStand, NotFound, TryAgain
from linkedaccounts.application.roll_back_policy import PolicyOperations
from linkedaccounts.application.watch_rules import RulesWatch
from tests.application.policies import PoliciesInMemory, policy, rejected

MOMENT = datetime(2019, 10, 1, 12, 30, tzinfo=UTC)


class Operated:
    """Operations in the process that watches the rules; `a1`, `a2` and `b` are kept and `b` serves."""

    def __init__(self, *served: str, refusal: Exception | None = None) -> None:
        kept = {version: policy(version) for version in ("a1", "a2", "b")}
        history = [Served(version, MOMENT, Cause.RULES) for version in served]
        self.policies = PoliciesInMemory(kept["b"], kept=kept, served=history)
        self.keeper = PolicyKeeper(kept["b"], lambda: MOMENT)
        self.refusal = refusal
        self.watch = RulesWatch(self.keeper, self.policies, self._roll_out, lambda _: None)
        self.tasks: set[asyncio.Task[None]] = set()
        self.operations = PolicyOperations(self.keeper, self.policies, self._look)

    def _look(self) -> None:
        self.tasks.add(asyncio.get_running_loop().create_task(self.watch.look()))

    async def _roll_out(self, candidate: Any) -> None:
        if self.refusal:
            raise self.refusal


async def test_a_version_serves_when_the_call_is_answered_until_it_is_resumed() -> None:
    operated = Operated("a1", "b")
    assert await operated.operations.roll_back("a1", "ops") == "a1"
    assert operated.keeper.current.version == "a1"
    assert operated.keeper.standing == Standing(pin=Pin("a1", MOMENT, "ops"), waiting="b")
    assert await operated.operations.resume("ops") == "b"
    assert (operated.keeper.current.version, operated.keeper.standing) == ("b", Standing())


async def test_the_beginning_of_a_version_is_enough_if_it_is_the_only_one() -> None:
    operations = Operated().operations
    with pytest.raises(InvalidRequest, match="is the beginning of 2 versions"):
        await operations.roll_back("a", "ops")
    with pytest.raises(InvalidRequest, match="say which version"):
        await operations.roll_back("", "ops")
    with pytest.raises(NotFound, match="no policy of version `c` served here"):
        await operations.roll_back("c", "ops")
    assert await operations.roll_back("b", "ops") == "b"


async def test_a_version_that_fails_todays_checks_changes_nothing() -> None:
    operated = Operated()
    operated.policies.kept["a1"] = rejected()
    with pytest.raises(NotAsThingsStand, match="there is no field `firstmonth`"):
        await operated.operations.roll_back("a1", "ops")
    assert (operated.keeper.current.version, operated.policies.pinned, operated.tasks) == ("b", None, set())


async def test_a_version_that_a_process_refuses_serves_nowhere() -> None:
    operated = Operated(refusal=rejected())
    with pytest.raises(NotAsThingsStand, match="there is no field `firstmonth`"):
        await operated.operations.roll_back("a1", "ops")
    assert (operated.keeper.current.version, operated.policies.pinned) == ("b", None)


async def test_who_waits_in_vain_is_told_that_it_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roll_back_policy, "PATIENCE_SECONDS", 0)
    operated = Operated()
    deaf = PolicyOperations(operated.keeper, operated.policies, lambda: None)
    with pytest.raises(TryAgain, match="not every process has switched"):
        await deaf.roll_back("a1", "ops")
    assert operated.policies.pinned == Pin("a1", MOMENT, "ops")


@pytest.mark.parametrize(
    "served,previous",
    [
        ((), ""),
        (("b",), ""),
        (("a1", "b"), "a1"),
        (("a1", "gone", "b"), "a1"),  # what is not kept any more is passed over
        (("a1", "a2", "b"), "a2"),
        (("a1", "b", "a2", "b"), "a1"),  # a step back after a rollback does not lead forward again
        (("a1", "a2"), "a2"),  # the history could not be written
    ],
)
def test_a_step_back_leads_to_what_served_before(served: tuple[str, ...], previous: str) -> None:
    history, kept, before = Operated(*served).operations.served()
    assert [one.version for one in history] == list(served)
    assert kept == {"a1", "a2", "b"}
    assert before == previous
