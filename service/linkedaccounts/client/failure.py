"""What the service said of a call that it did not answer."""

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
class PolicyReason:
    """Why the policy refuses something: of which account's id or store's code, and a reason for programs.

    ``sentence`` says it in English for developers; ``localized`` of the error has all of them for people. Both it and
    ``subject`` are empty of what the answer had no room for.
    """

    subject: str
    reason: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Failure:
    """All that the service said of a call that it did not answer."""

    code: grpc.StatusCode
    message: str = ""
    reason: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)
    localized: str = ""
    problems: tuple[FieldProblem, ...] = ()
    policy_reasons: tuple[PolicyReason, ...] = ()
    retry_after: timedelta | None = None
    request_id: str = ""
    idempotency_key: str = ""
