"""What commands that ask a running service have in common: how it is reached, and what its refusals look like."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, TypeVar

import click

from linkedaccounts.cli.reaching import reaches_a_service, tls_of
from linkedaccounts.cli.refusal import Refusal
from linkedaccounts.cli.texts import Speaker
from linkedaccounts.client import Client, LinkedAccountsError, Tls
from linkedaccounts.domain.text import DEFAULT_LANGUAGE, LANGUAGES

Command = TypeVar("Command", bound=Callable[..., Any])

EXIT_CODES = """\b
Exit codes:
  0  answered
  1  the service failed in a way that is not foreseen
  2  wrong arguments, or a request that the service refuses as invalid
  3  a request that cannot be carried out as things stand (no exchange rate, no such policy)
  4  no answer: not reachable, overloaded or too slow
  5  not permitted"""

_OPTIONS = (
    click.option(
        "--timeout",
        type=click.FloatRange(min=0, min_open=True, max=3600),
        default=5.0,
        show_default=True,
        help="Seconds to wait for the answer, retries included.",
    ),
    click.option(
        "--language",
        type=click.Choice(LANGUAGES),
        default=DEFAULT_LANGUAGE,
        show_default=True,
        envvar="LINKED_ACCOUNTS_LANGUAGE",
        show_envvar=True,
        help="Language of everything shown.",
    ),
    click.option(
        "--token",
        envvar="LINKED_ACCOUNTS_TOKEN",
        show_envvar=True,
        help="Token that says who calls; in the variable, other users of the machine do not see it.",
    ),
    click.option(
        "--plaintext-token",
        is_flag=True,
        envvar="LINKED_ACCOUNTS_PLAINTEXT_TOKEN",
        show_envvar=True,
        help="Send the token without TLS even to another machine: a mesh does TLS beside.",
    ),
)

_AS_JSON = click.option(
    "--json", "as_json", is_flag=True, help="Print the answer as the contract's JSON, for programs."
)


@dataclass(frozen=True, slots=True)
class Service:
    """Where a running service is, how it is reached, in which language it is asked, and by whom."""

    target: str
    tls: Tls | None
    timeout: float
    language: str
    token: str = field(default="", repr=False)
    plaintext_token: bool = False

    @property
    def say(self) -> Speaker:
        """The command's own sentences in the same language."""
        return Speaker(self.language)

    @contextmanager
    def client(self) -> Iterator[Client]:
        """A client to ask it with; a failed call ends the command with a friendly text and its exit code."""
        with self.client_for(self.language) as client:
            try:
                yield client
            except LinkedAccountsError as error:
                raise Refusal(error, self.target, self.say) from error

    def client_for(self, language: str) -> Client:
        """A client that asks in a language and raises the client's own errors."""
        try:
            return Client(
                self.target,
                tls=self.tls,
                token=self.token,
                plaintext_token=self.plaintext_token,
                timeout=self.timeout,
                language=language,
            )
        except (OSError, ValueError) as error:
            raise click.UsageError(str(error)) from error


def asks_a_service(command: Command) -> Command:
    """Gives a command that asks for one answer the options above; it gets a ``Service`` and ``as_json`` for them."""
    return knows_a_service(_AS_JSON(command))


def knows_a_service(command: Command) -> Command:
    """Gives a command the options that say which service it asks, and how; it gets a ``Service`` for them."""

    @wraps(command)
    def with_service(**given: Any) -> Any:
        return command(_service(given), **given)

    wrapped: Any = with_service
    # Shown after those that say how the service is reached.
    for option in reversed(_OPTIONS):
        wrapped = option(wrapped)
    result: Command = reaches_a_service(wrapped)
    return result


def _service(given: dict[str, Any]) -> Service:
    """The service that the options name; takes them out of ``given``."""
    files = {name: given.pop(name) for name in ("ca", "certificate", "key")}
    tls = tls_of(given.pop("wants_tls"), **files)
    asked = given.pop("target"), tls, given.pop("timeout"), given.pop("language")
    return Service(*asked, given.pop("token") or "", given.pop("plaintext_token"))
