"""The programs behind docs/benchmarks.md, as far as they measure nothing."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

PROGRAMS = Path(__file__).parents[2] / "docs" / "benchmarks"


@pytest.fixture(autouse=True)
def programs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(PROGRAMS))


def program(name: str) -> Any:
    return import_module(name)


def section(title: str, *aims: Any, missing: tuple[str, ...] = ()) -> Any:
    return program("section").Section(title, f"Text of {title}.", aims, missing)


def test_the_page_states_every_aim_with_what_was_measured_and_then_every_section_in_order() -> None:
    aim = program("section").Aim
    unary = section("Unary", aim("calls", "at least", 0.85, 0.9), aim("p99", "at most", 1.3, 1.4142, "the disk"))
    page = program("writing").page(
        [unary, section("Memory", missing=("h2load is not installed",))], "a CPU", "1 May", []
    )

    assert "| calls | at least 0.85 | 0.9 | reached |\n| p99 | at most 1.3 | 1.41 | missed: the disk |" in page
    assert page.index("`make bench`") < page.index("## Speed to reach") < page.index("Text of Unary.")
    assert page.endswith("## Memory\n\nText of Memory.\n\nNot all of it was measured: h2load is not installed.\n")


def test_a_part_that_cannot_be_measured_says_so_in_the_page_and_the_others_are_measured(tmp_path: Path) -> None:
    def without_tool(_: object) -> Any:
        raise program("section").CannotBeHad("there is no docker")

    def broken(_: object) -> Any:
        raise ZeroDivisionError

    measures = {"image": without_tool, "ratio": broken, "fine": lambda _: section("Fine")}
    parts = program("bench").run(measures, program("section").Effort(1, 0.1, tmp_path))

    assert [part.whole for part in parts] == [False, False, True]
    assert [part.section.text for part in parts] == [
        "Not measured: there is no docker",
        "Not measured: it failed, and said why where it ran.",
        "Text of Fine.",
    ]


def test_every_program_that_measures_is_a_part_of_the_page() -> None:
    measuring = {path.stem for path in PROGRAMS.glob("*.py") if "\ndef measure(effort" in path.read_text("utf-8")}
    assert measuring <= set(program("bench").PARTS)


def test_rounds_alternate_and_their_ratio_is_taken_round_by_round() -> None:
    rounds, order = program("rounds"), []

    def measured(name: str, figures: list[float]) -> float:
        order.append(name)
        return figures.pop(0)

    ours, theirs = [2.0, 9.0, 4.0], [1.0, 3.0, 4.0]
    figures = rounds.alternating({"a": lambda: measured("a", ours), "b": lambda: measured("b", theirs)}, 3)

    assert "".join(order) == "abbaab"
    assert rounds.ratio(figures["a"], figures["b"]) == rounds.Spread(2.0, 1.0, 3.0)
    assert str(rounds.spread_of([1234.5, 0.1239, 2.0])) == "2 (0.124–1,234)"
