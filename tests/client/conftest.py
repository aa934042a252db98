from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from linkedaccounts.client import AsyncClient, Client
from tests.client.fake_accounts import SetClock
from tests.client.fake_service import FakeService, running


class Either:
    """Makes the same calls with either client: what the asyncio one gives is awaited, streams come as lists."""

    def __init__(self, kind: type[Client | AsyncClient]) -> None:
        self.kind = kind
        self.made: list[Client | AsyncClient] = []

    def client(self, service: FakeService, **settings: Any) -> Any:
        self.made.append(self.kind(service.target, **settings))
        return self.made[-1]

    async def ask(self, call: Callable[..., Any], *arguments: Any, **keywords: Any) -> Any:
        answer = call(*arguments, **keywords)
        if inspect.isasyncgen(answer):
            return [one async for one in answer]
        if inspect.isgenerator(answer):
            return list(answer)
        return await answer if inspect.isawaitable(answer) else answer


@pytest.fixture
def service() -> Iterator[FakeService]:
    with running() as fake:
        yield fake


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture(params=[Client, AsyncClient], ids=["threads", "asyncio"])
async def either(request: pytest.FixtureRequest) -> AsyncIterator[Either]:
    one = Either(request.param)
    yield one
    for client in one.made:
        closing = client.close()
        if closing is not None:
            await closing
