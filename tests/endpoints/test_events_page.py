"""The subscriber of docs/events.md, as it stands there."""

from __future__ import annotations

import asyncio
import re
import sqlite3
import sys
from pathlib import Path

import pytest

from linkedaccounts.domain.events import Booked, Charged, Event
from linkedaccounts.storage.sql_storage import SqlStorage
from tests.application.events.happenings import AT, DAY, OF_JAPAN
from tests.endpoints.test_events import Serve, serve

__all__ = ["serve"]

PAGE = Path(__file__).parents[2] / "docs" / "events.md"
CHARGES = 600


def tell_charges(storage: SqlStorage, numbers: range) -> None:
    def work(number: int) -> None:
        charge = Booked(f"charge {number}", OF_JAPAN.account, OF_JAPAN.store, DAY, OF_JAPAN.amount)
        storage.write(lambda tx: tx.tell(Event(f"seller {number}", AT, Charged(DAY, (charge,)))))

    for number in numbers:
        work(number)


def mailed(database: Path) -> list[tuple[str, str]]:
    connection = sqlite3.connect(database)
    try:
        return connection.execute("SELECT seller, charge FROM mails ORDER BY rowid").fetchall()
    except sqlite3.OperationalError:  # it has not begun yet
        return []
    finally:
        connection.close()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_the_subscriber_of_the_page_counts_each_charge_once_though_it_is_killed(
    serve: Serve, storage: SqlStorage, tmp_path: Path
) -> None:
    (program,) = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    tell_charges(storage, range(CHARGES))
    mails = tmp_path / "mails.db"
    async with serve() as server:
        program = program.replace("127.0.0.1:50051", server.target).replace("mails.db", str(mails))
        for until in (CHARGES // 6, CHARGES // 2, CHARGES):
            subscriber = await asyncio.create_subprocess_exec(sys.executable, "-c", program)
            while len(mailed(mails)) < until:
                assert subscriber.returncode is None
                await asyncio.sleep(0.02)
            subscriber.kill()
            await subscriber.wait()

    assert mailed(mails) == [(f"seller {number}", f"charge {number}") for number in range(CHARGES)]
