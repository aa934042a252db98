"""What the service's connections may do to each table: read and add everywhere, and change what is named here.

On PostgreSQL these become grants to the service's role, on SQLite the authorizer of its connections.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from linkedaccounts.storage.event_tables import EVENT_CURSORS, EVENTS
from linkedaccounts.storage.ledger_tables import BILLING_SLICES, SET_ASIDE
from linkedaccounts.storage.tables import METADATA


@dataclass(frozen=True, slots=True)
class Privilege:
    """What may be done to the rows of a table, once they are there: the columns that may change, and removal."""

    changes: tuple[str, ...] = ()
    removes: bool = False


_BEYOND_ADDING = {
    "accounts": Privilege(changes=("status",)),
    "sessions": Privilege(changes=("generation", "renewed_at", "renewed_by", "ended_at")),
    "proofs": Privilege(changes=("expires_at",)),
    "registrations": Privilege(changes=("details", "account_id")),
    "attempts": Privilege(changes=("count", "last_at"), removes=True),
    "audit_head": Privilege(changes=("position", "hash")),
    BILLING_SLICES.name: Privilege(changes=("charged",)),
    EVENTS.name: Privilege(changes=("position",)),
    EVENT_CURSORS.name: Privilege(changes=("position", "holder", "held_until")),
    SET_ASIDE.name: Privilege(changes=("reason", "says"), removes=True),
}

PRIVILEGES: Mapping[str, Privilege] = {name: _BEYOND_ADDING.get(name, Privilege()) for name in METADATA.tables}
"""By table. What the migrations write about themselves may only be read."""
READ_ONLY = "alembic_version"
SEQUENCES = ("events_id_seq",)
"""What PostgreSQL takes ids of events from; the service may take the next one."""
