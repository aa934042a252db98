"""What is wrong with a line of a published rate file, in words: line number, column, what it says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

_SHOWN = 40


def header_problems(header: str, base: str) -> list[str]:
    """What is wrong with the first line, which names the columns."""
    first, *columns = header.removesuffix(",").split(",")
    if not header:
        return ["line 1: it is empty; a rate file begins with `Date,USD,JPY,…`"]
    if first != "Date" or not columns:
        return [f"line 1: {_shown(header)} is not the header of a rate file, as in `Date,USD,JPY,…`"]
    if columns[0].startswith(" "):
        return ["line 1: this is the file of a single day; the one of all days is called eurofxref-hist"]
    problems = [
        f"line 1: column {number}, {_shown(column)}, is not a currency code of three capital letters"
        for number, column in enumerate(columns, start=2)
        if not re.fullmatch("[A-Z]{3}", column)
    ]
    problems += [f"line 1: {column} has two columns" for column in dict.fromkeys(columns) if columns.count(column) > 1]
    if base in columns:
        problems.append(f"line 1: {base} has a column, though all figures are against {base}")
    return problems


def line_problems(number: int, line: str, columns: Sequence[str], newer: date | None) -> list[str]:
    """What is wrong with a line of rates below the one of the day ``newer``; at least one problem."""
    if not line.strip():
        return [f"line {number}: it is empty"]
    day, *cells = line.removesuffix(",").split(",")
    problems = _day_problems(number, day, newer)
    if len(cells) != len(columns):
        problems.append(f"line {number}: figures {len(cells)}, currencies {len(columns)}; each has one")
        return problems
    for column, cell in zip(columns, cells, strict=True):
        if what := _cell_problem(cell):
            problems.append(f"line {number}, column {column}: {_shown(cell)} {what}")
    return problems


def _day_problems(number: int, text: str, newer: date | None) -> list[str]:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or str(day) != text:
        return [f"line {number}, column Date: {_shown(text)} is not a calendar day, as in 2019-09-30"]
    if day == newer:
        return [f"line {number}, column Date: {day} has two lines"]
    if newer is not None and day > newer:
        return [f"line {number}, column Date: {day} stands below {newer}; the newest day comes first"]
    return []


def _cell_problem(cell: str) -> str:
    if cell == "N/A":
        return ""
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)?", cell):
        return "is neither a decimal number nor N/A"
    if not cell.strip("0."):
        return "is not above zero"
    whole, _, decimals = cell.partition(".")
    return "has more than 12 digits on a side of its point" if max(len(whole), len(decimals)) > 12 else ""


def _shown(text: str) -> str:
    return f"`{text if len(text) <= _SHOWN else text[:_SHOWN] + '…'}`"
