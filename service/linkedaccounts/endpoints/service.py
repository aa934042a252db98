"""What the endpoints serve: the use cases and what they stand on, put together by ``bootstrap``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from linkedaccounts.application.add_account import AddAccount
from linkedaccounts.application.billing.payments_report import PaymentsReport
from linkedaccounts.application.callers import CallersKeeper
from linkedaccounts.application.complete_registration import CompleteRegistration
from linkedaccounts.application.decision_record import Recording, Shadow
from linkedaccounts.application.eligibility import Eligibility, EligibilityRequest
from linkedaccounts.application.events.ports import Cursor, EventLog
from linkedaccounts.application.explain_decision import ExplainDecision
from linkedaccounts.application.explain_quote import ExplainQuote
from linkedaccounts.application.fee_schedule import FeeSchedule
from linkedaccounts.application.get_linked_accounts import GetLinkedAccounts
from linkedaccounts.application.get_registration import GetRegistration
from linkedaccounts.application.get_session import GetSession
from linkedaccounts.application.keep_policy import PolicyKeeper
from linkedaccounts.application.link_accounts import LinkAccounts
from linkedaccounts.application.list_linkable_accounts import ListLinkableAccounts
from linkedaccounts.application.list_stores import ListStores
from linkedaccounts.application.policies_port import Policies
from linkedaccounts.application.preview_link import PreviewLink
from linkedaccounts.application.quote_fees import QuoteFees
from linkedaccounts.application.quote_seller_fees import QuoteSellerFees
from linkedaccounts.application.rate_books import RateBookKeeper, RefreshRates
from linkedaccounts.application.refresh_session import RefreshSession
from linkedaccounts.application.rule_counts import RuleCounts
from linkedaccounts.application.save_registration_details import SaveRegistrationDetails
from linkedaccounts.application.sign_in import SignIn
from linkedaccounts.application.sign_out import SignOut
from linkedaccounts.application.start_registration import StartRegistration
from linkedaccounts.application.unlink_accounts import UnlinkAccounts
from linkedaccounts.policy.policy import Policy
from linkedaccounts.policy.remembered import Memory


@dataclass(frozen=True, slots=True)
class SellerService:
    """The use cases about real sellers' accounts: all may wait, for the database or for a password's hash."""

    sign_in: SignIn
    refresh_session: RefreshSession
    sign_out: SignOut
    get_session: GetSession
    add_account: AddAccount
    list_linkable_accounts: ListLinkableAccounts
    preview_link: PreviewLink
    link_accounts: LinkAccounts
    get_linked_accounts: GetLinkedAccounts
    unlink_accounts: UnlinkAccounts
    list_stores: ListStores
    start_registration: StartRegistration
    save_registration_details: SaveRegistrationDetails
    complete_registration: CompleteRegistration
    get_registration: GetRegistration
    quote_seller_fees: QuoteSellerFees


@dataclass(frozen=True, slots=True)
class BillingService:
    """What shows charges and gives them back, and what notes by which policy they are made."""

    report: PaymentsReport
    note_policy: Callable[[Policy], object]


@dataclass(frozen=True, slots=True)
class KeptEvents:
    """What happened, and how far a broker was told."""

    log: EventLog
    cursor: Cursor


@dataclass(frozen=True, slots=True)
class Service:
    """The use cases and what they stand on: policy, rates, callers, record, memory; and which day is today."""

    quote_fees: QuoteFees
    get_fee_schedule: Callable[[str], FeeSchedule]
    check_eligibility: Callable[[EligibilityRequest], Eligibility]
    explain_decision: ExplainDecision
    explain_quote: ExplainQuote
    policy: PolicyKeeper
    policies: Policies
    rates: RateBookKeeper
    refresh_rates: RefreshRates
    today: Callable[[], date]
    callers: CallersKeeper
    decisions: Recording
    memory: Memory
    rules: RuleCounts
    shadow: Shadow | None
    seller: SellerService
    billing: BillingService
    events: KeptEvents
