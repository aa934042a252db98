"""The guards of version 0003: an event stays as it was told, at its place, until it is old."""

from __future__ import annotations

from collections.abc import Iterator

from linkedaccounts.storage.migrations.guard import Guard

NO_CHANGE = "of an event only its position is given, once: it is never changed"
NO_REMOVAL = "an event is never removed but by `events prune`"
NEVER_BACK = "how far events were told never goes back"
_REMOVED = "(SELECT position FROM event_cursors WHERE name = 'removed')"
_COLUMNS = ("id", "kind", "seller", "at", "content")


def guards(database: str) -> Iterator[Guard]:
    """Those of a database, by SQLAlchemy's name for it."""
    changed = " OR ".join(f"OLD.{column} <> NEW.{column}" for column in _COLUMNS)
    given_twice = "OLD.position IS NOT NULL OR NEW.position IS NULL"
    yield Guard("events_only_numbered", "events", "UPDATE", NO_CHANGE, f"{given_twice} OR {changed}")
    kept = f"OLD.position IS NULL OR OLD.position > {_REMOVED}"
    yield Guard("events_no_delete", "events", "DELETE", NO_REMOVAL, kept)
    yield Guard("events_begin_without", "events", "INSERT", NO_CHANGE, "NEW.position IS NOT NULL")
    back = "NEW.name <> OLD.name OR NEW.position < OLD.position"
    yield Guard("event_cursors_never_back", "event_cursors", "UPDATE", NEVER_BACK, back)
    yield Guard("event_cursors_no_delete", "event_cursors", "DELETE", NEVER_BACK)
    yield Guard("event_cursors_no_more", "event_cursors", "INSERT", "there is never another cursor")
    if database == "sqlite":
        # `INSERT OR REPLACE` removes a row without asking the guards against removal.
        exists = "EXISTS (SELECT 1 FROM events WHERE id = NEW.id)"
        yield Guard("events_no_replace", "events", "INSERT", "events: it is there already", exists)
