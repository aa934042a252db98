"""What happened to sellers, for asyncio."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Collection
from contextlib import aclosing
from typing import Unpack

from grpc import aio

from linkedaccounts.client.call import CallDefaults, CallOptions
from linkedaccounts.client.following import PASSES, Following, Interrupted, subscribe_request, unheard
from linkedaccounts.client.status import typed_errors
from linkedaccounts.v1.event_service_pb2 import SubscribeResponse
from linkedaccounts.v1.event_service_pb2_grpc import EventServiceStub


class AsyncEvents:
    """What happened to sellers, as ``AsyncClient.events``: the same as ``Events``, awaited."""

    def __init__(self, channel: aio.Channel, defaults: CallDefaults) -> None:
        self._defaults = defaults
        self._stub = EventServiceStub(channel)

    async def follow(
        self,
        after_position: int = 0,
        *,
        from_now: bool = False,
        kinds: Collection[str] = (),
        account_ids: Collection[str] = (),
        interrupted: Interrupted = unheard,
        **options: Unpack[CallOptions],
    ) -> AsyncGenerator[SubscribeResponse, None]:
        """Everything after a position, and then what happens, without an end; in order, and each event at least once.

        The service is called again from the last position where a call ends that had begun. Closing the generator ends
        the call.
        """
        following = Following(subscribe_request(after_position, from_now, kinds, account_ids), interrupted)
        while True:
            try:
                async with aclosing(self._once(following, options)) as told_now:
                    async for told in told_now:
                        yield told
                wait = following.wait()
            except PASSES as error:
                wait = following.wait(error)
            await asyncio.sleep(wait)

    async def _once(self, following: Following, options: CallOptions) -> AsyncGenerator[SubscribeResponse, None]:
        call = self._defaults.stream(options)
        with typed_errors(call.request_id):
            answers = self._stub.Subscribe(following.request, timeout=call.timeout, metadata=call.metadata)
            try:
                async for told in answers:
                    following.hear(told)
                    yield told
            finally:
                answers.cancel()
