"""Requests of quotes that a service recorded, read as `policy replay` reads them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from linkedaccounts.application.decision_line import QUOTE
from linkedaccounts.cli.policy.recordings import not_replayed, ranges_meant
from linkedaccounts.loadtest.recorded import CannotAsk, request_of
from linkedaccounts.v1.fee_quote_service_pb2 import QuoteFeesRequest
from linkedaccounts.workbench.records.ranges import Range
from linkedaccounts.workbench.records.reading import CannotReplay, Place, Recorded
from linkedaccounts.workbench.records.tally import Reading
from linkedaccounts.workbench.records.working import found_so_far, read_range

ENOUGH = 100_000
"""After so many requests no further range of records is read."""


@dataclass(slots=True)
class RecordedQuotes:
    """The requests of quotes, in the order in which they stand in the records, and what was read."""

    requests: list[QuoteFeesRequest] = field(default_factory=list)
    reading: Reading = field(default_factory=Reading)
    whole: bool = True

    def add(self, other: RecordedQuotes, offsets: Mapping[str, int]) -> None:
        """Adds what was found in the next range."""
        self.reading.add(other.reading, offsets)
        self.requests += other.requests

    def said(self) -> Iterator[str]:
        """How many there are, and what could not be used and why: a line each."""
        rest = "" if self.whole else "; that is enough, the rest of the records was not read"
        yield f"{len(self.requests):,} recorded quotes to ask for again{rest}"
        yield from not_replayed(self.reading)


def recorded_quotes(places: Sequence[Path]) -> RecordedQuotes:
    """The quotes recorded in files, or in directories of them; a usage error if there is no such file."""
    ranges = ranges_meant(places)
    found = RecordedQuotes()
    for part, _ in found_so_far(ranges, lambda: _quotes_in, found, 1):
        if len(found.requests) >= ENOUGH:
            found.whole = part is ranges[-1]
            break
    return found


def _quotes_in(part: Range) -> RecordedQuotes:
    found = RecordedQuotes()

    def ask(recorded: Recorded, _: Place) -> None:
        if recorded.decision != QUOTE:
            raise CannotReplay(f"`{str(recorded.decision)[:20]}` is no quote")
        try:
            found.requests.append(request_of(recorded.facts))
        except CannotAsk as reason:
            raise CannotReplay(str(reason)) from None

    read_range(part, found.reading, ask)
    return found
