"""What a schema marks is what `policy check` finds: nothing else, and all that a file can be told by itself."""

from __future__ import annotations

from pathlib import Path

import jsonschema_rs
import pytest

from linkedaccounts.domain.calendar_day import parse_day
from linkedaccounts.domain.money import Currency
from linkedaccounts.policy.findings import Findings
from linkedaccounts.policy.place import Place
from linkedaccounts.policy.read import read_file
from linkedaccounts.policy.source import Scalar, SourceFile
from linkedaccounts.workbench.schema.documents import schema_of
from linkedaccounts.workbench.schema.shapes import DAY, Schema, money
from tests.policy.test_broken_files import BROKEN, findings_of, place_of
from tests.workbench.schema.as_an_editor import marked, plain

SEEN = {
    "allows-otherwise",
    "bad-placeholder",
    "effect-out-of-place",
    "float-money",
    "missing-field",
    "missing-language",
    "no-outcome",
    "unknown-currency",
    "unknown-effect",
    "unknown-field",
    "unknown-language",
    "unknown-operator",
    "unknown-placeholder",
    "unknown-region",
    "unknown-time-zone",
    "unknown-value",
    "wrong-type",
}
"""The kinds of defect that a file can be told by itself."""

BEYOND_THE_FILE = {
    "case-of-no-rule": "which rules there are",
    "missing-reporting-currency": "what stands in no file at all",
    "peg-on-a-pegged-currency": "which other currency has a peg",
    "placeholder-of-another-effect": "what the effect beside it says",
}
"""Broken files of these kinds that no schema marks, and what one would have to know."""

OF_NO_KIND = {
    "cases-of-no-decision",
    "cases-outside-tests",
    "rules-among-tests",
    "rules-of-no-decision",
    "unknown-decision",
    "unknown-top-level-field",
}
"""Broken files that say nothing by which the kind of file could be known."""

AMOUNTS = (
    *("39.99 USD", "39.990 USD", "39.999 USD", "4900 JPY", "4900.0 JPY", "4900.5 JPY", "0 USD", "00.50 USD", "5   USD"),
    *("1000000000 USD", "9999999999 USD", "-5 USD", "5", "5 EURO", "5. USD", ".5 USD", "1e3 USD", "4,900 JPY"),
    *("USD 5", "5USD", "5 usd", "5 USD JPY", "٥ USD"),
)


@pytest.mark.parametrize("broken", BROKEN, ids=lambda path: path.stem)
def test_a_broken_file_is_marked_if_it_can_be_told_by_itself_and_else_is_not(broken: Path) -> None:
    files: list[SourceFile] = []
    read_file(place_of(broken), broken, files, [])
    names = [schema_of(file.path, file.root) for file in files]
    told = bool({finding.code for finding in findings_of(broken)} & SEEN) and broken.stem not in BEYOND_THE_FILE

    assert (names == [None]) == (broken.stem in OF_NO_KIND)
    for file, name in zip(files, names, strict=True):
        assert name is None or bool(marked(name, plain(file.root))) == told


@pytest.mark.parametrize("year", [0, 1, 4, 100, 400, 1900, 2000, 2019, 2024, 2100, 9999])
def test_the_days_of_the_calendar_are_days_and_no_others(year: int) -> None:
    taken = validator_of(DAY)
    for text in (f"{year:04}-{month:02}-{day:02}" for month in range(14) for day in range(33)):
        assert taken.is_valid(text) == (parse_day(text) is not None), text


@pytest.mark.parametrize("text", ["30.09.2019", "2019-9-30", "20190930", "2019-09-30T00:00", "2019-W40-1", ""])
def test_no_other_writing_of_a_day_is_taken(text: str) -> None:
    assert not validator_of(DAY).is_valid(text)


@pytest.mark.parametrize("text", AMOUNTS)
def test_an_amount_is_marked_if_the_check_would_not_take_it(text: str) -> None:
    currencies = {"USD": Currency("USD", 2), "JPY": Currency("JPY", 0)}
    taken = Findings([]).money(Scalar(text, "str", Place("a.yaml")), "it", currencies) is not None

    assert validator_of(money(currencies.values())).is_valid(text) == taken


def validator_of(schema: Schema) -> jsonschema_rs.Draft7Validator:
    return jsonschema_rs.Draft7Validator(schema)
