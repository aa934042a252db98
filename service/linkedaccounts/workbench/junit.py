"""The results of cases as JUnit XML: a suite a table of cases, as CI systems read it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from linkedaccounts.policy.cases import CaseResult
from linkedaccounts.policy.decide import Decision
from linkedaccounts.policy.place import Place
from linkedaccounts.policy.problems import Problem
from linkedaccounts.workbench.failing_case import failure_lines
from linkedaccounts.workbench.quote_cases import QuoteResult

_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold."""


def junit_xml(
    results: Sequence[CaseResult],
    quotes: Sequence[QuoteResult],
    problems: Iterable[Problem],
    decisions: Mapping[str, Decision],
    directory: Path,
) -> bytes:
    """A report of results, and of problems as errors; files are named as seen from where ``directory`` is."""
    by_file: dict[str, list[Element]] = {}

    def entry(place: Place, name: str) -> Element:
        listed = by_file.setdefault(place.file, [])
        listed.append(_case(place.file, name, place.line, directory))
        return listed[-1]

    for result in results:
        case = entry(result.case.place, result.case.name)
        if not result.passed:
            message = f"expects {_ids(result.case.expected)}, and the rules give {_ids(result.actual)}"
            lines = failure_lines(result, decisions[result.case.decision])
            _add(case, "failure", "case-fails", message, "\n".join(lines))
    for quote in quotes:
        case = entry(quote.case.place, quote.case.name)
        if quote.failure:
            _add(case, "failure", quote.failure.code, quote.failure.message, str(quote.failure))
    for problem in problems:
        case = entry(problem.place, f"{problem.place.line}: {problem.code}")
        _add(case, "error", problem.code, problem.message, str(problem))
    return _report(by_file)


def _report(by_file: Mapping[str, Sequence[Element]]) -> bytes:
    root = Element("testsuites", name="policy test")
    for file, cases in sorted(by_file.items()):
        suite = SubElement(root, "testsuite", {"name": file} | _counts(cases))
        suite.extend(cases)
    root.attrib.update(_counts([case for cases in by_file.values() for case in cases]))
    indent(root)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


def _counts(cases: Sequence[Element]) -> dict[str, str]:
    failures = sum(case.find("failure") is not None for case in cases)
    errors = sum(case.find("error") is not None for case in cases)
    counts = {"tests": len(cases), "failures": failures, "errors": errors, "skipped": 0}
    return {name: str(count) for name, count in counts.items()}


def _case(file: str, name: str, line: int, directory: Path) -> Element:
    """A test case; none takes so long that a report would show it."""
    path = (directory / file).as_posix()
    return Element("testcase", {"classname": file, "name": _text(name), "time": "0", "file": path, "line": str(line)})


def _add(case: Element, kind: str, code: str, message: str, text: str) -> None:
    SubElement(case, kind, type=code, message=_text(message)).text = _text(text)


def _ids(ids: Sequence[str]) -> str:
    return ", ".join(ids) or "no rule"


def _text(text: str) -> str:
    return _NOT_IN_XML.sub("�", text)
