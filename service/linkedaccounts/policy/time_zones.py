"""The time zones that a store may be in: those of IANA's database, as the package `tzdata` has it on every machine."""

from __future__ import annotations

from functools import cache
from importlib import resources


@cache
def time_zones() -> tuple[str, ...]:
    """Their names, in order."""
    names = resources.files("tzdata").joinpath("zones").read_text("utf-8").split()
    return tuple(sorted(names))
