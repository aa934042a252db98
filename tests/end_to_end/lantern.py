"""The sample company in a service's own database, and its people."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from linkedaccounts.cli.sample_company import sample_company
from tests.end_to_end.running import command, serving

COMPANY = sample_company()
PASSWORD = COMPANY.password
US, EU, JP = (f"{store}@lantern.example" for store in ("us", "eu", "jp"))


def imported(data_dir: Path) -> None:
    """Adds the company to the database in a data directory, as whoever runs the service does."""
    users = [{**user, "password": PASSWORD} for user in COMPANY.users]
    file = data_dir / "company.json"
    file.write_text(json.dumps({"accounts": COMPANY.accounts, "users": users}))
    added = command("accounts", "import", str(file), "--data-dir", str(data_dir))
    assert added.returncode == 0, added.stderr


@contextmanager
def serving_the_company(data_dir: Path, *flags: str) -> Iterator[str]:
    """The address of a service that the company's people may sign in to."""
    imported(data_dir)
    with serving(data_dir, *flags) as address:
        yield address
