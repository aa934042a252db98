from __future__ import annotations

import string

import pytest

from linkedaccounts.domain.text import LANGUAGES
from linkedaccounts.statements.words import words


@pytest.mark.parametrize("name", list(words()))
def test_a_sentence_exists_in_every_language_with_the_same_values(name: str) -> None:
    sentences = words()[name].by_language

    assert set(sentences) == set(LANGUAGES)
    assert (
        len(
            {
                frozenset(value for _, value, _, _ in string.Formatter().parse(text)) - {None}
                for text in sentences.values()
            }
        )
        == 1
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["month_names", "short_month_names"])
def test_a_year_has_twelve_months(name: str, language: str) -> None:
    assert len(words()[name].render(language).split()) == 12
