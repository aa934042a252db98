"""How a client is connected: transport security, and the options of its channel.

Retries are gRPC's own, by ``service_config.json``: UNAVAILABLE and RESOURCE_EXHAUSTED are tried again, up to four
attempts in all. The wait is what the service names in ``grpc-retry-pushback-ms``, else a random one that doubles from
about 0.1 s on. A negative pushback ends it: the service sends one where the same call could only be refused again. No
attempt is made after the call's deadline, and none once most calls fail (``retryThrottling``).

Calls about a seller's accounts are tried up to five times (gRPC makes no more), after ABORTED too. Those that change
something may be: each attempt is the same message with the same ``request_id``, which the service carries out once.

One channel is one connection to each address, spread by ``round_robin``. Several worker processes of the service on
one port share out connections, not calls: to use N workers of one address, open several times N clients. Clients do
not share connections with each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, TypeAlias

import grpc

ChannelOptions: TypeAlias = Sequence[tuple[str, Any]]

DEFAULT_TARGET = "127.0.0.1:50051"
KEEPALIVE_MS = 60_000
KEEPALIVE_TIMEOUT_MS = 10_000
MAX_ANSWER_BYTES = 64 * 1024 * 1024
"""A full batch of explained quotes is larger than gRPC's 4 MiB."""


@dataclass(frozen=True, slots=True)
class Tls:
    """Transport security, as paths of PEM files.

    ``ca`` is who vouches for the service (by default gRPC's own list of authorities); ``certificate`` and ``key``,
    always together, are what the caller shows of itself where the service asks for it.
    """

    ca: str | Path | None = None
    certificate: str | Path | None = None
    key: str | Path | None = None

    def credentials(self) -> grpc.ChannelCredentials:
        """What gRPC wants of it; OSError for a file that cannot be read, ValueError for a certificate without key."""
        if (self.certificate is None) != (self.key is None):
            raise ValueError("a certificate and its key are given together or not at all")
        return grpc.ssl_channel_credentials(_bytes(self.ca), _bytes(self.key), _bytes(self.certificate))


def channel_options(more: ChannelOptions) -> list[tuple[str, Any]]:
    """The options of every channel, with ``more`` of the caller's, which win."""
    options: dict[str, Any] = {
        "grpc.service_config": resources.files(__package__).joinpath("service_config.json").read_text("utf-8"),
        "grpc.use_local_subchannel_pool": 1,
        "grpc.max_receive_message_length": MAX_ANSWER_BYTES,
        "grpc.keepalive_time_ms": KEEPALIVE_MS,
        "grpc.keepalive_timeout_ms": KEEPALIVE_TIMEOUT_MS,
    }
    return list((options | dict(more)).items())


def _bytes(path: str | Path | None) -> bytes | None:
    return None if path is None else Path(path).read_bytes()
