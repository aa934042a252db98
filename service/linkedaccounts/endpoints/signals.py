"""The signals of the operating system, on the event loop."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from typing import TypeAlias

from linkedaccounts.endpoints.background import Work

STOPPING = (signal.SIGTERM, signal.SIGINT)


class StopSignals:
    """Whether the process was asked to stop, and asked again: the second time it is to end at once."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.insisted = asyncio.Event()
        self.by_keyboard = False

    def watch(self, on_reload: Callable[[], object]) -> None:
        """Takes over SIGTERM and SIGINT, and SIGHUP for ``on_reload``; on the running loop."""
        loop = asyncio.get_running_loop()
        for number in STOPPING:
            loop.add_signal_handler(number, self.stop, number)
        loop.add_signal_handler(signal.SIGHUP, on_reload)

    def stop(self, number: int = signal.SIGTERM) -> None:
        """As if the signal had come."""
        if self.asked.is_set():
            self.insisted.set()
        self.by_keyboard = number == signal.SIGINT
        self.asked.set()


OnServing: TypeAlias = Callable[[str, StopSignals], Work]
"""What runs beside the calls once the service answers: told the address, and what stops the service."""
