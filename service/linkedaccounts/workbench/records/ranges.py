"""Files of recorded decisions, cut into ranges that are read one by one, each in little memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

BYTES_OF_A_RANGE = 4 * 1024 * 1024
LONGEST_LINE = 16 * 1024 * 1024
"""A longer line is none that the service wrote."""

PATTERN = "*.jsonl"


class Range(NamedTuple):
    """A part of a file: the lines that begin in it. ``end`` is the offset of the first byte that is not in it."""

    file: Path
    start: int
    end: int


def record_files(places: Iterable[Path]) -> list[Path]:
    """The files meant by paths of files and of directories, each once, in order of their names."""
    found = {file for place in places for file in (place.rglob(PATTERN) if place.is_dir() else (place,))}
    return sorted(found)


def ranges_of(files: Iterable[Path], most_bytes: int = BYTES_OF_A_RANGE) -> list[Range]:
    """All of the files, as long as they are now, in ranges of at most so many bytes."""
    sizes = ((file, file.stat().st_size) for file in files)
    return [
        Range(file, start, min(start + most_bytes, size))
        for file, size in sizes
        for start in range(0, size, most_bytes)
    ]


def lines_of(part: Range) -> Iterator[bytes]:
    """The lines that begin in a range; of one that is longer than any the service writes, only the beginning."""
    with part.file.open("rb") as file:
        if part.start:
            file.seek(part.start - 1)
            _skip_line(file)
        while file.tell() < part.end and (line := file.readline(LONGEST_LINE)):
            yield line
            if len(line) == LONGEST_LINE and not line.endswith(b"\n"):
                _skip_line(file)


def _skip_line(file: BinaryIO) -> None:
    while (rest := file.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
        pass
