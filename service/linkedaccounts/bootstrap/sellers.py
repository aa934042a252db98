"""Composes what real sellers do: signing in, linking, registering, and quotes of their own stores."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from linkedaccounts.application.add_account import AddAccount
from linkedaccounts.application.attempt import InSession
from linkedaccounts.application.complete_registration import CompleteRegistration
from linkedaccounts.application.credentials_port import Passwords, Tokens
from linkedaccounts.application.decision_record import Recorder, not_recorded
from linkedaccounts.application.fee_quote import FeeQuote, QuoteRequest
from linkedaccounts.application.get_linked_accounts import GetLinkedAccounts
from linkedaccounts.application.get_registration import GetRegistration
from linkedaccounts.application.get_session import GetSession
from linkedaccounts.application.link_accounts import LinkAccounts
from linkedaccounts.application.list_linkable_accounts import ListLinkableAccounts
from linkedaccounts.application.list_stores import ListStores
from linkedaccounts.application.preview_link import PreviewLink
from linkedaccounts.application.quote_seller_fees import QuoteSellerFees
from linkedaccounts.application.refresh_session import RefreshSession
from linkedaccounts.application.save_registration_details import SaveRegistrationDetails
from linkedaccounts.application.session_tokens import TokenMaker
from linkedaccounts.application.sign_in import SignIn
from linkedaccounts.application.sign_out import SignOut
from linkedaccounts.application.start_registration import StartRegistration
from linkedaccounts.application.storage_port import Storage
from linkedaccounts.application.unlink_accounts import UnlinkAccounts
from linkedaccounts.application.verify_credentials import VerifyCredentials
from linkedaccounts.domain.sessions import Patience
from linkedaccounts.endpoints.service import SellerService
from linkedaccounts.policy.policy import Policy
from linkedaccounts.settings import Settings

FIRST_WAIT = timedelta(seconds=1)
"""How long one waits after the first failed sign-in that is not free; from then on it doubles."""

FORGOTTEN_AFTER = timedelta(hours=1)
"""How old a failed sign-in is that no longer counts."""

PEOPLE_BEHIND_AN_ADDRESS = 20
"""So many times the failures of one e-mail are borne from one address: many people may share it."""


@dataclass(frozen=True, slots=True)
class Means:
    """What the use cases about real sellers stand on."""

    storage: Storage
    passwords: Passwords
    tokens: Tokens
    policy: Callable[[], Policy]
    quote_fees: Callable[[QuoteRequest], FeeQuote]
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    recorder: Recorder = not_recorded


def compose_seller_service(settings: Settings, means: Means) -> SellerService:
    """The use cases about real sellers; of the settings they take how long things last."""
    storage, policy, now, new_id = means.storage, means.policy, means.now, means.new_id
    tokens, verify = _tokens(settings, means), _verify(settings, means)
    session = InSession(storage, tokens, now, means.recorder)
    get = GetRegistration(session, policy)
    return SellerService(
        sign_in=SignIn(storage, verify, tokens, now, new_id),
        refresh_session=RefreshSession(storage, tokens, now),
        sign_out=SignOut(storage, tokens, now),
        get_session=GetSession(session),
        add_account=AddAccount(session, verify, now, timedelta(minutes=settings.proof_minutes)),
        list_linkable_accounts=ListLinkableAccounts(session, policy),
        preview_link=PreviewLink(session, policy, means.quote_fees),
        link_accounts=LinkAccounts(session, policy, new_id),
        get_linked_accounts=GetLinkedAccounts(session),
        unlink_accounts=UnlinkAccounts(session, policy),
        list_stores=ListStores(session, policy),
        start_registration=StartRegistration(session, policy, get, new_id, timedelta(days=settings.registration_days)),
        save_registration_details=SaveRegistrationDetails(session, policy, get),
        complete_registration=CompleteRegistration(session, policy, get, new_id),
        get_registration=get,
        quote_seller_fees=QuoteSellerFees(session, means.quote_fees),
    )


def _tokens(settings: Settings, means: Means) -> TokenMaker:
    session_lasts = timedelta(minutes=settings.session_minutes)
    return TokenMaker(means.tokens, session_lasts, timedelta(hours=settings.session_idle_hours))


def _verify(settings: Settings, means: Means) -> VerifyCredentials:
    of_email, of_address = _patience(settings, 1), _patience(settings, PEOPLE_BEHIND_AN_ADDRESS)
    return VerifyCredentials(means.storage, means.passwords, of_email, of_address)


def _patience(settings: Settings, people: int) -> Patience:
    return Patience(
        free=settings.sign_in_free_failures * people,
        locks_at=settings.sign_in_lock_failures * people,
        first_wait=FIRST_WAIT,
        lock=timedelta(minutes=settings.sign_in_lock_minutes),
        forgets_after=FORGOTTEN_AFTER,
    )
