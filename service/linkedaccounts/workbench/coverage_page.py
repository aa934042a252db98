"""Coverage as a page of its own: the rule files, each line coloured by what the cases show of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from linkedaccounts.policy.source import SourceFile
from linkedaccounts.workbench.coverage import Coverage, Seen
from linkedaccounts.workbench.coverage_items import Kind
from linkedaccounts.workbench.html_templates import templates_of
from linkedaccounts.workbench.percent import percent


@dataclass(frozen=True, slots=True)
class PageLine:
    """A line of a rule file: ``state`` is "all", "some" or "none" of what it needs is shown, or "" if it needs nothing.

    ``gaps`` say what no case shows, ``cases`` name those that show something.
    """

    number: int
    text: str
    state: str
    gaps: tuple[str, ...]
    cases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PageFile:
    """A rule file of which something is to be shown: how much of it is, and its lines."""

    path: str
    shown: int
    count: int
    lines: tuple[PageLine, ...]


def coverage_page(coverage: Coverage, files: Iterable[SourceFile], version: str, cases: int) -> str:
    """The page as HTML, with all that it needs in itself; ``cases`` is how many passed."""
    by_line: dict[tuple[str, int], list[Seen]] = defaultdict(list)
    for seen in coverage.seen:
        by_line[seen.item.place.file, seen.item.place.line].append(seen)
    template = templates_of("linkedaccounts.workbench").get_template("coverage.html.jinja")
    return template.render(
        version=version,
        cases=cases,
        tallies=list(_tallies(coverage)),
        files=list(_files(files, by_line)),
        missing=coverage.missing,
        uncounted=coverage.uncounted,
    )


def _tallies(coverage: Coverage) -> Iterator[tuple[str, int, int, str]]:
    for kind in (*Kind, None):
        shown, count = coverage.tally(kind)
        yield kind.value if kind else "all", shown, count, percent(shown, count)


def _files(files: Iterable[SourceFile], by_line: Mapping[tuple[str, int], Sequence[Seen]]) -> Iterator[PageFile]:
    for file in files:
        seen = [each for (path, _), here in by_line.items() if path == file.path for each in here]
        if seen:
            numbered = enumerate(file.lines, start=1)
            lines = tuple(_line(number, text, by_line.get((file.path, number), ())) for number, text in numbered)
            yield PageFile(file.path, sum(bool(each.by) for each in seen), len(seen), lines)


def _line(number: int, text: str, seen: Sequence[Seen]) -> PageLine:
    shown = sum(bool(each.by) for each in seen)
    state = "" if not seen else "all" if shown == len(seen) else "some" if shown else "none"
    cases = dict.fromkeys(name for each in seen for name in each.by)
    return PageLine(number, text, state, tuple(each.item.gap for each in seen if not each.by), tuple(cases))
