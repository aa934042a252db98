"""What every process that serves does first; and how it ends if it cannot."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

import click

from linkedaccounts.endpoints.ports import CannotServe
from linkedaccounts.settings import Settings

if TYPE_CHECKING:
    from linkedaccounts.endpoints.service import Service

ENGINE_MISSING = """the rules engine does not load: {error}
On Python 3.13 durable-rules has to be built with a flag:
    CPPFLAGS=-DPyEval_CallObject=PyObject_CallObject pip install --force-reinstall --no-binary :all: --no-cache-dir \
durable-rules"""


class FilesRejected(click.ClickException):
    """Rule files or callers that cannot serve; every problem is shown."""

    exit_code = 2

    def show(self, file: IO[Any] | None = None) -> None:
        """Shows the problems as they are, on the error output."""
        click.echo(self.message, file=file, err=True)


@contextmanager
def stops_with_a_sentence() -> Iterator[None]:
    """Ends the command with exit code 1 and why, if the service cannot be started here."""
    try:
        yield
    except CannotServe as error:
        raise click.ClickException(str(error)) from None


def composed(settings: Settings, *, worker: bool = False) -> Service:
    """The service with callers, rules, keys and database checked; ends the command if one of them cannot serve."""
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")  # gRPC's own lines are no JSON, and name callers' addresses
    try:
        from linkedaccounts.application.callers import CallersRejected
        from linkedaccounts.bootstrap.service import compose
        from linkedaccounts.policy.problems import PolicyRejected
        from linkedaccounts.security.session_keys import SessionKeysRejected
        from linkedaccounts.storage.database_url import UnknownDatabase
        from linkedaccounts.storage.opening import StorageUnreachable
        from linkedaccounts.storage.schema import SchemaMismatch
    except ImportError as error:
        if "undefined symbol" not in str(error):
            raise
        raise click.ClickException(ENGINE_MISSING.format(error=error)) from None
    try:
        return compose(settings, worker=worker)
    except (CallersRejected, PolicyRejected) as rejected:
        raise FilesRejected(str(rejected)) from None
    except (SessionKeysRejected, StorageUnreachable, SchemaMismatch) as error:
        raise click.ClickException(str(error)) from None
    except UnknownDatabase as error:
        raise click.UsageError(str(error)) from None
