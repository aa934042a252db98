"""The whole way of the source through a running service, by the public client and by `buf curl`."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from linkedaccounts.cli.sample_company import Attempt
from linkedaccounts.client import Client, NotSignedIn, RefusedByPolicy, SellerSession, to_decimal
from tests.end_to_end.lantern import COMPANY, EU, JP, PASSWORD, US, serving_the_company
from tests.end_to_end.running import command, free_port, serving
from tests.end_to_end.test_ways_to_ask import buf_curl

PICKED = ["lantern-us", "lantern-eu"]


@pytest.fixture
def target(tmp_path: Path) -> Iterator[str]:
    with serving_the_company(tmp_path) as address:
        yield address


@pytest.fixture
def client(target: str) -> Iterator[Client]:
    with Client(target, timeout=30) as client:
        yield client


def stores(session: SellerSession) -> list[str]:
    return [account.store for account in session.accounts()]


def test_the_whole_way_by_the_client(client: Client) -> None:
    session = client.sign_in(US, PASSWORD)
    session.add_account(EU, PASSWORD)
    preview = session.preview_link(PICKED)
    assert (preview.allowed, preview.permanent) == (True, True)
    group = session.link_accounts(PICKED, accept_permanence=True).group
    assert [account.store for account in group.accounts] == ["EU", "US"]

    other = client.sign_in(EU, PASSWORD)
    assert stores(session) == stores(other) == ["EU", "US"]

    registration = other.start_registration("MX", business_type="company")
    details = {detail.id: detail.example for detail in registration.details}
    done = other.complete_registration(registration.id, details)
    assert [account.store for account in done.group.accounts] == ["EU", "MX", "US"]
    assert stores(session) == ["EU", "MX", "US"]

    first_months = {line.store: line.first_month for line in session.quote_fees().lines}
    assert first_months["MX"]
    assert to_decimal(session.preview_link(PICKED).fees_afterwards.total.charge) < 40


def called(target: str, method: str, data: dict[str, Any], token: str = "") -> dict[str, Any]:
    """What `buf curl` prints; the answer, or else the error."""
    flags = ("-H", f"x-session-token: {token}") if token else ()
    result = buf_curl(target, f"linkedaccounts.v1.{method}", data, *flags)
    answer: dict[str, Any] = json.loads(result.stdout or result.stderr)
    return answer


def test_the_whole_way_by_buf_curl(target: str) -> None:
    signed_in = called(target, "AccountService/SignIn", {"request_id": "1", "email": US, "password": PASSWORD})
    token = signed_in["tokens"]["sessionToken"]

    def call(method: str, **data: Any) -> dict[str, Any]:
        return called(target, method, data, token)

    call("LinkingService/AddAccount", request_id="2", email=JP, password=PASSWORD)
    picked = ["lantern-us", "lantern-jp"]
    assert call("LinkingService/PreviewLink", account_ids=picked)["allowed"] is True
    link = {"request_id": "3", "account_ids": picked}
    assert call("LinkingService/LinkAccounts", **link)["code"] == "invalid_argument"
    linked = call("LinkingService/LinkAccounts", **link, accept_permanence=True)
    assert [account["store"] for account in linked["group"]["accounts"]] == ["JP", "US"]
    session = call("AccountService/GetSession")["session"]
    assert [account["store"] for account in session["accounts"]] == ["JP", "US"]

    company = {"store": "MX", "business_type": "BUSINESS_TYPE_COMPANY"}
    registration = call("RegistrationService/StartRegistration", request_id="4", **company)["registration"]
    given = {
        "registration_id": registration["id"],
        "details": {detail["id"]: detail["example"] for detail in registration["details"]},
    }
    done = call("RegistrationService/CompleteRegistration", request_id="5", **given)
    assert done["account"]["store"] == "MX"
    lines = {line["store"]: line for line in call("FeeQuoteService/QuoteSellerFees")["quote"]["lines"]}
    assert lines["MX"]["firstMonth"] is True
    assert call("LinkingService/UnlinkAccounts", request_id="6", account_ids=picked)["code"] == "permission_denied"
    assert called(target, "AccountService/GetSession", {})["code"] == "unauthenticated"


REFUSED = {
    "a member": {"NOT_ADMINISTRATOR"},
    "a web agency's user": {"AGENT_OF_OWNER"},
    "somebody whose role is not known": {"NOT_ESTABLISHED"},
    "the administrator, with a suspended account": {"ACCOUNT_SUSPENDED"},
    "the administrator, with a closed account": {"ACCOUNT_CLOSED"},
    "the administrator, with a second account in one store": {"STORE_SHARED"},
    "the administrator, with one account alone": {"ONE_ACCOUNT_ONLY"},
}


def refused(client: Client, attempt: Attempt) -> set[str]:
    """The reasons, which are given in both languages."""
    session = client.sign_in(attempt.email, PASSWORD)
    for email in attempt.adds:
        session.add_account(email, PASSWORD)
    refusals = []
    for language in ("en", "zh-CN"):
        with pytest.raises(RefusedByPolicy) as refusal:
            session.link_accounts(attempt.picks, accept_permanence=True, language=language)
        refusals.append(refusal.value)
    english, chinese = refusals
    assert english.localized.isascii()
    assert not chinese.localized.isascii()
    reasons = {reason.reason for reason in english.reasons}
    assert reasons == {reason.reason for reason in chinese.reasons}
    return reasons


def test_each_refusal_says_its_reason_in_both_languages(client: Client) -> None:
    assert {attempt.who: refused(client, attempt) for attempt in COMPANY.refused} == REFUSED


def test_nothing_that_is_secret_or_personal_is_logged_counted_or_said(tmp_path: Path) -> None:
    metrics = free_port()
    said: list[str] = []
    with (
        serving_the_company(tmp_path, "--metrics-port", str(metrics), "--log-level", "debug") as target,
        Client(target, timeout=30) as client,
    ):
        session = client.sign_in(US, PASSWORD)
        tokens = session.tokens
        session.add_account(EU, PASSWORD)
        session.link_accounts(PICKED, accept_permanence=True)
        registration = session.start_registration("MX", business_type="company")
        details = {detail.id: detail.example for detail in registration.details}
        session.save_registration_details(registration.id, details)
        for email, password in ((US, "wrong secret"), ("nobody@nowhere.example", PASSWORD)):
            with pytest.raises(NotSignedIn) as wrong:
                client.sign_in(email, password)
            said.append(f"{wrong.value} {wrong.value.metadata} {wrong.value.localized}")
        with urllib.request.urlopen(f"http://127.0.0.1:{metrics}/metrics", timeout=30) as page:
            said.append(page.read().decode())
    said.append((tmp_path / "service.log").read_text("utf-8"))

    everything = "\n".join(said).lower()
    told = [US, EU, "nobody@", "lantern.example", PASSWORD, "wrong secret", *details.values()]
    secrets = [*told, tokens.session_token, tokens.refresh_token]
    assert [secret for secret in secrets if len(secret) > 4 and secret.lower() in everything] == []
    assert "signin" in everything


def test_the_audit_holds_the_attempts_and_is_whole(tmp_path: Path) -> None:
    with serving_the_company(tmp_path) as target, Client(target, timeout=30) as client:
        session = client.sign_in(US, PASSWORD)
        session.add_account(EU, PASSWORD)
        session.link_accounts(PICKED, accept_permanence=True)
        with pytest.raises(RefusedByPolicy):
            session.unlink_accounts(["lantern-us"])
    verified = command("audit", "verify", "--data-dir", str(tmp_path))
    shown = command("audit", "show", "--json", "--data-dir", str(tmp_path)).stdout

    assert verified.returncode == 0, verified.stderr
    entries = [json.loads(line) for line in shown.splitlines()]
    assert [(entry["action"], entry["outcome"]) for entry in entries] == [
        ("import_accounts", "done"),
        ("sign_in", "done"),
        ("add_account", "done"),
        ("link", "done"),
        ("unlink", "refused"),
    ]
    assert US not in shown


def test_sessions_survive_a_restart(tmp_path: Path) -> None:
    with serving_the_company(tmp_path) as target, Client(target, timeout=30) as client:
        tokens = client.sign_in(US, PASSWORD).tokens
    with serving(tmp_path) as target, Client(target, timeout=30) as client:
        assert stores(client.resume_session(tokens)) == ["US"]
