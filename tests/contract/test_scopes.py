"""Every method says which scope a calling service needs."""

from __future__ import annotations

from pathlib import Path

from google.protobuf.descriptor_pb2 import FileDescriptorSet

from linkedaccounts.v1 import options_pb2


def scopes(contract: Path) -> dict[str, str]:
    """The scope of every method of the contract, by its name."""
    files = FileDescriptorSet.FromString(contract.read_bytes()).file
    return {
        f"{service.name}.{method.name}": options_pb2.Scope.Name(method.options.Extensions[options_pb2.scope])
        for file in files
        for service in file.service
        for method in service.method
        if file.name.startswith("linkedaccounts/")
    }


def test_no_method_leaves_its_scope_open(contract: Path) -> None:
    assert [name for name, scope in scopes(contract).items() if scope == "SCOPE_UNSPECIFIED"] == []


def test_facts_are_for_quotes_and_the_policy_and_sellers_for_accounts(contract: Path) -> None:
    stated = scopes(contract)
    by_facts = {name: scope for name, scope in stated.items() if scope != "SCOPE_ACCOUNTS"}

    assert by_facts == {
        "FeeQuoteService.QuoteFees": "SCOPE_QUOTES",
        "FeeQuoteService.BatchQuoteFees": "SCOPE_QUOTES",
        "FeeQuoteService.StreamQuoteFees": "SCOPE_QUOTES",
        "FeeQuoteService.GetFeeSchedule": "SCOPE_QUOTES",
        "LinkingService.CheckEligibility": "SCOPE_POLICY",
        "PolicyService.GetPolicy": "SCOPE_POLICY",
        "PolicyService.Explain": "SCOPE_POLICY",
        "PolicyService.ListPolicyVersions": "SCOPE_POLICY",
        "PolicyService.RollbackPolicy": "SCOPE_POLICY_ADMIN",
        "PolicyService.ResumePolicy": "SCOPE_POLICY_ADMIN",
        "BillingService.ListTransactions": "SCOPE_BILLING",
        "BillingService.GetStatement": "SCOPE_BILLING",
        "BillingService.ExportTransactions": "SCOPE_BILLING",
        "BillingService.PreviewNextCharges": "SCOPE_BILLING",
        "BillingService.RefundCharge": "SCOPE_BILLING_ADMIN",
        "EventService.Subscribe": "SCOPE_EVENTS",
    }
