"""From what may be linked, would be and was, to the contract's messages."""

from __future__ import annotations

from collections.abc import Iterator

from linkedaccounts.application.eligibility import AccountDecision
from linkedaccounts.application.link_decision import Decided
from linkedaccounts.application.preview_link import FeesOfLinking, LinkPreview
from linkedaccounts.application.reach import ReachedAccount
from linkedaccounts.application.refusals import texts
from linkedaccounts.endpoints.account_response import account, accounts
from linkedaccounts.endpoints.eligibility_response import account_decision, decision_reason
from linkedaccounts.endpoints.names import Names
from linkedaccounts.endpoints.quote_response import fee_quote
from linkedaccounts.endpoints.timestamps import timestamp
from linkedaccounts.v1 import linking_service_pb2 as contract

STATEMENT = "LINKING_IS_PERMANENT"
"""The name of the sentence that a seller accepts."""


def linkable_accounts(decided: Decided, names: Names) -> contract.ListLinkableAccountsResponse:
    """Every account with the decision on it."""
    return contract.ListLinkableAccountsResponse(
        accounts=[_linkable(reached, decision, names) for reached, decision in _pairs(decided)],
        policy_version=decided.policy_version,
    )


def link_preview(preview: LinkPreview, names: Names) -> contract.PreviewLinkResponse:
    """What linking would do."""
    decided, language = preview.decided, names.language
    response = contract.PreviewLinkResponse(
        allowed=decided.allowed,
        decisions=[_decision(reached, decision, language) for reached, decision in _pairs(decided)],
        group=accounts(decided.accounts, names),
        permanent=True,
        permanence_statement=texts()[STATEMENT].render(language),
        policy_version=decided.policy_version,
    )
    if preview.fees is not None:
        _add_fees(preview.fees, language, response)
    elif preview.fees_unknown_because is not None:
        response.fees_unknown_because = preview.fees_unknown_because.message(language)
    return response


def _pairs(decided: Decided) -> Iterator[tuple[ReachedAccount, AccountDecision]]:
    return zip(decided.accounts, decided.decisions, strict=True)


def _linkable(reached: ReachedAccount, decision: AccountDecision, names: Names) -> contract.LinkableAccount:
    return contract.LinkableAccount(
        account=account(reached, names),
        linkable=decision.allowed,
        reasons=[decision_reason(said, names.language) for said in decision.said],
        proven_until=timestamp(reached.proven_until) if reached.proven_until else None,
    )


def _decision(reached: ReachedAccount, decision: AccountDecision, language: str) -> contract.LinkDecision:
    return contract.LinkDecision(account_id=reached.account.id, decision=account_decision(decision, language))


def _add_fees(fees: FeesOfLinking, language: str, response: contract.PreviewLinkResponse) -> None:
    response.fees_before.extend(fee_quote(quote, language) for quote in fees.before)
    response.fees_at_first.CopyFrom(fee_quote(fees.at_first, language))
    response.fees_afterwards.CopyFrom(fee_quote(fees.afterwards, language))
