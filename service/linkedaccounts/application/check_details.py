"""Checks the details that a registration is given against those that it is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from linkedaccounts.application.check_field import echo
from linkedaccounts.application.refusals import FieldProblem, InvalidRequest
from linkedaccounts.application.registering import Requested
from linkedaccounts.domain.details import Detail

MOST_DETAILS = 1_000
"""Far more details than a registration is asked for."""


def check_given(given: Mapping[str, str], requested: Sequence[Requested]) -> dict[str, str]:
    """The values that are given, trimmed, empty ones too; InvalidRequest with every one that is not sound."""
    if len(given) > MOST_DETAILS:
        counts = {"limit": str(MOST_DETAILS), "count": str(len(given))}
        raise InvalidRequest([FieldProblem("details", "TOO_MANY_DETAILS", counts)])
    details = {one.detail.id: one.detail for one in requested}
    values = {detail_id: value.strip() for detail_id, value in given.items()}
    problems = [problem for detail_id in sorted(values) for problem in _problems(detail_id, values[detail_id], details)]
    if problems:
        raise InvalidRequest(problems)
    return values


def check_complete(kept: Mapping[str, str], requested: Iterable[Requested]) -> dict[str, str]:
    """The values of all that is asked for, no others; InvalidRequest with every one that is missing or not sound."""
    problems: list[FieldProblem] = []
    for one in requested:
        value = kept.get(one.detail.id, "")
        problems += _wrong(one.detail, value) if value else [_missing(one.detail)]
    if problems:
        raise InvalidRequest(problems)
    return {one.detail.id: kept[one.detail.id] for one in requested}


def kept_with(kept: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    """What is kept with what is given on top; empty values are forgotten."""
    return {detail_id: value for detail_id, value in {**kept, **given}.items() if value}


def _problems(detail_id: str, value: str, details: Mapping[str, Detail]) -> Iterator[FieldProblem]:
    detail = details.get(detail_id)
    if detail is None:
        values = {"detail": echo(detail_id), "known": ", ".join(details)}
        yield FieldProblem(_field(echo(detail_id)), "DETAIL_UNKNOWN", values)
    elif value:
        yield from _wrong(detail, value)


def _wrong(detail: Detail, value: str) -> Iterator[FieldProblem]:
    if (reason := detail.problem_with(value)) is not None:
        values = {"example": detail.example, "longest": str(detail.longest), "known": ", ".join(detail.choices)}
        yield FieldProblem(_field(detail.id), reason, values)


def _missing(detail: Detail) -> FieldProblem:
    return FieldProblem(_field(detail.id), "DETAIL_REQUIRED", {"detail": detail.id, "example": detail.example})


def _field(detail_id: str) -> str:
    return f'details["{detail_id}"]'
