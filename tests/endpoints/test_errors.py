"""Every refusal as a caller sees it: one code, each kind of detail once, and never too much for a header."""

from __future__ import annotations

from datetime import date
from typing import Any

import grpc
import pytest

from linkedaccounts.application.callers import Caller, Scope
from linkedaccounts.application.policy_refusal import Refusals, RefusedBy, RefusedByPolicy
from linkedaccounts.application.refusals import (
    CallerUnknown,
    Exhausted,
    FieldProblem,
    InvalidRequest,
    NotAsThingsStand,
    NotFound,
    NotSignedIn,
    RateUnavailable,
    Refusal,
    ScopeMissing,
    Stopping,
    TryAgain,
)
from linkedaccounts.domain.effects import Grounds
from linkedaccounts.domain.rates import RateMissing
from linkedaccounts.endpoints.errors import status_of
from linkedaccounts.endpoints.header_room import cut, header_bytes
from linkedaccounts.v1 import fee_quote_service_pb2 as contract
from tests.endpoints.details import failure_of, metadata_of, refusal_of, unpacked
from tests.endpoints.running import VERSION, Asked, running, service_with, without_pushback

CHINESE = (("accept-language", "zh-CN"),)
UNKNOWN_STORE = FieldProblem("stores[1].store", "STORE_UNKNOWN", {"store": "XX", "known": "EU, US"})
NO_DAY = FieldProblem("day", "DAY_INVALID", {"day": "30.9.2019"})
MEMBER = RefusedBy(
    "a-1", "not-administrator", "MEMBER", Grounds.NOT_PERMITTED, {"en": "Ask your boss.", "zh-CN": "请询问负责人。"}
)
CLOSED = RefusedBy(
    "a-2", "closed", "ACCOUNT_CLOSED", Grounds.NOT_POSSIBLE, {"en": "It is closed.", "zh-CN": "已关闭。"}
)


def refusing(refusal: Exception) -> Any:
    def answer(request: Any) -> Any:
        raise refusal

    return service_with(Asked(answer))


def rate_missing() -> RateUnavailable:
    return RateUnavailable(RateMissing("ISK", date(2012, 5, 1), date(1999, 1, 4), date(2026, 11, 20)))


async def test_a_wrong_request_is_refused_with_every_problem_at_its_field() -> None:
    async with running(refusing(InvalidRequest([UNKNOWN_STORE, NO_DAY]))) as server:
        code, details = await refusal_of(server.fees.QuoteFees(contract.QuoteFeesRequest()))

    assert code == grpc.StatusCode.INVALID_ARGUMENT
    assert set(details) == {"ErrorInfo", "BadRequest", "LocalizedMessage"}
    assert (details["ErrorInfo"].reason, details["ErrorInfo"].domain) == ("INVALID_REQUEST", "linkedaccounts.v1")
    assert dict(details["ErrorInfo"].metadata) == {"count": "2"}
    first, second = details["BadRequest"].field_violations
    assert (first.field, first.reason) == ("stores[1].store", "STORE_UNKNOWN")
    assert first.description == "there is no store `XX`; there are EU, US"
    assert (second.field, second.reason) == ("day", "DAY_INVALID")


async def test_a_chinese_reader_gets_every_sentence_in_chinese_beside_the_english_ones() -> None:
    async with running(refusing(InvalidRequest([UNKNOWN_STORE]))) as server:
        call = server.fees.QuoteFees(contract.QuoteFeesRequest(), metadata=CHINESE)
        _, details = await refusal_of(call)

    violation = details["BadRequest"].field_violations[0]
    assert violation.description == "there is no store `XX`; there are EU, US"
    assert violation.localized_message.message == "没有店铺“XX”；现有：EU, US"
    assert details["LocalizedMessage"].locale == violation.localized_message.locale == "zh-CN"
    assert "没有店铺“XX”" in details["LocalizedMessage"].message


