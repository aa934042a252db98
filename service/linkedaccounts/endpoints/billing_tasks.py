"""What billing needs beside the calls: which policy serves, noted in the database, and runs on a schedule."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Awaitable, Callable, Sequence

import structlog

from linkedaccounts.endpoints.service import Service
from linkedaccounts.settings import Settings, variable_of

Pause = Callable[[float], Awaitable[object]]

LOOK_SECONDS = 1.0
"""How soon a policy is noted once it serves, and how long after a failure that is tried again."""
RUN = (sys.executable, "-c", "from linkedaccounts.cli.main import main; main()", "billing", "run", "--json")
SET_ASIDE, NOT_BEGUN = 4, 5
"""Exit codes of a run that charged all that can be charged by now."""
OF_A_RUN = ("rules", "data_dir")


async def note_policies(service: Service, *, pause: Pause = asyncio.sleep) -> None:
    """Notes each policy that begins to serve, with its files: days are charged by what is noted; endless.

    While the database does not take it, the log says so once, and it is tried again.
    """
    noted, said = "", ("", "")
    while True:
        policy = service.policy.current
        if policy.version != noted:
            try:
                await asyncio.to_thread(service.billing.note_policy, policy)
                noted = policy.version
            except Exception as error:  # noqa: BLE001 - whatever it is, later the database may take it
                said = _say_once(said, policy.version, str(error))
        await pause(LOOK_SECONDS)


def _say_once(said: tuple[str, str], version: str, problem: str) -> tuple[str, str]:
    if (version, problem) != said:
        structlog.get_logger().error("policy_not_noted", policy_version=version, problem=problem)
    return version, problem


async def bill_on_schedule(settings: Settings, command: Sequence[str] = RUN, *, pause: Pause = asyncio.sleep) -> None:
    """Charges what is due, again and again as the settings say; endless, or at once done if they say never.

    Each run is a process of its own, so that calls are answered as before. Services on several machines may all do so:
    runs at the same time share the work. A run that fails is logged, and the next one does what it left.
    """
    while settings.billing_every_minutes:
        try:
            await _run(settings, command)
        except OSError as error:  # the machine has no room for a process just now
            structlog.get_logger().error("billing_failed", problem=str(error))
        await pause(settings.billing_every_minutes * 60)


async def _run(settings: Settings, command: Sequence[str]) -> None:
    # The database's URL may hold a password, and arguments are seen by all users of a machine.
    stated = {name: str(getattr(settings, name)) for name in OF_A_RUN} | {"database": settings.database_url}
    environment = os.environ | {variable_of(name): value for name, value in stated.items()}
    process = await asyncio.create_subprocess_exec(*command, stdin=DEVNULL, stdout=PIPE, stderr=PIPE, env=environment)
    try:
        summary, problem = await process.communicate()
    except asyncio.CancelledError:
        process.kill()  # what it did not finish, the next run does
        await process.wait()
        raise
    said = structlog.get_logger().bind(exit_code=process.returncode)
    if process.returncode in (0, SET_ASIDE, NOT_BEGUN):
        said.info("billing_run", summary=summary.decode().strip())
    else:
        said.error("billing_failed", problem=problem.decode(errors="replace").strip())
