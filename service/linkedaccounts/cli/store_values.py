"""Options that say something of one store: ``STORE=VALUE``."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import click


class Day(click.ParamType[date]):
    """A calendar day."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The day of an ISO 8601 text."""
        if isinstance(value, date):
            return value
        try:
            return datetime.strptime(value, "%Y-%m-%d").date()  # noqa: DTZ007  # a day has no time zone
        except ValueError:
            self.fail(f"`{value}` is not a calendar day; write it as in 2019-09-30", param, ctx)


class StoreCode(click.ParamType[str]):
    """The code of a store; the catalogue's are in capitals."""

    name = "store"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The code in capitals; whether there is such a store is for the service to say."""
        code = str(value).strip().upper()
        if not (code.isascii() and code.isprintable() and code):
            self.fail(f"{value!r} is not the code of a store", param, ctx)
        return code


class StoreValue(click.ParamType[tuple[str, Any]]):
    """Something that holds of one store: its code, ``=``, and a value of another type."""

    def __init__(self, of: click.ParamType[Any], shown: str) -> None:
        self._of = of
        self.name = f"STORE={shown}"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, Any]:
        """The store and the value."""
        if isinstance(value, tuple):
            return value
        store, equals, rest = str(value).partition("=")
        if not equals:
            self.fail(f"`{value}` names no store; write {self.name}", param, ctx)
        return StoreCode().convert(store, param, ctx), self._of.convert(rest, param, ctx)


class StoreFlag(click.ParamType[tuple[str, Any]]):
    """Something that is so of one store: its code."""

    name = "store"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, Any]:
        """The store, and True."""
        return value if isinstance(value, tuple) else (StoreCode().convert(value, param, ctx), True)


def by_store(name: str, values: Iterable[tuple[str, Any]], stores: Iterable[str]) -> dict[str, Any]:
    """The values of the option ``name`` by store; a usage error for a store that is not quoted, or named twice."""
    option, known = f"--{name.replace('_', '-')}", tuple(stores)
    result: dict[str, Any] = {}
    for store, value in values:
        if store not in known:
            raise click.UsageError(f"{option} names {store}, which is not among the stores: {', '.join(known)}")
        if store in result:
            raise click.UsageError(f"{option} names {store} twice")
        result[store] = value
    return result
