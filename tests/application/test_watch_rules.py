"""A change of the rules is taken by every process or by none, and an operator's wish goes before it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
import structlog

from linkedaccounts.application.keep_policy import PolicyKeeper, Standing
from linkedaccounts.application.policies_port import Cause, Pin
from linkedaccounts.application.watch_rules import RulesWatch
from linkedaccounts.policy.problems import PolicyRejected
from tests.application.policies import PROBLEM, PoliciesInMemory, policy, rejected

MOMENT = datetime(2019, 10, 1, 12, 30, tzinfo=UTC)
ONE, TWO = policy("one"), policy("two")
PIN = Pin("one", MOMENT, "ops")


@dataclass
class Watched:
    """A watch that began with the policy ``one``; what the other processes were told, and what they refuse."""

    policies: PoliciesInMemory
    standing: Standing = field(default_factory=Standing)
    others: list[str] = field(default_factory=list)
    refusal: PolicyRejected | None = None
    announced: list[Standing] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.keeper = PolicyKeeper(ONE, lambda: MOMENT, self.standing)
        self.watch = RulesWatch(self.keeper, self.policies, self._roll_out, self.announced.append)

    async def _roll_out(self, candidate: Any) -> None:
        if self.refusal:
            raise self.refusal
        self.others.append(candidate.version)

    async def looks(self, count: int = 2) -> None:
        for _ in range(count):
            await self.watch.look()

    @property
    def version(self) -> str:
        return self.keeper.current.version


@pytest.fixture
def logs() -> Iterator[list[Any]]:
    with structlog.testing.capture_logs() as captured:
        yield captured


@pytest.fixture
def watched() -> Watched:
    return Watched(PoliciesInMemory(ONE, kept={"one": ONE}))


def events(logs: list[Any]) -> list[str]:
    return [line["event"] for line in logs]


async def test_a_sound_change_is_taken_by_all_once_it_is_at_rest(watched: Watched, logs: list[Any]) -> None:
    await watched.looks()
    watched.policies.save(TWO)
    await watched.looks(1)
    assert (watched.version, watched.others) == ("one", [])
    await watched.looks(3)
    assert (watched.version, watched.others) == ("two", ["two"])
    assert [(line["event"], line["policy_version"]) for line in logs] == [("policy_reloaded", "two")]


async def test_what_the_service_began_with_is_not_read_again() -> None:
    reads: list[str] = []
    policies = PoliciesInMemory(ONE, on_load=lambda: reads.append("read"), loaded=0)
    watched = Watched(policies)
    await watched.looks(3)
    assert reads == []
    policies.save(TWO)
    await watched.looks(3)
    assert reads == ["read"]
    assert watched.version == "two"


async def test_a_bad_change_is_refused_once_and_the_old_policy_goes_on(watched: Watched, logs: list[Any]) -> None:
    watched.policies.save(rejected())
    await watched.looks(4)
    assert (watched.version, watched.others, watched.keeper.refused) == ("one", [], 1)
    assert [standing.rejected and standing.rejected.problems for standing in watched.announced] == [(PROBLEM,)]
    assert [(line["event"], line["policy_version"], line["problems"]) for line in logs] == [
        ("policy_rejected", "one", [str(PROBLEM)])
    ]


async def test_taking_a_bad_change_back_ends_the_refusal(watched: Watched) -> None:
    watched.policies.save(rejected())
    await watched.looks()
    watched.policies.save(ONE)
    await watched.looks()
    assert watched.keeper.standing == watched.announced[-1] == Standing()


async def test_what_another_process_refuses_nobody_serves(watched: Watched) -> None:
    watched.refusal = rejected()
    watched.policies.save(TWO)
    await watched.looks()
    assert watched.version == "one"
    assert watched.announced[-1].rejected is not None
    assert watched.policies.served == []


async def test_a_directory_that_changes_while_it_is_read_is_read_again(watched: Watched) -> None:
    watched.policies.save(rejected())  # half of it is saved
    watched.policies.on_load = lambda: watched.policies.save(TWO)
    await watched.looks()
    watched.policies.on_load = lambda: None
    assert (watched.version, watched.keeper.standing) == ("one", Standing())
    await watched.looks()
    assert watched.version == "two"


async def test_other_comments_are_taken_too_for_answers_name_lines(watched: Watched) -> None:
    await watched.watch.run(0)
    watched.policies.save(policy("one", "# a comment"))
    await watched.looks()
    assert watched.others == ["one"]
    assert [one.cause for one in watched.policies.served] == [Cause.START]


async def test_a_signal_takes_it_at_once_and_says_if_there_is_nothing_new(watched: Watched, logs: list[Any]) -> None:
    watched.policies.save(TWO)
    for _ in range(2):
        await watched.watch.look(at_once=True)
    assert events(logs) == ["policy_reloaded", "policy_unchanged"]


async def test_a_failure_that_nobody_foresaw_is_told_once_and_passes(watched: Watched, logs: list[Any]) -> None:
    watched.policies.save(OSError("the disk is gone"))
    await watched.looks(4)
    assert "the disk is gone" in logs[0]["problems"][0]
    watched.policies.content = ONE
    await watched.looks()
    assert (events(logs), watched.keeper.standing) == (["policy_rejected"], Standing())


async def test_a_rollback_serves_and_the_rules_wait_for_its_end(watched: Watched, logs: list[Any]) -> None:
    watched.policies.save(TWO)
    await watched.looks()
    watched.policies.pinned = PIN
    await watched.looks(1)
    assert watched.version == "one"
    assert watched.announced[-1] == Standing(pin=PIN, waiting="two")
    watched.policies.save(rejected())
    await watched.looks()
    assert watched.announced[-1].rejected is not None
    watched.policies.save(policy("three"))
    await watched.looks()
    assert (watched.version, watched.announced[-1]) == ("one", Standing(pin=PIN, waiting="three"))
    watched.policies.pinned = None
    await watched.looks(1)
    assert (watched.version, watched.announced[-1]) == ("three", Standing())
    assert watched.others == ["two", "one", "three"]
    assert [(one.version, one.cause, one.caller) for one in watched.policies.served] == [
        ("two", Cause.RULES, ""),
        ("one", Cause.ROLLBACK, "ops"),
        ("three", Cause.RULES, ""),
    ]


async def test_a_rollback_that_cannot_be_is_given_up_and_what_was_wanted_before_is_wanted(watched: Watched) -> None:
    watched.policies.pinned = Pin("gone", MOMENT, "ops")
    await watched.looks(1)
    assert watched.policies.pin() is None
    rejected_one = watched.keeper.standing.rejected
    assert rejected_one is not None
    assert [problem.code for problem in rejected_one.problems] == ["version-not-kept"]


async def test_a_restart_under_a_rollback_tells_what_the_rules_would_be() -> None:
    watched = Watched(PoliciesInMemory(TWO, kept={"one": ONE}, pinned=PIN), Standing(pin=PIN))
    await watched.looks()
    assert (watched.version, watched.keeper.standing) == ("one", Standing(pin=PIN, waiting="two"))


async def test_the_history_begins_with_the_start_and_goes_on_over_a_restart(watched: Watched) -> None:
    for _ in range(2):
        await watched.watch.run(0)
    assert [(one.version, one.cause) for one in watched.policies.served] == [("one", Cause.START)]


async def test_it_looks_every_so_many_seconds(watched: Watched) -> None:
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            raise asyncio.CancelledError

    watched.policies.save(TWO)
    with pytest.raises(asyncio.CancelledError):
        await watched.watch.run(0.5, pause=pause)
    assert (pauses, watched.version) == ([0.5] * 3, "two")
