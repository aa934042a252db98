"""What carries the calls: gRPC's own server, or one in Rust; and how either treats its connections."""

from __future__ import annotations

from typing import Any

import grpc

from linkedaccounts.endpoints.ports import CannotServe
from linkedaccounts.settings import Settings

AGE_GRACE_SECONDS = 30
KEEPALIVE_SECONDS = 120
SHORTEST_PING_SECONDS = 30
ROOM_ABOVE_THE_LIMIT = 2
"""gRPC itself ends a call without details at so many times the limit; up to there the refusal is the service's own."""
MOST_WAITING = 600
"""Calls that wait inside gRPC. If more come than can even be refused, it ends some by itself from half of this on."""
NATIVE_MISSING = "`--transport native` needs a package that is not there: pip install 'linked-accounts[native]'"


def server_of(
    settings: Settings, interceptor: grpc.aio.ServerInterceptor, *, reuse_port: bool = False
) -> grpc.aio.Server:
    """The server that ``settings`` ask for, without services yet; CannotServe if its package is missing."""
    options = channel_options(settings, reuse_port=reuse_port)
    if settings.transport == "grpc":
        return grpc.aio.server(interceptors=[interceptor], options=options)
    try:
        from linkedaccounts.endpoints.native_transport import NativeServer  # noqa: PLC0415 - seldom there
    except ImportError:
        raise CannotServe(NATIVE_MISSING) from None
    return NativeServer(interceptor, options)


def channel_options(settings: Settings, *, reuse_port: bool = False) -> list[tuple[str, Any]]:
    """How gRPC treats a server's connections."""
    options = [
        ("grpc.max_receive_message_length", ROOM_ABOVE_THE_LIMIT * settings.max_message_bytes),
        ("grpc.so_reuseport", int(reuse_port)),
        ("grpc.keepalive_time_ms", KEEPALIVE_SECONDS * 1000),
        ("grpc.http2.min_ping_interval_without_data_ms", SHORTEST_PING_SECONDS * 1000),
    ]
    if settings.shed_after_ms:
        options.append(("grpc.server.max_pending_requests", MOST_WAITING // 2))
        options.append(("grpc.server.max_pending_requests_hard_limit", MOST_WAITING))
    if age := settings.max_connection_age_seconds:
        options.append(("grpc.max_connection_age_ms", age * 1000))
        options.append(("grpc.max_connection_age_grace_ms", AGE_GRACE_SECONDS * 1000))
    return options
