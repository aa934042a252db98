from __future__ import annotations

import pytest

from linkedaccounts.workbench.schema.files import FOLDER, first_line, stale_files, with_first_line, written
from tests.policy.rule_files import RULES
from tests.workbench.schema.as_an_editor import rule_files, schemas_of_rules

LINE = "# yaml-language-server: $schema=../.schema/charging.json"


def test_the_rules_that_the_service_comes_with_have_their_schemas_and_name_them() -> None:
    stale = [path.relative_to(RULES).as_posix() for path, _ in stale_files(RULES, rule_files())]

    assert stale == [], "renew them: linked-accounts policy schema rules --write"


def test_they_have_no_schemas_besides() -> None:
    assert {path.name for path in (RULES / FOLDER).iterdir()} == schemas_of_rules().keys()


def test_a_schema_is_a_text_that_people_can_compare() -> None:
    assert written({"enum": ["北美"]}) == '{\n "enum": [\n  "北美"\n ]\n}\n'


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("more.yaml", "# yaml-language-server: $schema=.schema/charging.json"),
        ("fees/charging.yaml", LINE),
        ("fees/2027/spring.yaml", "# yaml-language-server: $schema=../../.schema/charging.json"),
    ],
)
def test_the_first_line_leads_from_the_file_to_the_schema(path: str, line: str) -> None:
    assert first_line(path, "charging.json") == line


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("# How?\nrules_of: charging\n", f"{LINE}\n# How?\nrules_of: charging\n"),
        ("# yaml-language-server: $schema=gone.json\nrules_of: charging\n", f"{LINE}\nrules_of: charging\n"),
        ("#yaml-language-server:$schema=gone.json", LINE),
        (f"{LINE}\nrules_of: charging\n", f"{LINE}\nrules_of: charging\n"),
        ("rules_of: charging\r\nrules: []\r\n", f"{LINE}\r\nrules_of: charging\r\nrules: []\r\n"),
        ("\ufeffrules_of: charging\n", f"\ufeff{LINE}\nrules_of: charging\n"),
    ],
    ids=[
        "a comment stays",
        "another schema goes",
        "at the end",
        "the same stays",
        "lines as on Windows",
        "a mark stays",
    ],
)
def test_a_file_gets_its_first_line_and_keeps_the_rest(before: str, after: str) -> None:
    assert with_first_line(before, LINE) == after
    assert with_first_line(after, LINE) == after
