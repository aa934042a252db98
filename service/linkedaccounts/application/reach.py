"""Which accounts a session reaches, and what its user may do on each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from linkedaccounts.application.refusals import NotSignedIn
from linkedaccounts.application.session_tokens import TokenMaker
from linkedaccounts.application.storage_port import Reading
from linkedaccounts.domain.accounts import Account, Membership, Standing, standing_on
from linkedaccounts.domain.sessions import Proof, Session


@dataclass(frozen=True, slots=True)
class ReachedAccount:
    """An account and the user's standing on it; ``proven_until`` is None if the session reaches it by itself."""

    account: Account
    standing: Standing
    proven_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reach:
    """A session with all accounts that it reaches, those that were proven in it too; by store and id."""

    session: Session
    accounts: tuple[ReachedAccount, ...]

    @property
    def own(self) -> tuple[ReachedAccount, ...]:
        """The accounts that the session reaches by itself."""
        return tuple(reached for reached in self.accounts if reached.proven_until is None)

    def by_id(self) -> Mapping[str, ReachedAccount]:
        """The accounts by their ids."""
        return {reached.account.id: reached for reached in self.accounts}

    def with_all_linked(self, picked: Collection[str]) -> tuple[ReachedAccount, ...]:
        """The accounts with these ids, and all that are linked to them; by store and id."""
        groups = {reached.account.group for reached in self.accounts if reached.account.id in picked} - {None}
        return tuple(
            reached for reached in self.accounts if reached.account.id in picked or reached.account.group in groups
        )


def current_session(reading: Reading, tokens: TokenMaker, session_token: str, now: datetime) -> Session:
    """The session of a call; NotSignedIn, also if it has ended."""
    session = reading.session(tokens.session_id(session_token, now))
    if session is None:
        raise NotSignedIn("SESSION_INVALID")
    if session.ended_at is not None:
        raise NotSignedIn("SESSION_ENDED")
    return session


def reach_of(reading: Reading, session: Session, now: datetime) -> Reach:
    """What a session reaches: its user's accounts, those of users proven in it, and all that are linked to any."""
    proofs = reading.proofs(session.id, now)
    users = (session.user, *(proof.user for proof in proofs))
    memberships = reading.memberships(users)
    accounts = _with_linked(reading, {membership.account for membership in memberships})
    return Reach(session, tuple(_Reaching(users, memberships, proofs, accounts).of(account) for account in accounts))


def _with_linked(reading: Reading, ids: Collection[str]) -> list[Account]:
    """The accounts of these ids, and all that are linked to them; by store and id."""
    accounts = {account.id: account for account in reading.accounts(ids)}
    groups = {account.group for account in accounts.values() if account.group is not None}
    accounts.update({account.id: account for account in reading.accounts_in(groups)})
    return sorted(accounts.values(), key=lambda account: (account.store, account.id))


class _Reaching:
    """How the users reach each account."""

    def __init__(
        self,
        users: tuple[str, ...],
        memberships: Iterable[Membership],
        proofs: Iterable[Proof],
        accounts: Iterable[Account],
    ) -> None:
        self._users = users
        self._memberships = list(memberships)
        self._until = {proof.user: proof.expires_at for proof in proofs}
        self._accounts = list(accounts)

    def of(self, account: Account) -> ReachedAccount:
        """The account as they reach it."""
        together = self._together(account)
        standing = standing_on(account, self._users, self._memberships, together)
        return ReachedAccount(account, standing, self._proven_until(together))

    def _together(self, account: Account) -> set[str]:
        """The ids of all accounts in the account's group, itself included."""
        linked = {other.id for other in self._accounts if other.group == account.group and other.group is not None}
        return linked | {account.id}

    def _proven_until(self, together: set[str]) -> datetime | None:
        """Until when the account is reached; None if it is by the session's own user."""
        reaching = {membership.user for membership in self._memberships if membership.account in together}
        if self._users[0] in reaching:
            return None
        return max(self._until[user] for user in reaching)
