"""Why a request is refused: one small hierarchy, whose every member knows its reason, facts and sentences.

The sentences stand in ``texts.toml``, in every language of ``domain.text.LANGUAGES``; the endpoints map the classes
to statuses in one place.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from functools import cache
from importlib import resources

from linkedaccounts.application.callers import Caller, Scope
from linkedaccounts.domain.rates import RateMissing
from linkedaccounts.domain.text import DEFAULT_LANGUAGE, Text


@cache
def texts() -> Mapping[str, Text]:
    """The sentence of each reason."""
    table = tomllib.loads(resources.files(__package__).joinpath("texts.toml").read_text("utf-8"))
    return {reason: Text(by_language) for reason, by_language in table.items()}


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One thing wrong with a request: the path of the field (``stores[1].store``), a reason, and its values."""

    field: str
    reason: str
    values: Mapping[str, str] = dataclass_field(default_factory=dict)

    def message(self, language: str = DEFAULT_LANGUAGE) -> str:
        """What is wrong and what to do, in ``language``."""
        return texts()[self.reason].render(language, self.values)


class Refusal(Exception):
    """A request that is not carried out. ``values`` are what the sentence of ``reason`` names, for programs too."""

    def __init__(self, reason: str, values: Mapping[str, str]) -> None:
        self.reason = reason
        self.values = values
        super().__init__(self.message())

    def message(self, language: str = DEFAULT_LANGUAGE) -> str:
        """Why, and what to do, in ``language``."""
        return texts()[self.reason].render(language, self.values)


class InvalidRequest(Refusal):
    """The request itself is wrong, whatever the state of the service; ``problems`` are all that is."""

    def __init__(self, problems: Sequence[FieldProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("INVALID_REQUEST", {"count": str(len(problems))})

    def message(self, language: str = DEFAULT_LANGUAGE) -> str:
        """Every problem, each with its field path."""
        said = "; ".join(f"{problem.field}: {problem.message(language)}" for problem in self.problems)
        return f"{super().message(language)}: {said}"


class RateUnavailable(Refusal):
    """There is no exchange rate for a currency on a day."""

    def __init__(self, missing: RateMissing) -> None:
        values = {
            "currency": missing.currency,
            "day": missing.day,
            "first": missing.first_day,
            "last": missing.last_day,
        }
        super().__init__("RATE_MISSING", {name: str(value) for name, value in values.items()})


class CallerUnknown(Refusal):
    """Nothing that the calling service shows of itself says who it is."""

    def __init__(self) -> None:
        super().__init__("CALLER_UNKNOWN", {})


class ScopeMissing(Refusal):
    """The calling service is known, and may not do this."""

    def __init__(self, caller: Caller, scope: Scope) -> None:
        super().__init__("SCOPE_MISSING", {"caller": caller.name, "scope": str(scope)})


class NotSignedIn(Refusal):
    """The call needs a seller who is signed in, and what it shows of a session or credentials is not enough."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason, {})


class NotFound(Refusal):
    """There is no such thing, or none that the session reaches."""


class NotAsThingsStand(Refusal):
    """The request is sound, and cannot be carried out as things stand."""


class TryAgain(Refusal):
    """The same request may well succeed after ``retry_after`` seconds.

    TRY_AGAIN: others came between, and nothing was done. STORAGE_UNREACHABLE: it may not be known whether it was; sent
    with the same request id, it is done once.
    """

    def __init__(self, retry_after: float, reason: str = "TRY_AGAIN") -> None:
        super().__init__(reason, {"retry_after": str(retry_after)})
        self.retry_after = retry_after


class Stopping(Refusal):
    """The service is stopping; another of its processes, or the next one, goes on after ``retry_after`` seconds."""

    def __init__(self, retry_after: float) -> None:
        super().__init__("SERVICE_STOPPING", {"retry_after": str(retry_after)})
        self.retry_after = retry_after


class Exhausted(Refusal):
    """A limit of the service is reached; ``retry_after`` in seconds says when to try again, None that it is no use."""

    def __init__(self, reason: str, values: Mapping[str, str], retry_after: float | None = None) -> None:
        super().__init__(reason, values)
        self.retry_after = retry_after
