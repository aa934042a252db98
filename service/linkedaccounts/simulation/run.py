"""A simulation: day after day the market lives, the service charges, and all invariants are checked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

from linkedaccounts.domain.billing_cycle import months_after
from linkedaccounts.domain.ledger import TransactionKind
from linkedaccounts.simulation.actions import Action, Outcome
from linkedaccounts.simulation.digest import ledger_digest
from linkedaccounts.simulation.expected import Expectation
from linkedaccounts.simulation.history import History
from linkedaccounts.simulation.invariants import Invariants
from linkedaccounts.simulation.journal import DayFound, Journal
from linkedaccounts.simulation.known_rates import KnownRates
from linkedaccounts.simulation.market import Market
from linkedaccounts.simulation.policies import policies_of
from linkedaccounts.simulation.possible import check_currencies, check_days
from linkedaccounts.simulation.reports import Reports
from linkedaccounts.simulation.setting import Setting, at
from linkedaccounts.simulation.tally import Tally
from linkedaccounts.simulation.workers import Workers
from linkedaccounts.storage.ledger_check import SqlLedgerCheck
from linkedaccounts.storage.packaged_rate_book import packaged_rate_book
from linkedaccounts.storage.sql_storage import SqlStorage

RUN_AT = 20 * 3600
"""The second of a day, by UTC, at which it is charged: it has begun everywhere."""
LAST_SECOND = 24 * 3600 - 1
LEFT_OUT, RUN_TWICE = 0.06, 0.1
"""The share of days on which no run is made, and below which two are made, one after the other."""
SAMPLE = 5
"""Sellers whose reports are looked at each day, of those for whom something was booked; at the end everybody's are."""
MONTHS_AGAIN = 3
"""So many statements of each seller are looked at in the end; each opens with all that was booked before it."""


class Simulation:
    """One market on a database that is empty, or has what ``journal`` says; ``workers`` do what is done there.

    ``rules`` are those that come with the service: what they come to, ``expected`` says anew. NotPossible.
    """

    def __init__(
        self, setting: Setting, storage: SqlStorage, rules: Path, workers: Workers, journal: Journal | None = None
    ) -> None:
        self.setting, self.history, self.tally = setting, History(), Tally()
        self._journal, self._workers, book = journal or Journal(), workers, packaged_rate_book()
        check_days(setting, book)
        self.policies = policies_of(setting, rules)
        check_currencies(setting, self.policies[0].policy, book)
        self._check, self._rates = SqlLedgerCheck(storage), KnownRates(book)
        expectation = Expectation(self.history, self.policies, book)
        self.market = Market(setting, self.policies, expectation, self._act)
        self.invariants = Invariants(expectation, self._check, setting.first)
        self._reports = Reports(storage, self.history)

    def __call__(self) -> Iterator[DayFound]:
        """Day after day, each found right; Violation."""
        days, ran = self.setting.days, False
        for day in days:
            self.market.live_until(at(day, RUN_AT))
            chance = self.setting.random("run", day)
            kind = chance.random()
            ran = not ran or day == days[0] or kind >= LEFT_OUT
            yield self._charged(day, at(day, RUN_AT), 1 + (kind < RUN_TWICE)) if ran else DayFound(day)
            self.market.live_until(at(day + timedelta(days=1)))
            self.tally.count_sellers(self.history, day)
        self._check_day(days[-1], at(days[-1], LAST_SECOND), runs=1)
        self._at_the_end()

    def digest(self) -> str:
        """Of the whole ledger."""
        return ledger_digest(self._check.since(date.min))

    def _act(self, action: Action) -> Outcome:
        outcome = self._journal.outcomes.get(action.request_id)
        if outcome is None:
            outcome = self._workers.perform(action)
            self._journal.note(action.request_id, outcome)
        return outcome

    def _charged(self, day: date, now: datetime, runs: int) -> DayFound:
        found = self._journal.days.get(day)
        if found is None:
            found = self._check_day(day, now, runs)
            self._journal.note_day(found)
        self.tally.add_day(found)
        return found

    def _check_day(self, day: date, now: datetime, runs: int) -> DayFound:
        """Charges a day, and checks everything."""
        for _ in range(runs):
            self._workers.charge(day, now)
        waited = set(self.invariants.due.open)
        new = self.invariants.after_day(now, self._rates.at(now).last_day)
        self.tally.add(new)
        self._reports.add(new)
        this = now.date().replace(day=1)
        ordered = sorted(new, key=lambda one: one.id)
        for one in self.setting.random("reports", day).sample(ordered, min(SAMPLE, len(new))):
            self._reports.check(one.account, now, [this, months_after(this, -1)])
        taken_up, waiting = sum((one.account, one.day) in waited for one in new), set(self.invariants.due.open)
        charges = sum(one.kind is TransactionKind.CHARGE for one in new)
        return DayFound(day, charges, len(waiting), len(waiting - waited), taken_up)

    def _at_the_end(self) -> None:
        """The whole ledger again, and everybody's reports of all months."""
        self.invariants.at_the_end()
        now = at(self.setting.days[-1], LAST_SECOND)
        chance, first = self.setting.random("statements"), self.setting.first.replace(day=1)
        months = [months_after(first, number) for number in range(self.setting.months)]
        seen: set[str] = set()
        for account in self.history.accounts.values():
            if account.id not in seen:
                seen |= self.history.group(account, now)
                self._reports.check(account.id, now, chance.sample(months, min(MONTHS_AGAIN, len(months))))
