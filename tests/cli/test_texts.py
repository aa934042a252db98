from __future__ import annotations

import string

import pytest

from linkedaccounts.cli.texts import texts
from linkedaccounts.domain.text import LANGUAGES


@pytest.mark.parametrize("name", list(texts()))
def test_a_sentence_exists_in_every_language_with_the_same_values(name: str) -> None:
    sentences = texts()[name].by_language
    assert set(sentences) == set(LANGUAGES)
    assert len({values_of(sentence) for sentence in sentences.values()}) == 1


def values_of(sentence: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in string.Formatter().parse(sentence) if name)
