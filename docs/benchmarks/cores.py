"""Which core whom: client and server each have one of their own, where there are two."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager


def have_two_cores() -> bool:
    """Whether client and server can have one each."""
    return len(os.sched_getaffinity(0)) > 1


@contextmanager
def on_core(number: int) -> Iterator[None]:
    """What runs and is started within the block runs on the first (0) or last (-1) core alone."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {sorted(cores)[number]})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)