async def test_a_missing_rate_is_a_failed_precondition_that_names_currency_and_day() -> None:
    async with running(refusing(rate_missing())) as server:
        code, details = await refusal_of(server.fees.QuoteFees(contract.QuoteFeesRequest()))

    assert code == grpc.StatusCode.FAILED_PRECONDITION
    assert set(details) == {"ErrorInfo", "PreconditionFailure", "LocalizedMessage"}
    assert details["ErrorInfo"].reason == "RATE_MISSING"
    metadata = {"currency": "ISK", "day": "2012-05-01", "first": "1999-01-04", "last": "2026-11-20"}
    assert dict(details["ErrorInfo"].metadata) == metadata
    violation = details["PreconditionFailure"].violations[0]
    assert (violation.type, violation.subject) == ("RATE_MISSING", "ISK/2012-05-01")


@without_pushback
async def test_a_limit_that_passes_says_when_to_try_again() -> None:
    refusal = Exhausted("TOO_MANY_CALLS", {"limit": "5", "retry_after": "1.5"}, retry_after=1.5)
    async with running(refusing(refusal)) as server:
        error = await failure_of(server.fees.QuoteFees(contract.QuoteFeesRequest()))
        code, details = await refusal_of(server.fees.QuoteFees(contract.QuoteFeesRequest()))

    assert code == grpc.StatusCode.RESOURCE_EXHAUSTED
    assert set(details) == {"ErrorInfo", "QuotaFailure", "RetryInfo", "LocalizedMessage"}
    assert details["RetryInfo"].retry_delay.ToMilliseconds() == 1500
    assert metadata_of(error)["grpc-retry-pushback-ms"] == "1500"


@without_pushback
async def test_a_limit_that_stays_says_that_trying_again_is_no_use() -> None:
    refusal = Exhausted("BATCH_TOO_LARGE", {"limit": "1", "count": "2"})
    async with running(refusing(refusal)) as server:
        error = await failure_of(server.fees.QuoteFees(contract.QuoteFeesRequest()))
        _, details = await refusal_of(server.fees.QuoteFees(contract.QuoteFeesRequest()))

    assert "RetryInfo" not in details
    assert dict(details["ErrorInfo"].metadata) == {"limit": "1", "count": "2"}
    assert metadata_of(error)["grpc-retry-pushback-ms"] == "-1"


@pytest.mark.parametrize(
    ("refused_by", "expected"),
    [
        ((MEMBER, CLOSED), grpc.StatusCode.PERMISSION_DENIED),
        ((CLOSED, MEMBER), grpc.StatusCode.PERMISSION_DENIED),
        ((CLOSED,), grpc.StatusCode.FAILED_PRECONDITION),
    ],
)
async def test_the_grounds_of_the_rules_that_refuse_decide_on_the_status(
    refused_by: tuple[RefusedBy, ...], expected: grpc.StatusCode
) -> None:
    async with running(refusing(RefusedByPolicy(Refusals(refused_by, VERSION)))) as server:
        code, _ = await refusal_of(server.fees.QuoteFees(contract.QuoteFeesRequest()))

    assert code == expected


async def test_a_refusal_of_the_policy_has_every_rule_with_its_subject_and_every_sentence() -> None:
    async with running(refusing(RefusedByPolicy(Refusals((MEMBER, CLOSED, MEMBER), VERSION)))) as server:
        _, details = await refusal_of(server.fees.QuoteFees(contract.QuoteFeesRequest(), metadata=CHINESE))

    assert set(details) == {"ErrorInfo", "PreconditionFailure", "LocalizedMessage"}
    assert details["ErrorInfo"].reason == "MEMBER"
    metadata = {"reasons": "MEMBER,ACCOUNT_CLOSED", "policy_version": VERSION, "count": "3"}
    assert dict(details["ErrorInfo"].metadata) == metadata
    violations = [(one.type, one.subject, one.description) for one in details["PreconditionFailure"].violations]
    member = ("MEMBER", "a-1", "Ask your boss.")
    assert violations == [member, ("ACCOUNT_CLOSED", "a-2", "It is closed."), member]
    assert details["LocalizedMessage"].message == "请询问负责人。 已关闭。"


