"""Databases with sellers whose stores are all charged on one day of the month, written past the use cases, in bulk."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from sqlalchemy import Connection, Table, insert

from linkedaccounts.policy.load import load_policy
from linkedaccounts.settings import default_rules
from linkedaccounts.storage.database_url import database_url
from linkedaccounts.storage.ledger_tables import ACCOUNT_STATUSES, BILLED_ACCOUNTS
from linkedaccounts.storage.opening import owning
from linkedaccounts.storage.schema import migrate
from linkedaccounts.storage.tables import ACCOUNTS, LINKS

ANCHOR = 10
"""The day of the month on which every store was registered."""
FIRST_YEAR, YEARS = 2021, 3
"""When they were registered. Links are made in the year after, so that nobody is in a first month later on."""
STORES = {1: 70, 2: 12, 3: 6, 4: 4, 5: 3, 6: 2, 7: 1, 8: 1, 9: 1}
"""How many sellers of a hundred have so many stores; those with several have linked them."""
SUSPENDED = 0.01
AT_ONCE = 2_000
"""Sellers that are written at once, so that a million takes no more memory than these."""

Row = Mapping[str, object]


@dataclass(slots=True)
class _Rows:
    """The rows of some sellers, by table, in the order in which they may be written."""

    by_table: dict[Table, list[Row]] = field(
        default_factory=lambda: {table: [] for table in (ACCOUNTS, ACCOUNT_STATUSES, BILLED_ACCOUNTS, LINKS)}
    )

    def add(self, random: Random, stores: Sequence[str]) -> None:
        """A seller with an account in each of these stores."""
        ids = [f"{random.getrandbits(96):024x}" for _ in stores]
        for account, store in zip(ids, stores, strict=True):
            self._account(account, store, _registered_on(random), "suspended" if random.random() < SUSPENDED else None)
        if len(stores) > 1:
            linked_on = date(FIRST_YEAR + YEARS, 1, 1) + timedelta(days=random.randrange(365))
            link = {"group_id": f"{random.getrandbits(96):024x}", "linked_on": linked_on, "linked_at": _noon(linked_on)}
            self.by_table[LINKS] += [{"account_id": account, **link} for account in ids]

    def _account(self, account: str, store: str, registered_on: date, status: str | None) -> None:
        known = {"store": store, "registered_on": registered_on}
        self.by_table[ACCOUNTS].append({"id": account, "status": status or "active", **known})
        at = {"at": _noon(registered_on), "status": status or "active"}
        self.by_table[ACCOUNT_STATUSES].append({"account_id": account, **at})
        anchored = {"anchor_day": ANCHOR, "billed_from": registered_on}
        self.by_table[BILLED_ACCOUNTS].append({"account_id": account, **known, **anchored})


def write_sellers(url: str, count: int, seed: int = 1) -> int:
    """Makes the tables in a database of its owner's and writes so many sellers; says how many stores they have."""
    with owning(database_url(url)) as connection:
        migrate(connection)
        write = _write_postgresql if connection.dialect.name == "postgresql" else _write_sqlite
        stores = sum(_written(connection, rows, write) for rows in _sellers(count, seed))
        connection.exec_driver_sql("ANALYZE")
    return stores


def _written(connection: Connection, rows: _Rows, write: Callable[[Connection, Table, list[Row]], None]) -> int:
    for table, content in rows.by_table.items():
        if content:
            write(connection, table, content)
    return len(rows.by_table[ACCOUNTS])


def _write_sqlite(connection: Connection, table: Table, rows: list[Row]) -> None:
    connection.execute(insert(table), rows)


def _write_postgresql(connection: Connection, table: Table, rows: list[Row]) -> None:
    """As its own tools do in bulk: other statements take several times as long."""
    names = list(rows[0])
    cursor = connection.connection.cursor()
    with cursor.copy(f"COPY {table.name} ({', '.join(names)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([row[name] for name in names])


def _sellers(count: int, seed: int) -> Iterator[_Rows]:
    random = Random(seed)  # noqa: S311  # draws sellers, guards nothing
    codes = sorted(load_policy(default_rules()).catalogue.stores)
    for begun in range(0, count, AT_ONCE):
        rows = _Rows()
        for stores in random.choices(list(STORES), list(STORES.values()), k=min(AT_ONCE, count - begun)):
            rows.add(random, random.sample(codes, stores))
        yield rows


def _registered_on(random: Random) -> date:
    return date(FIRST_YEAR + random.randrange(YEARS), random.randrange(1, 13), ANCHOR)


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)
