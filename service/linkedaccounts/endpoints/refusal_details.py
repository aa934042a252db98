"""The details of google.rpc that say why a request is refused, cut to what a caller's header limits take."""

from __future__ import annotations

from google.protobuf.duration_pb2 import Duration
from google.rpc.error_details_pb2 import ErrorInfo, LocalizedMessage, PreconditionFailure, QuotaFailure, RetryInfo

from linkedaccounts.application.policy_refusal import RefusedBy, RefusedByPolicy
from linkedaccounts.application.refusals import Exhausted, NotAsThingsStand, RateUnavailable, Refusal
from linkedaccounts.domain.text import DEFAULT_LANGUAGE
from linkedaccounts.endpoints.header_room import LOCALIZED_LIMIT, VALUE_LIMIT, cut, first_that_fit

DOMAIN = "linkedaccounts.v1"


def error_info(refusal: Refusal) -> ErrorInfo:
    """The reason, and all that its sentence names."""
    values = {name: cut(value, VALUE_LIMIT) for name, value in refusal.values.items()}
    return ErrorInfo(reason=refusal.reason, domain=DOMAIN, metadata=values)


def localized(refusal: Refusal, language: str) -> LocalizedMessage:
    """The sentence for people."""
    return LocalizedMessage(locale=language, message=cut(refusal.message(language), LOCALIZED_LIMIT))


def precondition(refusal: RateUnavailable | NotAsThingsStand) -> PreconditionFailure:
    """What has to be otherwise first: the rate of a currency on a day, `AED/1998-05-04`, or how something stands.

    That is an account, or else a transaction.
    """
    values = refusal.values
    rate = isinstance(refusal, RateUnavailable)
    violation = PreconditionFailure.Violation(
        type=refusal.reason,
        subject=f"{values['currency']}/{values['day']}"
        if rate
        else values.get("account") or values.get("transaction", ""),
        description=cut(refusal.message(), VALUE_LIMIT),
    )
    return PreconditionFailure(violations=[violation])


def policy_precondition(refusal: RefusedByPolicy) -> PreconditionFailure:
    """Each rule that refuses, with what it refuses; the first ones of too many."""
    violations = first_that_fit(map(_refused_by, refusal.refusals.refused_by))
    return PreconditionFailure(violations=violations)


def quota(refusal: Exhausted) -> QuotaFailure:
    """Which limit is reached."""
    violation = QuotaFailure.Violation(
        subject=f"limit:{refusal.reason}", description=cut(refusal.message(), VALUE_LIMIT)
    )
    return QuotaFailure(violations=[violation])


def retry(seconds: float) -> RetryInfo:
    """When to try again."""
    delay = Duration()
    delay.FromMilliseconds(round(seconds * 1000))
    return RetryInfo(retry_delay=delay)


def _refused_by(one: RefusedBy) -> PreconditionFailure.Violation:
    return PreconditionFailure.Violation(
        type=one.reason,
        subject=cut(one.subject, VALUE_LIMIT),
        description=cut(one.sentences[DEFAULT_LANGUAGE], VALUE_LIMIT),
    )
