"""What is to be run."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Literal

from linkedaccounts.loadtest.calls import Shape
from linkedaccounts.loadtest.drawing import METHODS, SERVICE
from linkedaccounts.loadtest.headers import opening_block
from linkedaccounts.loadtest.loads import ClosedLoad, Load, OpenLoad
from linkedaccounts.loadtest.profile import Profile
from linkedaccounts.loadtest.stages import Stage, constant_arrivals, length, poisson_arrivals
from linkedaccounts.v1.fee_quote_service_pb2 import QuoteFeesRequest


@dataclass(frozen=True, slots=True)
class Plan:
    """A load, and whom it is put on; equal plans make equal calls at equal moments.

    ``warm_up`` is whole seconds before the stages, which are measured. ``pids`` are the service's processes, if they
    are on this machine: their use of CPU and memory is noted. ``recorded`` are requests that were made before, to be
    made again in the share that the profile says.
    """

    host: str
    port: int
    profile: Profile
    profile_name: str
    arrivals: Literal["constant", "poisson", "closed"]
    stages: tuple[Stage, ...]
    stages_text: str
    warm_up: int = 0
    connections: int = 8
    timeout: float = 5.0
    checked_share: float = 0.05
    seed: int = 1
    token: str = field(default="", repr=False)
    tls: ssl.SSLContext | None = None
    pids: Sequence[int] = ()
    recorded: Sequence[QuoteFeesRequest] = ()

    @property
    def target(self) -> str:
        """Host and port, as an authority."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def load(self) -> Load:
        """The warm-up, at the mean level of the first stage, and the stages."""
        first = self.stages[0]
        level = first.area / first.seconds
        stages = (Stage(self.warm_up, level, level), *self.stages) if self.warm_up else self.stages
        if self.arrivals == "closed":
            return ClosedLoad(stages)
        if self.arrivals == "poisson":
            random = Random(self.seed)  # noqa: S311  # draws what to try, guards nothing
            return OpenLoad(poisson_arrivals(stages, random), length(stages))
        return OpenLoad(constant_arrivals(stages), length(stages))

    def blocks(self) -> dict[Shape, bytes]:
        """The header block of each shape of call."""
        scheme = "https" if self.tls else "http"
        metadata = [("authorization", f"Bearer {self.token}")] if self.token else []
        timeout = round(self.timeout * 1000)
        return {
            shape: opening_block(f"/{SERVICE}/{method}", self.target, scheme, timeout, metadata)
            for shape, method in METHODS.items()
        }
