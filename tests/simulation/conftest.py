from __future__ import annotations

from tests.storage.databases import database, postgresql, postgresql_template, sqlite_template, storage

__all__ = ["database", "postgresql", "postgresql_template", "sqlite_template", "storage"]
