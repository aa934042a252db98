"""Events as rows, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, Row, insert

from linkedaccounts.application.events.ports import Placed
from linkedaccounts.domain.events import HAPPENINGS, Event, EventKind, Happening
from linkedaccounts.storage.event_tables import EVENTS

_FORMS: Mapping[EventKind, TypeAdapter[Happening]] = {kind: TypeAdapter(form) for kind, form in HAPPENINGS.items()}


def write_events(connection: Connection, events: Sequence[Event]) -> None:
    """Adds events, in their order."""
    if events:
        connection.execute(insert(EVENTS), [_row(event) for event in events])


def placed(row: Row[Any]) -> Placed:
    """The event of a row that has its position."""
    what = _FORMS[EventKind(row.kind)].validate_json(row.content)
    return Placed(row.position, Event(row.seller, row.at, what))


def _row(event: Event) -> Mapping[str, Any]:
    content = _FORMS[event.kind].dump_json(event.what).decode()
    return {"kind": event.kind.value, "seller": event.seller, "at": event.at, "content": content}
