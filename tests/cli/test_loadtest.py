from __future__ import annotations

import json
import sys
from pathlib import Path

import orjson
import pytest
from google.protobuf.json_format import ParseDict

from linkedaccounts.loadtest.profile import default_profile
from linkedaccounts.loadtest.recorded import request_of
from linkedaccounts.loadtest.result import read_result
from linkedaccounts.policy.load import load_policy
from linkedaccounts.v1.fee_quote_service_pb2 import QuoteFeesRequest
from tests.cli.conftest import Run
from tests.client.fake_service import FakeService, echoed
from tests.policy.rule_files import RULES
from tests.workbench.many_decisions import quote_lines

SMALL = ("--rate", "100", "--arrivals", "constant", "--duration", "200ms", "--warm-up", "1s", "--connections", "2")


def test_a_load_on_a_running_service_is_measured_and_written(run: Run, service: FakeService, tmp_path: Path) -> None:
    service.quote = echoed
    out = tmp_path / "result.json"
    token = tmp_path / "token"
    token.write_text("secret\n")
    profile = ("--profile", str(a_profile(tmp_path, "bad = 0.01", "bad = 0")))
    flags = ("--errors", "0%", "--token-file", str(token), "--check", "100%", "--out", str(out))
    result = run("loadtest", "run", *SMALL, *profile, *flags)
    found = read_result(out.read_bytes())

    assert result.exit_code in {0, 3}, result.output  # 3: a busy machine sent calls late
    assert found.totals.statuses == {"OK": 20}
    assert found.checked.answers == 20
    assert "20 calls in 0.2 s" in result.output
    assert "holds  errors 0.000% <= 0.000%" in result.output


def test_a_broken_threshold_is_shown_and_ends_with_1(run: Run, service: FakeService) -> None:
    result = run("loadtest", "run", *SMALL, "--max", "1ms", "--min-rate", "1000", "--check", "0%")

    assert result.exit_code in {1, 3}, result.output
    assert "BROKEN rate" in result.output


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (("--rate", "5", "--callers", "5"), "say either --rate, for calls that come by themselves, or --callers"),
        (("--rate", "10s:5x"), "`10s:5x` is no stage; write it as in `10s:0-500,30s:500`"),
        (("--rate", "5", "--p99", "25"), "`25` is no duration; write it as in 500ms, 30s, 5m or 2h"),
        (("--rate", "5", "--errors", "1"), "`1` is no share of the calls; write it as in 0.1%"),
        (("--rate", "5", "--target", "localhost"), "`localhost` is no HOST:PORT"),
        (("--rate", "5", "--serve-flag", "--workers=2"), "--serve-flag is for the service that --self starts"),
    ],
)
def test_wrong_arguments_end_with_2_and_how_to_write_them(run: Run, flags: tuple[str, ...], said: str) -> None:
    result = run("loadtest", "run", *flags)

    assert result.exit_code == 2
    assert said in " ".join(result.output.split())


def test_a_token_does_not_go_to_another_machine_in_the_clear(run: Run, tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("secret")
    result = run("loadtest", "run", "--rate", "5", "--target", "quotes.example:443", "--token-file", str(token))

    assert result.exit_code == 2
    assert "in the clear" in result.output
    assert "secret" not in result.output


def test_a_profile_that_does_not_work_is_refused_with_every_problem(run: Run, tmp_path: Path) -> None:
    bad = a_profile(tmp_path, "bad = 0.01", "bad = 2\nworse = 1")
    result = run("loadtest", "run", "--rate", "5", "--profile", str(bad))

    assert result.exit_code == 2
    assert "calls.bad" in result.output
    assert "calls.worse" in result.output


def test_a_service_that_is_not_there_ends_with_4(run: Run) -> None:
    result = run("loadtest", "run", *SMALL, "--target", "127.0.0.1:1")

    assert result.exit_code == 4
    assert "`127.0.0.1:1` cannot be reached" in result.output


def test_what_is_not_installed_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "hpack", None)
    for module in [name for name in sys.modules if "linkedaccounts" in name and "loadtest" in name]:
        monkeypatch.delitem(sys.modules, module)
    result = run("loadtest", "run", *SMALL)

    assert result.exit_code == 1
    assert "pip install 'linked-accounts[loadtest]'" in result.output


def test_the_profile_to_begin_with_is_shown(run: Run) -> None:
    assert "[sellers.stores]" in run("loadtest", "profile").output


def test_without_a_rate_there_are_200_calls_a_second(run: Run, service: FakeService) -> None:
    result = run("loadtest", "run", *SMALL[2:], "--errors", "0.1%")

    assert "40 calls in 0.2 s" in result.output


def test_requests_for_other_tools_are_drawn_or_recorded(run: Run, tmp_path: Path) -> None:
    records = tmp_path / "a.jsonl"
    lines = list(quote_lines(load_policy(RULES), 3))
    records.write_bytes(b"".join(lines))
    drawn = run("loadtest", "requests", "--count", "30", "--seed", "2")
    replayed = run("loadtest", "requests", "--count", "2", "--replay", str(records))
    read = [[ParseDict(each, QuoteFeesRequest()) for each in json.loads(said.stdout)] for said in (drawn, replayed)]

    assert len(read[0]) == 30
    assert all(request.stores for request in read[0])
    assert read[1] == [request_of(orjson.loads(line)["facts"]) for line in lines[:2]]


def test_recorded_quotes_are_asked_for_again_and_what_cannot_be_is_said(
    run: Run, service: FakeService, tmp_path: Path
) -> None:
    service.quote = echoed
    lines = list(quote_lines(load_policy(RULES), 3))
    link = lines[0].replace(b'"decision":"quote"', b'"decision":"link"')
    records = tmp_path / "records"
    records.mkdir()
    (records / "a.jsonl").write_bytes(b"".join([*lines, link, b"{}\n"]))
    profile = ("--profile", str(a_profile(tmp_path, "bad = 0.01", "bad = 0")))
    result = run("loadtest", "run", *SMALL, *profile, "--replay", str(records))

    assert result.exit_code in {0, 3}, result.output  # 3: a busy machine sent calls late
    assert "3 recorded quotes to ask for again\n2 could not be replayed:" in result.output
    assert f"  1: `link` is no quote; the first is {records / 'a.jsonl'}:4" in result.output
    assert f"  1: the line is damaged; the first is {records / 'a.jsonl'}:5" in result.output
    asked = [request_of(orjson.loads(line)["facts"]) for line in lines]
    assert [seen.request for seen in service.seen[:6]] == [*asked, *asked]


def test_records_without_a_quote_are_a_mistake_of_use(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(b"{}\n")
    result = run("loadtest", "run", *SMALL, "--replay", str(tmp_path))

    assert result.exit_code == 2
    assert "there is no recorded quote in" in result.output


def a_profile(folder: Path, old: str, new: str) -> Path:
    file = folder / "profile.toml"
    file.write_text(default_profile().replace(old, new))
    return file
