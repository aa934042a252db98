from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from google.protobuf.json_format import Parse

from linkedaccounts.cli.main import main
from linkedaccounts.v1.fee_quote_service_pb2 import FeeQuote
from tests.client.fake_service import FakeService, running

Run = Callable[..., Result]


@pytest.fixture
def seven_stores() -> FeeQuote:
    """The quote of the seven paying stores of 2019-09-30, explained, as the service gives it."""
    return Parse(Path(__file__).with_name("seven_stores.json").read_text("utf-8"), FeeQuote())


@pytest.fixture
def service(seven_stores: FeeQuote) -> Iterator[FakeService]:
    """Answers every quote with the lines of ``seven_stores`` that are asked for."""
    with running() as fake:
        fake.quote = lambda request: _chosen(seven_stores, {store.store for store in request.stores})
        yield fake


def _chosen(quote: FeeQuote, stores: set[str]) -> FeeQuote:
    chosen = FeeQuote()
    chosen.CopyFrom(quote)
    del chosen.lines[:]
    chosen.lines.extend(line for line in quote.lines if line.store in stores)
    return chosen


@pytest.fixture
def run(service: FakeService, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command against the fake service, in a terminal of 80 columns."""
    monkeypatch.setenv("LINKED_ACCOUNTS_TARGET", service.target)
    monkeypatch.setenv("COLUMNS", "80")
    return lambda *arguments: CliRunner().invoke(main, list(arguments))
