"""The question whether a running service serves."""

from __future__ import annotations

from typing import Any

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc


class HealthUnknown(Exception):
    """The service did not answer the question; the text says why in one line."""


def health(target: str, service: str, timeout: float, credentials: grpc.ChannelCredentials | None = None) -> str:
    """`SERVING` or `NOT_SERVING`, of the server as a whole if ``service`` is empty; HealthUnknown.

    Waits for the service at most ``timeout`` seconds.
    """
    channel = grpc.secure_channel(target, credentials) if credentials else grpc.insecure_channel(target)
    with channel:
        stub: Any = health_pb2_grpc.HealthStub(channel)
        try:
            answer = stub.Check(health_pb2.HealthCheckRequest(service=service), timeout=timeout, wait_for_ready=True)
        except grpc.RpcError as error:
            raise HealthUnknown(f"{target}: {error.code().name}: {error.details()}") from None
    return health_pb2.HealthCheckResponse.ServingStatus.Name(answer.status)
