"""Calls in a seller's session: the session token goes with each, and is renewed in time."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

import grpc
from google.protobuf.message import Message
from grpc import aio

from linkedaccounts.client.call import Call, CallDefaults, CallOptions
from linkedaccounts.client.change import key_of
from linkedaccounts.client.errors import NotSignedIn
from linkedaccounts.client.held_tokens import HeldTokens
from linkedaccounts.client.status import SESSION_ENDED, SESSION_EXPIRED
from linkedaccounts.client.unary import send, send_awaited
from linkedaccounts.v1.account_service_pb2_grpc import AccountServiceStub

Request = TypeVar("Request", bound=Message)
Response = TypeVar("Response", bound=Message)

OVER = (SESSION_ENDED, SESSION_EXPIRED)


@contextmanager
def meant_to_end() -> Iterator[None]:
    """A session that proves to be over already, by an end or by its age, is no error inside."""
    try:
        yield
    except NotSignedIn as error:
        if error.reason not in OVER:
            raise


class SessionCalls:
    """Made from any thread; one refresh at a time."""

    def __init__(self, channel: grpc.Channel, defaults: CallDefaults, held: HeldTokens) -> None:
        self._defaults = defaults
        self._held = held
        self._refreshing = threading.Lock()
        self._refresh = AccountServiceStub(channel).RefreshSession

    def ask(
        self, method: grpc.UnaryUnaryMultiCallable[Request, Response], request: Request, options: CallOptions
    ) -> Response:
        """The answer; LinkedAccountsError.

        A token that has run out for the service, but not here, is renewed once and the same request sent again.
        """
        call = self._defaults.call(options, key_of(request))
        token = self._held.session_token
        if self._held.due():
            token = self._renewed(token, call)
        try:
            return send(method, request, call.in_session(token))
        except NotSignedIn as error:
            if error.reason != SESSION_EXPIRED:
                raise
        return send(method, request, call.in_session(self._renewed(token, call)))

    def _renewed(self, old: str, call: Call) -> str:
        """The session token that replaced an old one; new tokens are asked for by the first who finds the old one."""
        with self._refreshing:
            if self._held.session_token == old:
                answer = send(self._refresh, self._held.refresh_request(), call)
                self._held.take(answer.tokens)
            return self._held.session_token


class AsyncSessionCalls:
    """The same, awaited on one event loop."""

    def __init__(self, channel: aio.Channel, defaults: CallDefaults, held: HeldTokens) -> None:
        self._defaults = defaults
        self._held = held
        self._refreshing = asyncio.Lock()
        self._refresh = AccountServiceStub(channel).RefreshSession

    async def ask(
        self, method: aio.UnaryUnaryMultiCallable[Request, Response], request: Request, options: CallOptions
    ) -> Response:
        """As in ``SessionCalls``."""
        call = self._defaults.call(options, key_of(request))
        token = self._held.session_token
        if self._held.due():
            token = await self._renewed(token, call)
        try:
            return await send_awaited(method, request, call.in_session(token))
        except NotSignedIn as error:
            if error.reason != SESSION_EXPIRED:
                raise
        return await send_awaited(method, request, call.in_session(await self._renewed(token, call)))

    async def _renewed(self, old: str, call: Call) -> str:
        """The session token that replaced an old one; new tokens are asked for by the first who finds the old one."""
        async with self._refreshing:
            if self._held.session_token == old:
                answer = await send_awaited(self._refresh, self._held.refresh_request(), call)
                self._held.take(answer.tokens)
            return self._held.session_token
