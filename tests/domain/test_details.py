"""What may be wrong with a detail that a seller gives."""

from __future__ import annotations

import pytest

from linkedaccounts.domain.details import LONGEST, Detail, DetailKind
from linkedaccounts.domain.text import Text

LABEL = Text({"en": "a detail", "zh-CN": "信息"})


def detail(kind: DetailKind, pattern: str | None = None, longest: int = LONGEST) -> Detail:
    choices = {"private": LABEL, "public": LABEL} if kind is DetailKind.CHOICE else {}
    return Detail("detail", LABEL, kind, pattern, "an example", longest, choices)


@pytest.mark.parametrize(
    "kind, values",
    [
        (DetailKind.TEXT, ["Müller & Söhne GmbH", "东京　支店", "x" * LONGEST, "क्‍ष"]),
        (DetailKind.NUMBER, ["0", "12", "007"]),
        (DetailKind.DAY, ["2019-09-30", "2020-02-29"]),
        (DetailKind.EMAIL, ["name@example.com", "first.last+tag@mail.example.co", "名@例.公司"]),
        (DetailKind.PHONE, ["+81312345678", "+49 30 1234567", "+1 (206) 555-0100"]),
        (DetailKind.YES_OR_NO, ["yes", "no"]),
        (DetailKind.CHOICE, ["private", "public"]),
    ],
)
def test_a_sound_value_has_no_problem(kind: DetailKind, values: list[str]) -> None:
    assert [detail(kind).problem_with(value) for value in values] == [None] * len(values)


@pytest.mark.parametrize(
    "kind, values, reason",
    [
        (DetailKind.NUMBER, ["", "-1", "1.5", "1,000", "１２", "²", "12a"], "DETAIL_NOT_A_NUMBER"),
        (DetailKind.DAY, ["", "2019-02-29", "30.09.2019", "20190930", "2019-9-30"], "DETAIL_NOT_A_DAY"),
        (
            DetailKind.EMAIL,
            ["", "name", "a@b", "a@b.", "@example.com", "a b@example.com", "a@b@c.d"],
            "DETAIL_NOT_AN_EMAIL",
        ),
        (
            DetailKind.PHONE,
            ["", "030 1234567", "+123456", "+1234567890123456", "++4930123456", "+49 30 CALL"],
            "DETAIL_NOT_A_PHONE",
        ),
        (DetailKind.YES_OR_NO, ["", "Yes", "true", "是"], "DETAIL_NOT_YES_OR_NO"),
        (DetailKind.CHOICE, ["", "Private", "secret"], "DETAIL_NO_SUCH_CHOICE"),
    ],
)
def test_a_value_of_another_kind_is_named_as_such(kind: DetailKind, values: list[str], reason: str) -> None:
    assert [detail(kind).problem_with(value) for value in values] == [reason] * len(values)


def test_a_text_matches_its_pattern_whole() -> None:
    coded = detail(DetailKind.TEXT, r"[A-Z]{2}\d{3}")

    values = ["DE123", "DE1234", " DE123", "de123", "DE١٢٣", ""]
    assert [coded.problem_with(value) for value in values] == [None, *["DETAIL_PATTERN"] * 5]


@pytest.mark.parametrize("kind", DetailKind)
def test_a_value_has_at_most_so_many_characters(kind: DetailKind) -> None:
    assert detail(kind, longest=5).problem_with("1" * 6) == "DETAIL_TOO_LONG"


@pytest.mark.parametrize("kind", DetailKind)
@pytest.mark.parametrize("char", ["\n", "\r", "\t", "\0", "\x7f", "\x85", "\u2028", "\u2029", "\ud800"])
def test_a_value_is_one_line(kind: DetailKind, char: str) -> None:
    assert detail(kind).problem_with(f"a{char}b") == "DETAIL_NOT_ONE_LINE"
    assert detail(kind, r"\d{3}").problem_with(f"123{char}") == "DETAIL_NOT_ONE_LINE"
