"""Fetches what the service is compared with, at the versions of `peers.txt`, into the folder of a run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from section import CannotBeHad

PINNED = Path(__file__).with_name("peers.txt")
OWN_PINS = ("PIP_CONSTRAINT", "PIP_BUILD_CONSTRAINT")
"""Where `make` tells pip the versions of what this project is made of; a peer has its own."""


def pinned(registry: str) -> list[str]:
    """What `peers.txt` names of `pypi` or `npm`, as pip or npm take it."""
    lines = (line.split() for line in PINNED.read_text("utf-8").splitlines() if not line.startswith("#"))
    return [line[1] for line in lines if line and line[0] == registry]


def import_python_peers(scratch: Path) -> None:
    """Lets this process import the peers of PyPI; CannotBeHad if pip cannot get them.

    They come after everything else on the path: what the service itself is made of stays as it is.
    """
    folder = scratch / "pypi"
    if not folder.exists():
        pip = (sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps")
        _fetched([*pip, "--target", str(folder), *pinned("pypi")], "the peers of PyPI")
    if str(folder) not in sys.path:
        sys.path.append(str(folder))


def cerbos_binary(scratch: Path) -> Path:
    """The Cerbos server, as its npm package holds it; CannotBeHad if npm cannot get it."""
    package = Path("node_modules", "@cerbos", "cerbos-linux-x64")
    npm = shutil.which("npm")
    if npm is None:
        raise CannotBeHad("Cerbos comes with npm, which is not here")
    folder = scratch / "npm"
    if not folder.exists():
        _fetched([npm, "install", "--silent", "--prefix", str(folder), *pinned("npm")], "Cerbos")
    return folder / package / "cerbos-linux-x64"


def version_of(package: str) -> str:
    """The pinned version of a package of either registry."""
    separators = (("pypi", "=="), ("npm", "@"))
    names = (name.rpartition(separator) for registry, separator in separators for name in pinned(registry))
    return next(version for name, _, version in names if name == package)


def _fetched(command: list[str], what: str) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in OWN_PINS}
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)  # noqa: S603  # pinned
    if done.returncode:
        print(done.stderr, file=sys.stderr)
        raise CannotBeHad(f"{what} could not be installed")
