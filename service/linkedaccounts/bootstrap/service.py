"""Composes the service: which use case stands on which policy, rate book, database, disk and clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import structlog

from linkedaccounts.application.begin_policy import begin_policy
from linkedaccounts.application.callers import CallersKeeper
from linkedaccounts.application.check_eligibility import CheckEligibility
from linkedaccounts.application.decision_record import Recorder, all_of
from linkedaccounts.application.explain_decision import ExplainDecision
from linkedaccounts.application.explain_quote import ExplainQuote
from linkedaccounts.application.fee_schedule import GetFeeSchedule
from linkedaccounts.application.keep_policy import PolicyKeeper
from linkedaccounts.application.quote_fees import QuoteFees
from linkedaccounts.application.rate_books import RateBookKeeper, RefreshRates
from linkedaccounts.application.rule_counts import RuleCounts
from linkedaccounts.application.shadow_policy import ShadowPolicy
from linkedaccounts.application.watch_rules import WHOLE
from linkedaccounts.bootstrap.billing import compose_note_policy, compose_report
from linkedaccounts.bootstrap.sellers import Means, compose_seller_service
from linkedaccounts.domain.rates import RateBook
from linkedaccounts.endpoints.call_context import id_and_method
from linkedaccounts.endpoints.events import EVENT_THREADS
from linkedaccounts.endpoints.service import BillingService, KeptEvents, SellerService, Service
from linkedaccounts.policy.load import load_policy
from linkedaccounts.policy.policy import Policy
from linkedaccounts.policy.problems import PolicyRejected, Problem
from linkedaccounts.policy.remembered import Memory
from linkedaccounts.security.argon2_passwords import Argon2Passwords
from linkedaccounts.security.callers_of_settings import callers_of
from linkedaccounts.security.jose_tokens import JoseTokens
from linkedaccounts.security.session_keys import SessionKeys
from linkedaccounts.settings import Settings
from linkedaccounts.storage.decision_files import Bounds, DecisionFiles
from linkedaccounts.storage.decision_log import DecisionLog
from linkedaccounts.storage.event_log import SqlCursor, SqlEventLog
from linkedaccounts.storage.kept_rate_book import KeptRateBook
from linkedaccounts.storage.opening import CONNECTIONS, open_storage
from linkedaccounts.storage.packaged_rate_book import packaged_rate_book
from linkedaccounts.storage.policies_on_disk import PoliciesOnDisk
from linkedaccounts.storage.published_rate_book import fetch_published_book
from linkedaccounts.storage.shadow_log import ShadowLog
from linkedaccounts.storage.sql_storage import SqlStorage
from linkedaccounts.workbench.gate import admitted

MEGABYTE = 1024 * 1024
EVENT_CONNECTIONS = EVENT_THREADS + 1
"""For what tells subscribers, and what tells a broker, so that neither takes one from sellers."""


def compose(settings: Settings, *, worker: bool = False) -> Service:
    """The service, checked before anything is served. A ``worker`` serves what its supervisor's settings say.

    CallersRejected, PolicyRejected, SessionKeysRejected, StorageUnreachable and SchemaMismatch say what cannot serve.
    """
    memory, packaged = Memory(settings.decisions_remembered), packaged_rate_book()
    policies = PoliciesOnDisk(settings.rules, settings.policies_dir, load := _loading(memory, packaged, worker=worker))
    rates, refresh_rates = _rates(settings, packaged)
    policy, records = begin_policy(policies, _now, worker=worker), _records(settings, load)
    of_sellers = _of_sellers(settings, policy, rates, records.recorder)
    return Service(
        quote_fees=of_sellers.quote_fees,
        get_fee_schedule=GetFeeSchedule(policy.of_call, _today),
        check_eligibility=CheckEligibility(policy.of_call, _today, records.recorder),
        explain_decision=ExplainDecision(policy.of_call),
        explain_quote=ExplainQuote(policy.of_call, lambda: rates.current, _today),
        policy=policy,
        policies=policies,
        rates=rates,
        refresh_rates=refresh_rates,
        today=_today,
        callers=CallersKeeper(lambda: callers_of(settings)),
        decisions=records.decisions,
        memory=memory,
        rules=records.rules,
        shadow=records.shadow,
        seller=of_sellers.service,
        billing=of_sellers.billing,
        events=of_sellers.events,
    )


def _rates(settings: Settings, packaged: RateBook) -> tuple[RateBookKeeper, RefreshRates]:
    """What keeps the newest rates there are, and what fetches newer ones."""
    kept = KeptRateBook(settings.data_dir)
    keeper = RateBookKeeper(packaged, kept)
    return keeper, RefreshRates(fetch_published_book, kept, keeper, _today)


class _Records(NamedTuple):
    decisions: DecisionLog
    rules: RuleCounts
    shadow: ShadowLog | None
    recorder: Recorder


def _records(settings: Settings, load: Callable[[Path], Policy]) -> _Records:
    """Who takes down what was decided, and what has them all do so."""
    decisions, rules, shadow = _decision_log(settings), RuleCounts(), _shadow_log(settings, load)
    return _Records(decisions, rules, shadow, all_of([decisions, rules, *([shadow] if shadow else [])]))


def _loading(memory: Memory, packaged: RateBook, *, worker: bool) -> Callable[[Path], Policy]:
    """Loads policies whose decisions remember their answers.

    What cannot be proved of rules is tried with the packaged rates. Those of a worker went through that already.
    """
    load = load_policy if worker else partial(admitted, book=packaged)

    def loaded(rules: Path) -> Policy:
        policy = load(rules)
        policy.remember(memory)
        return policy

    return loaded


class _OfSellers(NamedTuple):
    quote_fees: QuoteFees
    service: SellerService
    billing: BillingService
    events: KeptEvents


def _of_sellers(settings: Settings, policy: PolicyKeeper, rates: RateBookKeeper, recorder: Recorder) -> _OfSellers:
    """What sellers are quoted, do, and were charged, and who is told; all of it stands on one database."""
    quote_fees = QuoteFees(policy.of_call, lambda: rates.current, _today, recorder)
    storage = open_storage(settings.database_url, connections=CONNECTIONS + EVENT_CONNECTIONS)
    service = compose_seller_service(settings, _means(settings, storage, policy, quote_fees, recorder))
    billing = BillingService(compose_report(storage, quote_fees, _now), compose_note_policy(storage, _now))
    return _OfSellers(quote_fees, service, billing, KeptEvents(SqlEventLog(storage), SqlCursor(storage)))


def _means(
    settings: Settings, storage: SqlStorage, policy: PolicyKeeper, quote_fees: QuoteFees, recorder: Recorder
) -> Means:
    return Means(
        storage=storage,
        passwords=Argon2Passwords(),
        tokens=JoseTokens(SessionKeys(settings.session_keys_file, _warn)),
        policy=policy.of_call,
        quote_fees=quote_fees,
        now=_now,
        new_id=_new_id,
        recorder=recorder,
    )


def _shadow_log(settings: Settings, load: Callable[[Path], Policy]) -> ShadowLog | None:
    """The candidate that runs beside the live policy, if there is to be one; PolicyRejected if it cannot."""
    if settings.shadow is None:
        return None
    try:
        shadow = ShadowPolicy(load(settings.shadow))
    except PolicyRejected as rejected:
        where = f"this stands in {settings.shadow}, the rules that are to run as a shadow"
        raise PolicyRejected([*rejected.problems, Problem(WHOLE, "shadow-rules", where)]) from None
    files = DecisionFiles(settings.data_dir / "shadow", _bounds(settings))
    return ShadowLog(shadow, files, id_and_method, settings.shadow_share)


def _bounds(settings: Settings) -> Bounds:
    total = settings.record_total_megabytes * MEGABYTE
    fits = total // (settings.workers + 1)  # each process writes a file, and there must be room for one more
    return Bounds(min(settings.record_file_megabytes * MEGABYTE, fits), total)


def _decision_log(settings: Settings) -> DecisionLog:
    return DecisionLog(DecisionFiles(settings.decisions_dir, _bounds(settings)), id_and_method, settings.record_share)


def _warn(problem: str) -> None:
    structlog.get_logger().error("session_keys_rejected", problem=problem)


def _new_id() -> str:
    return uuid4().hex


def _now() -> datetime:
    return datetime.now(UTC)


def _today() -> date:
    return _now().date()
