"""Files and folders written so that they are still there after a loss of power."""

from __future__ import annotations

import os
from pathlib import Path


def replace_file(path: Path, content: bytes) -> None:
    """Writes a file by renaming a finished one over it: a reader sees the old or the new one. OSError.

    Writers of one file must not overlap.
    """
    new = path.with_name(f".{path.name}.new")
    write_file(new, content)
    new.replace(path)
    sync_folder(path.parent)


def write_file(path: Path, content: bytes) -> None:
    """Writes a file, and the folders that it stands in; the name survives once ``sync_folder`` is called. OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Has what was made or renamed in a folder survive; OSError."""
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
