"""The service that a load test is for: one that runs, or one of its own."""

from __future__ import annotations

import gc
import ssl
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import click

from linkedaccounts.cli.loadtest.own_service import OwnService, own_service
from linkedaccounts.cli.reaching import reaches_a_service, tls_of
from linkedaccounts.client import Tls
from linkedaccounts.loadtest.frames import BadFrame

Command = TypeVar("Command", bound=Callable[..., Any])
T = TypeVar("T")

_OPTIONS = (
    click.option("--self", "serves", is_flag=True, help="Start a service of its own, with no data, and test that one."),
    click.option(
        "--serve-flag", "flags", multiple=True, metavar="FLAG", help="Flag of that service, as `--workers=2`."
    ),
)


class NotReached(click.ClickException):
    """There is no such service, or it does not speak HTTP/2."""

    exit_code = 4


def tests_a_service(command: Command) -> Command:
    """Gives a command the options that say which service; ``tested_service`` and ``tls_context`` take them."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return reaches_a_service(command)


@contextmanager
def tested_service(given: dict[str, Any]) -> Iterator[OwnService]:
    """The service that the options name, until the block ends; its ``pid`` is 0 if it is not one of this test's own.

    They are no longer in ``given`` afterwards.
    """
    serves, flags, target = (given.pop(name) for name in ("serves", "flags", "target"))
    if flags and not serves:
        raise click.UsageError("--serve-flag is for the service that --self starts")
    if not serves:
        yield OwnService(target, 0)
        return
    with own_service(flags) as own:
        yield own


def asked_of_it(work: Coroutine[Any, Any, T], target: str) -> T:
    """What comes of work that asks the service; NotReached if that cannot be done, Abort if somebody interrupts it."""
    import uvloop

    gc.freeze()  # what is loaded by now stays: no collection looks at it while the clock runs
    try:
        return uvloop.run(work)
    except (OSError, BadFrame) as error:
        raise NotReached(f"`{target}` cannot be reached: {error}") from None
    except KeyboardInterrupt:
        raise click.Abort from None


def tls_context(given: dict[str, Any]) -> ssl.SSLContext | None:
    """What the options say of TLS, None for a connection in the clear; they are no longer in ``given`` afterwards."""
    tls: Tls | None = tls_of(given.pop("wants_tls"), **{name: given.pop(name) for name in ("ca", "certificate", "key")})
    if tls is None:
        return None
    try:
        context = ssl.create_default_context(cafile=tls.ca)
        if tls.certificate:
            context.load_cert_chain(tls.certificate, tls.key)
    except OSError as error:
        raise click.UsageError(f"a file of TLS cannot be used: {error}") from None
    context.set_alpn_protocols(["h2"])
    return context
