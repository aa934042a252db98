"""Every attempt is in the audit, done or refused: who made it, what was decided, by which rules of which policy."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest

from linkedaccounts.application.asker import Asker
from linkedaccounts.application.audit import AuditEntry
from linkedaccounts.application.policy_refusal import RefusedByPolicy
from linkedaccounts.application.refusals import Refusal
from linkedaccounts.application.start_registration import RegistrationRequest
from linkedaccounts.storage.audit_trail import Sought, entries, verify
from tests.application.marketplace import AGENT, Marketplace, credentials
from tests.storage.databases import Database

Audit = Callable[[], list[AuditEntry]]


@pytest.fixture
def audit(database: Database) -> Audit:
    def read() -> list[AuditEntry]:
        with database.owning() as connection:
            verify(connection)
            return [entry for _, entry in entries(connection, Sought())]

    return read


@pytest.fixture
def market(market: Marketplace) -> Marketplace:
    market.administrator("ann", "US")
    market.administrator("ben", "EU")
    market.user("oda", us=AGENT, eu=AGENT)
    return market


def in_short(entry: AuditEntry) -> tuple[str, str, str | None]:
    return entry.action, entry.outcome, entry.actor


def attempt(use_case: Callable[[], object]) -> None:
    with suppress(Refusal, RefusedByPolicy):
        use_case()


def test_sign_ins_are_there_wrong_ones_and_those_that_came_too_early(market: Marketplace, audit: Audit) -> None:
    for _ in range(4):
        attempt(lambda: market.seller.sign_in(Asker("portal"), "wrong", credentials("ann", "wrong")))
    attempt(lambda: market.seller.sign_in(Asker("portal"), "nobody", credentials("nobody")))
    market.later(minutes=20)
    market.signed_in("ann")

    assert [in_short(entry) for entry in audit()] == [
        *[("sign_in", "refused", "ann")] * 4,
        ("sign_in", "refused", None),
        ("sign_in", "done", "ann"),
    ]


def test_what_becomes_of_a_session_is_there(market: Marketplace, audit: Audit) -> None:
    tokens = market.signed_in("ann").tokens
    portal = Asker("portal", tokens.session_token)
    market.seller.refresh_session(portal, "renew", tokens.refresh_token)
    attempt(lambda: market.seller.refresh_session(portal, "steal", tokens.refresh_token))
    market.seller.sign_out(market.asker("ann", "again"))

    assert [in_short(entry) for entry in audit()] == [
        ("sign_in", "done", "ann"),
        ("refresh_session", "done", "ann"),
        ("refresh_session", "refused", "ann"),
        ("sign_in", "done", "ann"),
        ("sign_out", "done", "ann"),
    ]


def test_links_are_there_with_every_rule_that_decided(market: Marketplace, audit: Audit) -> None:
    agent = market.asker("oda")
    attempt(lambda: market.link(agent, "us", "eu"))
    ann = market.asker("ann")
    market.seller.add_account(ann, "add", credentials("ben"))
    market.link(ann, "us", "eu", request_id="now")
    attempt(lambda: market.seller.unlink_accounts(ann, "undo", ["us"]))
    refused, _, added, linked, unlinked = audit()[1:]

    assert [in_short(entry) for entry in (refused, added, linked, unlinked)] == [
        ("link", "refused", "oda"),
        ("add_account", "done", "ann"),
        ("link", "done", "ann"),
        ("unlink", "refused", "ann"),
    ]
    assert {entry.policy_version for entry in (refused, linked, unlinked)} == {market.policy.version}
    assert refused.subjects == linked.subjects == ("eu", "us")
    assert [one.subject for one in refused.decisions] == ["eu", "us"]
    assert {rule.reason for one in refused.decisions for rule in one.rules} == {"AGENT_OF_OWNER"}
    assert {rule.id for one in linked.decisions for rule in one.rules} == {"administrator-of-the-owner-links"}
    assert (linked.caller, linked.request_id) == ("portal", "now")


def test_registrations_are_there_from_the_first_refusal_to_the_new_account(market: Marketplace, audit: Audit) -> None:
    agent = market.asker("oda")
    attempt(lambda: market.seller.start_registration(agent, "1", RegistrationRequest("MX", business_type="company")))
    ann = market.asker("ann")
    view = market.seller.start_registration(ann, "1", RegistrationRequest("MX", business_type="company"))
    answers = {one.detail.id: one.detail.example for one in view.requested}
    market.seller.save_registration_details(ann, "2", view.registration.id, answers)
    done = market.seller.complete_registration(ann, "3", view.registration.id, {})

    assert [in_short(entry) for entry in audit() if entry.action != "sign_in"] == [
        ("start_registration", "refused", "oda"),
        ("start_registration", "done", "ann"),
        ("save_registration_details", "done", "ann"),
        ("register", "done", "ann"),
    ]
    assert done.created.account.account.id in audit()[-1].subjects
    assert [one.subject for one in audit()[-1].decisions] == ["MX"]


def test_a_repetition_is_no_new_attempt(market: Marketplace, audit: Audit) -> None:
    ann = market.asker("ann")
    for _ in range(3):
        attempt(lambda: market.link(ann, "us"))
        market.seller.add_account(ann, "add", credentials("ben"))
        market.link(ann, "us", "eu", request_id="now")

    assert [entry.action for entry in audit() if entry.outcome == "done"] == ["sign_in", "add_account", "link"]
