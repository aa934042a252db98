from __future__ import annotations

from typing import Any

import pytest

from linkedaccounts.application.fee_quote import QuoteRequest, StoreAccount
from linkedaccounts.endpoints.quote_request import quote_request
from linkedaccounts.loadtest.recorded import CannotAsk, request_of
from linkedaccounts.policy.load import load_policy
from linkedaccounts.workbench.records.reading import Recorded, read_line
from tests.policy.rule_files import RULES
from tests.workbench.many_decisions import quote_lines

FACTS: dict[str, Any] = {"day": "2024-05-01", "linked": False, "home_store": "US", "stores": []}


def test_a_recorded_quote_is_asked_for_as_it_was_made() -> None:
    for line in quote_lines(load_policy(RULES), 50):
        recorded = read_line(line)
        assert isinstance(recorded, Recorded)
        facts = recorded.facts
        stores = tuple(StoreAccount(**stated) for stated in facts["stores"])

        assert quote_request(request_of(facts)) == QuoteRequest(
            stores, facts["linked"], facts["day"], facts["home_store"]
        )


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"stores": [{"store": "US", "selling_plan": "gold"}]}, "this version knows no selling plan `gold`"),
        ({"stores": [{"store": "US", "selling_plan": 7}]}, "its facts are not those of a quote"),
        ({"stores": [{"shop": "US"}]}, "its facts are not those of a quote"),
        ({"stores": ["US"]}, "its facts are not those of a quote"),
        ({"stores": 7}, "its facts are not those of a quote"),
        ({"day": 7}, "its facts are not those of a quote"),
    ],
)
def test_facts_that_make_no_request_are_refused(changed: dict[str, Any], said: str) -> None:
    with pytest.raises(CannotAsk) as raised:
        request_of(FACTS | changed)
    assert str(raised.value) == said
