"""The kinds of values that columns hold."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect
from sqlalchemy.types import TypeDecorator


class Moment(TypeDecorator[datetime]):
    """A moment to the microsecond: aware going in, in UTC coming out.

    SQLite has no type for it; its texts without an offset are all in UTC, so that they sort as the moments do.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """What the driver is given; ValueError for a moment that does not know its offset."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without its offset from UTC cannot be kept; give it one")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """What the driver gave, in UTC."""
        if value is None:
            return None
        moment: datetime = value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)
        return moment
