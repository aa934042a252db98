"""The command's own sentences and headings, by language."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from linkedaccounts.domain.text import Text


@cache
def texts() -> Mapping[str, Text]:
    """Every sentence of ``texts.toml`` by its name."""
    table = tomllib.loads(resources.files(__package__).joinpath("texts.toml").read_text("utf-8"))
    return {name: Text(by_language) for name, by_language in table.items()}


@dataclass(frozen=True, slots=True)
class Speaker:
    """Says the command's sentences in one language."""

    language: str

    def __call__(self, name: str, **values: object) -> str:
        """The sentence ``name``, with its values filled in."""
        return texts()[name].render(self.language, values)
