"""A seller's accounts, session and registration, each with something to show in every field of the contract."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import grpc
from google.protobuf.timestamp_pb2 import Timestamp

from linkedaccounts.application.asker import Asker
from linkedaccounts.application.eligibility import AccountDecision
from linkedaccounts.application.link_decision import Decided
from linkedaccounts.application.linked_group import LinkedGroup
from linkedaccounts.application.policy_refusal import Refusals, RefusedBy, RefusedByPolicy
from linkedaccounts.application.reach import Reach, ReachedAccount
from linkedaccounts.application.refusals import (
    Exhausted,
    FieldProblem,
    InvalidRequest,
    NotAsThingsStand,
    NotFound,
    NotSignedIn,
    Refusal,
    Stopping,
    TryAgain,
)
from linkedaccounts.application.registering import Requested
from linkedaccounts.application.registration_view import RegistrationView
from linkedaccounts.application.said import Said
from linkedaccounts.application.session_tokens import SessionTokens
from linkedaccounts.domain.accounts import Account, Standing
from linkedaccounts.domain.details import Detail, DetailKind
from linkedaccounts.domain.effects import Allowed, AskedFor, Grounds, Refused
from linkedaccounts.domain.registration import Registration
from linkedaccounts.domain.sessions import Session
from linkedaccounts.domain.text import Text
from linkedaccounts.policy.model import FailedCondition, NotApplied, Rule
from linkedaccounts.policy.place import Place
from linkedaccounts.v1 import accounts_pb2, facts_pb2, linking_service_pb2, rules_pb2
from tests.endpoints.running import JAPAN, VERSION

NOON = datetime(2019, 9, 30, 12, 0, tzinfo=UTC)
LATER = NOON + timedelta(minutes=5)
SESSION = Session("s-1", "u-1", NOON, 1, NOON, "r-1")
HERE = Asker("development", "the-session-token", "127.0.0.1")
"""Who asks, as the use case is told it."""

OWN = ReachedAccount(
    Account("a-1", "JP", "active", date(2018, 1, 31), "g-1", date(2018, 3, 1)), Standing("administrator", "owner")
)
PROVEN = ReachedAccount(Account("a-2", "XX", None, date(2019, 2, 3)), Standing(), LATER)
GROUP = LinkedGroup("g-1", (OWN, PROVEN))
REACH = Reach(SESSION, (OWN, PROVEN))
TOKENS = SessionTokens("for-calls", NOON, "for-renewal", LATER)

PLACE = Place("eligibility/link.yaml", 7, 3)
CLOSED_IN = Text({"en": "Closed in {store}.", "zh-CN": "{store}已关闭。"})
REFUSES = Rule("account-closed", "link", "ACCOUNT_CLOSED", CLOSED_IN, Refused(Grounds.NOT_POSSIBLE), PLACE)
ALLOWS = Rule("administrator", "link", "ADMINISTRATOR", Text({"en": "You may.", "zh-CN": "可以。"}), Allowed(), PLACE)
LOST = NotApplied(ALLOWS, (FailedCondition("actor.role", "administrator", "unknown", PLACE),))
DECIDED = Decided(
    "link",
    (OWN, PROVEN),
    (
        AccountDecision("JP", allowed=True, said=(Said(ALLOWS, {}),)),
        AccountDecision("XX", allowed=False, said=(Said(REFUSES, {"store": JAPAN.name}),), not_applied=(LOST,)),
    ),
    VERSION,
)

ASKS = Rule("asks-kind", "details", "LAW_ASKS", Text({"en": "The law.", "zh-CN": "法律。"}), AskedFor("kind"), PLACE)
KIND = Detail(
    "kind",
    Text({"en": "Kind", "zh-CN": "类型"}),
    DetailKind.CHOICE,
    None,
    "company",
    40,
    {"company": Text({"en": "A company", "zh-CN": "公司"})},
)
NAME = Detail("name", Text({"en": "Name", "zh-CN": "名称"}), DetailKind.TEXT, "[A-Z]+", "ACME", 100)
REGISTRATION = Registration(
    "n-1", "u-1", "a-1", "JP", "company", None, {"kind": "company"}, NOON - timedelta(days=1), LATER
)


def view(registration: Registration = REGISTRATION, at: datetime = NOON) -> RegistrationView:
    requested = tuple(Requested(detail, Said(ASKS, {})) for detail in (KIND, NAME))
    return RegistrationView(registration, JAPAN, requested, at, VERSION)


def stamp(moment: datetime) -> Timestamp:
    made = Timestamp()
    made.FromDatetime(moment)
    return made


def own_account(store_name: str = "Japan") -> accounts_pb2.Account:
    """``OWN`` as the contract states it."""
    return accounts_pb2.Account(
        id="a-1",
        store="JP",
        store_name=store_name,
        region="AS",
        status=facts_pb2.ACCOUNT_STATUS_ACTIVE,
        registered_on="2018-01-31",
        linked_on="2018-03-01",
        role=facts_pb2.ROLE_ADMINISTRATOR,
        organisation=facts_pb2.ORGANISATION_OWNER,
    )


PROVEN_ACCOUNT = accounts_pb2.Account(id="a-2", store="XX", store_name="XX", registered_on="2019-02-03")
"""``PROVEN`` as the contract states it: its store is not in the catalogue, and nothing is known of the rest."""

ALLOWED_REASON = linking_service_pb2.DecisionReason(
    rule=rules_pb2.RuleReference(id="administrator", file="eligibility/link.yaml", line=7),
    reason="ADMINISTRATOR",
    message="You may.",
    verdict=linking_service_pb2.VERDICT_ALLOWED,
)
CLOSED_REASON = linking_service_pb2.DecisionReason(
    rule=rules_pb2.RuleReference(id="account-closed", file="eligibility/link.yaml", line=7),
    reason="ACCOUNT_CLOSED",
    message="Closed in Japan.",
    verdict=linking_service_pb2.VERDICT_NOT_POSSIBLE,
)


def _refused_by(grounds: Grounds) -> RefusedByPolicy:
    sentences = {"en": "Ask the owner.", "zh-CN": "请询问所有者。"}
    return RefusedByPolicy(Refusals((RefusedBy("a-1", "agent", "AGENT", grounds, sentences),), VERSION))


REFUSALS: dict[Refusal, grpc.StatusCode] = {
    InvalidRequest([FieldProblem("email", "EMAIL_INVALID")]): grpc.StatusCode.INVALID_ARGUMENT,
    NotSignedIn("SESSION_EXPIRED"): grpc.StatusCode.UNAUTHENTICATED,
    NotFound("REGISTRATION_UNKNOWN", {"registration": "n-1"}): grpc.StatusCode.NOT_FOUND,
    NotAsThingsStand("REGISTRATION_COMPLETED", {}): grpc.StatusCode.FAILED_PRECONDITION,
    TryAgain(0.5): grpc.StatusCode.ABORTED,
    Stopping(1.0): grpc.StatusCode.UNAVAILABLE,
    Exhausted("TOO_MANY_SIGN_INS", {"retry_after": "8"}, 8): grpc.StatusCode.RESOURCE_EXHAUSTED,
    _refused_by(Grounds.NOT_PERMITTED): grpc.StatusCode.PERMISSION_DENIED,
    _refused_by(Grounds.NOT_POSSIBLE): grpc.StatusCode.FAILED_PRECONDITION,
}
"""Every refusal that a use case about sellers has, and the status that it is."""


def in_session(language: str = "en") -> dict[str, Any]:
    return {"metadata": (("x-session-token", "the-session-token"), ("accept-language", language))}


class Use:
    """A use case that remembers what it was asked, and answers the same to all."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.asked: list[tuple[tuple[Any, ...], dict[str, Any]]] = []

    def __call__(self, *given: Any, **options: Any) -> Any:
        self.asked.append((given, options))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer
