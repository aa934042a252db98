"""What happened to sellers, for threads."""

from __future__ import annotations

import time
from collections.abc import Collection, Generator
from typing import Unpack

import grpc

from linkedaccounts.client.call import CallDefaults, CallOptions
from linkedaccounts.client.following import PASSES, Following, Interrupted, subscribe_request, unheard
from linkedaccounts.client.status import typed_errors
from linkedaccounts.v1.event_service_pb2 import SubscribeResponse
from linkedaccounts.v1.event_service_pb2_grpc import EventServiceStub


class Events:
    """What happened to sellers, and what happens; safe to share between threads.

        for told in client.events.follow(kept_position, kinds=["charged"]):
            if told.HasField("event"):
                print(told.event.seller_id, told.event.charged.day)
            keep(told.position)  # in the same transaction as what was done about the event

    The calling service needs the scope `events`: NotPermitted.
    """

    def __init__(self, channel: grpc.Channel, defaults: CallDefaults) -> None:
        self._defaults = defaults
        self._stub = EventServiceStub(channel)

    def follow(
        self,
        after_position: int = 0,
        *,
        from_now: bool = False,
        kinds: Collection[str] = (),
        account_ids: Collection[str] = (),
        interrupted: Interrupted = unheard,
        **options: Unpack[CallOptions],
    ) -> Generator[SubscribeResponse, None, None]:
        """Everything after a position, and then what happens, without an end; in order, and each event at least once.

        ``kinds`` such as ``linked`` and ``charged``; what is left out restricts nothing. What is without an event only
        says how far the stream has got. Where the service stops or cannot be reached, it is called again from the last
        position; only if the first call fails, that is raised. ``interrupted`` is told each time, with the error if it
        was one, and how many seconds later it is called again. PreconditionFailed if events after the position are not
        kept any more, or there is no such position. No deadline unless a ``timeout`` is given. Closing the generator
        ends the call.
        """
        following = Following(subscribe_request(after_position, from_now, kinds, account_ids), interrupted)
        while True:
            try:
                yield from self._once(following, options)
                wait = following.wait()
            except PASSES as error:
                wait = following.wait(error)
            time.sleep(wait)

    def _once(self, following: Following, options: CallOptions) -> Generator[SubscribeResponse, None, None]:
        call = self._defaults.stream(options)
        with typed_errors(call.request_id):
            answers = self._stub.Subscribe(following.request, timeout=call.timeout, metadata=call.metadata)
            try:
                for told in answers:
                    following.hear(told)
                    yield told
            finally:
                answers.cancel()
