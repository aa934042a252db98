"""How a command reaches a running service: its address, and TLS."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from linkedaccounts.client import Tls
from linkedaccounts.client.connection import DEFAULT_TARGET
from linkedaccounts.settings import variable_of

Command = TypeVar("Command", bound=Callable[..., Any])

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def _target() -> str:
    """The service on this machine, on the port that it is set to here."""
    host, _, port = DEFAULT_TARGET.rpartition(":")
    return f"{host}:{os.environ.get(variable_of('port'), port)}"


_OPTIONS = (
    click.option(
        "--target",
        default=_target,
        show_default=f"{DEFAULT_TARGET}, or the port that {variable_of('port')} names",
        envvar="LINKED_ACCOUNTS_TARGET",
        show_envvar=True,
        help="Address of the service.",
    ),
    click.option("--tls", "wants_tls", is_flag=True, help="Connect with TLS; implied by the next three."),
    click.option(
        "--ca",
        type=_FILE,
        envvar="LINKED_ACCOUNTS_CA",
        show_envvar=True,
        help="PEM file of the authorities that vouch for the service.",
    ),
    click.option(
        "--certificate",
        type=_FILE,
        envvar="LINKED_ACCOUNTS_CLIENT_CERTIFICATE",
        show_envvar=True,
        help="PEM file of your own certificate, for mutual TLS.",
    ),
    click.option(
        "--key",
        type=_FILE,
        envvar="LINKED_ACCOUNTS_CLIENT_KEY",
        show_envvar=True,
        help="PEM file of your certificate's private key.",
    ),
)


def reaches_a_service(command: Command) -> Command:
    """Gives a command the options `target`, `wants_tls`, `ca`, `certificate` and `key`."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def tls_of(wants_tls: bool, **files: Path | None) -> Tls | None:
    """What the options say of TLS: None for a connection in the clear."""
    return Tls(**files) if wants_tls or any(files.values()) else None
