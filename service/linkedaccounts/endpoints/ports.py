"""The port that the service listens on: found taken before gRPC tries, and kept for several processes at once."""

from __future__ import annotations

import socket


class CannotServe(Exception):
    """Why the service cannot be started here, in one line."""


def address_of(host: str, port: int) -> str:
    """Host and port as gRPC writes them: an IPv6 address in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def check_free(host: str, port: int) -> None:
    """CannotServe if nothing can listen there."""
    _bound(host, port, socket.SO_REUSEADDR).close()


def reserve(host: str, port: int) -> socket.socket:
    """A socket that holds the port, a free one for 0, for processes that listen with SO_REUSEPORT; CannotServe.

    It takes no connections itself, as it does not listen. Close it to give the port up.
    """
    if port:
        check_free(host, port)
    return _bound(host, port, socket.SO_REUSEPORT)


def _bound(host: str, port: int, option: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        bound = socket.socket(family, kind, protocol)
    except OSError as error:
        raise CannotServe(f"cannot listen on {address_of(host, port)}: {error.strerror or error}") from None
    try:
        bound.setsockopt(socket.SOL_SOCKET, option, 1)
        bound.bind(address)
    except OSError as error:
        bound.close()
        raise CannotServe(f"cannot listen on {address_of(host, port)}: {error.strerror or error}") from None
    return bound
