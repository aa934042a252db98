"""What tells a broker the events beside the calls; the broker's library is an extra that need not be installed."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

from linkedaccounts.application.events.ports import Broker
from linkedaccounts.application.events.publish_events import PublishEvents
from linkedaccounts.endpoints.background import Work
from linkedaccounts.endpoints.ports import CannotServe
from linkedaccounts.endpoints.service import Service
from linkedaccounts.endpoints.tally import Tally
from linkedaccounts.settings import Settings

MISSING = "--events-to needs one more package: pip install 'linked-accounts[events]'"


def publish_events(service: Service, settings: Settings, tally: Tally) -> tuple[Work, ...]:
    """Publishes, if there is a broker; endless. Every process may: one at a time does. CannotServe."""
    if (broker := broker_of(settings)) is None:
        return ()
    events = service.events
    publishing = PublishEvents(events.log, events.cursor, broker, uuid4().hex, lambda: datetime.now(UTC), tally)
    return (publishing.run(),)


def broker_of(settings: Settings) -> Broker | None:
    """The broker that is to be told, if there is one, not connected yet; CannotServe if its library is missing."""
    if not settings.events_to:
        return None
    try:
        from linkedaccounts.endpoints.nats_broker import NatsBroker  # noqa: PLC0415 - seldom there
    except ImportError:
        raise CannotServe(MISSING) from None
    return NatsBroker(settings.events_to, settings.events_credentials)
