"""Verifies an e-mail and its password, slower and slower for who keeps being wrong.

An attempt counts as failed before the password is looked at, so that many at once gain nothing; a right one is
forgiven. What is wrong, the e-mail or the password, makes no difference: not in the answer, and not in its time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from math import ceil

from linkedaccounts.application.asker import Asker
from linkedaccounts.application.audit import AuditEntry
from linkedaccounts.application.credentials_port import Passwords
from linkedaccounts.application.refusals import Exhausted, FieldProblem, InvalidRequest, NotSignedIn
from linkedaccounts.application.storage_port import Storage, Writing
from linkedaccounts.domain.accounts import User
from linkedaccounts.domain.sessions import Attempts, Patience

LONGEST_EMAIL = 254
LONGEST_PASSWORD = 1024


@dataclass(frozen=True, slots=True)
class Credentials:
    """What somebody signs in with. ``address`` is where from, as the caller states it; empty if it does not."""

    email: str
    password: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Verified:
    """The user whose password it was, and under which keys the attempt was counted as failed."""

    user: User
    email_key: str
    address_key: str


@dataclass(frozen=True, slots=True)
class VerifyCredentials:
    """Part of the use cases that take a password. ``of_email`` and ``of_address`` say how many failures are borne."""

    storage: Storage
    passwords: Passwords
    of_email: Patience
    of_address: Patience

    def __call__(self, asker: Asker, action: str, request_id: str, credentials: Credentials, now: datetime) -> Verified:
        """The user; InvalidRequest, NotSignedIn if it is not their password, Exhausted if it is too early to try."""
        _check(credentials)
        email = credentials.email.strip().lower()
        email_key = _key("email", email)
        address_key = _key("address", credentials.address.strip() or asker.address)
        user = self.storage.read(lambda reading: reading.user_by_email(email))
        refused = AuditEntry(now, action, "refused", asker.service, request_id, user.id if user else None)
        if wait := self.storage.write(lambda tx: self._counted(tx, (email_key, address_key), refused)):
            raise Exhausted("TOO_MANY_SIGN_INS", {"retry_after": str(wait)}, wait)
        right = self.passwords.verify(credentials.password, user.password_hash if user else None)
        if user is None or not right:
            self.storage.write(lambda tx: tx.append_audit(refused))
            raise NotSignedIn("SIGN_IN_REFUSED")
        return Verified(user, email_key, address_key)

    def forgive(self, tx: Writing, verified: Verified) -> None:
        """Takes back that the attempt failed: the failures for the e-mail before it are forgotten, too."""
        tx.set_attempts(verified.email_key, None)
        if (attempts := tx.attempts(verified.address_key)) is not None:
            fewer = Attempts(attempts.count - 1, attempts.last_at)
            tx.set_attempts(verified.address_key, fewer if fewer.count else None)

    def _counted(self, tx: Writing, keys: tuple[str, str], refused: AuditEntry) -> int:
        """0, and the attempt counts as failed; or else after how many seconds there may be one, and it is audited."""
        patiences = dict(zip(keys, (self.of_email, self.of_address), strict=True))
        so_far = {key: tx.attempts(key) for key in keys}
        waits = [patience.again_at(so_far[key], refused.at) - refused.at for key, patience in patiences.items()]
        wait = max(0, ceil(max(waits).total_seconds()))
        if wait:
            tx.append_audit(refused)
        else:
            for key, patience in patiences.items():
                tx.set_attempts(key, patience.one_more(so_far[key], refused.at))
        return wait


def _check(credentials: Credentials) -> None:
    email, password = credentials.email.strip(), credentials.password
    problems = list(_problems(email, password))
    if problems:
        raise InvalidRequest(problems)


def _problems(email: str, password: str) -> Iterable[FieldProblem]:
    name, at, domain = email.rpartition("@")
    if not (name and at and domain and email.isprintable()) or len(email) > LONGEST_EMAIL:
        yield FieldProblem("email", "EMAIL_INVALID")
    if not password:
        yield FieldProblem("password", "PASSWORD_REQUIRED")
    elif len(password) > LONGEST_PASSWORD:
        yield FieldProblem("password", "PASSWORD_TOO_LONG", {"limit": str(LONGEST_PASSWORD)})


def _key(kind: str, value: str) -> str:
    """What attempts are counted under: a digest, so that no address or e-mail stands there."""
    return sha256(f"{kind}:{value}".encode()).hexdigest()
