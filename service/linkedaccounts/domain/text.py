"""Sentences for people, in each language that a seller reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

DEFAULT_LANGUAGE = "en"
LANGUAGES = ("en", "zh-CN")
"""Every text exists in each of these (domain notes, "Language")."""


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence in every language of ``LANGUAGES``; ``{name}`` stands for a value that is filled in."""

    by_language: Mapping[str, str]

    def render(self, language: str, values: Mapping[str, object] | None = None) -> str:
        """The sentence in ``language``, with ``values`` filled in; a value may itself be a text."""
        template = self.by_language[language]
        if not values:
            return template
        return template.format_map({name: _said(value, language) for name, value in values.items()})


def _said(value: object, language: str) -> object:
    return value.render(language) if isinstance(value, Text) else value
