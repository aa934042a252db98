"""What the servicer of linking makes of a seller's requests and their answers, over a real channel."""

from __future__ import annotations

from typing import Any

import pytest

from linkedaccounts.application.add_account import Added
from linkedaccounts.application.fee_quote import QuoteRequest, StoreAccount
from linkedaccounts.application.link_accounts import Linked
from linkedaccounts.application.preview_link import FeesOfLinking, LinkPreview
from linkedaccounts.application.refusals import NotAsThingsStand
from linkedaccounts.application.verify_credentials import Credentials
from linkedaccounts.endpoints.picked_accounts import MOST_READ, picked_accounts
from linkedaccounts.endpoints.quote_response import fee_quote
from linkedaccounts.v1 import accounts_pb2, rules_pb2
from linkedaccounts.v1 import fee_quote_service_pb2 as fees_contract
from linkedaccounts.v1 import linking_service_pb2 as contract
from tests.endpoints.quotes import full_quote
from tests.endpoints.running import VERSION, quote_of, running, seller_with, service_with
from tests.endpoints.sellers import (
    ALLOWED_REASON,
    CLOSED_REASON,
    DECIDED,
    GROUP,
    HERE,
    LATER,
    OWN,
    PROVEN,
    PROVEN_ACCOUNT,
    Use,
    in_session,
    own_account,
    stamp,
)

NO_QUOTE = QuoteRequest((), linked=False)
ONE = quote_of(QuoteRequest((StoreAccount("US", ""),), linked=False))
TWO = quote_of(QuoteRequest((StoreAccount("US", ""), StoreAccount("EU", "")), linked=True))
PREVIEW = LinkPreview(DECIDED, FeesOfLinking((ONE, TWO), TWO, full_quote(NO_QUOTE)))
GROUP_ANSWERED = accounts_pb2.LinkedGroup(id="g-1", accounts=[own_account(), PROVEN_ACCOUNT])


async def answered(use_case: str, use: Use, method: str, request: Any, language: str = "en") -> Any:
    async with running(service_with(seller=seller_with(**{use_case: use}))) as server:
        return await getattr(server.linking, method)(request, **in_session(language))


async def preview(answer: LinkPreview, language: str = "en") -> Any:
    request = contract.PreviewLinkRequest(account_ids=["a-1"])
    return await answered("preview_link", Use(answer), "PreviewLink", request, language)


async def test_an_added_account_comes_with_the_end_of_its_time() -> None:
    use = Use(Added((OWN, PROVEN), LATER))
    request = contract.AddAccountRequest(
        request_id="r-1", email="a@example.org", password="secret", client_address="192.0.2.1"
    )
    answer = await answered("add_account", use, "AddAccount", request)

    assert use.asked == [((HERE, "r-1", Credentials("a@example.org", "secret", "192.0.2.1")), {})]
    accounts = [own_account(), PROVEN_ACCOUNT]
    assert answer == contract.AddAccountResponse(accounts=accounts, expires_at=stamp(LATER))


async def test_what_may_be_picked_comes_with_why_and_until_when() -> None:
    use = Use(DECIDED)
    answer = await answered(
        "list_linkable_accounts", use, "ListLinkableAccounts", contract.ListLinkableAccountsRequest()
    )

    assert use.asked == [((HERE,), {})]
    accounts = [
        contract.LinkableAccount(account=own_account(), linkable=True, reasons=[ALLOWED_REASON]),
        contract.LinkableAccount(account=PROVEN_ACCOUNT, reasons=[CLOSED_REASON], proven_until=stamp(LATER)),
    ]
    assert answer == contract.ListLinkableAccountsResponse(accounts=accounts, policy_version=VERSION)


