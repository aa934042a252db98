from __future__ import annotations

from linkedaccounts.loadtest.result import Together
from linkedaccounts.loadtest.slow_rules import slow_rules
from tests.loadtest.results import latency

FAST, SLOW = [2.0, 2.1, 2.2] * 20, [22.0, 22.1, 22.2] * 20


def quotes(*rules: str, took: list[float]) -> Together:
    return Together(rules, latency(*took))


def test_a_rule_is_slow_if_its_quotes_take_much_longer_than_those_without_it() -> None:
    (found,) = slow_rules([quotes("standard", took=FAST), quotes("first-month", took=SLOW)])

    assert found.rule == "first-month"
    assert found.sentence == (
        "first-month is slow: quotes that this rule decides take p50 22.1 ms and p99 22.2 ms, "
        "others p50 2.10 ms and p99 2.20 ms"
    )


def test_a_rule_is_not_blamed_for_another_that_it_often_comes_with() -> None:
    found = slow_rules(
        [
            quotes("standard", took=FAST),
            quotes("share", took=FAST),
            quotes("first-month", took=SLOW),
            quotes("first-month", "share", took=SLOW * 3),
        ]
    )

    assert [each.rule for each in found] == ["first-month"]


def test_quotes_that_wait_behind_slow_ones_do_not_hide_them() -> None:
    waited = [*FAST, 900.0, 950.0]

    assert [each.rule for each in slow_rules([quotes("a", took=waited), quotes("b", took=SLOW)])] == ["b"]


def test_a_rule_whose_quotes_only_happened_to_wait_is_not_slow() -> None:
    waited = [*FAST[:20], *[400.0] * 40]

    assert slow_rules([quotes("a", took=FAST), quotes("b", took=waited)]) == []


def test_nothing_is_said_of_a_few_quotes_or_of_a_rule_that_decides_all() -> None:
    assert slow_rules([quotes("standard", took=FAST), quotes("rare", took=[22.0] * 9)]) == []
    assert slow_rules([quotes("standard", took=SLOW)]) == []
