"""PolicyService: which policy answers, why the last candidate to replace it did not, and why it answers as it does."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from linkedaccounts.application.explain_decision import ExplainDecision
from linkedaccounts.application.explain_quote import ExplainQuote
from linkedaccounts.application.keep_policy import PolicyKeeper, RejectedCandidate
from linkedaccounts.endpoints.call_context import current_call
from linkedaccounts.endpoints.explain_request import QUOTE, stated_facts, store_of_quote, subject_of
from linkedaccounts.endpoints.explain_response import explain_response
from linkedaccounts.endpoints.timestamps import timestamp
from linkedaccounts.policy.model import PolicyFile
from linkedaccounts.policy.problems import Problem
from linkedaccounts.v1 import policy_service_pb2 as contract
from linkedaccounts.v1.policy_service_pb2_grpc import PolicyServiceServicer


@dataclass(frozen=True, slots=True)
class PolicyAnswers(PolicyServiceServicer):
    """Tells about the policy that ``keeper`` holds, and explains its decisions."""

    keeper: PolicyKeeper
    explain_decision: ExplainDecision
    explain_quote: ExplainQuote

    async def GetPolicy(self, request: contract.GetPolicyRequest, context: Any) -> contract.GetPolicyResponse:
        rejected = self.keeper.rejected
        return contract.GetPolicyResponse(
            version=self.keeper.current.version,
            loaded_at=timestamp(self.keeper.loaded_at),
            files=_files(self.keeper.current.files),
            last_rejected=_rejected(rejected) if rejected else None,
        )

    async def Explain(self, request: contract.ExplainRequest, context: Any) -> contract.ExplainResponse:
        subject = subject_of(request)
        if subject == QUOTE:
            explained = await asyncio.to_thread(self.explain_quote, *store_of_quote(request.quote))
        else:
            explained = await asyncio.to_thread(self.explain_decision, subject, stated_facts(request, subject))
        return explain_response(explained, current_call().language)


def _files(files: Iterable[PolicyFile]) -> list[contract.PolicyFile]:
    ordered = sorted(files, key=lambda file: file.path)
    return [contract.PolicyFile(path=file.path, sha256=file.sha256, rule_count=file.rule_count) for file in ordered]


def _rejected(candidate: RejectedCandidate) -> contract.RejectedPolicy:
    return contract.RejectedPolicy(
        rejected_at=timestamp(candidate.at), problems=[_problem(problem) for problem in candidate.problems]
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
    )
