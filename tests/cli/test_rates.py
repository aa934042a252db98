"""`linked-accounts rates` shows and refreshes the rates, and says in its exit code what happened."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from linkedaccounts.cli import rates as rates_module
from linkedaccounts.cli.rates import rates
from linkedaccounts.storage.ecb_file import EcbRows
from linkedaccounts.storage.kept_rate_book import KeptRateBook
from linkedaccounts.storage.packaged_rate_book import packaged_rate_book

TODAY = str(packaged_rate_book().last_day + timedelta(days=1))
Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("LINKED_ACCOUNTS_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("LINKED_ACCOUNTS_RATES_SOURCE", raising=False)
    monkeypatch.setattr(rates_module, "_today", lambda: date.fromisoformat(TODAY))
    return lambda *arguments: CliRunner().invoke(rates, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def packaged_lines() -> list[str]:
    book = packaged_rate_book()
    rows = book._rows
    assert isinstance(rows, EcbRows)
    return [f"Date,{','.join(rows._columns)}", *(f"{day}{rows._texts[day]}" for day in reversed(book.days))]


@pytest.fixture
def published(tmp_path: Path, packaged_lines: list[str]) -> Path:
    """The packaged history, one day longer."""
    newest = packaged_lines[1].partition(",")[2]
    path = tmp_path / "published.csv"
    path.write_text("\n".join([packaged_lines[0], f"{TODAY},{newest}", *packaged_lines[1:], ""]), "utf-8")
    return path


def test_a_refresh_says_what_is_new(run: Run, published: Path) -> None:
    done = run("refresh", published)
    last = packaged_rate_book().last_day
    assert done.exit_code == 0
    assert done.stdout.splitlines() == [
        f"rates replaced: they ended on {last} and end on {TODAY}",
        "1 day added; currencies added: none",
    ]


def test_a_refresh_is_kept_for_the_service_that_has_the_same_data_directory(
    run: Run, published: Path, tmp_path: Path
) -> None:
    run("refresh", published)
    book = KeptRateBook(tmp_path / "data").load()
    assert book is not None
    assert book.last_day.isoformat() == TODAY
    assert run("refresh", published).stdout == f"up to date already: the rates end on {TODAY}\n"


def test_the_source_comes_from_the_setting_if_none_is_given(
    run: Run, published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINKED_ACCOUNTS_RATES_SOURCE", str(published))
    assert run("refresh").stdout.startswith("rates replaced")


def test_corrections_are_shown(run: Run, published: Path) -> None:
    published.write_text(published.read_text("utf-8").replace("2019-09-30,1.0889,", "2019-09-30,1.0890,"), "utf-8")
    assert run("refresh", published).stdout.splitlines()[-1] == "corrected: 2019-09-30 USD 1.0889 → 1.0890"


def test_more_corrections_than_allowed_are_refused(run: Run, published: Path) -> None:
    published.write_text(published.read_text("utf-8").replace("2019-09-30,1.0889,", "2019-09-30,1.0890,"), "utf-8")
    refused = run("refresh", "--corrections-allowed", "0", published)
    assert refused.exit_code == 4
    assert "it changes 1 figures of the current book" in refused.stderr


def test_a_file_that_cannot_be_had_is_exit_code_3(run: Run, tmp_path: Path) -> None:
    failed = run("refresh", tmp_path / "none.csv")
    assert failed.exit_code == 3
    assert failed.stderr == f"the rates are not replaced:\n  {tmp_path}/none.csv: No such file or directory\n"


def test_a_broken_file_is_exit_code_4_and_replaces_nothing(run: Run, published: Path, tmp_path: Path) -> None:
    text = published.read_text("utf-8").replace(f"{TODAY},", f"{TODAY},x", 1)
    published.write_text(text.replace("2019-09-30,1.0889,", "2019-09-30,0,"), "utf-8")
    refused = run("refresh", published)
    number = text[: text.index("2019-09-30,")].count("\n") + 1
    assert refused.exit_code == 4
    assert [line.split(": `")[0] for line in refused.stderr.splitlines()] == [
        "the rates are not replaced:",
        "  line 2, column USD",
        f"  line {number}, column USD",
    ]
    assert KeptRateBook(tmp_path / "data").load() is None


def test_a_file_that_lacks_days_is_refused_with_each_reason(run: Run, published: Path) -> None:
    lines = published.read_text("utf-8").splitlines(keepends=True)
    published.write_text("".join([lines[0], *lines[3:]]), "utf-8")
    refused = run("refresh", published)
    assert refused.exit_code == 4
    assert len(refused.stderr.splitlines()) == 3
    assert "it ends on" in refused.stderr
    assert "it lacks days of the current book" in refused.stderr


def test_a_data_directory_that_cannot_be_written_is_exit_code_5(run: Run, published: Path) -> None:
    failed = run("refresh", "--data-dir", published, published)
    assert failed.exit_code == 5
    assert "no rate book can be kept in" in failed.stderr


def test_wrong_settings_are_exit_code_2(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINKED_ACCOUNTS_PORT", "many")
    assert run("refresh").exit_code == 2
    assert run("refresh", "--corrections-allowed", "-1").exit_code == 2


def test_the_exit_codes_are_documented(run: Run) -> None:
    text = run("refresh", "--help").stdout
    assert [code for code in "02345" if f"{code} " in text.partition("Exit codes:")[2]] == list("02345")


def test_show_names_the_book_and_the_rates_of_a_day(run: Run) -> None:
    shown = run("show", "--on", "2019-09-29", "usd", "JPY").stdout
    assert "book: the one that came with the service" in shown
    assert f"days: 1999-01-04 through {packaged_rate_book().last_day}" in shown
    assert "on 2019-09-29:" in shown
    assert [line.split()[1::2] for line in shown.splitlines() if "2019-09-27" in line] == [
        ["USD", "1.0935", "2019-09-27"],
        ["JPY", "118.21", "2019-09-27"],
    ]


def test_show_has_every_currency_of_the_newest_day_if_none_is_named(run: Run) -> None:
    book = packaged_rate_book()
    shown = run("show").stdout
    assert [line.split()[1] for line in shown.splitlines() if str(book.last_day) in line and "│" in line] == sorted(
        book.per_base(book.last_day)
    )


def test_show_names_the_kept_book_and_marks_an_estimate(run: Run, published: Path, tmp_path: Path) -> None:
    run("refresh", published)
    shown = run("show", "--on", "2999-01-01", "USD").stdout
    assert f"book: {tmp_path}/data/rates/eurofxref-hist.csv" in shown
    assert f"through {TODAY}, 0 days ago" in shown
    assert "on 2999-01-01, an estimate: the last rates stand in:" in shown


def test_show_names_a_currency_that_there_is_no_rate_for(run: Run) -> None:
    failed = run("show", "--on", "2019-09-30", "XXX")
    assert failed.exit_code == 1
    assert "no rate for XXX on 2019-09-30" in failed.stderr


def test_a_damaged_kept_file_is_warned_of_and_passed_over(run: Run, tmp_path: Path) -> None:
    (tmp_path / "data" / "rates").mkdir(parents=True)
    (tmp_path / "data" / "rates" / "eurofxref-hist.csv").write_text("damaged\n", "utf-8")
    shown = run("show", "USD")
    assert shown.exit_code == 0
    assert shown.stderr.startswith("warning: kept rates damaged: ")
    assert "book: the one that came with the service" in shown.stdout
