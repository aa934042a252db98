from __future__ import annotations

from linkedaccounts.loadtest.incidents import Incidents
from linkedaccounts.loadtest.pool import Events
from linkedaccounts.loadtest.result import Event
from linkedaccounts.loadtest.versions import Versions
from tests.loadtest.http2 import Wire, a_call


def changes(*answers: tuple[str, float]) -> list[tuple[int, str]]:
    versions = Versions()
    for version, moment in answers:
        versions.answered(version, moment)
    return [(event.second, event.text) for event in versions.changes]


def test_a_reload_is_seen_in_the_second_of_the_first_answer_with_another_policy() -> None:
    assert changes(("a" * 64, 0.1), ("a" * 64, 2.0), ("b" * 64, 2.6), ("b" * 64, 9.0)) == [
        (2, "the policy changed from aaaaaaaaaaaa to bbbbbbbbbbbb")
    ]


def test_processes_that_switch_one_after_the_other_are_one_reload() -> None:
    mixed = [("a" if each % 3 else "b", 2 + each / 10) for each in range(80)]

    assert [second for second, _ in changes(("a", 0.0), *mixed, ("b", 11.0))] == [2]


def test_a_policy_that_comes_back_is_a_reload_too() -> None:
    assert [second for second, _ in changes(("a", 0.0), ("b", 1.0), ("b", 6.0), ("a", 7.5), ("", 8.0))] == [1, 7]


def test_a_worker_that_was_killed_shows_in_its_process_and_its_connections() -> None:
    incidents = Incidents()
    incidents.look(0, [1, 2, 3], Events())
    incidents.look(1, [1, 2, 3], Events())
    incidents.look(2, [1, 3], Events(broken=4))
    incidents.look(3, [1, 3, 9], Events(broken=4, goaways=1))

    assert incidents.found == [
        Event(2, "process-ended", "process 2 of the service ended"),
        Event(2, "connections-broke", "4 connections broke"),
        Event(3, "connections-left", "1 connection left, as the service asked"),
        Event(3, "process-began", "process 9 of the service began"),
    ]


def test_without_processes_to_look_at_connections_still_tell() -> None:
    incidents = Incidents()
    incidents.look(0, [], Events())
    incidents.look(1, [], Events(broken=2))

    assert [event.text for event in incidents.found] == ["2 connections broke"]


async def test_a_connection_breaks_only_if_neither_side_had_left_it() -> None:
    broken, closed = Wire(), Wire()
    broken.send(a_call())
    broken.connection.connection_lost(ConnectionResetError())
    closed.connection.close()
    closed.connection.connection_lost(None)

    assert (broken.breaks, broken.statuses, closed.breaks) == (1, ["UNAVAILABLE"], 0)
