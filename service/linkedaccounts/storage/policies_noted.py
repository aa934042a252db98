"""Which policy served when, with its files: what days are charged by, on any machine."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time

from sqlalchemy import Connection, insert, select

from linkedaccounts.domain.events import Event, PolicyChanged
from linkedaccounts.policy.model import PolicyFile
from linkedaccounts.storage.event_rows import write_events
from linkedaccounts.storage.ledger_tables import POLICIES, POLICY_CHANGES
from linkedaccounts.storage.sql_storage import WRITES, SqlStorage


class SqlPoliciesNoted:
    """``application.billing.ports.PoliciesNoted`` of a database."""

    def __init__(self, storage: SqlStorage) -> None:
        self._storage = storage

    def policy_on(self, day: date) -> str | None:
        """The version that was in force when the day began, or else the first one noted; None if none was."""
        table = POLICY_CHANGES.c
        began = datetime.combine(day, time.min, UTC)
        before = select(table.version).where(table.at < began).order_by(table.at.desc()).limit(1)
        first = select(table.version).order_by(table.at).limit(1)
        return self._storage.read_by(lambda connection: connection.scalar(before) or connection.scalar(first))

    def note_policy(self, version: str, files: Sequence[PolicyFile], at: datetime) -> None:
        """Notes that a policy serves from a moment on, with all its files, unless it is the newest noted; tells it."""

        def work(connection: Connection) -> None:
            table = POLICY_CHANGES.c
            before = connection.scalar(select(table.version).order_by(table.at.desc()).limit(1))
            if before == version:
                return
            if not connection.scalar(select(POLICIES.c.version).where(POLICIES.c.version == version)):
                content = {file.path: file.content.decode() for file in files}
                connection.execute(insert(POLICIES).values(version=version, files=json.dumps(content, sort_keys=True)))
            connection.execute(insert(POLICY_CHANGES).values(at=at, version=version))
            write_events(connection, [Event("", at, PolicyChanged(version, before))])

        self._storage.write_by(work, WRITES)

    def policy_files(self, version: str) -> Mapping[str, bytes]:
        """The files of a policy that was noted, by path; LookupError."""
        query = select(POLICIES.c.files).where(POLICIES.c.version == version)
        text = self._storage.read_by(lambda connection: connection.scalar(query))
        if text is None:
            raise LookupError(f"no policy of version {version} was noted")
        return {path: content.encode() for path, content in json.loads(text).items()}
