"""Second stage: tables of values that hold from a day on, without gap or overlap."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from typing import TypeVar

from linkedaccounts.domain.dated import Dated, DatedEntry
from linkedaccounts.policy.findings import Findings
from linkedaccounts.policy.source import Node, Table

T = TypeVar("T")


def dated(
    node: Node | None, what: str, read: Callable[[Table], T | None], findings: Findings, needed: tuple[str, ...]
) -> Dated[T] | None:
    """A list of entries with `from` and, where an end is known, `through`; gaps and overlaps are problems."""
    listing = findings.listing(node, f"`terms` of {what}")
    if listing is None:
        return None
    entries = [_entry(item, what, read, findings, needed) for item in listing.items]
    if not entries:
        findings.add(listing.place, "missing-field", f"{what} needs at least one entry in `terms`")
    if not entries or any(entry is None for entry in entries):
        return None
    ordered = sorted(
        ((entry, item) for entry, item in zip(entries, listing.items, strict=True) if entry),
        key=lambda pair: pair[0].since,
    )
    return _tiled(ordered, what, findings)


def _entry(
    item: Node, what: str, read: Callable[[Table], T | None], findings: Findings, needed: tuple[str, ...]
) -> DatedEntry[T] | None:
    table = findings.table(item, f"an entry of {what}")
    if table is None or not findings.keys(table, f"an entry of {what}", ("from", *needed), ("through",)):
        return None
    since = findings.day(table.get("from"), f"`from` of {what}")
    through = findings.day(table.get("through"), f"`through` of {what}")
    value = read(table)
    if since and through and through < since:
        findings.add(table.place, "date-order", f"this entry of {what} ends on {through}, before it begins on {since}")
        return None
    bad_end = table.get("through") is not None and through is None
    return None if since is None or value is None or bad_end else DatedEntry(since, through, value)


def _tiled(ordered: list[tuple[DatedEntry[T], Node]], what: str, findings: Findings) -> Dated[T] | None:
    before = len(findings.problems)
    for (entry, _), (following, node) in pairwise(ordered):
        _joined(entry, following, node, what, findings)
    if len(findings.problems) > before:
        return None
    ends = [entry.since - timedelta(days=1) for entry, _ in ordered[1:]]
    last_days = [*ends, ordered[-1][0].through]
    entries = zip(ordered, last_days, strict=True)
    return Dated(tuple(DatedEntry(entry.since, last_day, entry.value) for (entry, _), last_day in entries))


def _joined(entry: DatedEntry[T], following: DatedEntry[T], node: Node, what: str, findings: Findings) -> None:
    """Notes a gap or an overlap between an entry and the next one, which stands at ``node``."""
    if following.since == entry.since or (entry.through and entry.through >= following.since):
        message = f"two entries of {what} hold on {following.since}"
        hint = "let each entry begin the day after the one before it ends"
        if following.since == entry.since:
            hint = "change the entry that begins on this day, or let this one begin on another"
        findings.add(node.place, "date-overlap", message, hint)
    elif entry.through and (begins := entry.through + timedelta(days=1)) < following.since:
        last_day = following.since - timedelta(days=1)
        message = f"no entry of {what} holds from {begins} through {last_day}"
        hint = f"begin this entry on {begins}, or end the one before it on {last_day}"
        findings.add(node.place, "date-gap", message, hint)
