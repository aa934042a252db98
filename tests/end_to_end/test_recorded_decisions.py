"""What a service recorded while it served comes out the same afterwards, and is judged by other rules."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from linkedaccounts.client import Account, Client
from tests.end_to_end.running import ROOT, command, serving

SELLER = [Account("US", "2018-01-15"), Account("EU", "2018-01-15"), Account("JP", "2018-01-15")]
FLAGS = ("--workers", "2", "--record-share", "1")


def test_what_was_recorded_replays_and_backtests(tmp_path: Path) -> None:
    data, rules = tmp_path / "data", Path(shutil.copytree(ROOT / "rules", tmp_path / "rules"))
    data.mkdir()
    with serving(data, "--rules", str(rules), *FLAGS) as target, Client(target, timeout=30) as client:
        version = client.quote_fees(SELLER, day="2019-09-30").policy_version
        for day in ("2019-09-29", "2026-01-15"):
            client.quote_fees(SELLER, day=day)
    plans = rules / "fees" / "plans.yaml"
    plans.write_text(plans.read_text("utf-8").replace("39.99 USD", "50.00 USD"), "utf-8")

    lines = [json.loads(line) for file in (data / "decisions").iterdir() for line in file.read_bytes().splitlines()]
    assert {line["policy_version"] for line in lines} == {version}
    assert {line["method"] for line in lines} == {"/linkedaccounts.v1.FeeQuoteService/QuoteFees"}
    replayed = command("policy", "replay", str(data / "decisions"), "--archive", str(data / "policies"))
    assert replayed.stdout.startswith("3 decisions replayed by 1 policy: all the same, bit for bit")
    assert replayed.returncode == 0
    tried = command("policy", "backtest", str(data / "decisions"), "--candidate", str(rules), "--max-cost", "USD:10")
    assert "3 change (100.00%)" in tried.stdout
    assert tried.returncode == 1
