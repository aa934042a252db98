"""One run of `policy test`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from itertools import count
from pathlib import Path

import click

from linkedaccounts.cli.policy.case_report import counted, print_coverage, print_results
from linkedaccounts.cli.policy.ran import Ran
from linkedaccounts.cli.tables import console
from linkedaccounts.policy.load import TESTS, Tested, load_tested, quote_tables
from linkedaccounts.policy.problems import PolicyRejected
from linkedaccounts.storage.packaged_rate_book import packaged_rate_book
from linkedaccounts.workbench.coverage import Coverage, coverage
from linkedaccounts.workbench.junit import junit_xml
from linkedaccounts.workbench.percent import percent
from linkedaccounts.workbench.proposed_cases import PROPOSED, proposed_cases, proposed_table
from linkedaccounts.workbench.quote_cases import quote_results


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
        tested = load_tested(run.directory)
    except PolicyRejected as rejected:
        click.echo(str(rejected))
        if run.junit:
            _write(run.junit, junit_xml((), (), rejected.problems, {}, run.directory))
        return False
    quotes, unquoted = quote_results(quote_tables(tested.files), tested.policy, packaged_rate_book())
    ran = Ran(replace(tested, unsound=(*tested.unsound, *unquoted)), tuple(quotes))
    chosen = ran.named(run.text)
    print_results(console(), chosen, left_out=ran.count - chosen.count)
    if run.junit:
        results, unsound, decisions = chosen.tested.results, chosen.tested.unsound, tested.policy.decisions
        _write(run.junit, junit_xml(results, chosen.quotes, unsound, decisions, run.directory))
    return _measured(run, ran) and not chosen.bad if run.measured else not chosen.bad


def _measured(run: CaseRun, ran: Ran) -> bool:
    """Measures coverage and does with it what is asked for; whether there is enough of it."""
    tested = ran.tested
    found = coverage(tested.policy.decisions, tested.results)
    print_coverage(console(), found)
    if run.page:
        _write(run.page, _drawn(tested, found).encode())
    if run.propose:
        _propose(run.directory, ran, found)
    return run.fail_under is None or _enough(found, run.fail_under)


def _enough(found: Coverage, percents: Decimal) -> bool:
    """Whether so much is shown; what cannot be counted is not shown."""
    if found.share() * 100 < Fraction(percents):
        click.echo(f"\n{percent(*found.tally())} of all is shown, and --fail-under wants {percents} %")
    elif found.uncounted and percents:
        click.echo(f"\n--fail-under {percents} cannot be told of what is not counted: split the rules named above")
    else:
        return True
    return False


def _drawn(tested: Tested, found: Coverage) -> str:
    try:
        from linkedaccounts.workbench.coverage_page import coverage_page
    except ImportError as error:
        raise click.ClickException("a page is drawn with jinja2: install `linked-accounts[reports]`") from error
    passed = sum(result.passed for result in tested.results)
    return coverage_page(found, tested.files, tested.policy.version, passed)


def _propose(directory: Path, ran: Ran, found: Coverage) -> None:
    """Writes the missing cases, a table for each decision, beside those that are there."""
    tested = ran.tested
    if ran.bad:
        raise click.ClickException("mend the cases first: what one that fails would show is proposed as missing")
    for name, decision in sorted(tested.policy.decisions.items()):
        missing = [item for item in found.missing if item.rule.decision == name]
        if missing:
            proposed = proposed_cases(decision, missing, [result.case for result in tested.results])
            path = _free(directory / TESTS, name.replace("_", "-"))
            _write(path, proposed_table(decision, proposed).encode())
            click.echo(f"wrote {path}: {counted(len(proposed), 'case')} with today's answers, for you to read and mend")


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
