"""Carries out a request once, however often it is sent: its repetition is answered what it was answered at first."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from hashlib import sha256
from typing import Any, TypeVar

from pydantic import TypeAdapter

from linkedaccounts.application.refusals import FieldProblem, InvalidRequest
from linkedaccounts.application.storage_port import KeptAnswer, Writing

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Identified:
    """A request with its id. ``body`` is all that it asks for but for secrets; ``scope`` is whose ids these are."""

    scope: str
    request_id: str
    body: tuple[Any, ...]

    @property
    def fingerprint(self) -> str:
        """The same for requests that ask for the same."""
        return digest(self.body)


def digest(content: Any) -> str:
    """The SHA-256 of anything that JSON can write, whatever the order of its keys."""
    return sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def once(tx: Writing, request: Identified, answers: Any, at: datetime, do: Callable[[], T]) -> T:
    """What ``do`` answers, or what it answered to the same request before.

    ``answers`` is the type of all answers, a dataclass or a union of them. InvalidRequest if the id was used for
    something else. What ``do`` raises is not kept.
    """
    kept = tx.kept_answer(request.scope, request.request_id)
    if kept is None:
        answer = do()
        text = _form(answers).dump_json(answer).decode()
        tx.keep_answer(request.scope, request.request_id, KeptAnswer(request.fingerprint, text), at)
        return answer
    if kept.fingerprint != request.fingerprint:
        raise InvalidRequest([FieldProblem("request_id", "REQUEST_ID_REUSED")])
    answered: T = _form(answers).validate_json(kept.answer)
    return answered


@cache
def _form(answers: Any) -> TypeAdapter[Any]:
    return TypeAdapter(answers)
