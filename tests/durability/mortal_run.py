"""Runs of billing that die at a place that they are told: a program that forks a process for each run.

What takes long at a start, imports and reading the rules, is done once, before the fork; all else is done anew by each
process, as by the command. A run dies by SIGKILL at one of its steps. Steps are what a database sees, each statement
before it is sent and once it is answered, and each commit: so runs die between any two things that they do.

Reads ``Runs`` as JSON from each line of its input, and prints with what exit codes the processes ended.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from functools import partial
from itertools import count

from sqlalchemy import Engine, event

from linkedaccounts.bootstrap.billing import compose_billing
from linkedaccounts.domain.rates import RateBook
from linkedaccounts.policy.load import load_policy
from linkedaccounts.settings import default_rules
from linkedaccounts.storage.opening import open_storage
from linkedaccounts.storage.packaged_rate_book import packaged_rate_book

SLICE = 2
NEVER = 0


@dataclass(frozen=True, slots=True)
class Runs:
    """Runs at the same time through a day, at a moment: one for each of ``die_at``, the step at which it dies.

    There are rates through ``rates_through``. A run dies also while it charges the slice of this number.
    """

    url: str
    through: str
    now: str
    rates_through: str
    die_at: tuple[int, ...]
    die_in_slice: int = NEVER

    def as_line(self) -> str:
        """For this program."""
        return json.dumps(asdict(self)) + "\n"


def main() -> None:
    """Forks for each line of the input."""
    whole, policy = packaged_rate_book(), load_policy(default_rules())

    def run(asked: Runs, die_at: int) -> None:
        step, charging = _dying_at(die_at), _dying_at(asked.die_in_slice)
        event.listen(Engine, "before_cursor_execute", lambda *_: step())
        event.listen(Engine, "after_cursor_execute", lambda *_: step())
        event.listen(Engine, "commit", lambda _: step())
        book = RateBook(whole.base, [day for day in whole.days if str(day) <= asked.rates_through], whole._rows)

        def rates() -> RateBook:
            charging()  # they are asked for within the transaction that charges a slice
            return book

        now = datetime.fromisoformat(asked.now)
        runs = compose_billing(open_storage(asked.url), rates, lambda: now, load=lambda _files: policy)
        for _ in replace(runs, slice_size=SLICE)(date.fromisoformat(asked.through)):
            pass

    for line in sys.stdin:
        asked = Runs(**json.loads(line))
        children = [_forked(partial(run, asked, die_at)) for die_at in asked.die_at]
        codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
        print(json.dumps(codes), flush=True)  # noqa: T201  # the test reads it


def _forked(work: Callable[[], object]) -> int:
    child = os.fork()
    if not child:
        work()
        os._exit(0)
    return child


def _dying_at(number: int) -> Callable[[], None]:
    """What dies when it is called for this time."""
    times = count(1)

    def called() -> None:
        if next(times) == number:
            os.kill(os.getpid(), signal.SIGKILL)

    return called


if __name__ == "__main__":
    main()
