"""One run of `policy test`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from itertools import count
from pathlib import Path

import click

from linkedaccounts.cli.policy.case_report import print_coverage, print_results
from linkedaccounts.cli.tables import console
from linkedaccounts.policy.cases import CaseResult
from linkedaccounts.policy.load import TESTS, Tested, load_tested, quote_tables
from linkedaccounts.policy.problems import PolicyRejected, Problem
from linkedaccounts.storage.packaged_rate_book import packaged_rate_book
from linkedaccounts.workbench.coverage import Coverage, coverage
from linkedaccounts.workbench.junit import junit_xml
from linkedaccounts.workbench.percent import percent
from linkedaccounts.workbench.proposed_cases import PROPOSED, proposed_cases, proposed_table
from linkedaccounts.workbench.quote_cases import check_quote_cases


@dataclass(frozen=True, slots=True)
class CaseRun:
    """What is asked for: as the command's options say."""

    directory: Path
    text: str
    measured: bool
    fail_under: Decimal | None
    propose: bool
    junit: Path | None
    page: Path | None


def run_cases_of(run: CaseRun) -> bool:
    """Runs the cases, prints and writes what is asked for, and says whether all is well."""
    try:
        tested = _with_quotes(load_tested(run.directory))
    except PolicyRejected as rejected:
        click.echo(str(rejected))
        if run.junit:
            _write(run.junit, junit_xml((), rejected.problems, {}, run.directory))
        return False
    results = [result for result in tested.results if _chosen(result, run.text)]
    print_results(console(), tested, results)
    if run.junit:
        _write(run.junit, junit_xml(results, tested.unsound, tested.policy.decisions, run.directory))
    well = not tested.unsound and all(result.passed for result in results)
    return _measured(run, tested) and well if run.measured else well


def _with_quotes(tested: Tested) -> Tested:
    """With the whole quotes that do not come out as the files state them."""
    failed: list[Problem] = []
    check_quote_cases(quote_tables(tested.files), tested.policy, packaged_rate_book(), failed)
    return replace(tested, unsound=(*tested.unsound, *failed))


def _chosen(result: CaseResult, text: str) -> bool:
    case = result.case
    return any(text.lower() in said.lower() for said in (case.name, case.place.file))


def _measured(run: CaseRun, tested: Tested) -> bool:
    """Measures coverage and does with it what is asked for; whether there is enough of it."""
    found = coverage(tested.policy.decisions, tested.results)
    print_coverage(console(), found)
    if run.page:
        _write(run.page, _drawn(tested, found).encode())
    if run.propose:
        _propose(run.directory, tested, found)
    if run.fail_under is not None and found.share() * 100 < Fraction(run.fail_under):
        click.echo(f"\n{percent(*found.tally())} of all is shown, and --fail-under wants {run.fail_under} %")
        return False
    return True


def _drawn(tested: Tested, found: Coverage) -> str:
    try:
        from linkedaccounts.workbench.coverage_page import coverage_page
    except ImportError as error:
        raise click.ClickException("a page is drawn with jinja2: install `linked-accounts[reports]`") from error
    passed = sum(result.passed for result in tested.results)
    return coverage_page(found, tested.files, tested.policy.version, passed)


def _propose(directory: Path, tested: Tested, found: Coverage) -> None:
    """Writes the missing cases, a table for each decision, beside those that are there."""
    if tested.unsound or not all(result.passed for result in tested.results):
        raise click.ClickException("mend the cases first: what one that fails would show is proposed as missing")
    for name, decision in sorted(tested.policy.decisions.items()):
        missing = [item for item in found.missing if item.rule.decision == name]
        if missing:
            proposed = proposed_cases(decision, missing, [result.case for result in tested.results])
            path = _free(directory / TESTS, name.replace("_", "-"))
            _write(path, proposed_table(decision, proposed).encode())
            click.echo(f"wrote {path}: {len(proposed)} cases with today's answers, for you to read and mend")


def _free(folder: Path, name: str) -> Path:
    """A file for a table that is not there yet."""
    names = (f"{PROPOSED}{name}{f'-{number}' if number > 1 else ''}.yaml" for number in count(1))
    return next(path for path in (folder / name for name in names) if not path.exists())


def _write(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise click.ClickException(f"{path} cannot be written: {error.strerror}") from error
