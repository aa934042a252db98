"""NATS JetStream as the broker: each event a message of its kind's subject, under its position as the message's id.

Within two minutes JetStream itself drops a message of an id that it has; later ones a reader tells by the position.
After any failure the connection is given up whole, so that nothing of it is sent late, after events that follow.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.errors import NoServersError
from nats.js import JetStreamContext
from nats.js.api import StreamConfig
from nats.js.errors import NotFoundError

from linkedaccounts.application.events.ports import BrokerUnreachable, Placed
from linkedaccounts.endpoints.event_response import SUBJECTS, event_json

STREAM = "LINKED_ACCOUNTS"
ALL_SUBJECTS = "linkedaccounts.>"
TIMEOUT_SECONDS = 5.0
KEPT_SECONDS = 14 * 24 * 3600.0
"""How long a stream that is made here keeps messages; who wants it otherwise makes the stream before."""


class NatsBroker:
    """``application.events.ports.Broker`` at a URL. ``credentials`` is a file with `USER:PASSWORD` or a token in it."""

    def __init__(self, url: str, credentials: Path | None = None) -> None:
        self._url = url
        self._credentials = credentials
        self._client: Client | None = None
        self._stream: JetStreamContext | None = None
        self._problem: Exception | None = None

    async def publish(self, placed: Placed) -> None:
        """Returns once JetStream says that it has the event; BrokerUnreachable."""
        subject = SUBJECTS[placed.event.kind]
        headers = {"Nats-Msg-Id": str(placed.position), "Linked-Accounts-Seller": placed.event.seller}
        try:
            stream = self._stream or await self._connect()
            payload = event_json(placed)
            await stream.publish(subject, payload, timeout=TIMEOUT_SECONDS, stream=STREAM, headers=headers)
        except (NatsError, OSError, ValueError) as error:
            await self.close()
            cause = self._problem if isinstance(error, NoServersError) and self._problem else error
            raise BrokerUnreachable(f"{self._place()}: {_why(cause)}") from None

    async def close(self) -> None:
        """Ends the connection, if there is one; what it has not sent is never sent."""
        client, self._client, self._stream = self._client, None, None
        if client is not None:
            await client.close()

    async def _connect(self) -> JetStreamContext:
        self._client = client = Client()
        self._problem = None
        quiet: Any = _ignore
        await client.connect(
            self._url,
            name="linked-accounts",
            allow_reconnect=False,
            # The library tries a server that does not answer again and again all the same: 1 is twice, the least.
            max_reconnect_attempts=1,
            reconnect_time_wait=0,
            connect_timeout=int(TIMEOUT_SECONDS),
            error_cb=self._note,
            disconnected_cb=quiet,
            closed_cb=quiet,
            **self._who(),
        )
        stream = client.jetstream(timeout=TIMEOUT_SECONDS)
        try:
            await stream.stream_info(STREAM)
        except NotFoundError:
            await stream.add_stream(StreamConfig(name=STREAM, subjects=[ALL_SUBJECTS], max_age=KEPT_SECONDS))
        self._stream = stream
        return stream

    async def _note(self, error: Exception) -> None:
        """Keeps why no connection could be made, of which the library says only that there is none."""
        self._problem = error

    def _who(self) -> dict[str, Any]:
        """Read anew for each connection, so that a secret may be replaced while the service runs."""
        if self._credentials is None:
            return {}
        user, colon, password = self._credentials.read_text("utf-8").strip().partition(":")
        return {"user": user, "password": password} if colon else {"token": user}

    def _place(self) -> str:
        place = urlsplit(self._url)
        return f"{place.hostname}:{place.port or 4222}"


async def _ignore(*_: object) -> None:
    """What went wrong, the call says that it went wrong for."""


def _why(error: Exception) -> str:
    """In one line; some errors of the library have no text."""
    return " ".join(f"{type(error).__name__}: {error}".split()).removesuffix(":")