async def test_what_cannot_be_as_things_stand_says_of_which_account() -> None:
    async with running(refusing(NotAsThingsStand("STORE_GONE", {"store": "JP", "account": "a-1"}))) as server:
        code, details = await refusal_of(server.fees.QuoteFees(contract.QuoteFeesRequest()))

    assert code == grpc.StatusCode.FAILED_PRECONDITION
    (violation,) = details["PreconditionFailure"].violations
    assert (violation.type, violation.subject) == ("STORE_GONE", "a-1")
    assert violation.description == "the catalogue no longer has store JP, in which account `a-1` is"


@pytest.mark.parametrize(
    ("refusal", "expected"),
    [
        (NotSignedIn("SIGN_IN_REFUSED"), grpc.StatusCode.UNAUTHENTICATED),
        (NotFound("REGISTRATION_UNKNOWN", {"registration": "r-1"}), grpc.StatusCode.NOT_FOUND),
    ],
)
async def test_who_is_not_signed_in_and_what_there_is_not_have_no_more_to_say(
    refusal: Refusal, expected: grpc.StatusCode
) -> None:
    async with running(refusing(refusal)) as server:
        error = await failure_of(server.fees.QuoteFees(contract.QuoteFeesRequest()))
        code, details = await refusal_of(server.fees.QuoteFees(contract.QuoteFeesRequest()))

    assert code == expected
    assert set(details) == {"ErrorInfo", "LocalizedMessage"}
    assert details["ErrorInfo"].reason == refusal.reason
    assert "grpc-retry-pushback-ms" not in metadata_of(error)


@without_pushback
async def test_the_loser_of_a_race_is_told_when_to_send_the_same_again() -> None:
    async with running(refusing(TryAgain(0.25))) as server:
        error = await failure_of(server.fees.QuoteFees(contract.QuoteFeesRequest()))
        code, details = await refusal_of(server.fees.QuoteFees(contract.QuoteFeesRequest()))

    assert code == grpc.StatusCode.ABORTED
    assert set(details) == {"ErrorInfo", "RetryInfo", "LocalizedMessage"}
    assert details["RetryInfo"].retry_delay.ToMilliseconds() == 250
    assert metadata_of(error)["grpc-retry-pushback-ms"] == "250"


@without_pushback
async def test_after_too_many_sign_ins_people_are_told_when_and_programs_not_to_try() -> None:
    refusal = Exhausted("TOO_MANY_SIGN_INS", {"retry_after": "900"}, 900)
    async with running(refusing(refusal)) as server:
        error = await failure_of(server.fees.QuoteFees(contract.QuoteFeesRequest()))
        code, details = await refusal_of(server.fees.QuoteFees(contract.QuoteFeesRequest()))

    assert code == grpc.StatusCode.RESOURCE_EXHAUSTED
    assert details["RetryInfo"].retry_delay.ToSeconds() == 900
    assert details["QuotaFailure"].violations[0].subject == "limit:TOO_MANY_SIGN_INS"
    assert metadata_of(error)["grpc-retry-pushback-ms"] == "-1"


async def test_what_nobody_foresaw_tells_the_caller_nothing_and_the_log_everything() -> None:
    async with running(refusing(ZeroDivisionError("the secret of the house"))) as server:
        error = await failure_of(
            server.fees.QuoteFees(contract.QuoteFeesRequest(), metadata=(("x-request-id", "call-7"),))
        )

    assert error.code() == grpc.StatusCode.INTERNAL
    assert error.details() == "something went wrong inside the service; quote the request id when you report it"
    assert "secret" not in str(error)
    logged = server.lines("unexpected_error")[0]
    assert logged["request_id"] == "call-7"
    assert "ZeroDivisionError: the secret of the house" in logged["exception"]
    assert server.lines()[0]["status"] == "INTERNAL"


