"""A file replaced whole or not at all: whoever reads meanwhile, a running service too, sees the old or the new one."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from tempfile import NamedTemporaryFile


def rewrite(path: Path, content: bytes) -> None:
    """Puts ``content`` in the file's place, at once; its mode stays, and a link goes on leading to it.

    The file may be new, and its folder. OSError if it cannot be written; then the old one is as it was.
    """
    target = path.resolve()
    target.parent.mkdir(parents=True, exist_ok=True)
    # The reader of rules passes over names that begin with a dot.
    with NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}.", delete=False) as file:
        written = Path(file.name)
        try:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            _take_mode(target, written)
            written.replace(target)
        except BaseException:
            written.unlink(missing_ok=True)
            raise


def _take_mode(target: Path, written: Path) -> None:
    if target.exists():
        shutil.copymode(target, written)
    else:
        mask = os.umask(0)
        os.umask(mask)
        written.chmod(0o666 & ~mask)
