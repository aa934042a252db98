"""Registrations of a seller in a new store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Registration:
    """A registration in ``store``, begun by ``user`` from the account ``from_account``.

    ``business_type`` and ``selling_plan`` are values of the contract's enums as rules write them; None is not known.
    ``details`` are what is kept so far, by id. ``account`` is the one that was created; None until it is completed.
    """

    id: str
    user: str
    from_account: str
    store: str
    business_type: str | None
    selling_plan: str | None
    details: Mapping[str, str]
    started_at: datetime
    expires_at: datetime
    account: str | None = None

    def is_open(self, now: datetime) -> bool:
        """Whether it can be completed still."""
        return self.account is None and now < self.expires_at
