from __future__ import annotations

import pytest

from linkedaccounts.policy.problems import PolicyRejected
from linkedaccounts.workbench.insertion import inserted

TERMS = ("plans", "p", "terms")


def put(
    text: str, item: str = "{from: 2027-01-01, cap: 2 USD}", at: int | None = None, under: str = "plans.p.terms"
) -> str:
    return inserted("a.yaml", text.encode(), under.split("."), item, at).content.decode()


def plan(*entries: str) -> str:
    return "\n".join(["plans: # all", "  p:", "    terms:  # dated", *entries, "", "  # the end", ""])


def test_an_item_stands_at_the_end_indented_like_the_others() -> None:
    before = plan("    -   {from: 2000-01-01,cap: 1 USD}   # old")
    assert put(before) == plan("    -   {from: 2000-01-01,cap: 1 USD}   # old", "    - {from: 2027-01-01, cap: 2 USD}")


def test_an_item_stands_after_the_one_that_it_is_to_follow_and_its_comments() -> None:
    first, inside, second = "      - from: 2000-01-01", "        # of the first", "      - {from: 2030-01-01}"
    new = "      - {from: 2027-01-01, cap: 2 USD}"
    assert put(plan(first, inside, second), at=1) == plan(first, inside, new, second)


def test_an_item_may_stand_first_above_the_comments_of_the_next() -> None:
    rest = ("      # of the first", "      - {from: 2030-01-01}")
    assert put(plan(*rest), at=0) == plan("      - {from: 2027-01-01, cap: 2 USD}", *rest)


@pytest.mark.parametrize("empty", ["[]", "", "[  ]"])
def test_a_list_that_was_empty_is_opened(empty: str) -> None:
    before = f"rules: {empty}".rstrip() + "   # none yet\notherwise: x"
    assert put(before, "{id: a}", under="rules") == "rules:   # none yet\n  - id: a\notherwise: x"


def test_a_new_rule_stands_apart_under_what_was_commented_out() -> None:
    before = "rules:\n- id: a\n  # of a\n  # - id: old\n\n\notherwise: x\n"
    assert put(before, "{then: allow, id: b}", under="rules") == (
        "rules:\n- id: a\n  # of a\n  # - id: old\n\n- id: b\n  then: allow\n\n\notherwise: x\n"
    )


def test_a_file_without_a_last_line_end_gets_one() -> None:
    assert put("cases:\n  - name: a", "{name: b}", under="cases") == "cases:\n  - name: a\n  - name: b\n"


def test_line_ends_of_windows_and_a_byte_order_mark_stay() -> None:
    before = "\ufeffcases:\r\n  - name: a  # one\r\n\r\n# end\r\n"
    assert put(before, "{name: b}", under="cases") == (
        "\ufeffcases:\r\n  - name: a  # one\r\n  - name: b\r\n\r\n# end\r\n"
    )


def test_the_new_lines_are_named_and_shown() -> None:
    change = inserted("a.yaml", b"rules:\n  - id: a\notherwise: x\n", ("rules",), "{id: b, then: allow}")
    assert (change.first_line, change.last_line, change.new_text) == (4, 5, "  - id: b\n    then: allow")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("plans: {p: {terms: []}}\n", "no-place"),
        ("plans:\n  p:\n    terms: [ # none\n      ]\n", "no-place"),
        ("plans:\n  p:\n    terms: [{from: 2000-01-01}]\n", "no-place"),
        ("plans:\n  p:\n    terms: soon\n", "no-place"),
        ("plans:\n  p:\n    terms: {}\n", "no-place"),
        ("plans:\n  q:\n    terms: []\n", "missing-field"),
        ("plans: none\n", "missing-field"),
        ("plans: [\n", "bad-yaml"),
    ],
)
def test_a_list_that_takes_no_item_is_refused_with_what_to_do(text: str, code: str) -> None:
    with pytest.raises(PolicyRejected) as refused:
        put(text)
    assert [problem.code for problem in refused.value.problems] == [code]
    assert all(problem.hint for problem in refused.value.problems)
