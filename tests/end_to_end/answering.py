"""Every process of a service that runs, and each of its workers over connections of their own."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from linkedaccounts.client import Client
from linkedaccounts.v1.policy_service_pb2 import GetPolicyResponse

CONNECTIONS = 8
SECONDS = 30
OWN_CONNECTION = [("grpc.use_local_subchannel_pool", 1)]


@dataclass
class Answering:
    """Every worker, over connections enough to reach each of them."""

    clients: list[Client]

    def until(self, says: Callable[[GetPolicyResponse], bool]) -> None:
        """Waits until all say so."""
        deadline = time.monotonic() + SECONDS
        while not all(says(policy) for policy in self.policies()):
            assert time.monotonic() < deadline, self.policies()
            time.sleep(0.02)

    def policies(self) -> list[GetPolicyResponse]:
        return [client.get_policy(timeout=SECONDS) for client in self.clients]

    @property
    def version(self) -> str:
        """The one that all answer with."""
        (version,) = {policy.version for policy in self.policies()}
        return version


@contextmanager
def answering(target: str, token: str = "") -> Iterator[Answering]:
    with ExitStack() as stack:
        each = (Client(target, token=token, options=OWN_CONNECTION) for _ in range(CONNECTIONS))
        yield Answering([stack.enter_context(client) for client in each])


def until_all_serve(log: Path, named: str, workers: int) -> list[int]:
    """The processes of a service, its supervisor first, once so many began to serve; its command is ``named`` alone."""
    while log.read_text("utf-8").count('"event":"serving"') < workers:
        time.sleep(0.01)
    supervisor = next(pid for pid in children(os.getpid()) if named in Path(f"/proc/{pid}/cmdline").read_text("utf-8"))
    return [supervisor, *children(supervisor)]


def children(process: int) -> list[int]:
    tasks = Path(f"/proc/{process}/task").iterdir()
    return [int(pid) for task in tasks for pid in (task / "children").read_text("ascii").split()]
