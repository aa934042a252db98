"""A change counts once the directory is at rest."""

from __future__ import annotations

import pytest

from linkedaccounts.application.settling import Settling


@pytest.mark.parametrize(
    "states,taken",
    [
        ("aaaa", "-a--"),  # what is there at the start is looked at, too
        ("aabbb", "-a-b-"),
        ("aabcddd", "-a---d-"),  # an editor saves file after file
        ("aabaa", "-a---"),  # an editor's mistake, taken back
        ("aabbaa", "-a-b-a"),
        ("abababcc", "-------c"),
    ],
)
def test_it_is_taken_when_two_looks_agree(states: str, taken: str) -> None:
    assert looked(states) == taken


def looked(states: str) -> str:
    """What is taken up at each look."""
    settling, found = Settling(), ""
    for state in states:
        wanted = settling.look(state)
        if wanted:
            settling.took(state)
        found += state if wanted else "-"
    return found


def test_who_cannot_wait_gets_it_at_once_changed_or_not() -> None:
    settling = Settling()
    assert settling.look("a", at_once=True)
    settling.took("a")
    assert settling.look("a", at_once=True)
    assert not settling.look("a")
