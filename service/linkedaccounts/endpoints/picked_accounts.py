"""The account ids of a request; what is wrong with them is for the use case to say."""

from __future__ import annotations

from collections.abc import Sequence

MOST_READ = 1_000
"""Far more accounts than an action may be about: who names more is refused for their number, whatever they are."""


def picked_accounts(account_ids: Sequence[str]) -> tuple[str, ...]:
    """The ids as the caller stated them; beyond ``MOST_READ`` as many blank ones."""
    read = tuple(account_ids[:MOST_READ])
    return read + ("",) * (len(account_ids) - len(read))
