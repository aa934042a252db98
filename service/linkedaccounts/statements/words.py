"""What the pages say of their own, in the reader's language: ``words.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources

from linkedaccounts.domain.text import Text


@cache
def words() -> Mapping[str, Text]:
    """Every sentence by its name."""
    table = tomllib.loads(resources.files(__package__).joinpath("words.toml").read_text("utf-8"))
    return {name: Text(by_language) for name, by_language in table.items()}


@dataclass(frozen=True, slots=True)
class Words:
    """The sentences in one language."""

    language: str

    def __call__(self, name: str, /, **values: object) -> str:
        """The sentence ``name``, with its values filled in."""
        return words()[name].render(self.language, values)

    def month(self, first_day: date) -> str:
        """A month and its year."""
        name = self("month_names").split()[first_day.month - 1]
        return self("month", name=name, year=first_day.year)

    def short_month(self, first_day: date) -> str:
        """A month for the axis of a picture."""
        return self("short_month_names").split()[first_day.month - 1]
