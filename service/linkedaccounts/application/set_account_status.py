"""Changes whether an account may be used, as the marketplace decides it elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from linkedaccounts.application.audit import AuditEntry
from linkedaccounts.application.refusals import NotFound
from linkedaccounts.application.storage_port import Storage, Writing
from linkedaccounts.domain.events import Event, StatusChanged, seller_of


@dataclass(frozen=True, slots=True)
class SetAccountStatus:
    """The use case of whoever runs the service."""

    storage: Storage
    now: Callable[[], datetime]

    def __call__(self, account_id: str, status: str) -> None:
        """Keeps the status, a value of the contract's enum as rules write it; NotFound."""

        def work(tx: Writing) -> None:
            if not (found := tx.accounts([account_id])):
                raise NotFound("ACCOUNT_UNKNOWN", {"account": account_id})
            (account,), now = found, self.now()
            tx.set_status(account_id, status, now)
            said = AuditEntry(now, f"set_status_{status}", "done", "command", "", subjects=(account_id,))
            tx.append_audit(said)
            if status != account.status:
                changed = StatusChanged(account_id, account.store, account.status, status)
                tx.tell(Event(seller_of(account), now, changed))

        self.storage.write(work)
