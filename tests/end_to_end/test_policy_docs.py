"""The site of `policy docs`, and its form, which asks a running service."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from linkedaccounts.cli.asking import Service
from linkedaccounts.cli.policy.docs_server import docs_server
from tests.end_to_end.running import ROOT, command


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("site")
    written = command("policy", "docs", str(ROOT / "rules"), "--out", str(directory), "--on", "2019-09-30")
    assert written.returncode == 0, written.stderr
    return directory


@pytest.fixture(scope="module")
def address(site: Path, target: str) -> Iterator[str]:
    with docs_server(site, 0, Service(target, None, 30, "en")) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def ask(address: str, method: str, content: object, kind: str = "application/json") -> tuple[int, dict[str, object]]:
    headers = {"content-type": kind, "accept-language": "zh-CN"}
    try:
        with urlopen(Request(f"{address}/ask/{method}", json.dumps(content).encode(), headers), timeout=30) as answer:
            return answer.status, json.load(answer)
    except HTTPError as error:
        body = error.read()
        return error.code, json.loads(body) if error.headers.get_content_type() == "application/json" else {}


def test_the_pages_are_shown(address: str) -> None:
    with urlopen(f"{address}/en/index.html", timeout=30) as page:
        assert "What the rules say" in page.read().decode()


def test_the_form_gets_the_services_quote_in_the_pages_language(address: str) -> None:
    stores = [{"store": store, "registeredOn": "2018-01-15"} for store in ("US", "EU", "JP")]
    status, answer = ask(address, "QuoteFees", {"day": "2019-09-30", "linked": True, "explain": True, "stores": stores})

    assert status == 200
    quote: object = answer["quote"]
    assert "每月合计最多支付 39.99 USD" in json.dumps(quote, ensure_ascii=False)


def test_the_form_is_told_why_somebody_may_not_link(address: str) -> None:
    accounts = [{"store": store, "role": "ROLE_MEMBER"} for store in ("US", "EU")]
    status, answer = ask(address, "CheckEligibility", {"action": "ACTION_LINK", "accounts": accounts})

    assert (status, answer["allowed"]) == (200, False)


@pytest.mark.parametrize(
    ("method", "content", "kind", "status"),
    [
        ("QuoteFees", {"stores": [{"store": "XX", "registeredOn": "2018-01-15"}]}, "application/json", 400),
        ("QuoteFees", {"no such field": 1}, "application/json", 400),
        ("QuoteFees", {}, "text/plain", 404),
        ("UnlinkAccounts", {}, "application/json", 404),
    ],
    ids=[
        "a store that there is not",
        "no request of the contract",
        "what another site's page can send",
        "another method",
    ],
)
def test_anything_else_is_refused(address: str, method: str, content: object, kind: str, status: int) -> None:
    assert ask(address, method, content, kind)[0] == status
