"""What can go wrong with a call, as one hierarchy.

LinkedAccountsError
├── InvalidRequest        INVALID_ARGUMENT     the request itself is wrong: all ``problems``, each with its field
├── PreconditionFailed    FAILED_PRECONDITION  the request is fine, but cannot be carried out as things stand
│   └── RateMissing                            there is no exchange rate for ``currency`` on ``day``
├── RefusedByPolicy       PERMISSION_DENIED, FAILED_PRECONDITION: the rules refuse it, for all its ``reasons``
├── NotSignedIn           UNAUTHENTICATED      the seller is not signed in, or not any more
├── NotPermitted          PERMISSION_DENIED, UNAUTHENTICATED: of the calling service
├── NotFound              NOT_FOUND            there is no such thing, or none that the session reaches
├── TryAgain              ABORTED              others came between, and nothing was done, after all retries
├── Overloaded            RESOURCE_EXHAUSTED   a limit is reached; ``retry_after`` says when to try again
│   └── TooManySignIns                         too many failed sign-ins; there are no retries
├── Unavailable           UNAVAILABLE          no answer from the service, after all retries
├── DeadlineExceeded      DEADLINE_EXCEEDED    no answer in time
└── Unexpected            any other status
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import grpc

from linkedaccounts.client.failure import Failure, FieldProblem, PolicyReason


class LinkedAccountsError(Exception):
    """A call that was not answered. Every error of this library that comes from a call is one of these."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure)
        self.failure = failure

    @property
    def code(self) -> grpc.StatusCode:
        """The gRPC status."""
        return self.failure.code

    @property
    def reason(self) -> str:
        """Why, for programs, such as ``RATE_MISSING``; empty if the answer did not come from the service itself."""
        return self.failure.reason

    @property
    def message(self) -> str:
        """Why, in English, for developers."""
        return self.failure.message

    @property
    def localized(self) -> str:
        """Why, in the call's language, for people; the developers' message if there is none."""
        return self.failure.localized or self.failure.message

    @property
    def metadata(self) -> Mapping[str, str]:
        """The values that the message names."""
        return self.failure.metadata

    @property
    def request_id(self) -> str:
        """The id under which the call stands in the service's log; empty for one of several results of a call."""
        return self.failure.request_id

    @property
    def idempotency_key(self) -> str:
        """What the change was asked for under: given again, it is not made twice; empty if nothing was to change."""
        return self.failure.idempotency_key

    def __str__(self) -> str:
        facts = [self.code.name, self.reason, f"request id {self.request_id}" if self.request_id else ""]
        return f"{self.message} [{', '.join(fact for fact in facts if fact)}]"


class InvalidRequest(LinkedAccountsError):
    """The request itself is wrong, whatever the state of the service."""

    @property
    def problems(self) -> tuple[FieldProblem, ...]:
        """Everything that is wrong, in the order of the request's fields."""
        return self.failure.problems


class PreconditionFailed(LinkedAccountsError):
    """The request is fine, but cannot be carried out as things stand; trying again does not help by itself."""


class RateMissing(PreconditionFailed):
    """There is no exchange rate for a currency on a day."""

    @property
    def currency(self) -> str:
        """The ISO 4217 code of the currency."""
        return self.metadata.get("currency", "")

    @property
    def day(self) -> str:
        """The day, as ISO 8601 text."""
        return self.metadata.get("day", "")


class RefusedByPolicy(LinkedAccountsError):
    """The rules refuse what the seller wants to do, and nothing was done; ``localized`` has the seller's sentences."""

    @property
    def reasons(self) -> tuple[PolicyReason, ...]:
        """Every rule that refuses, at least one."""
        return self.failure.policy_reasons

    @property
    def permitted(self) -> bool:
        """Whether the seller may do it in principle, and only how things stand is in the way."""
        return self.code is grpc.StatusCode.FAILED_PRECONDITION


class NotSignedIn(LinkedAccountsError):
    """The seller is not signed in, or not any more, or the credentials are wrong: only a sign-in helps."""


class NotPermitted(LinkedAccountsError):
    """The service does not know the service that calls, or does not let it do this."""


class NotFound(LinkedAccountsError):
    """There is no such thing, or none that the session reaches."""


class TryAgain(LinkedAccountsError):
    """Others were changing the same accounts, and nothing was done; the retries are used up."""

    @property
    def retry_after(self) -> timedelta | None:
        """How long to wait before trying again; None if the service did not say."""
        return self.failure.retry_after


class Overloaded(LinkedAccountsError):
    """A limit of the service is reached."""

    @property
    def retry_after(self) -> timedelta | None:
        """How long to wait before trying again; None if the same call would be refused again."""
        return self.failure.retry_after


class TooManySignIns(Overloaded):
    """Sign-ins for one e-mail or from one address failed too often; no password is looked at before ``retry_after``."""


class Unavailable(LinkedAccountsError):
    """The service cannot be reached or is stopping; the retries are used up."""


class DeadlineExceeded(LinkedAccountsError):
    """The answer did not come in time."""


class Unexpected(LinkedAccountsError):
    """A status that the contract does not foresee."""
