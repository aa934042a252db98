"""PolicyService: which policy answers and why as it does, why the newest rules do not, and which is to answer."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp

from linkedaccounts.application.explain_decision import ExplainDecision
from linkedaccounts.application.explain_quote import ExplainQuote
from linkedaccounts.application.keep_policy import PolicyKeeper, RejectedCandidate
from linkedaccounts.application.policies_port import Pin, Served
from linkedaccounts.application.roll_back_policy import PolicyOperations
from linkedaccounts.endpoints.call_context import current_call
from linkedaccounts.endpoints.enum_names import enum_numbers, number_of
from linkedaccounts.endpoints.explain_request import QUOTE, stated_facts, store_of_quote, subject_of
from linkedaccounts.endpoints.explain_response import explain_response
from linkedaccounts.endpoints.timestamps import timestamp
from linkedaccounts.policy.model import PolicyFile
from linkedaccounts.policy.problems import Problem
from linkedaccounts.v1 import policy_service_pb2 as contract
from linkedaccounts.v1.policy_service_pb2_grpc import PolicyServiceServicer

_SEVERITIES = enum_numbers(contract.ProblemSeverity.DESCRIPTOR)


@dataclass(frozen=True, slots=True)
class PolicyAnswers(PolicyServiceServicer):
    """Tells about the policy that ``keeper`` holds, explains its decisions, and carries ``operations`` out."""

    keeper: PolicyKeeper
    operations: PolicyOperations
    explain_decision: ExplainDecision
    explain_quote: ExplainQuote
    shadow_version: str = ""

    async def GetPolicy(self, request: contract.GetPolicyRequest, context: Any) -> contract.GetPolicyResponse:
        standing = self.keeper.standing
        return contract.GetPolicyResponse(
            version=self.keeper.current.version,
            loaded_at=timestamp(self.keeper.loaded_at),
            files=_files(self.keeper.current.files),
            last_rejected=_rejected(standing.rejected) if standing.rejected else None,
            pinned=_pinned(standing.pin) if standing.pin else None,
            waiting_version=standing.waiting,
            shadow_version=self.shadow_version,
            warnings=[_problem(problem) for problem in self.keeper.current.warnings],
        )

    async def Explain(self, request: contract.ExplainRequest, context: Any) -> contract.ExplainResponse:
        subject = subject_of(request)
        if subject == QUOTE:
            explained = await asyncio.to_thread(self.explain_quote, *store_of_quote(request.quote))
        else:
            explained = await asyncio.to_thread(self.explain_decision, subject, stated_facts(request, subject))
        return explain_response(explained, current_call().language)

    async def ListPolicyVersions(
        self, request: contract.ListPolicyVersionsRequest, context: Any
    ) -> contract.ListPolicyVersionsResponse:
        history, kept, previous = await asyncio.to_thread(self.operations.served)
        ends = [timestamp(one.at) for one in history[1:]] + [None]
        served = [_served(one, end, one.version in kept) for one, end in zip(history, ends, strict=True)]
        return contract.ListPolicyVersionsResponse(served=reversed(served), previous_version=previous)

    async def RollbackPolicy(
        self, request: contract.RollbackPolicyRequest, context: Any
    ) -> contract.RollbackPolicyResponse:
        version = await self.operations.roll_back(request.version, current_call().caller)
        return contract.RollbackPolicyResponse(version=version)

    async def ResumePolicy(self, request: contract.ResumePolicyRequest, context: Any) -> contract.ResumePolicyResponse:
        return contract.ResumePolicyResponse(version=await self.operations.resume(current_call().caller))


def _files(files: Iterable[PolicyFile]) -> list[contract.PolicyFile]:
    ordered = sorted(files, key=lambda file: file.path)
    return [contract.PolicyFile(path=file.path, sha256=file.sha256, rule_count=file.rule_count) for file in ordered]


def _rejected(candidate: RejectedCandidate) -> contract.RejectedPolicy:
    return contract.RejectedPolicy(
        rejected_at=timestamp(candidate.at), problems=[_problem(problem) for problem in candidate.problems]
    )


def _pinned(pin: Pin) -> contract.PinnedPolicy:
    return contract.PinnedPolicy(version=pin.version, pinned_at=timestamp(pin.at), caller=pin.caller)


def _served(one: Served, ended_at: Timestamp | None, kept: bool) -> contract.ServedPolicy:
    return contract.ServedPolicy(
        version=one.version,
        began_at=timestamp(one.at),
        ended_at=ended_at,
        cause=contract.PolicyCause.Value(f"POLICY_CAUSE_{one.cause.name}"),
        caller=one.caller,
        kept=kept,
    )


def _problem(problem: Problem) -> contract.PolicyProblem:
    place = problem.place
    return contract.PolicyProblem(
        file=place.file,
        line=place.line,
        column=place.column,
        code=problem.code,
        message=problem.message,
        hint=problem.hint,
        severity=number_of(problem.severity.value, _SEVERITIES),
        counterexample=problem.counterexample,
    )
