"""What the pages say of their own, in the reader's language: ``words.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

from linkedaccounts.domain.text import Text


@cache
def words() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """Every sentence by its table, name and language."""
    return tomllib.loads(resources.files(__package__).joinpath("words.toml").read_text("utf-8"))


class Words:
    """The sentences in one language."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, name: str, **values: object) -> str:
        """A sentence, named as in ``rule.when``, with ``values`` filled in."""
        table, _, key = name.partition(".")
        return Text(words()[table][key]).render(self.language, values)

    def table(self, name: str) -> dict[str, str]:
        """All sentences of a table, for the page's own script."""
        return {key: Text(sentence).render(self.language) for key, sentence in words()[name].items()}
