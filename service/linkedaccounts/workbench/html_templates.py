"""Templates of pages: what is put in is escaped, and what a template names must be there."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined


def templates_of(package: str, folder: str = "templates") -> Environment:
    """The templates in a folder of a package, by their file names."""
    return Environment(
        loader=PackageLoader(package, folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
