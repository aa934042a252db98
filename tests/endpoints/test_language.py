from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkedaccounts.domain.text import LANGUAGES
from linkedaccounts.endpoints.language import language_for


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("en", "en"),
        ("en-GB", "en"),
        ("zh", "zh-CN"),
        ("zh-CN", "zh-CN"),
        ("ZH-cn", "zh-CN"),
        ("zh-Hans", "zh-CN"),
        ("zh-Hans-SG", "zh-CN"),
        ("zh-Hant-TW", "en"),
        ("zh-TW", "en"),
        ("fr", "en"),
        ("*", "en"),
        ("fr, zh;q=0.5", "zh-CN"),
        ("en;q=0.8, zh-CN;q=0.9", "zh-CN"),
        ("en;q=0.9, zh-CN;q=0.8", "en"),
        ("zh-CN, en", "zh-CN"),
        ("en, zh-CN", "en"),
        ("zh-CN;q=0, en;q=0.1", "en"),
        ("zh-CN;q=0", "en"),
        (" zh-CN ; q=0.7 ", "zh-CN"),
        ("zh-CN;Q=0.7", "zh-CN"),
        ("zh-CN;q=", "en"),
        ("zh-CN;q=high", "en"),
        ("zh-CN;q=-1", "en"),
        ("zh-CN;q=nan", "en"),
        ("zh-CN;q=.", "en"),
        ("zh-CN;q=1.5, en", "zh-CN"),
        (",,zh,;,", "zh-CN"),
        ("zh-CN;level=1", "en"),
    ],
)
def test_the_language_is_the_one_the_caller_likes_best_of_those_there_are(accepted: str, language: str) -> None:
    assert language_for(accepted) == language


def test_a_header_of_unreasonable_length_is_not_read() -> None:
    assert language_for("fr," * 100 + "zh-CN") == "en"


@given(st.text(alphabet="zhencqZHN-;=,.*019 \t", max_size=60))
def test_whatever_the_header_there_is_a_language_for_it(accepted: str) -> None:
    assert language_for(accepted) in LANGUAGES
