"""Checks what requests of several kinds state, a day or a store: each problem is noted with its field path."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from difflib import get_close_matches

from linkedaccounts.application.refusals import FieldProblem, InvalidRequest
from linkedaccounts.domain.calendar_day import parse_day
from linkedaccounts.domain.catalogue import Store, StoreTerms

LAST_DAY = date.max.replace(month=10)
"""Billing cycles of later days would end beyond what a date can hold."""

LONGEST_ECHO = 40
"""How much of a caller's text is said back."""

LONGEST_REQUEST_ID = 128

MOST_LISTED = 20
"""Up to how many known codes are listed in full; of more, the nearest."""


def check_day(text: str, today: date, problems: list[FieldProblem], field: str = "day") -> date:
    """The day of a text, today if it is empty; today, and a problem, if it is none."""
    if not text:
        return today
    day = parse_day(text)
    if day is None:
        problems.append(FieldProblem(field, "DAY_INVALID", {"day": echo(text)}))
    elif day > LAST_DAY:
        problems.append(FieldProblem(field, "DAY_OUT_OF_RANGE", {"day": text}))
    else:
        return day
    return today


def check_store(code: str, stores: Mapping[str, Store], problems: list[FieldProblem], field: str) -> Store | None:
    """The store of a code; None, and a problem, if there is none."""
    store = stores.get(code)
    if not code:
        problems.append(FieldProblem(field, "STORE_REQUIRED", {"known": nearest("", stores)}))
    elif store is None:
        values = {"store": echo(code), "known": nearest(code, stores)}
        problems.append(FieldProblem(field, "STORE_UNKNOWN", values))
    return store


def check_exists(store: Store, day: date, problems: list[FieldProblem], field: str) -> StoreTerms | None:
    """What holds of a store on a day; None, and a problem, if the store does not exist then."""
    entry = store.terms.on(day)
    if entry is not None:
        return entry.value
    values = {"store": store.code, "day": str(day)}
    opens = store.terms.begins
    if day < opens:
        problems.append(FieldProblem(field, "STORE_NOT_OPEN", {**values, "opens": str(opens)}))
    else:
        problems.append(FieldProblem(field, "STORE_CLOSED", values))
    return None


def check_request_id(request_id: str) -> None:
    """InvalidRequest if it is no name for a request."""
    if not (0 < len(request_id) <= LONGEST_REQUEST_ID and request_id.isascii() and request_id.isprintable()):
        values = {"longest": str(LONGEST_REQUEST_ID)}
        raise InvalidRequest([FieldProblem("request_id", "REQUEST_ID_REQUIRED", values)])


def can_be_kept(text: str) -> bool:
    """Whether every database can hold the text, so that it can be asked for it: PostgreSQL knows no NUL."""
    return "\0" not in text


def echo(text: str) -> str:
    """A caller's text as it is said back: its beginning, if it is long."""
    return text if len(text) <= LONGEST_ECHO else f"{text[:LONGEST_ECHO]}…"


def nearest(code: str, known: Collection[str]) -> str:
    """Codes to choose from: all of a few, the nearest of many."""
    listed = sorted(known)
    if len(listed) > MOST_LISTED:
        listed = get_close_matches(code[:LONGEST_ECHO], listed, n=5, cutoff=0) or listed[:5]
    return ", ".join(listed)
