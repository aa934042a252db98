"""What a newcomer sees; the lines it is shown must work as they stand."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

from linkedaccounts.cli import welcome as newcomer
from linkedaccounts.cli.asking import Service
from linkedaccounts.client import to_decimal
from linkedaccounts.client.connection import DEFAULT_TARGET
from linkedaccounts.v1.fee_quote_service_pb2 import FeeQuote
from tests.cli.conftest import Run
from tests.client.fake_service import FakeService


def test_a_newcomer_sees_the_quote_of_the_seven_stores(
    service: FakeService, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = Service(service.target, None, 30, "en")
    with asked.client() as client:
        newcomer.show_quote(client, asked)
    shown = capsys.readouterr().out + newcomer.how_to_call(service.target)
    assert [store.store for store in service.seen[0].request.stores] == ["US", "CA", "MX", "BR", "EU", "JP", "AU"]
    assert service.seen[0].request.day == "2019-09-30"
    assert "39.9693" in shown
    assert "179.2520" in shown
    assert "Ctrl-C" in shown


def test_the_python_shown_works(service: FakeService, seven_stores: FeeQuote) -> None:
    out = StringIO()
    with redirect_stdout(out):
        exec(newcomer.python_snippet(service.target), {})
    assert out.getvalue() == f"{to_decimal(seven_stores.total.charge)} USD\n"
    assert [store.store for store in service.seen[0].request.stores] == ["US", "CA"]


def test_the_command_shown_works(run: Run, service: FakeService) -> None:
    _, *arguments = newcomer.command_line(service.target).split()
    assert run(*arguments).exit_code == 0
    assert service.seen[0].request.day == "2019-09-30"


def test_the_command_names_the_address_only_if_it_must() -> None:
    assert "--target" not in newcomer.command_line(DEFAULT_TARGET)


def test_the_line_with_buf_works(service: FakeService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(sys.prefix)
    answer = subprocess.run(
        ["/bin/sh", "-c", newcomer.buf_line(service.target)], check=True, capture_output=True, text=True
    )
    lines = json.loads(answer.stdout)["quote"]["lines"]
    assert [line["store"] for line in lines] == ["US", "CA"]


def test_programs_are_named_by_their_path_from_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "buf").touch()
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert newcomer.program("buf") == "bin/buf"
    assert newcomer.program("linked-accounts") == "linked-accounts"


def test_a_service_that_does_not_answer_ends_the_welcome_with_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        newcomer.welcome("127.0.0.1:1")
    assert ended.value.code == 4
    assert "No answer from 127.0.0.1:1" in capsys.readouterr().err
