"""`billing statement` and `billing upcoming`, on a database."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from linkedaccounts.cli.main import main
from linkedaccounts.domain.text import LANGUAGES
from tests.statements.seller import MONTH, Seller


def run(seller: Seller, *arguments: str) -> Result:
    environment = {"COLUMNS": "120"}
    return CliRunner().invoke(main, ["billing", *arguments, "--database", f"sqlite:///{seller.path}"], env=environment)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_statement_is_a_table_unless_files_are_asked_for(seller: Seller, language: str) -> None:
    said = run(seller, "statement", "acct-jp", MONTH, "--language", language)

    assert said.exit_code == 0, said.output
    assert "876 JPY" in said.output
    assert "-107.89 MXN" in said.output


def test_a_statement_is_written_as_a_page_and_a_pdf_and_again_the_same(seller: Seller, tmp_path: Path) -> None:
    written = []
    for name, account in (("one", "acct-jp"), ("two", "acct-us")):
        html, pdf = tmp_path / f"{name}.html", tmp_path / f"{name}.pdf"
        said = run(seller, "statement", account, MONTH, "--html", str(html), "--pdf", str(pdf))
        assert said.exit_code == 0, said.output
        written.append((html.read_bytes(), pdf.read_bytes()))

    assert written[0] == written[1]
    assert written[0][1].startswith(b"%PDF-")


def test_json_has_what_the_page_has(seller: Seller) -> None:
    content = json.loads(run(seller, "statement", "acct-us", MONTH, "--json").stdout)

    assert content["seller"] == "seller-7f3a"
    assert [row["closing"] for row in content["sums"] if row["currency"] == "JPY"] == ["3,484"]
    assert [one["facts"]["note"] for one in content["transactions"] if one["kind"] == "reversal"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [(("acct-us", "2019-13"), "2019-13"), (("nobody", MONTH), "nobody")],
    ids=["no month", "no account"],
)
def test_what_cannot_be_shown_is_said_in_one_sentence(
    seller: Seller, arguments: tuple[str, str], sentence: str
) -> None:
    said = run(seller, "statement", *arguments)

    assert said.exit_code == 2
    assert sentence in said.output


def test_without_its_package_a_pdf_is_refused_with_the_remedy(
    seller: Seller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "linkedaccounts.statements.pdf_page", raising=False)
    monkeypatch.setitem(sys.modules, "reportlab.lib.colors", None)
    said = run(seller, "statement", "acct-us", MONTH, "--pdf", str(tmp_path / "s.pdf"))

    assert said.exit_code == 1
    assert "pip install 'linked-accounts[reports]'" in said.output


def test_upcoming_writes_a_page(seller: Seller, tmp_path: Path) -> None:
    page = tmp_path / "next.html"
    said = run(seller, "upcoming", "acct-us", "--html", str(page), "--on", "2019-06-10")

    assert said.exit_code == 0, said.output
    assert "107.32" in page.read_text("utf-8")


def test_a_file_that_cannot_be_written_is_named(seller: Seller, tmp_path: Path) -> None:
    said = run(seller, "statement", "acct-us", MONTH, "--html", str(tmp_path / "none" / "s.html"))

    assert said.exit_code == 1
    assert "cannot write" in said.output
