"""The site of `policy docs`: whole, in every language, and the same whatever the order of files and rules."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from posixpath import dirname, join, normpath

import pytest

from linkedaccounts.domain.text import LANGUAGES
from linkedaccounts.policy.load import load_policy
from linkedaccounts.policy.read import read
from linkedaccounts.workbench.site.pages import Subject
from linkedaccounts.workbench.site.words import words
from linkedaccounts.workbench.site.write import site
from tests.policy.rule_files import RULES, copy_of_rules, replace

DAY = date(2026, 11, 25)


class Page(HTMLParser):
    """What a page links to, the anchors it has, and the tags that it left open."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.anchors |= {value for name in ("id",) if (value := given.get(name))}
        self.links += [
            value for name in ("href", "src") if (value := given.get(name)) and not value.startswith("data:")
        ]
        if tag not in ("meta", "link", "input", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if self.open and self.open[-1] == tag:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> was not opened"
        assert self.open.pop() == tag


def of(rules: Path, source: str = "") -> Mapping[str, str]:
    return site(Subject(load_policy(rules), tuple(read(rules)[0]), DAY, source))


@cache
def of_our_rules() -> Mapping[str, str]:
    return of(RULES)


def pages() -> dict[str, Page]:
    return {path: Page(text) for path, text in of_our_rules().items() if path.endswith(".html") and "/" in path}


def test_every_link_leads_to_a_page_and_an_anchor_that_there_are() -> None:
    parsed = pages()
    for path, page in parsed.items():
        for link in page.links:
            target, _, anchor = link.partition("#")
            reached = normpath(join(dirname(path), target)) if target else path
            assert reached in of_our_rules(), (path, link)
            assert not anchor or anchor in parsed[reached].anchors, (path, link)


def test_pages_close_what_they_open() -> None:
    assert {path: page.open for path, page in pages().items() if page.open} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_is_on_the_page_of_its_decision_with_its_sentence_and_its_place(language: str) -> None:
    for name, decision in load_policy(RULES).decisions.items():
        page = of_our_rules()[f"{language}/decision-{name}.html"]
        for rule in [*decision.rules, *([decision.otherwise] if decision.otherwise else [])]:
            assert f'id="{rule.id}"' in page
            assert rule.message.by_language[language].replace("'", "&#39;") in page
            assert f"{rule.place.file}:{rule.place.line}" in page


def test_a_price_of_tomorrow_is_announced_and_drawn(tmp_path: Path) -> None:
    rules = copy_of_rules(tmp_path)
    entry = "{from: 2000-01-01, fee: 19 BRL, countries: [BR]}"
    replace(
        rules, "catalogue/stores.yaml", entry, f"{entry}\n      - {{from: 2027-01-01, fee: 25 BRL, countries: [BR]}}"
    )
    page = of(rules)["en/values.html"]

    assert "from 2027-01-01 on: 25.00 BRL (BR)" in page
    drawn = page[page.index("<figcaption>Brazil") :]
    assert "19.00 BRL" in drawn
    assert "25.00 BRL" in drawn


def test_nothing_of_the_rules_becomes_markup(tmp_path: Path) -> None:
    rules = copy_of_rules(tmp_path)
    replace(rules, "fees/plans.yaml", "en: international selling plan", 'en: "<script>alert(1)</script>"')

    assert not [path for path, text in of(rules).items() if "<script>alert" in text]


def test_links_may_lead_to_a_code_host_instead() -> None:
    page = of(RULES, "https://code.example/rules/{file}#L{line}")["en/decision-unlink.html"]

    assert re.search(r'href="https://code\.example/rules/eligibility/unlink\.yaml#L\d+"', page)


def test_the_forms_script_knows_its_sentences_and_the_contracts_values() -> None:
    page = of_our_rules()["zh-CN/what-if.html"]
    said = json.loads(re.search(r'id="said">(.*?)</script>', page, re.DOTALL).group(1))  # type: ignore[union-attr]

    assert said["allowed"] == "允许"
    assert '<option value="ROLE_ADMINISTRATOR">管理员</option>' in page
    assert set(re.findall(r"said\.(\w+)", of_our_rules()["what-if.js"])) <= set(said)


def test_every_sentence_of_the_pages_exists_in_every_language() -> None:
    assert [
        key for table in words().values() for key, sentence in table.items() if set(sentence) != set(LANGUAGES)
    ] == []


def test_the_order_of_rules_and_files_changes_no_table(tmp_path: Path) -> None:
    rules = copy_of_rules(tmp_path)
    (rules / "fees/charging.yaml").rename(rules / "zz.yaml")

    moved = of(rules)["en/decision-charging.html"].replace("zz.yaml", "fees/charging.yaml")
    assert (
        moved.replace("file-fees/charging.yaml.html", "file-fees-charging.yaml.html")
        == (of_our_rules()["en/decision-charging.html"])
    )
