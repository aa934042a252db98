"""What can go wrong with a call, as one hierarchy.

LinkedAccountsError
├── InvalidRequest        INVALID_ARGUMENT     the request itself is wrong: all ``problems``, each with its field
├── PreconditionFailed    FAILED_PRECONDITION  the request is fine, but cannot be carried out as things stand
│   └── RateMissing                            there is no exchange rate for ``currency`` on ``day``
├── NotPermitted          PERMISSION_DENIED, UNAUTHENTICATED
├── Overloaded            RESOURCE_EXHAUSTED   a limit is reached; ``retry_after`` says when to try again
├── Unavailable           UNAVAILABLE          no answer from the service, after all retries
├── DeadlineExceeded      DEADLINE_EXCEEDED    no answer in time
└── Unexpected            any other status
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import grpc


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One thing wrong with a request: the path of the field (``stores[1].store``), and a reason for programs.

    ``description`` says it in English for developers, ``localized`` in the call's language for people.
    """

    field: str
    reason: str
    description: str
    localized: str


@dataclass(frozen=True, slots=True)
class Failure:
    """All that the service said of a call that it did not answer."""

    code: grpc.StatusCode
    message: str = ""
    reason: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)
    localized: str = ""
    problems: tuple[FieldProblem, ...] = ()
    retry_after: timedelta | None = None
    request_id: str = ""


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


class NotPermitted(LinkedAccountsError):
    """The service does not know the caller, or does not let it do this."""


class Overloaded(LinkedAccountsError):
    """A limit of the service is reached."""

    @property
    def retry_after(self) -> timedelta | None:
        """How long to wait before trying again; None if the same call would be refused again."""
        return self.failure.retry_after


class Unavailable(LinkedAccountsError):
    """The service cannot be reached or is stopping; the retries are used up."""


class DeadlineExceeded(LinkedAccountsError):
    """The answer did not come in time."""


class Unexpected(LinkedAccountsError):
    """A status that the contract does not foresee."""
