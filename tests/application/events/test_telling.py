"""Each use case tells what it did, within the transaction in which it did it, and nothing if it did nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from linkedaccounts.application.billing.ports import Charged as ChargedSlice
from linkedaccounts.application.billing.ports import DueCycle, SetAside
from linkedaccounts.application.policy_refusal import RefusedByPolicy
from linkedaccounts.application.refusals import InvalidRequest, NotAsThingsStand, NotFound
from linkedaccounts.application.set_account_status import SetAccountStatus
from linkedaccounts.application.start_registration import RegistrationRequest
from linkedaccounts.domain.events import Charged, Event, EventKind, Linked, Registered, StatusChanged
from linkedaccounts.domain.money import Currency, Money
from linkedaccounts.domain.rates import RateBook
from linkedaccounts.policy.policy import Policy
from linkedaccounts.storage.event_log import SqlEventLog
from linkedaccounts.storage.faults import StorageFailed
from linkedaccounts.storage.packaged_rate_book import packaged_rate_book
from linkedaccounts.storage.policies_noted import SqlPoliciesNoted
from linkedaccounts.storage.sql_storage import SqlStorage
from tests.application.billing.billed_market import LONG_AGO, BilledMarket, changed_policy, moment
from tests.application.marketplace import MORNING, Marketplace, credentials

MEXICO = RegistrationRequest("MX", business_type="company", selling_plan="professional")
USD = Currency("USD", 2)


def told(storage: SqlStorage, *without: EventKind) -> list[Event]:
    log = SqlEventLog(storage)
    newest = log.extent().newest
    return [placed.event for placed in log.after(0, newest) if placed.event.kind not in without]


@pytest.fixture
def billed(storage: SqlStorage, default_policy: Policy) -> BilledMarket:
    return BilledMarket(storage, default_policy)


@pytest.fixture
def linking(market: Marketplace) -> Marketplace:
    """Ann administers accounts in the US and in Europe, and has added the second one to her session."""
    market.administrator("ann", "US")
    market.administrator("ben", "EU")
    return market


def test_a_link_tells_the_group_and_who_joined_it(linking: Marketplace, storage: SqlStorage) -> None:
    ann = linking.asker("ann")
    linking.seller.add_account(ann, "add", credentials("ben"))
    linked = linking.link(ann, "us", "eu")

    group = linked.group.id
    assert told(storage) == [Event(group, MORNING, Linked(group, (("eu", "EU"), ("us", "US")), ("eu", "us"), ()))]


def test_a_link_of_two_groups_tells_which_one_goes_on(market: Marketplace, storage: SqlStorage) -> None:
    for name, store in (("ann", "US"), ("ben", "EU"), ("cat", "JP"), ("dan", "AU")):
        market.administrator(name, store)
    for one, other, first, second in (("ann", "ben", "us", "eu"), ("cat", "dan", "jp", "au")):
        asker = market.asker(one, f"sign-in {one}")
        market.seller.add_account(asker, f"add {other}", credentials(other))
        market.link(asker, first, second, request_id=f"link {one}")
    ann = market.asker("ann", "again")
    market.seller.add_account(ann, "add cat", credentials("cat"))
    market.link(ann, "us", "jp", request_id="both")

    one_group, other_group, both = (event.what for event in told(storage))
    assert isinstance(one_group, Linked)
    assert isinstance(other_group, Linked)
    assert isinstance(both, Linked)
    assert {both.group, *both.merged} == {one_group.group, other_group.group}
    assert (both.joined, both.accounts) == ((), ("au", "eu", "jp", "us"))


def test_a_request_that_is_repeated_is_told_once(linking: Marketplace, storage: SqlStorage) -> None:
    ann = linking.asker("ann")
    linking.seller.add_account(ann, "add", credentials("ben"))
    linking.link(ann, "us", "eu")
    linking.link(ann, "us", "eu")

    assert len(told(storage)) == 1


def test_a_link_that_the_policy_refuses_is_told_to_nobody(linking: Marketplace, storage: SqlStorage) -> None:
    ann = linking.asker("ann")
    linking.seller.add_account(ann, "add", credentials("ben"))
    linking.storage.write(lambda tx: tx.set_status("eu", "suspended", linking.now))
    with pytest.raises(RefusedByPolicy):
        linking.link(ann, "us", "eu")

    assert told(storage) == []


def test_a_registration_tells_the_new_account_and_then_its_link(linking: Marketplace, storage: SqlStorage) -> None:
    ann = linking.asker("ann")
    view = linking.seller.start_registration(ann, "1", MEXICO)
    details = {one.detail.id: one.detail.example for one in view.requested}
    with pytest.raises(InvalidRequest):
        linking.seller.complete_registration(ann, "2", view.registration.id, {})
    assert told(storage) == []

    done = linking.seller.complete_registration(ann, "3", view.registration.id, details)

    new, group = done.created.account.account.id, done.created.group.id
    registered = Registered(new, "MX", MORNING.date(), "us", view.registration.id)
    members = ((new, "MX"), ("us", "US"))
    assert told(storage) == [
        Event("us", MORNING, registered),
        Event(group, MORNING, Linked(group, members, tuple(sorted((new, "us"))), ())),
    ]


def test_a_status_is_told_if_it_changed(linking: Marketplace, storage: SqlStorage) -> None:
    set_status = SetAccountStatus(storage, lambda: linking.now)
    set_status("us", "suspended")
    set_status("us", "suspended")
    with pytest.raises(NotFound):
        set_status("nobody", "suspended")

    assert told(storage) == [Event("us", MORNING, StatusChanged("us", "US", "active", "suspended"))]


def test_a_charge_is_told_with_its_day_however_late_it_is_made(billed: BilledMarket, storage: SqlStorage) -> None:
    billed.account("us", "US", "2019-03-10")
    billed.account("alone", "US", "2019-03-10")
    billed.account("jp", "JP", "2019-03-11")
    billed.run("2019-03-10")
    billed.link("g", "2019-03-25", "us", "jp")
    billed.run("2019-04-10", now="2019-06-01T00:00:00")

    late = {event.seller: event for event in told(storage) if event.at == datetime(2019, 4, 10, tzinfo=UTC)}
    assert {seller: event.what.accounts for seller, event in late.items()} == {"g": ("us",), "alone": ("alone",)}
    what, charge = late["g"].what, billed.charge("us", "2019-04-10")
    assert isinstance(what, Charged)
    assert what.day == date(2019, 4, 10)
    assert [(each.transaction, each.amount, each.of) for each in what.charges] == [(charge.id, charge.amount, None)]


def test_what_was_set_aside_is_told_when_it_is_charged_by_seller_and_day(
    billed: BilledMarket, storage: SqlStorage
) -> None:
    whole = packaged_rate_book()
    billed.book = RateBook(whole.base, [day for day in whole.days if day < date(2019, 5, 20)], whole._rows)
    billed.account("us", "US", "2018-03-20")
    billed.account("jp", "JP", "2018-03-20")
    billed.link("g", "2018-03-25", "us", "jp")
    billed.run("2019-05-20")
    assert told(storage, EventKind.POLICY_CHANGED) == []

    billed.book = whole
    billed.run("2019-05-20")
    (event,) = told(storage, EventKind.POLICY_CHANGED)
    assert (event.seller, event.what.accounts) == ("g", ("jp", "us"))


def test_every_charge_of_the_ledger_is_told_once_whatever_runs_repeat(
    billed: BilledMarket, storage: SqlStorage
) -> None:
    billed.account("us", "US", "2019-03-10")
    billed.account("jp", "JP", "2019-03-20")
    billed.link("g", "2019-03-25", "us", "jp")
    for day in ("2019-03-10", "2019-04-20", "2019-04-20", "2019-05-10"):
        billed.run(day)

    ids = [
        each.transaction for event in told(storage) if isinstance(event.what, Charged) for each in event.what.charges
    ]
    assert sorted(ids) == sorted(one.id for one in billed.ledger())
    assert len(ids) == 5


def test_a_slice_whose_last_statement_fails_tells_nothing(billed: BilledMarket, storage: SqlStorage) -> None:
    billed.account("us", "US", "2019-03-10")
    billed.now = moment("2019-03-12")
    billed.runs.plan(date(2019, 3, 10))
    nobody = SetAside("nobody", "nobody", "US", date(2019, 3, 10), "RATES_NOT_PUBLISHED", ())

    def with_one_that_cannot_be_kept(due: Sequence[DueCycle]) -> ChargedSlice:
        return ChargedSlice(billed.runs._charge(due).booked, (nobody,))

    with pytest.raises(StorageFailed):
        billed.billing.charge_slice(with_one_that_cannot_be_kept, date(2019, 3, 10))

    assert (told(storage, EventKind.POLICY_CHANGED), billed.ledger()) == ([], [])


def test_refunds_and_reversals_are_told_with_the_charge_that_they_are_of(
    billed: BilledMarket, storage: SqlStorage
) -> None:
    billed.account("us", "US", "2019-03-10")
    billed.run("2019-03-10")
    billed.run("2019-04-10")
    first, second = billed.charge("us", "2019-03-10"), billed.charge("us", "2019-04-10")
    refund, _ = billed.refund("r1", first.id, Money(500, USD))
    billed.refund("r1", first.id, Money(500, USD))
    with pytest.raises(NotAsThingsStand):
        billed.refund("r2", first.id, Money(999_99, USD))
    reversal = billed.reverse(second.id)

    given = told(storage, EventKind.POLICY_CHANGED, EventKind.CHARGED)
    assert [(event.kind, event.seller, event.at) for event in given] == [
        (EventKind.REFUNDED, "us", billed.now),
        (EventKind.REVERSED, "us", billed.now),
    ]
    told_refund, told_reversal = given[0].what.refund, given[1].what.reversal  # type: ignore[union-attr]
    assert (told_refund.transaction, told_refund.of, told_refund.amount) == (refund.id, first.id, Money(-500, USD))
    assert (told_reversal.transaction, told_reversal.of) == (reversal.id, second.id)
    assert told_reversal.amount == Money(-second.amount.minor, USD)


def test_a_refund_after_a_link_is_told_of_the_group(billed: BilledMarket, storage: SqlStorage) -> None:
    billed.account("us", "US", "2019-03-10")
    billed.account("jp", "JP", "2019-03-20")
    billed.run("2019-03-10")
    billed.link("g", "2019-03-25", "us", "jp")
    billed.refund("r1", billed.charge("us", "2019-03-10").id, None)

    assert [event.seller for event in told(storage) if event.kind is EventKind.REFUNDED] == ["g"]


def test_a_policy_is_told_when_it_is_noted_and_only_if_it_is_another(
    storage: SqlStorage, default_policy: Policy, tmp_path: Path
) -> None:
    other = changed_policy(tmp_path, "catalogue/stores.yaml", ("fee: 39.99 USD", "fee: 59.99 USD"))
    noted = SqlPoliciesNoted(storage)
    for hours, policy in enumerate([default_policy, default_policy, other, default_policy]):
        noted.note_policy(policy.version, policy.files, LONG_AGO + timedelta(hours=hours))

    versions = [(event.seller, event.what.before, event.what.version) for event in told(storage)]  # type: ignore[union-attr]
    one, two = default_policy.version, other.version
    assert versions == [("", None, one), ("", one, two), ("", two, one)]
