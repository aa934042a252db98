"""Which database a URL means."""

from __future__ import annotations

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

_DRIVERS = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}


class UnknownDatabase(ValueError):
    """A URL that names no database that is known here; the text repeats nothing of it, as it may hold a password."""


def database_url(text: str) -> URL:
    """The URL with its driver; UnknownDatabase unless it is `sqlite:///FILE` or `postgresql://…`."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        url = None
    if url is None or url.get_backend_name() not in _DRIVERS:
        raise UnknownDatabase("the database's URL is neither `sqlite:///FILE` nor `postgresql://USER@HOST/DATABASE`")
    if url.get_backend_name() == "sqlite" and url.database in {None, "", ":memory:"}:
        raise UnknownDatabase("a database in memory keeps nothing; name a file, as in `sqlite:///FILE`")
    return url.set(drivername=_DRIVERS[url.get_backend_name()])
