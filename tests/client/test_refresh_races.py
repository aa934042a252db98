"""New tokens are asked for once, however many need them at once."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from linkedaccounts.client import AsyncClient, Client
from tests.client.fake_accounts import DUE, SetClock, later
from tests.client.fake_service import FakeService


def refreshes(service: FakeService) -> int:
    return [seen.method for seen in service.seen].count("RefreshSession")


@pytest.mark.parametrize("by_clock", [True, False], ids=["about to run out", "run out"])
def test_of_eight_threads_at_once_one_renews(service: FakeService, clock: SetClock, by_clock: bool) -> None:
    with Client(service.target, clock=clock) as client, ThreadPoolExecutor(8) as threads:
        seller = client.sign_in("ann@example.com", "pass word")
        run_out(service, clock, by_clock)
        together = Barrier(8)

        def ask(_: int) -> None:
            together.wait(60)
            seller.accounts()

        assert list(threads.map(ask, range(8))) == [None] * 8
    assert refreshes(service) == 1


@pytest.mark.parametrize("by_clock", [True, False], ids=["about to run out", "run out"])
async def test_of_twenty_tasks_at_once_one_renews(service: FakeService, clock: SetClock, by_clock: bool) -> None:
    async with AsyncClient(service.target, clock=clock) as client:
        seller = await client.sign_in("ann@example.com", "pass word")
        run_out(service, clock, by_clock)
        await asyncio.gather(*(seller.accounts() for _ in range(20)))
    assert refreshes(service) == 1


async def test_a_task_that_gives_up_while_it_renews_does_not_end_the_session(
    service: FakeService, clock: SetClock
) -> None:
    async with AsyncClient(service.target, clock=clock) as client:
        seller = await client.sign_in("ann@example.com", "pass word")
        later(service, clock, DUE)
        with service.session.held():
            task = asyncio.create_task(seller.accounts())
            await asyncio.to_thread(service.session.asked.acquire)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        assert await seller.accounts() == []


def run_out(service: FakeService, clock: SetClock, by_clock: bool) -> None:
    if by_clock:
        later(service, clock, DUE)
    else:
        service.session.expired.add("session-1")