@pytest.mark.parametrize("language", ["en", "zh-CN"])
@pytest.mark.parametrize("count", [1, 11, 22, 1000])
async def test_however_much_is_wrong_the_caller_gets_it_with_the_limits_that_grpc_has_by_default(
    count: int, language: str
) -> None:
    values = {
        "store": "店" * 40,
        "known": "AE, AU, BR, CA, EU, IN, JP, MX, SG, TR, US",
    }
    problems = [FieldProblem(f"stores[{index}].store", "STORE_UNKNOWN", values) for index in range(count)]
    async with running(refusing(InvalidRequest(problems))) as server:
        call = server.fees.QuoteFees(contract.QuoteFeesRequest(), metadata=(("accept-language", language),))
        error = await failure_of(call)
        status = await refusal_of(server.fees.QuoteFees(contract.QuoteFeesRequest()))

    assert status[0] == grpc.StatusCode.INVALID_ARGUMENT
    size = sum(len(key) + 4 * len(value) // 3 + 32 for key, value in error.trailing_metadata())
    assert size + header_bytes(error.details() or "") < 7900
    assert status[1]["ErrorInfo"].metadata["count"] == str(count)


@pytest.mark.parametrize("language", ["en", "zh-CN"])
@pytest.mark.parametrize("count", [1, 20, 100, 800])
async def test_however_many_rules_refuse_the_caller_gets_it_with_the_limits_that_grpc_has_by_default(
    count: int, language: str
) -> None:
    refused_by = tuple(
        RefusedBy(
            f"account-{index:032}", "rule", f"REASON_{index % 40}_{'X' * 30}", Grounds.NOT_PERMITTED,
            {"en": f"{index} " + "This cannot be linked. " * 8, "zh-CN": f"{index}" + "无法关联此账户。" * 12},
        )
        for index in range(count)
    )  # fmt: skip
    async with running(refusing(RefusedByPolicy(Refusals(refused_by, VERSION)))) as server:
        metadata = (("accept-language", language),)
        error = await failure_of(server.fees.QuoteFees(contract.QuoteFeesRequest(), metadata=metadata))
        code, details = await refusal_of(server.fees.QuoteFees(contract.QuoteFeesRequest(), metadata=metadata))

    assert code == grpc.StatusCode.PERMISSION_DENIED
    assert details["ErrorInfo"].metadata["count"] == str(count)
    assert len(details["PreconditionFailure"].violations) in range(1, count + 1)
    assert details["LocalizedMessage"].locale == language
    size = sum(len(key) + 4 * len(value) // 3 + 32 for key, value in error.trailing_metadata())
    assert size + header_bytes(error.details() or "") < 7900


def test_a_long_list_of_problems_loses_its_translations_before_its_end() -> None:
    problems = [FieldProblem(f"stores[{index}].registered_on", "DAY_REQUIRED") for index in range(33)]

    violations = unpacked(status_of(InvalidRequest(problems), "zh-CN"))["BadRequest"].field_violations

    assert [violation.field for violation in violations] == [problem.field for problem in problems]
    assert not any(violation.HasField("localized_message") for violation in violations)


def test_every_kind_of_refusal_has_a_status() -> None:
    def kinds(kind: type[Refusal]) -> set[type[Refusal]]:
        return {kind} | {below for sub in kind.__subclasses__() for below in kinds(sub)}

    made = [
        InvalidRequest([NO_DAY]),
        rate_missing(),
        Exhausted("BATCH_TOO_LARGE", {"limit": "1", "count": "2"}),
        CallerUnknown(),
        ScopeMissing(Caller("checkout", frozenset()), Scope.POLICY),
        NotSignedIn("SESSION_REQUIRED"),
        NotFound("REGISTRATION_UNKNOWN", {"registration": "r-1"}),
        NotAsThingsStand("ACCOUNTS_NONE", {}),
        TryAgain(0.5),
        Stopping(1.0),
        RefusedByPolicy(Refusals((MEMBER,), "v")),
    ]
    assert {type(refusal) for refusal in made} == kinds(Refusal) - {Refusal}
    assert [status_of(refusal, "en").code for refusal in made] == [3, 9, 8, 16, 7, 16, 5, 9, 10, 14, 7]


@pytest.mark.parametrize(
    ("text", "limit", "kept"),
    [("short", 5, "short"), ("longer", 5, "lo…"), ("店铺店铺", 9, "店铺…"), ("店铺", 6, "店铺"), ("", 3, "")],
)
def test_a_text_is_cut_between_characters(text: str, limit: int, kept: str) -> None:
    assert cut(text, limit) == kept
