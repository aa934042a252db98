"""Reading the audit: whether its chain is whole, and what it says of whom."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import Connection, Result, Row, RowMapping, Select, Text, select, type_coerce

from linkedaccounts.application.audit import AuditedDecision, AuditedRule, AuditEntry
from linkedaccounts.storage.audit_chain import BEFORE_THE_FIRST, Head, hash_of
from linkedaccounts.storage.tables import AUDIT, AUDIT_HEAD

ROWS_AT_ONCE = 1000


class ChainBroken(Exception):
    """The audit is not as it was written; the text names the first row at which it shows, and how."""

    def __init__(self, position: int, what: str) -> None:
        self.position = position
        super().__init__(f"entry {position} {what}")


@dataclass(frozen=True, slots=True)
class Sought:
    """Which entries to show: from a day on, of one action, about one subject; None is all."""

    since: date | None = None
    action: str | None = None
    subject: str | None = None


def verify(connection: Connection, expected: Head | None = None) -> Head:
    """The chain's end, if every row is as it was written and none is missing; ChainBroken names the first that is not.

    ``expected`` is an end that was noted down elsewhere, at any time: then even whoever could write the whole chain
    anew is found out.
    """
    head = BEFORE_THE_FIRST
    # `at` as SQLite keeps it, so that what is no moment can be told.
    columns = [type_coerce(column, Text).label("at") if column is AUDIT.c.at else column for column in AUDIT.c]
    with _streamed(connection, select(*columns).order_by(AUDIT.c.position)) as rows:
        for row in rows.mappings():
            head = _checked(row, head, expected)
    _check_end(connection, head)
    if expected and expected.position > head.position:
        raise ChainBroken(head.position + 1, f"is missing: an end at {expected.position} was noted down")
    return head


def entries(connection: Connection, sought: Sought) -> Iterator[tuple[int, AuditEntry]]:
    """The entries with their positions, oldest first; read as they are asked for."""
    query = select(AUDIT).order_by(AUDIT.c.position)
    if sought.since:
        query = query.where(AUDIT.c.at >= datetime.combine(sought.since, time(), UTC))
    if sought.action:
        query = query.where(AUDIT.c.action == sought.action)
    with _streamed(connection, query) as rows:
        for row in rows:
            entry = _entry(row)
            if sought.subject is None or sought.subject in entry.subjects:
                yield row.position, entry


def _streamed(connection: Connection, query: Select[*tuple[Any, ...]]) -> Result[*tuple[Any, ...]]:
    return connection.execution_options(yield_per=ROWS_AT_ONCE).execute(query)


def _checked(row: RowMapping, before: Head, expected: Head | None) -> Head:
    """The end of the chain with the row, which follows ``before``."""
    _check_position(row["position"], before.position + 1)
    head = Head(row["position"], row["hash"])
    if not _is_as_written(row):
        raise ChainBroken(head.position, "was altered: its hash is not that of what it says")
    if row["previous_hash"] != before.hash:
        raise ChainBroken(head.position, "does not follow the one before: one of them was replaced")
    if expected and expected.position == head.position and expected != head:
        raise ChainBroken(head.position, f"has the hash {head.hash}, not the one that was noted down")
    return head


def _check_position(found: object, due: int) -> None:
    if not isinstance(found, int) or found < due:
        raise ChainBroken(due, f"has the position {found}: it was inserted, or moved")
    if found > due:
        raise ChainBroken(due, "is missing")


def _is_as_written(row: RowMapping) -> bool:
    content = {name: row[name] for name in AUDIT.c.keys()}  # noqa: SIM118  # no mapping
    try:
        if isinstance(content["at"], str):
            content["at"] = datetime.fromisoformat(content["at"]).replace(tzinfo=UTC)
        return hash_of(content) == str(content["hash"])
    except (TypeError, ValueError):  # SQLite keeps anything in any column
        return False


def _check_end(connection: Connection, head: Head) -> None:
    row = connection.execute(select(AUDIT_HEAD.c.position, AUDIT_HEAD.c.hash)).one_or_none()
    if row is None:
        raise ChainBroken(head.position, "is the last, and where the chain ends is not written down any more")
    noted = Head(*row)
    if noted.position > head.position:
        raise ChainBroken(head.position + 1, f"is missing: the chain ends at {noted.position}")
    if noted.position < head.position:
        raise ChainBroken(noted.position + 1, "was inserted: the chain ends before it")
    if noted.hash != head.hash:
        raise ChainBroken(head.position, "was replaced: the chain ends with another hash")


def _entry(row: Row[*tuple[Any, ...]]) -> AuditEntry:
    return AuditEntry(
        at=row.at,
        action=row.action,
        outcome=row.outcome,
        caller=row.caller,
        request_id=row.request_id,
        actor=row.actor,
        session=row.session,
        subjects=tuple(json.loads(row.subjects)),
        decisions=tuple(map(_decision, json.loads(row.decisions))),
        policy_version=row.policy_version,
    )


def _decision(kept: dict[str, Any]) -> AuditedDecision:
    rules = tuple(AuditedRule(**rule) for rule in kept["rules"])
    return AuditedDecision(kept["subject"], kept["allowed"], rules)
