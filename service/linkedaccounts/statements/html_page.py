"""Statements and pictures as pages that need nothing else: one file, light and dark, printable, all texts escaped."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined

from linkedaccounts.statements.upcoming import Upcoming
from linkedaccounts.statements.view import SUMS, StatementView

_TEMPLATES = Environment(
    loader=PackageLoader(__package__), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)


def statement_page(view: StatementView) -> str:
    """The HTML of a statement; the same of the same."""
    return _TEMPLATES.get_template("statement.html.jinja").render(view=view, say=view.say, columns=SUMS)


def upcoming_page(upcoming: Upcoming) -> str:
    """The HTML of what comes next: the picture, and tables that say the same."""
    return _TEMPLATES.get_template("upcoming.html.jinja").render(up=upcoming, say=upcoming.say)
