"""One attempt to do something in a seller's session, and the session that calls are made in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

from linkedaccounts.application.asker import Asker
from linkedaccounts.application.audit import AuditedDecision, AuditEntry
from linkedaccounts.application.check_field import check_request_id
from linkedaccounts.application.decision_record import DecisionMade, Recorder, not_recorded
from linkedaccounts.application.exactly_once import Identified, once
from linkedaccounts.application.reach import Reach, current_session, reach_of
from linkedaccounts.application.session_tokens import TokenMaker
from linkedaccounts.application.storage_port import Storage, Writing
from linkedaccounts.domain.sessions import Session

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt: who makes it, when, under which request id; and what it may read and write."""

    tx: Writing
    asker: Asker
    request_id: str
    session: Session
    now: datetime
    decided: list[DecisionMade] = field(default_factory=list)

    @property
    def day(self) -> date:
        """The day on which it is made."""
        return self.now.date()

    def reach(self) -> Reach:
        """What the session reaches, with what was written so far."""
        return reach_of(self.tx, self.session, self.now)

    def record(self, decided: Iterable[DecisionMade]) -> None:
        """Has decisions recorded, once what the attempt wrote is kept."""
        self.decided.extend(decided)

    def audit(
        self,
        action: str,
        outcome: str,
        subjects: Iterable[str],
        decisions: Iterable[AuditedDecision] = (),
        policy_version: str = "",
    ) -> None:
        """Appends what became of it to the audit."""
        self.tx.append_audit(
            AuditEntry(
                at=self.now,
                action=action,
                outcome=outcome,
                caller=self.asker.service,
                request_id=self.request_id,
                actor=self.session.user,
                session=self.session.id,
                subjects=tuple(subjects),
                decisions=tuple(decisions),
                policy_version=policy_version,
            )
        )


@dataclass(frozen=True, slots=True)
class InSession:
    """What use cases that need a seller who is signed in stand on."""

    storage: Storage
    tokens: TokenMaker
    now: Callable[[], datetime]
    recorder: Recorder = not_recorded

    def record(self, decided: Iterable[DecisionMade]) -> None:
        """Has decisions recorded."""
        for made in decided:
            self.recorder(made)

    def reach(self, asker: Asker) -> tuple[Reach, datetime]:
        """What the session of a call reaches, and when that was; NotSignedIn."""
        now = self.now()
        session_token = asker.session_token
        reach = self.storage.read(
            lambda reading: reach_of(reading, current_session(reading, self.tokens, session_token, now), now)
        )
        return reach, now

    def once(
        self, asker: Asker, request_id: str, body: tuple[Any, ...], answers: Any, make: Callable[[Attempt], T]
    ) -> T:
        """What ``make`` answers, all that it writes kept; a repetition of the request gets the same answer.

        ``body`` is all that the request asks for, ``answers`` the type of its answers. InvalidRequest, NotSignedIn,
        TryAgain, and what ``make`` raises.
        """
        check_request_id(request_id)
        now = self.now()
        decided: list[DecisionMade] = []

        def work(tx: Writing) -> T:
            decided.clear()  # it is tried again where others came between
            session = current_session(tx, self.tokens, asker.session_token, now)
            attempt = Attempt(tx, asker, request_id, session, now, decided)
            request = Identified(session.user, request_id, body)
            return once(tx, request, answers, now, lambda: make(attempt))

        answer = self.storage.write(work)
        self.record(decided)
        return answer