async def test_a_preview_shows_the_decisions_the_group_and_all_fees() -> None:
    answer = await preview(PREVIEW)

    lost = rules_pb2.RuleNotApplied(
        decision="link",
        rule=ALLOWED_REASON.rule,
        failed=[rules_pb2.FailedCondition(fact="actor.role", wanted="administrator", actual="unknown", line=7)],
    )
    own = contract.AccountDecision(store="JP", allowed=True, reasons=[ALLOWED_REASON])
    other = contract.AccountDecision(store="XX", reasons=[CLOSED_REASON], not_applied=[lost])
    assert answer == contract.PreviewLinkResponse(
        allowed=False,
        decisions=[
            contract.LinkDecision(account_id="a-1", decision=own),
            contract.LinkDecision(account_id="a-2", decision=other),
        ],
        group=[own_account(), PROVEN_ACCOUNT],
        permanent=True,
        permanence_statement=answer.permanence_statement,
        fees_before=[fee_quote(ONE, "en"), fee_quote(TWO, "en")],
        fees_at_first=fee_quote(TWO, "en"),
        fees_afterwards=fee_quote(full_quote(NO_QUOTE), "en"),
        policy_version=VERSION,
    )


async def test_what_a_preview_says_is_in_the_language_of_the_call() -> None:
    answer = await preview(PREVIEW, "zh-CN")

    assert answer.permanence_statement.startswith("关联是永久性的")
    assert answer.group[0].store_name == "日本"
    assert [one.decision.reasons[0].message for one in answer.decisions] == ["可以。", "日本已关闭。"]
    assert answer.fees_afterwards.notes[0].message == "份额 30%。"


async def test_the_seller_is_told_that_a_link_is_permanent() -> None:
    assert (await preview(PREVIEW)).permanence_statement.startswith("Linking is permanent: once linked, ")


@pytest.mark.parametrize(("language", "why"), [("en", "there is no account in use"), ("zh-CN", "没有可收费的在用账户")])
async def test_a_preview_without_quotes_says_why(language: str, why: str) -> None:
    answer = await preview(LinkPreview(DECIDED, None, NotAsThingsStand("ACCOUNTS_NONE", {})), language)

    assert answer.fees_unknown_because.startswith(why)
    assert (list(answer.fees_before), answer.HasField("fees_at_first")) == ([], False)


@pytest.mark.parametrize("explain", [False, True])
async def test_a_preview_is_of_the_accounts_picked(explain: bool) -> None:
    use = Use(PREVIEW)
    request = contract.PreviewLinkRequest(account_ids=["a-1", "a-2"], explain=explain)
    await answered("preview_link", use, "PreviewLink", request)

    assert use.asked == [((HERE, ("a-1", "a-2")), {"explain": explain})]


@pytest.mark.parametrize("accepted", [False, True])
async def test_a_link_is_of_the_accounts_picked_and_with_what_was_accepted(accepted: bool) -> None:
    use = Use(Linked(GROUP, VERSION))
    request = contract.LinkAccountsRequest(request_id="r-1", account_ids=["a-1", "a-2"], accept_permanence=accepted)
    answer = await answered("link_accounts", use, "LinkAccounts", request)

    assert use.asked == [((HERE, "r-1", ("a-1", "a-2")), {"accept_permanence": accepted})]
    assert answer == contract.LinkAccountsResponse(group=GROUP_ANSWERED, policy_version=VERSION)


async def test_linked_accounts_are_shown_by_group() -> None:
    use = Use((GROUP, GROUP))
    answer = await answered("get_linked_accounts", use, "GetLinkedAccounts", contract.GetLinkedAccountsRequest())

    assert use.asked == [((HERE,), {})]
    assert answer == contract.GetLinkedAccountsResponse(groups=[GROUP_ANSWERED, GROUP_ANSWERED])


async def test_the_quote_of_a_seller_is_of_the_day_and_the_account_meant() -> None:
    use = Use(full_quote(NO_QUOTE))
    async with running(service_with(seller=seller_with(quote_seller_fees=use))) as server:
        request = fees_contract.QuoteSellerFeesRequest(day="2019-09-30", account_id="a-1", explain=True)
        answer = await server.fees.QuoteSellerFees(request, **in_session("zh-CN"))

    assert use.asked == [((HERE, "2019-09-30", "a-1"), {"explain": True})]
    assert answer.quote == fee_quote(full_quote(NO_QUOTE), "zh-CN")


def test_of_an_absurd_number_of_accounts_the_number_is_kept_and_the_rest_not_read() -> None:
    picked = picked_accounts(["a-1"] * (MOST_READ + 5))

    assert len(picked) == MOST_READ + 5
    assert (set(picked[:MOST_READ]), set(picked[MOST_READ:])) == ({"a-1"}, {""})
