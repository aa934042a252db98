"""What `policy compare` found, as text, as Markdown for a change's description, and as JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from textwrap import indent

from linkedaccounts.cli.policy.compare_json import as_json
from linkedaccounts.cli.policy.compare_words import (
    case_of,
    quote_rows,
    saying_sentence,
    seller_sentence,
    shown,
    side_words,
    summary,
    value_sentence,
    way,
    where_lines,
)
from linkedaccounts.workbench.compare import Comparison
from linkedaccounts.workbench.compare_decision import DecisionComparison, Difference
from linkedaccounts.workbench.compare_quote import Quoted

_UNTOLD = "rules differ in more combinations of facts than can be listed: compare in smaller steps"


def as_text(comparison: Comparison) -> str:
    """For a terminal."""
    return "\n".join(_text(comparison)).rstrip()


def as_markdown(comparison: Comparison) -> str:
    """For the description of a change."""
    return "\n".join(_markdown(comparison))


def _text(comparison: Comparison) -> Iterator[str]:
    yield summary(comparison)
    if comparison.values:
        yield "\ncatalogue"
    for value in comparison.values:
        yield f"  {value_sentence(value)}"
        if value.quoted:
            yield from (f"    {line}" for line in _quote_lines(value.quoted))
    for decision in comparison.decisions:
        if not decision.equal:
            yield f"\n{decision.name}"
            yield from _decision_text(decision)
    if comparison.all_said:
        yield "\nsays it differently"
        yield from (f"  {saying_sentence(saying)}" for saying in comparison.all_said)


def _decision_text(decision: DecisionComparison) -> Iterator[str]:
    differences, more = shown(decision)
    for one in differences:
        yield from _difference_text(one, decision)
    if more or decision.untold:
        yield f"  {more or _UNTOLD}"


def _difference_text(difference: Difference, decision: DecisionComparison) -> Iterator[str]:
    yield f"  {way(difference, decision)}"
    for number, line in enumerate(where_lines(difference.boxes, decision.facts)):
        yield f"    {'or   ' if number else 'where'}  {line}"
    yield f"    before {side_words(difference.before, decision)}"
    yield f"    after  {side_words(difference.after, decision)}"
    if difference.quoted:
        yield from (f"    {line}" for line in _quote_lines(difference.quoted))
    yield "    as a case in `tests`:"
    yield indent(case_of(difference, decision), "      ") + "\n"


def _quote_lines(quoted: Quoted) -> Iterator[str]:
    if not quoted.changed:
        yield f"e.g.   {seller_sentence(quoted)} what they did"
        return
    yield f"e.g.   {seller_sentence(quoted)}:"
    rows = quote_rows(quoted)
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for store, before, after, by in rows:
        yield f"       {store:<{widths[0]}}  {before:>{widths[1]}} → {after:>{widths[2]}}  {by:>{widths[3]}}"


def _markdown(comparison: Comparison) -> Iterator[str]:
    yield f"**Rules:** {summary(comparison)}"
    if comparison.values:
        yield "\n### catalogue\n"
    for value in comparison.values:
        yield f"- {value_sentence(value)}"
        if value.quoted:
            yield from _quote_markdown(value.quoted)
    for decision in comparison.decisions:
        if not decision.equal:
            yield f"\n### {decision.name}\n"
            yield from _decision_markdown(decision)
    if comparison.all_said:
        yield "\n### says it differently\n"
        yield from (f"- {saying_sentence(saying)}" for saying in comparison.all_said)


def _decision_markdown(decision: DecisionComparison) -> Iterator[str]:
    differences, more = shown(decision)
    for one in differences:
        yield from _difference_markdown(one, decision)
    if more or decision.untold:
        yield f"\n{more or _UNTOLD}"


def _difference_markdown(difference: Difference, decision: DecisionComparison) -> Iterator[str]:
    yield f"- **{way(difference, decision)}** where"
    yield from (f"  - `{line}`" for line in where_lines(difference.boxes, decision.facts))
    yield f"\n  before: {side_words(difference.before, decision)}  "
    yield f"  after: {side_words(difference.after, decision)}"
    if difference.quoted:
        yield from _quote_markdown(difference.quoted)
    yield "\n  ```yaml"
    yield indent(case_of(difference, decision), "  ")
    yield "  ```"


def _quote_markdown(quoted: Quoted) -> Iterator[str]:
    if not quoted.changed:
        yield f"\n  For example {seller_sentence(quoted)} what they did."
        return
    yield f"\n  For example {seller_sentence(quoted)}:\n"
    yield "  | store | before | after | |"
    yield "  |---|---:|---:|---:|"
    yield from (f"  | {' | '.join(row)} |" for row in quote_rows(quoted))


REPORTS: Mapping[str, Callable[[Comparison], str]] = {"text": as_text, "json": as_json, "markdown": as_markdown}
"""The forms of a report."""
