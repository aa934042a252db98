"""Sellers who sign in, link and register through the public client, and try each call again until it is answered."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import count
from typing import TypeVar

from linkedaccounts.application.storage_port import Storage, Writing
from linkedaccounts.client import Client, DeadlineExceeded, SellerSession, TryAgain, Unavailable
from linkedaccounts.domain.accounts import Account, Membership, Standing, User
from tests.application.marketplace import CHEAP, PASSWORD

T = TypeVar("T")

HASH = CHEAP.hash(PASSWORD)
REGISTERED_ON = date(2018, 1, 15)
NEW_STORE = "MX"


@dataclass
class Acknowledged:
    """What the service has said that it did: the group of each seller, and the account that it registered."""

    groups: dict[str, str] = field(default_factory=dict)
    registered: dict[str, str] = field(default_factory=dict)


class Answers:
    """Counts answers, and lets one wait for more of them."""

    def __init__(self) -> None:
        self._count = 0
        self._changed = threading.Condition()

    def one_more(self) -> None:
        """Counts an answer."""
        with self._changed:
            self._count += 1
            self._changed.notify_all()

    def wait_for(self, more: int) -> None:
        """Until so many more have come; a service that gives none fails the test."""
        with self._changed:
            until = self._count + more
            assert self._changed.wait_for(lambda: self._count >= until, timeout=60), "the service answers nobody"


@dataclass
class Sellers:
    """Some at a time, one after the other; ``stopping`` ends them after the call that is being made."""

    storage: Storage
    target: str
    acknowledged: Acknowledged = field(default_factory=Acknowledged)
    stopping: threading.Event = field(default_factory=threading.Event)
    answers: Answers = field(default_factory=Answers)
    failures: list[BaseException] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=count)

    @contextmanager
    def at_work(self, many: int) -> Iterator[None]:
        """While it lasts, sellers come one after the other in each of ``many`` threads; what fails is raised."""
        threads = [threading.Thread(target=self._one_after_the_other) for _ in range(many)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.stopping.set()
            for thread in threads:
                thread.join()
        for failure in self.failures:
            raise failure

    def _one_after_the_other(self) -> None:
        options = [("grpc.initial_reconnect_backoff_ms", 20), ("grpc.max_reconnect_backoff_ms", 50)]
        try:
            with Client(self.target, timeout=2, options=[("grpc.min_reconnect_backoff_ms", 20), *options]) as client:
                while not self.stopping.is_set():
                    self._whole_way(client, f"seller-{next(self.numbers)}")
        except _Stopped:
            return
        except BaseException as failure:  # noqa: BLE001  # whatever it is, the test is to show it
            self.failures.append(failure)

    def _whole_way(self, client: Client, seller: str) -> None:
        self.storage.write(lambda tx: add_seller(tx, seller))
        session: SellerSession = self._persistently(
            lambda: client.sign_in(email(seller, "us"), PASSWORD, idempotency_key=f"{seller} in")
        )
        self._persistently(lambda: session.add_account(email(seller, "eu"), PASSWORD, idempotency_key=f"{seller} add"))
        ids = [f"{seller}-us", f"{seller}-eu"]
        linked = self._persistently(
            lambda: session.link_accounts(ids, accept_permanence=True, idempotency_key=f"{seller} link")
        )
        self.acknowledged.groups[seller] = linked.group.id
        registration = self._persistently(
            lambda: session.start_registration(NEW_STORE, business_type="company", idempotency_key=f"{seller} start")
        )
        details = {detail.id: detail.example for detail in registration.details}
        done = self._persistently(
            lambda: session.complete_registration(registration.id, details, idempotency_key=f"{seller} complete")
        )
        self.acknowledged.registered[seller] = done.account.id

    def _persistently(self, call: Callable[[], T]) -> T:
        """The answer to a call that is made again and again, always as the same request."""
        while not self.stopping.is_set():
            try:
                answer = call()
            except (Unavailable, DeadlineExceeded, TryAgain):
                continue
            self.answers.one_more()
            return answer
        raise _Stopped


class _Stopped(Exception):
    """There is no more time."""


def email(seller: str, account: str) -> str:
    return f"{account}@{seller}.example"


def add_seller(tx: Writing, seller: str) -> None:
    """A seller with an account in two stores, each with an administrator of its own."""
    for name in ("us", "eu"):
        account, user = f"{seller}-{name}", f"{seller}-{name}-user"
        tx.add_account(Account(account, name.upper(), "active", REGISTERED_ON), datetime.now(UTC))
        tx.add_user(User(user, email(seller, name), HASH))
        tx.add_membership(Membership(user, account, Standing("administrator", "owner")))
