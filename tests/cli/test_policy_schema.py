from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from linkedaccounts.cli.main import main
from linkedaccounts.policy.load import load_policy
from linkedaccounts.settings import default_rules


def schema(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["policy", "schema", *map(str, arguments)])


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return Path(shutil.copytree(default_rules(), tmp_path / "rules"))


def test_all_schemas_are_printed_by_the_names_of_their_files(rules: Path) -> None:
    schema(rules, "--write")
    result = schema(rules)

    assert result.exit_code == 0
    printed = json.loads(result.output)
    assert {"catalogue.json", "invariants.json", "charging.json", "charging.cases.json"} <= printed.keys()
    assert printed == {path.name: json.loads(path.read_text("utf-8")) for path in (rules / ".schema").iterdir()}


def test_without_a_directory_they_are_those_of_the_rules_that_came_with_the_service(rules: Path) -> None:
    assert schema().output == schema(rules).output


def test_what_is_up_to_date_is_not_written_again(rules: Path) -> None:
    schema(rules, "--write")

    assert schema(rules, "--write").output == "all schemas are up to date\n"


def test_a_new_store_and_a_new_file_are_taken_in_and_the_policy_stays_as_it_was(rules: Path) -> None:
    stores = rules / "catalogue" / "stores.yaml"
    spain = "  ES:\n    name: {en: Spain, zh-CN: 西班牙}\n    region: europe\n    terms:\n"
    stores.write_text(
        stores.read_text("utf-8") + spain + "      - {from: 2030-01-01, fee: 9 EUR, countries: [AD]}\n", "utf-8"
    )
    more = rules / "fees" / "more.yaml"
    more.write_text("rules_of: charging\nrules: []\n", "utf-8")
    version = load_policy(rules).version

    result = schema(rules, "--write")

    assert result.exit_code == 0
    assert f"  {rules}/.schema/charging.json\n  " in result.output
    assert f"  {more}\n" in result.output
    assert str(stores) not in result.output
    assert "Spain · 西班牙" in (rules / ".schema" / "charging.json").read_text("utf-8")
    assert more.read_text("utf-8").startswith("# yaml-language-server: $schema=../.schema/charging.json\nrules_of: ")
    assert load_policy(rules).version == version


def test_rules_with_a_mistake_have_schemas_all_the_same(rules: Path) -> None:
    charging = rules / "fees" / "charging.yaml"
    charging.write_text(charging.read_text("utf-8").replace("seller.linked", "seller.lnked"), "utf-8")
    shutil.rmtree(rules / ".schema")

    assert schema(rules, "--write").exit_code == 0
    assert (rules / ".schema" / "charging.json").is_file()


def test_nothing_is_written_while_a_file_cannot_be_read(rules: Path) -> None:
    (rules / "fees" / "plans.yaml").write_text("plans: [\n", "utf-8")
    shutil.rmtree(rules / ".schema")

    result = schema(rules, "--write")

    assert result.exit_code == 1
    assert "fees/plans.yaml:2:1: this is not YAML" in result.output
    assert not (rules / ".schema").exists()


def test_a_place_that_cannot_be_written_to_is_named(rules: Path) -> None:
    shutil.rmtree(rules / ".schema")
    (rules / ".schema").write_text("in the way", "utf-8")

    result = schema(rules, "--write")

    assert result.exit_code == 1
    assert f"{rules}/.schema" in result.output


def test_a_directory_that_is_not_there_ends_with_2(tmp_path: Path) -> None:
    assert schema(tmp_path / "missing").exit_code == 2
