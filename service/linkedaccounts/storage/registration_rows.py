"""Registrations as rows."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Row

from linkedaccounts.domain.registration import Registration
from linkedaccounts.storage.audit_chain import canonical


def registration_of(row: Row[*tuple[Any, ...]]) -> Registration:
    """The registration that a row keeps."""
    return Registration(
        id=row.id,
        user=row.user_id,
        from_account=row.from_account_id,
        store=row.store,
        business_type=row.business_type,
        selling_plan=row.selling_plan,
        details=json.loads(row.details),
        started_at=row.started_at,
        expires_at=row.expires_at,
        account=row.account_id,
    )


def row_of(registration: Registration) -> dict[str, Any]:
    """The row that keeps a registration, by column."""
    return {
        "id": registration.id,
        "user_id": registration.user,
        "from_account_id": registration.from_account,
        "store": registration.store,
        "business_type": registration.business_type,
        "selling_plan": registration.selling_plan,
        "started_at": registration.started_at,
        "expires_at": registration.expires_at,
        **changes_of(registration),
    }


def changes_of(registration: Registration) -> dict[str, Any]:
    """The columns that change while a registration is filled in and completed."""
    return {"details": canonical(dict(registration.details)), "account_id": registration.account}
