"""The sellers of a simulated market: they arrive, link, register, are suspended and closed, come back, get money back.

What they do follows from the seed, the seller, the day and the history alone, so that the market is the same again.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from random import Random

from linkedaccounts.simulation.actions import (
    Action,
    Arrival,
    Linking,
    Newcomer,
    Outcome,
    PolicyChange,
    Registering,
    StatusChange,
)
from linkedaccounts.simulation.complaints import Complaints
from linkedaccounts.simulation.expected import Expectation
from linkedaccounts.simulation.history import ACTIVE, CLOSED, SUSPENDED, KnownAccount, billed_from
from linkedaccounts.simulation.policies import InForce
from linkedaccounts.simulation.setting import Setting, at

BETWEEN = 75
"""Days that pass on average until a seller does something again."""
THERE_FROM_THE_START = 0.5
"""The share of sellers who are; the others arrive on any day."""
MOST_STORES = 7
DAY_SECONDS = 24 * 3600
# What a seller does, by a number from 0 to 1: below each of these, the first that is possible.
RESTORED, COMPLAINS, SUSPENDS, CLOSES, LINKS = 0.5, 0.54, 0.58, 0.62, 0.87


class Market:
    """Who acts when; ``act`` has it done, and ``history`` takes down what came of it.

    A seller does at most one thing a day, so that what is done again after a crash finds its accounts as they were.
    """

    def __init__(
        self, setting: Setting, policies: Sequence[InForce], expectation: Expectation, act: Callable[[Action], Outcome]
    ) -> None:
        self.history = expectation.history
        self._setting, self._act, self._to_come = setting, act, list(policies)
        self._in_force = policies[0].policy
        self._complaints = Complaints(expectation, setting.first)
        self._queue = [(self._arrival(number), number) for number in range(setting.sellers)]
        heapq.heapify(self._queue)

    def live_until(self, moment: datetime) -> None:
        """All that happens before a moment, in its order."""
        while self._to_come and self._to_come[0].since < moment:
            change = self._to_come.pop(0)
            self._sellers_act_until(change.since)
            self._in_force = change.policy
            files = {file.path: file.content for file in change.policy.files}
            what = PolicyChange(change.policy.version, files)
            self._act(Action(change.since, f"policy-{change.policy.version[:16]}", change.policy.version, what))
        self._sellers_act_until(moment)

    def _sellers_act_until(self, moment: datetime) -> None:
        while self._queue and self._queue[0][0] < moment:
            now, number = heapq.heappop(self._queue)
            chance = self._setting.random("seller", number, now.date())
            self._decide(number, now, chance)
            days = 1 + round(chance.expovariate(1) * BETWEEN)
            again = at(now.date() + timedelta(days=days), chance.randrange(DAY_SECONDS))
            heapq.heappush(self._queue, (again, number))

    def _arrival(self, number: int) -> datetime:
        chance = self._setting.random("arrival", number)
        if chance.random() < THERE_FROM_THE_START:
            return at(self._setting.first, 1 + chance.randrange(3600))
        return at(chance.choice(self._setting.days), chance.randrange(DAY_SECONDS))

    def _done(self, number: int, now: datetime, what: Arrival | Linking | Registering | StatusChange) -> Outcome:
        return self._act(Action(now, self._request_id(number, now), self._in_force.version, what))

    def _request_id(self, number: int, now: datetime) -> str:
        return f"{self._setting.seed}-{number:05}-{now:%Y%m%d}"

    def _decide(self, number: int, now: datetime, chance: Random) -> None:
        own = self.history.of_seller.get(number, [])
        active = [account for account in own if account.status == ACTIVE]
        away = [account for account in own if account.status != ACTIVE]
        kind = chance.random()
        if not own:
            self._arrive(number, now, chance)
        elif away and kind < RESTORED:
            self._set_status(number, now, chance.choice(away), ACTIVE)
        elif kind < COMPLAINS:
            self._complain(number, now, chance)
        elif active and kind < CLOSES:
            self._set_status(number, now, chance.choice(active), SUSPENDED if kind < SUSPENDS else CLOSED)
        elif len(apart := self._apart(own, now)) > 1 and kind < LINKS:
            self._link(number, now, chance.sample(apart, chance.randint(2, len(apart))))
        elif active:
            self._register(number, now, chance, chance.choice(active))

    def _apart(self, own: Sequence[KnownAccount], now: datetime) -> list[KnownAccount]:
        """One account of each group, and each that is in none."""
        seen: set[str] = set()
        found = []
        for account in own:
            if account.id not in seen:
                found.append(account)
                seen |= self.history.group(account, now)
        return found

    def _arrive(self, number: int, now: datetime, chance: Random) -> None:
        """With one account or a few, each with a user of its own; some were registered elsewhere before."""
        stores, accounts = self._in_force.catalogue.stores, []
        for code in chance.sample(sorted(stores), chance.choice((1, 1, 2, 3))):
            older = now.date() - timedelta(days=chance.randrange(1, 900))
            born = older if chance.random() < 0.5 else now.date()
            if stores[code].exists_on(born):
                name = f"{self._request_id(number, now)}-{code}"
                accounts.append(Newcomer(name, f"{name}@example.com".lower(), code, born))
        if accounts:
            self._done(number, now, Arrival(tuple(accounts)))
            for one in accounts:
                self._know(number, now, (one.id, one.store, one.email), one.registered_on)

    def _know(self, number: int, now: datetime, account: tuple[str, str, str], born: date) -> None:
        name, store, email = account
        billed = billed_from(born, now.date())
        self.history.add(KnownAccount(name, number, store, born, billed, [(now, ACTIVE)], email))

    def _set_status(self, number: int, now: datetime, account: KnownAccount, status: str) -> None:
        self._done(number, now, StatusChange(account.id, status))
        account.statuses.append((now, status))

    def _complain(self, number: int, now: datetime, chance: Random) -> None:
        """Something of what was charged is given back, or more is asked for than there is."""
        complaint = self._complaints.of(number, now, chance)
        if complaint is not None:
            action = Action(now, self._request_id(number, now), self._in_force.version, complaint.asks)
            self._complaints.answered(complaint, self._act(action), now)

    def _link(self, number: int, now: datetime, accounts: Sequence[KnownAccount]) -> None:
        """By their passwords; the policy may refuse it."""
        ids = tuple(account.id for account in accounts)
        done = self._done(number, now, Linking(ids, tuple(account.email for account in accounts)))
        if not done.refused:
            self.history.link(number, ids, now)

    def _register(self, number: int, now: datetime, chance: Random, home: KnownAccount) -> None:
        """In a store where the seller is not yet, from an account that they have."""
        taken = {self.history.accounts[one].store for one in self.history.group(home, now)}
        stores = self._in_force.catalogue.stores
        free = sorted(code for code, store in stores.items() if store.exists_on(now.date()) and code not in taken)
        if not free or len(taken) >= MOST_STORES:
            return
        store = chance.choice(free)
        done = self._done(number, now, Registering(store, home.id, home.email))
        if not done.refused:
            self._know(number, now, (done.account, store, home.email), now.date())
            self.history.link(number, [home.id, done.account], now)
