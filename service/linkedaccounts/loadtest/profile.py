"""Profiles: what a load test asks for, as a TOML file states it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from importlib import resources
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from linkedaccounts.v1.facts_pb2 import SellingPlan

Share = Annotated[float, Field(ge=0, le=1)]
Weight = Annotated[float, Field(ge=0)]

MOST_REQUESTS = 1_000_000
"""So many different requests are prepared at most; each takes about a kilobyte."""


class BadProfile(ValueError):
    """A profile that cannot be drawn from; the text lists every problem, each with where it is."""


def _weighs(weights: Mapping[str, float]) -> Mapping[str, float]:
    if not any(weights.values()):
        raise ValueError("at least one weight must be more than 0")
    return weights


def _numbers(weights: Mapping[str, float]) -> Mapping[str, float]:
    if bad := [name for name in weights if not (name.isdigit() and int(name))]:
        raise ValueError(f"`{bad[0]}` is no number of stores")
    return weights


def _plans(weights: Mapping[str, float]) -> Mapping[str, float]:
    if bad := [name for name in weights if name not in SellingPlan.keys()]:  # noqa: SIM118  # no mapping
        raise ValueError(f"`{bad[0]}` is no selling plan; there are {', '.join(SellingPlan.keys())}")
    return weights


Weights = Annotated[Mapping[str, Weight], AfterValidator(_weighs)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Calls(_Part):
    """In which shapes quotes are asked for, by weight; how many at once; and how many of them wrongly."""

    unary: Weight = 1
    batch: Weight = 0
    stream: Weight = 0
    batch_size: int = Field(50, ge=1)
    stream_size: int = Field(50, ge=1)
    bad: Share = 0
    explain: Share = 0

    @model_validator(mode="after")
    def _some(self) -> Self:
        _weighs({"unary": self.unary, "batch": self.batch, "stream": self.stream})
        return self


class Replay(_Part):
    """How many of the quotes are recorded ones, if there are any, and whether those keep their order."""

    share: Share = 1
    in_order: bool = True


class Days(_Part):
    """From a day through another."""

    first: date = Field(alias="from")
    through: date

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.through < self.first:
            raise ValueError(f"`through` is {self.through}, before `from`")
        return self


class Sellers(_Part):
    """How many requests are drawn, and what the sellers in them are like."""

    count: int = Field(ge=1, le=MOST_REQUESTS)
    linked: Share
    days: Days
    last_month: Share = 0
    registered_from: date
    first_month: Share = 0
    suspended: Share = 0
    on_vacation: Share = 0
    stores: Annotated[Weights, AfterValidator(_numbers)]

    @model_validator(mode="after")
    def _registered_before(self) -> Self:
        if self.registered_from > self.days.first:
            raise ValueError("`registered_from` is after the first of the `days`")
        return self


class Profile(_Part):
    """What a load test asks for."""

    calls: Calls
    replay: Replay = Replay()
    sellers: Sellers
    stores: Weights
    plans: Annotated[Weights, AfterValidator(_plans)]


def default_profile() -> str:
    """The text of the profile that comes with the package."""
    return resources.files(__package__).joinpath("profile.toml").read_text("utf-8")


def read_profile(text: str) -> Profile:
    """The profile of a TOML text; BadProfile lists what is wrong with it."""
    try:
        return Profile.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise BadProfile(f"the profile is no TOML: {error}") from None
    except ValidationError as error:
        problems = (f"  {'.'.join(map(str, each['loc'])) or 'profile'}: {each['msg']}" for each in error.errors())
        raise BadProfile("\n".join(("the profile does not work:", *problems))) from None
