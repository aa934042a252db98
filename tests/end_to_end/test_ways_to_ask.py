"""The same running service answers callers that share nothing: its client, `buf curl` by reflection, and `h2load`."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from linkedaccounts.client import Client
from tests.end_to_end.running import COMMAND, command, environment

BUF = Path(sys.executable).with_name("buf")
METHOD = "linkedaccounts.v1.FeeQuoteService/QuoteFees"
US_AND_EU = {
    "day": "2019-09-30",
    "linked": True,
    "stores": [{"store": "US", "registered_on": "2018-01-15"}, {"store": "EU", "registered_on": "2018-01-15"}],
}


def buf_curl(target: str, method: str, data: dict[str, Any], *flags: str) -> subprocess.CompletedProcess[str]:
    url = f"http://{target}/{method}"
    arguments = [str(BUF), "curl", "--protocol", "grpc", "--http2-prior-knowledge", *flags, "-d", json.dumps(data), url]
    return subprocess.run(arguments, check=False, capture_output=True, text=True, timeout=60)


def test_buf_curl_gets_a_quote_by_reflection_alone(target: str) -> None:
    answer = json.loads(buf_curl(target, METHOD, US_AND_EU).stdout)
    assert [line["store"] for line in answer["quote"]["lines"]] == ["US", "EU"]


def test_buf_curl_is_told_every_problem_with_its_field(target: str) -> None:
    refused = buf_curl(target, METHOD, {**US_AND_EU, "day": "2019-02-30", "home_store": "XX"})
    error = json.loads(refused.stderr)
    assert error["code"] == "invalid_argument"
    assert "day" in error["message"]


def test_buf_curl_is_answered_in_chinese(target: str) -> None:
    answer = json.loads(buf_curl(target, METHOD, US_AND_EU, "-H", "accept-language: zh-CN").stdout)
    assert "联合" in answer["quote"]["lines"][0]["adjustments"][0]["message"]


def test_buf_curl_sees_the_policy(target: str, client: Client) -> None:
    answer = json.loads(buf_curl(target, "linkedaccounts.v1.PolicyService/GetPolicy", {}).stdout)
    assert answer["version"] == client.get_policy().version
    assert "fees/charging.yaml" in [file["path"] for file in answer["files"]]


@pytest.mark.skipif(not shutil.which("h2load"), reason="h2load is not installed (Debian: nghttp2-client)")
def test_h2load_gets_answers_with_the_recipe_of_the_readme(target: str, tmp_path: Path) -> None:
    body = tmp_path / "request.bin"
    framed = [*COMMAND, "quote", "US", "EU", "JP", "--on", "2019-09-30", "--wire"]
    body.write_bytes(subprocess.run(framed, capture_output=True, env=environment(), check=True, timeout=60).stdout)
    headers = ["-H", "content-type: application/grpc", "-H", "te: trailers"]
    load = ["h2load", "-n", "400", "-c", "4", "-m", "10", "-d", str(body), *headers, f"http://{target}/{METHOD}"]
    report = subprocess.run(load, capture_output=True, text=True, timeout=120, check=True).stdout
    assert "400 succeeded, 0 failed, 0 errored, 0 timeout" in report


def test_the_command_prints_the_quote_the_source_promises(target: str) -> None:
    shown = command("quote", "US", "CA", "MX", "BR", "EU", "JP", "AU", "--on", "2019-09-30", "--target", target)
    assert shown.returncode == 0, shown.stderr
    assert "39.9693" in shown.stdout
    assert "179.2520" in shown.stdout
