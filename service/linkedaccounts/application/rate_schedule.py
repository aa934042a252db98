"""Keeping the rate book fresh while the service runs: two endless tasks, neither of which a failure ends.

Every worker follows the book kept on disk; one process alone downloads.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable

import structlog

from linkedaccounts.application.rate_books import RateBookKeeper, Refreshed, RefreshFailed

FIRST_WITHIN_SECONDS = 60.0
"""The first download comes at a random moment of this time: who starts together should not ask together."""

JITTER = 0.1
"""Each pause between downloads is longer or shorter by up to this part of it."""

Pause = Callable[[float], Awaitable[object]]


async def follow_kept_book(keeper: RateBookKeeper, every_seconds: float, *, pause: Pause = asyncio.sleep) -> None:
    """Every ``every_seconds`` takes over what another process has kept. Runs until it is cancelled."""
    while True:
        await pause(every_seconds)
        await _follow_once(keeper)


async def refresh_on_schedule(
    refresh: Callable[[], Refreshed],
    every_hours: float,
    *,
    pause: Pause = asyncio.sleep,
    chance: Callable[[], float] = random.random,
) -> None:
    """Downloads soon after the start and then about every ``every_hours``; 0 is never, and returns at once.

    Runs until it is cancelled. ``chance`` gives numbers from 0 to 1.
    """
    if every_hours <= 0:
        return
    await pause(FIRST_WITHIN_SECONDS * chance())
    while True:
        await _refresh_once(refresh)
        await pause(every_hours * 3600 * (1 + JITTER * (2 * chance() - 1)))


async def _follow_once(keeper: RateBookKeeper) -> None:
    log = structlog.get_logger()
    try:
        if await asyncio.to_thread(keeper.refresh_from_disk):
            log.info("rates_followed", last_day=str(keeper.current.last_day))
    except Exception:  # whatever it is, the service goes on with the book that it has
        log.exception("rates_not_followed")


async def _refresh_once(refresh: Callable[[], Refreshed]) -> None:
    log = structlog.get_logger()
    try:
        done = await asyncio.to_thread(refresh)
        log.info("rates_refreshed", last_day=str(done.last_day), days_added=len(done.changes.days_added))
    except RefreshFailed as failure:
        log.error("rates_not_refreshed", problems=failure.problems)  # noqa: TRY400 - the problems say it all
    except Exception:  # whatever it is, the service goes on with the book that it has
        log.exception("rates_not_refreshed")
