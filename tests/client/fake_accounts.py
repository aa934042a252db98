# ruff: noqa: N802  # a servicer's methods are named by the contract
"""The methods about a seller's accounts: sessions as the contract has them, and answers as a test sets them."""

from __future__ import annotations

import threading
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import grpc
from google.protobuf.message import Message
from google.rpc.error_details_pb2 import ErrorInfo

from linkedaccounts.v1 import account_service_pb2 as accounts
from linkedaccounts.v1 import linking_service_pb2 as linking
from linkedaccounts.v1 import registration_service_pb2 as registrations
from linkedaccounts.v1.account_service_pb2_grpc import AccountServiceServicer
from linkedaccounts.v1.linking_service_pb2_grpc import LinkingServiceServicer
from linkedaccounts.v1.registration_service_pb2_grpc import RegistrationServiceServicer
from tests.client.fake_calls import FakeCalls, Refused, aborted

NOON = datetime(2019, 9, 30, 12, tzinfo=UTC)
"""When the first session token begins."""
LIFETIME = timedelta(minutes=10)
DUE = NOON + LIFETIME - timedelta(seconds=30)
"""When a client renews the first session token."""


def unauthenticated(reason: str) -> Refused:
    return Refused(grpc.StatusCode.UNAUTHENTICATED, details=(ErrorInfo(reason=reason),))


@dataclass
class FakeSession:
    """One session: its tokens are numbered, and ``now`` is what the service takes for the time."""

    now: datetime = NOON
    generation: int = 1
    renewed_by: str = ""
    refusal: str = ""
    expired: set[str] = field(default_factory=set)
    asked: Any = field(default_factory=lambda: threading.Semaphore(0))
    _lock: Any = field(default_factory=threading.Lock)

    def tokens(self) -> accounts.SessionTokens:
        number = self.generation
        tokens = accounts.SessionTokens(session_token=f"session-{number}", refresh_token=f"refresh-{number}")
        tokens.session_token_expires_at.FromDatetime(self.now + LIFETIME)
        return tokens

    def renew(self, request: accounts.RefreshSessionRequest) -> accounts.SessionTokens | None:
        self.asked.release()
        with self._lock:
            if self.refusal:
                return None
            if request.refresh_token == f"refresh-{self.generation}":
                self.generation, self.renewed_by = self.generation + 1, request.request_id
            elif request.request_id != self.renewed_by:
                self.refusal = "SESSION_ENDED"
                return None
            return self.tokens()

    def held(self) -> AbstractContextManager[bool]:
        """While a test is in it, no refresh is answered; ``asked`` counts those that have arrived."""
        lock: AbstractContextManager[bool] = self._lock
        return lock

    def refusal_of(self, token: str) -> str:
        """Why a session token is not good, empty if it is: only the newest one is, to see that it is used."""
        good = token == f"session-{self.generation}" and token not in self.expired
        return self.refusal or ("" if good else "SESSION_EXPIRED")


@dataclass
class FakeAccounts(FakeCalls, AccountServiceServicer, LinkingServiceServicer, RegistrationServiceServicer):
    """Answers a method with what ``answers`` has under its name, else with an empty message."""

    session: FakeSession = field(default_factory=FakeSession)
    answers: dict[str, Any] = field(default_factory=dict)

    def SignIn(self, request: accounts.SignInRequest, context: Any) -> accounts.SignInResponse:
        self.enter(request, context)
        return accounts.SignInResponse(tokens=self.session.tokens())

    def RefreshSession(self, request: accounts.RefreshSessionRequest, context: Any) -> accounts.RefreshSessionResponse:
        self.enter(request, context)
        tokens = self.session.renew(request)
        if tokens is None:
            raise aborted(unauthenticated(self.session.refusal), context)
        return accounts.RefreshSessionResponse(tokens=tokens)

    def SignOut(self, request: accounts.SignOutRequest, context: Any) -> accounts.SignOutResponse:
        answer: accounts.SignOutResponse = self.answer(request, context, accounts.SignOutResponse())
        self.session.refusal = "SESSION_ENDED"
        return answer

    def GetSession(self, request: Any, context: Any) -> Any:
        return self.answer(request, context, accounts.GetSessionResponse())

    def AddAccount(self, request: Any, context: Any) -> Any:
        return self.answer(request, context, linking.AddAccountResponse())

    def ListLinkableAccounts(self, request: Any, context: Any) -> Any:
        return self.answer(request, context, linking.ListLinkableAccountsResponse())

    def PreviewLink(self, request: Any, context: Any) -> Any:
        return self.answer(request, context, linking.PreviewLinkResponse())

    def LinkAccounts(self, request: Any, context: Any) -> Any:
        return self.answer(request, context, linking.LinkAccountsResponse())

    def GetLinkedAccounts(self, request: Any, context: Any) -> Any:
        return self.answer(request, context, linking.GetLinkedAccountsResponse())

    def UnlinkAccounts(self, request: Any, context: Any) -> Any:
        return self.answer(request, context, linking.UnlinkAccountsResponse())

    def ListStores(self, request: Any, context: Any) -> Any:
        return self.answer(request, context, registrations.ListStoresResponse())

    def StartRegistration(self, request: Any, context: Any) -> Any:
        return self.answer(request, context, registrations.StartRegistrationResponse())

    def SaveRegistrationDetails(self, request: Any, context: Any) -> Any:
        return self.answer(request, context, registrations.SaveRegistrationDetailsResponse())

    def CompleteRegistration(self, request: Any, context: Any) -> Any:
        return self.answer(request, context, registrations.CompleteRegistrationResponse())

    def GetRegistration(self, request: Any, context: Any) -> Any:
        return self.answer(request, context, registrations.GetRegistrationResponse())

    def answer(self, request: Message, context: Any, empty: Message) -> Any:
        """What is answered in a good session."""
        seen = self.enter(request, context)
        if refusal := self.session.refusal_of(seen.metadata.get("x-session-token", "")):
            raise aborted(unauthenticated(refusal), context)
        return self.answers.get(seen.method, empty)


@dataclass
class SetClock:
    """Tells the time that a test sets."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now


def later(service: FakeAccounts, clock: SetClock, moment: datetime) -> None:
    """For the service and the client alike it is that moment."""
    service.session.now = clock.now = moment
