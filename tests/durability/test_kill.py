"""The service is killed at random moments, over and over, while sellers link and register: what it said stays true.

LINKED_ACCOUNTS_KILLS says how often, LINKED_ACCOUNTS_KILL_SEED at which moments; the seed is printed.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, text

from linkedaccounts.settings import Settings, read_settings
from linkedaccounts.storage.audit_trail import verify
from linkedaccounts.storage.opening import viewing
from tests.durability.sellers import NEW_STORE, Acknowledged, Sellers
from tests.end_to_end.running import free_port
from tests.storage.databases import Database

KILLS = int(os.environ.get("LINKED_ACCOUNTS_KILLS", "60"))
SEED = os.environ.get("LINKED_ACCOUNTS_KILL_SEED", "2019-09-30")
AT_ONCE = 4
STILL_STARTING = 0.15
"""So many of the services are killed before they serve."""
MOST_ANSWERS = 8
LONGEST_PAUSE_SECONDS = 0.03
"""A service is killed after up to so many answers and so long a pause: in the middle of whatever it does then."""


@dataclass
class MortalService:
    """A service that can be killed, and started again in no time."""

    parent: subprocess.Popen[str]
    child: int = 0

    def start(self) -> None:
        """Begins to start; ``wait`` until it serves."""
        assert self.parent.stdin is not None
        self.parent.stdin.write("start\n")
        self.parent.stdin.flush()
        while not (line := self._line()).isdigit():
            assert line == "serving"  # what was killed last had got as far as that
        self.child = int(line)

    def wait(self) -> None:
        """Until it serves."""
        assert self._line() == "serving"

    def kill(self) -> None:
        """Ends it at once, wherever it is."""
        os.kill(self.child, signal.SIGKILL)

    def _line(self) -> str:
        assert self.parent.stdout is not None
        return self.parent.stdout.readline().strip()


@contextmanager
def mortal_service(settings: Settings) -> Iterator[MortalService]:
    """A service that has not been started."""
    command = [sys.executable, "-m", "tests.durability.mortal_service"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
    ) as parent:
        assert parent.stdin is not None
        parent.stdin.write(settings.model_dump_json() + "\n")
        service = MortalService(parent)
        yield service
        service.kill()
        parent.stdin.close()


def test_whatever_was_acknowledged_is_there_and_nothing_is_half_done(database: Database, tmp_path: Path) -> None:
    chance = random.Random(SEED)
    print(f"seed {SEED}, {KILLS} kills")  # noqa: T201  # pytest shows it with -s, and with a failure
    given = {"port": free_port(), "data_dir": tmp_path, "database": database.url, "sign_in_free_failures": 100}
    settings = read_settings(given)
    storage = database.open()
    sellers = Sellers(storage, f"127.0.0.1:{settings.port}")
    with mortal_service(settings) as service, sellers.at_work(AT_ONCE):
        for _ in range(KILLS):
            service.start()
            if chance.random() > STILL_STARTING:
                service.wait()
                sellers.answers.wait_for(chance.randint(0, MOST_ANSWERS))
            time.sleep(chance.uniform(0, LONGEST_PAUSE_SECONDS))
            service.kill()
            assert not sellers.failures
            check(database, sellers.acknowledged)
        service.start()
        service.wait()
        sellers.answers.wait_for(5 * AT_ONCE)  # whatever was being done is done in the end
    check(database, sellers.acknowledged)
    storage.close()
    assert len(sellers.acknowledged.registered) > AT_ONCE


def check(database: Database, acknowledged: Acknowledged) -> None:
    """Everything acknowledged is there, and all that is there is whole; in one state of the database."""
    groups, registered = dict(acknowledged.groups), dict(acknowledged.registered)
    with viewing(database.url) as connection:
        members = _members(connection)
        assert {seller: groups[seller] for seller in groups if _of(seller, members) != groups[seller]} == {}
        assert set(registered.values()) <= _whole_registrations(connection, members)
        _whole_links(connection, members)
        verify(connection)


def _members(connection: Connection) -> dict[str, str]:
    """The group of each account that is linked."""
    links = connection.execute(text("SELECT account_id, group_id FROM links"))
    return {account: group for account, group in links}  # noqa: C416  # rows are no pairs to mypy


def _of(seller: str, members: dict[str, str]) -> str | None:
    """The group that both accounts of a seller are in."""
    group = members.get(f"{seller}-us")
    return group if group == members.get(f"{seller}-eu") else None


def _whole_registrations(connection: Connection, members: dict[str, str]) -> set[str]:
    """The accounts that were registered, each linked to the one that it was registered from, and by nothing else."""
    completed = text("SELECT account_id, from_account_id FROM registrations WHERE account_id IS NOT NULL")
    rows = [(account, origin) for account, origin in connection.execute(completed)]
    assert [row for row in rows if members[row[0]] != members[row[1]]] == []
    created = connection.execute(text("SELECT id FROM accounts WHERE store = :store"), {"store": NEW_STORE}).scalars()
    assert Counter(account for account, _ in rows) == Counter(created)
    done = connection.execute(text("SELECT count(*) FROM audit WHERE action = 'register' AND outcome = 'done'"))
    assert done.scalar_one() == len(rows)
    return {account for account, _ in rows}


def _whole_links(connection: Connection, members: dict[str, str]) -> None:
    """Of each group, both accounts that were to be linked; and one entry of the audit that says so."""
    together: dict[str, set[str]] = defaultdict(set)
    for account, group in members.items():
        together[group].add(account)
    assert [
        group for group in together.values() if sum(account.endswith(("-us", "-eu")) for account in group) != 2
    ] == []
    done = connection.execute(text("SELECT count(*) FROM audit WHERE action = 'link' AND outcome = 'done'"))
    assert done.scalar_one() == len(together)
