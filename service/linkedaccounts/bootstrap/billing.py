"""Composes what charges: the use cases of billing on a database, a rate book and a clock."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from linkedaccounts.application.billing.payments_report import PaymentsReport
from linkedaccounts.application.billing.policies_of_days import PoliciesOfDays
from linkedaccounts.application.billing.quotes_of_days import QuotesOfDays
from linkedaccounts.application.billing.rehearse_billing import RehearseBilling
from linkedaccounts.application.billing.run_billing import RunBilling
from linkedaccounts.application.billing.why import TellWhy
from linkedaccounts.application.quote_fees import QuoteFees
from linkedaccounts.domain.billing_day import settled_at
from linkedaccounts.domain.rates import RateBook
from linkedaccounts.policy.load import load_policy
from linkedaccounts.policy.policy import Policy
from linkedaccounts.policy.remembered import Memory
from linkedaccounts.storage.billing import SqlBilling
from linkedaccounts.storage.policies_noted import SqlPoliciesNoted
from linkedaccounts.storage.sql_storage import SqlStorage


def compose_billing(
    storage: SqlStorage,
    book: Callable[[], RateBook],
    now: Callable[[], datetime],
    pause: Callable[[float], object] = time.sleep,
    load: Callable[[Mapping[str, bytes]], Policy] | None = None,
) -> RunBilling:
    """What charges on a database, at the rates of a book, by a clock; ``load`` makes the policies of days of files."""
    billing = SqlBilling(storage)
    policies = PoliciesOfDays(SqlPoliciesNoted(storage), load or _remembering)

    def zones(day: date) -> Mapping[str, ZoneInfo]:
        return {code: store.zone for code, store in policies.on(day).catalogue.stores.items()}

    return RunBilling(billing, QuotesOfDays(policies, book).on, zones, now, pause)


def compose_rehearsal(storage: SqlStorage, book: Callable[[], RateBook]) -> RehearseBilling:
    """What says what a run would charge, at the rates of a book; it changes nothing."""
    billing = SqlBilling(storage)
    policies = PoliciesOfDays(SqlPoliciesNoted(storage), load_files)
    return RehearseBilling(billing.stores, billing.due, billing.charges_before, QuotesOfDays(policies, book).on)


def compose_report(storage: SqlStorage, quotes: QuoteFees, now: Callable[[], datetime]) -> PaymentsReport:
    """What shows charges and gives them back, by a clock; ``quotes`` says what comes next."""
    return PaymentsReport(storage, quotes, now, compose_tell_why(storage))


def compose_report_on(storage: SqlStorage, policy: Policy, book: Callable[[], RateBook], day: date) -> PaymentsReport:
    """The report as it would be shown on a day while a policy serves, at the rates of a book."""
    return compose_report(storage, QuoteFees(lambda: policy, book, lambda: day), lambda: settled_at(day))


def compose_tell_why(storage: SqlStorage) -> TellWhy:
    """What tells why, by the policies that a database has noted."""
    noted = SqlPoliciesNoted(storage)
    return TellWhy(lambda version: load_files(noted.policy_files(version)))


def compose_note_policy(storage: SqlStorage, now: Callable[[], datetime]) -> Callable[[Policy], None]:
    """What notes a policy in the database as the one that serves from now on."""
    noted = SqlPoliciesNoted(storage)
    return lambda policy: noted.note_policy(policy.version, policy.files, now())


def policies_of(storage: SqlStorage) -> PoliciesOfDays:
    """The policies that a database has noted, for reports."""
    return PoliciesOfDays(SqlPoliciesNoted(storage), load_files)


def _remembering(files: Mapping[str, bytes]) -> Policy:
    policy = load_files(files)
    policy.remember(Memory())
    return policy


def load_files(files: Mapping[str, bytes]) -> Policy:
    """The policy of files by their paths; PolicyRejected."""
    with TemporaryDirectory(prefix="linked-accounts-policy-") as folder:
        for path, content in files.items():
            place = Path(folder) / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
        return load_policy(Path(folder))
