"""Writes the site to a directory."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from linkedaccounts.domain.text import DEFAULT_LANGUAGE, LANGUAGES
from linkedaccounts.workbench.site.pages import Pages, Subject

ASSETS = ("style.css", "what-if.js")
"""Files that all pages share, as they stand among the templates."""

_ENTRY = f'<!doctype html>\n<meta http-equiv="refresh" content="0; url={DEFAULT_LANGUAGE}/index.html">\n'


def site(subject: Subject) -> dict[str, str]:
    """Every file of the site, by its path below the site's directory."""
    templates = resources.files(__package__) / "templates"
    pages = {name: templates.joinpath(name).read_text("utf-8") for name in ASSETS}
    for language in LANGUAGES:
        pages |= Pages(subject, language).rendered()
    return {**pages, "index.html": _ENTRY}


def write_site(subject: Subject, directory: Path) -> int:
    """Writes the site's files, over those that are there; how many. OSError if that cannot be done."""
    files = site(subject)
    for path, text in files.items():
        (directory / path).parent.mkdir(parents=True, exist_ok=True)
        (directory / path).write_text(text, encoding="utf-8")
    return len(files)
