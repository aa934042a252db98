"""The European Central Bank's published history of euro reference rates (eurofxref-hist): one csv, or a zip with it.

The first line names the columns, ``Date,USD,JPY,…``; then comes a line a day, the newest first: how many units of
each currency one euro was worth, ``N/A`` where none was published. Every line may end in a comma.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache

from linkedaccounts.application.rate_books import BookRejected, PublishedBook
from linkedaccounts.domain.rates import RateBook
from linkedaccounts.storage.ecb_problems import header_problems, line_problems

BASE = "EUR"
"""What every figure of the file is against."""

LARGEST_BYTES = 32 * 1024 * 1024
"""The most that a csv may have, whatever a zip says of it; the whole history since 1999 has two megabytes."""

PROBLEMS_LISTED = 20

_NOTHING = "N/A"
_CELL = r",(?:N/A|(?![0.]+(?:,|$))[0-9]{1,12}(?:\.[0-9]{1,12})?)"


def read_ecb_file(data: bytes) -> PublishedBook:
    """Checks a published file, csv or zip, to its last figure; BookRejected with every problem, by line and column."""
    text = _unzipped(data) if data.startswith(b"PK") else data
    if len(text) > LARGEST_BYTES:
        raise BookRejected([f"the file has more than {LARGEST_BYTES} bytes"])
    try:
        lines = text.decode("ascii").split("\n")
    except UnicodeDecodeError as problem:
        line = text.count(b"\n", 0, problem.start) + 1
        raise BookRejected([f"line {line}: byte {text[problem.start]:#04x} is not plain text"]) from None
    return PublishedBook(text, _book([line.removesuffix("\r") for line in lines]))


def _unzipped(data: bytes) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = [name for name in archive.namelist() if name.lower().endswith(".csv")]
            if len(names) != 1:
                raise BookRejected([f"the zip has {len(names)} csv files, not one"])
            with archive.open(names[0]) as member:
                return member.read(LARGEST_BYTES + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as problem:
        raise BookRejected([f"the zip cannot be read: {problem}"]) from None


def _book(lines: Sequence[str]) -> RateBook:
    problems = header_problems(lines[0], BASE)
    if problems:
        raise BookRejected(problems)
    columns = lines[0].removesuffix(",").split(",")[1:]
    texts = _checked(columns, lines)
    days = sorted(texts)
    return RateBook(BASE, days, EcbRows(columns, texts))


def _checked(columns: Sequence[str], lines: Sequence[str]) -> Mapping[date, str]:
    """The cells of each day as text; one pattern for a whole line, and a closer look only at what does not fit it."""
    pattern = re.compile(rf"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}((?:{_CELL}){{{len(columns)}}}),?")
    texts: dict[date, str] = {}
    problems: list[str] = []
    newer: date | None = None
    whole = lines[-1] == ""
    for number, line in enumerate(lines[1 : -1 if whole else None], start=2):
        match = pattern.fullmatch(line)
        day = _day(line[:10])
        if match is None or day is None or (newer is not None and day >= newer):
            problems.extend(line_problems(number, line, columns, newer))
        else:
            texts[day] = match[1]
        newer = day or newer
    if not whole and not lines[-1].endswith(","):
        problems.append(f"line {len(lines)}: it does not end; the file is cut off")
    if not texts and not problems:
        problems.append("the file has no line of rates")
    if problems:
        raise BookRejected(_capped(problems))
    return texts


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _capped(problems: Sequence[str]) -> list[str]:
    more = len(problems) - PROBLEMS_LISTED
    return [*problems[:PROBLEMS_LISTED], *([f"and {more} more problems"] if more > 0 else [])]


class EcbRows:
    """The lines of a checked file, each turned into numbers when it is first asked for."""

    def __init__(self, columns: Sequence[str], texts: Mapping[date, str]) -> None:
        self._columns = columns
        self._texts = texts
        self._parsed = lru_cache(maxsize=512)(self._parse)

    def __getitem__(self, day: date) -> Mapping[str, Decimal]:
        return self._parsed(day)

    def _parse(self, day: date) -> Mapping[str, Decimal]:
        cells = self._texts[day][1:].split(",")
        return {column: Decimal(cell) for column, cell in zip(self._columns, cells, strict=True) if cell != _NOTHING}
