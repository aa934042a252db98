from __future__ import annotations

from dataclasses import replace

from linkedaccounts.loadtest.effects import effects
from linkedaccounts.loadtest.result import Event
from tests.loadtest.results import a_run

RELOAD = Event(6, "reload", "the policy changed from a to b")
KILLED = (
    Event(12, "process-ended", "process 3 of the service ended"),
    Event(12, "connections-broke", "4 connections broke"),
    Event(15, "process-began", "process 9 of the service began"),
)


def test_a_reload_and_a_killed_worker_are_told_by_what_came_of_them() -> None:
    seconds = [[4.0]] * 6 + [[9.0]] + [[4.0]] * 5 + [[300.0], [40.0], [4.0]] + [[5.0]] * 6
    reload, killed = effects(a_run(seconds, [RELOAD, *KILLED], failed={12: {"UNAVAILABLE": 3}}))

    assert (reload.incident.name, reload.incident.second) == ("a reload", 6)
    assert reload.came_of_it == "p99 4.00 ms before, 9.01 ms in the worst second, 4.00 ms after; no call failed"
    assert (killed.incident.name, killed.incident.second) == ("a killed worker", 12)
    assert killed.happened == (
        "process 3 of the service ended; 4 connections broke; process 9 of the service began at 15 s"
    )
    assert killed.came_of_it == (
        "p99 4.00 ms before, 300 ms in the worst second, 5.00 ms after; 3 calls failed (3 UNAVAILABLE)"
    )


def test_what_has_no_time_before_or_after_says_so() -> None:
    (effect,) = effects(a_run([[4.0]] * 2, [Event(0, "connections-left", "8 connections left, as the service asked")]))

    assert effect.incident.name == "connections that the service asked to leave"
    assert effect.came_of_it.startswith("p99 unknown before, 4.00 ms in the worst second, unknown after")


def test_an_incident_is_not_compared_with_another_one() -> None:
    seconds = [[1.0]] * 4 + [[900.0]] + [[4.0]] * 2 + [[50.0]] + [[2.0]] * 4
    ended = Event(7, "process-ended", "process 3 of the service ended")
    reload, process = effects(a_run(seconds, [Event(4, "reload", "the policy changed from a to b"), ended]))

    assert reload.came_of_it.startswith("p99 1.00 ms before, 900 ms in the worst second, 2.00 ms after")
    assert process.came_of_it.startswith("p99 1.00 ms before, 50.0 ms in the worst second, 2.00 ms after")


def test_a_reload_beside_a_worker_that_ends_is_told_by_itself() -> None:
    found = effects(a_run([[4.0]] * 20, [replace(RELOAD, second=13), *KILLED]))

    assert [(each.incident.name, each.incident.second) for each in found] == [("a killed worker", 12), ("a reload", 13)]


def test_a_worker_that_drained_was_not_killed() -> None:
    left = Event(1, "connections-left", "4 connections left, as the service asked")
    found = effects(a_run([[1.0]] * 3, [Event(1, "process-ended", "process 3 of the service ended"), left]))

    assert [each.incident.name for each in found] == ["a worker that was stopped"]
