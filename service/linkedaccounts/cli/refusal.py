"""A call that the service did not answer, as a person reads it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import IO, Any

import click

from linkedaccounts.cli.texts import Speaker
from linkedaccounts.client import (
    DeadlineExceeded,
    InvalidRequest,
    LinkedAccountsError,
    NotFound,
    NotPermitted,
    Overloaded,
    PreconditionFailed,
    Unavailable,
)

KINDS: Mapping[type[LinkedAccountsError], tuple[str, int]] = MappingProxyType(
    {
        InvalidRequest: ("invalid", 2),
        PreconditionFailed: ("refused", 3),
        NotFound: ("refused", 3),
        Unavailable: ("unavailable", 4),
        DeadlineExceeded: ("deadline", 4),
        Overloaded: ("overloaded", 4),
        NotPermitted: ("not_permitted", 5),
        LinkedAccountsError: ("unexpected", 1),
    }
)
"""Of each kind of error the sentence it begins with, and the exit code."""


class Refusal(click.ClickException):
    """Ends a command with what the service said of the call, in the caller's language, and an exit code by kind."""

    def __init__(self, error: LinkedAccountsError, target: str, say: Speaker) -> None:
        kind = next(kind for kind in KINDS if isinstance(error, kind))
        sentence, exit_code = KINDS[kind]
        self.exit_code = exit_code  # type: ignore[misc]  # click has it by class; here the error's kind decides
        heading = say(sentence, target=target, message=error.localized, code=error.code.name)
        super().__init__("\n".join([heading, *_details(error, say)]))

    def show(self, file: IO[Any] | None = None) -> None:
        """Prints it on standard error."""
        click.echo(self.message, err=True, file=file)


def _details(error: LinkedAccountsError, say: Speaker) -> list[str]:
    if isinstance(error, InvalidRequest):
        lines = [f"  {problem.field or '-'}: {problem.localized} [{problem.reason}]" for problem in error.problems]
        return lines or [f"  {error.localized}"]
    if isinstance(error, Unavailable):
        return [say("unavailable_hint")]
    return [say("request_id", id=error.request_id)] if error.request_id else []
