"""What YAML 1.2 makes of the words in a rule file."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.policy.rule_files import copy_of_rules, put, replace, sound

NORWAY = """
stores:
  "NO":
    name: {en: Norway, zh-CN: 挪威}
    region: europe
    terms:
      - {from: 2020-01-01, fee: 39 EUR, countries: [NO]}
"""


@pytest.mark.parametrize("code", ["NO", '"NO"', "'NO'"])
def test_norway_is_a_country_and_no_refusal(code: str, tmp_path: Path) -> None:
    rules = copy_of_rules(tmp_path)
    put(rules, "catalogue/norway.yaml", NORWAY.replace('"NO"', code).replace("[NO]", f"[{code}]"))

    store = sound(rules).catalogue.stores["NO"]

    assert store.terms.entries[0].value.countries == ("NO",)


def test_lines_may_end_as_on_windows_and_a_file_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    rules = copy_of_rules(tmp_path)
    before = sound(rules).version
    for file in rules.rglob("*.yaml"):
        file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))

    assert sound(rules).version == before


def test_an_amount_keeps_every_digit(tmp_path: Path) -> None:
    rules = copy_of_rules(tmp_path)
    replace(rules, "catalogue/currencies.yaml", "3.6725", "3.672500001")

    assert str(sound(rules).catalogue.pegs["AED"][0].per_unit) == "3.672500001"
