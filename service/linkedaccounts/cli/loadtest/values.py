"""What options of load tests say: durations, stages, shares."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click


class Read(click.ParamType[Any]):
    """A value that a function reads; the ValueError that it raises is shown as it is."""

    def __init__(self, name: str, read: Callable[[str], Any]) -> None:
        self.name = name
        self._read = read

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """What the text means."""
        if not isinstance(value, str):
            return value
        try:
            return self._read(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)
