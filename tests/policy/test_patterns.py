"""Which patterns a detail may have: those that no value can keep busy for long."""

from __future__ import annotations

import re
from contextlib import nullcontext
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkedaccounts.policy.check_pattern import LONGEST_PATTERN, MOST_WAYS, UnsafePattern, _Reader, check_pattern


@pytest.mark.parametrize(
    "pattern, value",
    [
        pytest.param(r"[A-Z]{2}[A-Z0-9]{8,12}", "DE123456789", id="sets and repeats"),
        pytest.param(r"\d{2}\.\d{3}/\d{4}-\d{2}", "11.222/0001-81", id="signs"),
        pytest.param(r"\d{8}[A-Z]|[ST]\d{2}", "T12", id="alternatives"),
        pytest.param(r"\d{9}(RT\d{4})?", "123456789", id="an optional group"),
        pytest.param(r"(\d{3} ){2}\d", "123 456 7", id="a group so many times"),
        pytest.param(r"[Ññ\&\-]{1,3}株", "ñ&-株", id="letters of any script"),
    ],
)
def test_a_plain_pattern_is_taken(pattern: str, value: str) -> None:
    check_pattern(pattern)

    assert re.fullmatch(pattern, value, re.ASCII)


@pytest.mark.parametrize(
    "pattern, words",
    [
        pytest.param("[A-Z]*", "`*`", id="any number"),
        pytest.param("[A-Z]+", "`+`", id="at least one"),
        pytest.param("[A-Z]{2,}", "`{`", id="at least two"),
        pytest.param("(a{1,9}){1,9}", "ways", id="a repeat in a repeat"),
        pytest.param("(a|aa){50}", "ways", id="alternatives in a repeat"),
        pytest.param("a?" * 40 + "a{40}", "ways", id="many optional parts"),
        pytest.param(r"\d{1,9}" * 20, "ways", id="many repeats in a row"),
        pytest.param(r"(a)\1", r"`\1`", id="a back reference"),
        pytest.param("(?=a)a", "`(?`", id="a look-ahead"),
        pytest.param("(?i)a", "`(?`", id="a flag"),
        pytest.param("(?P<a>a)", "`(?`", id="a named group"),
        pytest.param("^a$", "`^`", id="an anchor"),
        pytest.param("a.c", "`.`", id="any character"),
        pytest.param(r"\w{3}", r"`\w`", id="a class of letters"),
        pytest.param("a{1,3}?", "repeats a repeat", id="a lazy repeat"),
        pytest.param("a{1,3}+", "repeats a repeat", id="a possessive repeat"),
        pytest.param("a{3}{3}", "repeats a repeat", id="a repeat of a repeat"),
        pytest.param("a{3,1}", "`{3,1}`", id="a repeat that ends before it begins"),
        pytest.param("a{0}", "`{0}`", id="nothing"),
        pytest.param("a{201}", "`{201}`", id="more than any value has"),
        pytest.param("a{٣}", "`{`", id="a repeat in other digits"),
        pytest.param("?a", "`?`", id="an optional nothing"),
        pytest.param("(a", "opens a group", id="an open group"),
        pytest.param("a)", "closes a group", id="a group that is not open"),
        pytest.param("()", "empty alternative", id="an empty group"),
        pytest.param("a|", "empty alternative", id="an empty alternative"),
        pytest.param("", "empty alternative", id="an empty pattern"),
        pytest.param("[]", "set of nothing", id="an empty set"),
        pytest.param("[a", "opens a set", id="an open set"),
        pytest.param("[^a]", "`^` in a set", id="an inverted set"),
        pytest.param("[a&&b]", "`&` in a set", id="an operation on sets"),
        pytest.param("[z-a]", "range `z-a`", id="a range the wrong way round"),
        pytest.param(r"[a-\d]", "range", id="a range to a class"),
        pytest.param("a\\", "`\\`", id="a backslash at the end"),
        pytest.param("a" * (LONGEST_PATTERN + 1), "characters", id="a long pattern"),
    ],
)
def test_a_pattern_that_could_take_long_or_is_none_is_refused(pattern: str, words: str) -> None:
    with pytest.raises(UnsafePattern) as refused:
        check_pattern(pattern)

    assert words in refused.value.args[0]


PARTS = st.recursive(
    st.sampled_from(["a", "b", "[ab]", r"\d"]),
    lambda parts: st.one_of(
        st.builds("({}{})".format, parts, parts),
        st.builds("({}|{})".format, parts, parts),
        st.builds("({}){}".format, parts, st.sampled_from(["?", "{2}", "{1,2}", "{0,3}"])),
    ),
    max_leaves=5,
)


@given(PARTS)
def test_a_pattern_of_safe_parts_is_one_for_python_too_and_refused_only_for_its_ways(pattern: str) -> None:
    ways = _Reader(pattern).alternatives()

    re.compile(pattern, re.ASCII)
    with pytest.raises(UnsafePattern, match="ways") if ways > MOST_WAYS else nullcontext():
        check_pattern(pattern)


@given(PARTS)
def test_the_ways_of_a_pattern_are_at_least_the_texts_that_it_tells_apart_by_length(pattern: str) -> None:
    ways = _Reader(pattern).alternatives()
    lengths = {
        length for length in range(9) for text in product("ab0", repeat=min(length, 5)) if taken(pattern, text, length)
    }

    assert 1 <= ways <= MOST_WAYS + 1
    assert ways > MOST_WAYS or ways >= len(lengths)


def taken(pattern: str, text: tuple[str, ...], length: int) -> bool:
    return re.fullmatch(pattern, ("".join(text) * 2)[:length], re.ASCII) is not None


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param("(a{1,2}){1,8}", id="a nested repeat"),
        pytest.param("a?" * 9 + "a{9}", id="optional parts"),
        pytest.param("((a|aa)(a|aa)){1,4}", id="alternatives that look alike"),
        pytest.param("(a{1,30})(a{1,30})", id="two long repeats"),
    ],
)
def test_the_hardest_patterns_that_are_taken_give_up_at_once_on_a_value_that_just_fails(pattern: str) -> None:
    check_pattern(pattern)

    # Nothing is timed: were there no bound, this would not end.
    assert re.fullmatch(pattern, "a" * 199 + "!", re.ASCII) is None
