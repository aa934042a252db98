"""Changes whether an account may be used, as the marketplace decides it elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from linkedaccounts.application.audit import AuditEntry
from linkedaccounts.application.refusals import NotFound
from linkedaccounts.application.storage_port import Storage, Writing


@dataclass(frozen=True, slots=True)
class SetAccountStatus:
    """The use case of whoever runs the service."""

    storage: Storage
    now: Callable[[], datetime]

    def __call__(self, account_id: str, status: str) -> None:
        """Keeps the status, a value of the contract's enum as rules write it; NotFound."""

        def work(tx: Writing) -> None:
            if not tx.accounts([account_id]):
                raise NotFound("ACCOUNT_UNKNOWN", {"account": account_id})
            now = self.now()
            tx.set_status(account_id, status, now)
            said = AuditEntry(now, f"set_status_{status}", "done", "command", "", subjects=(account_id,))
            tx.append_audit(said)

        self.storage.write(work)
