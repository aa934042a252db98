"""Who it is that tells a collector something, and where to."""

from __future__ import annotations

from importlib.metadata import version
from os import getpid
from socket import gethostname

from opentelemetry.sdk.resources import OTELResourceDetector, Resource

from linkedaccounts.settings import Settings

TIMEOUT_SECONDS = 5.0
"""How long the collector may take to answer, tries included; what it has not taken then is lost."""
LAST_SECONDS = 2.0
"""How long a process that stops waits for the collector to take what is left."""


def url_of(settings: Settings, signal: str) -> str:
    """Where the collector takes ``signal``, `traces` or `metrics`."""
    return f"{settings.otlp_endpoint.rstrip('/')}/v1/{signal}"


def resource() -> Resource:
    """This process. OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES say it otherwise, or more."""
    told = {"service.version": version("linked-accounts"), "service.instance.id": f"{gethostname()}:{getpid()}"}
    return Resource.create({"service.name": "linked-accounts", **told, **OTELResourceDetector().detect().attributes})
