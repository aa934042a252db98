"""Rule files in an editor: the real YAML language server, from npm, on the schemas that the rules name."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from linkedaccounts.policy.decisions import DECISIONS
from linkedaccounts.policy.vocabulary import facts_of_message
from tests.editor.language_server import LanguageServer, working
from tests.policy.rule_files import RULES, copy_of_rules

PACKAGE = Path(__file__).with_name("package.json")
PROGRAM = Path("node_modules", "yaml-language-server", "bin", "yaml-language-server")
INSTALL = ("npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts", "--fetch-retries=0")
PATIENCE = 120
"""Seconds that an install may take."""

FILES = sorted(path.relative_to(RULES).as_posix() for path in RULES.rglob("*.yaml"))


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The language server, installed once for all workers of a test run."""
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.skip("node and npm are not installed (Debian: nodejs, npm)")
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "yaml-language-server"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / PROGRAM).is_file():
            install(folder)
    return folder / PROGRAM


def install(folder: Path) -> None:
    shutil.copy(PACKAGE, folder)
    try:
        subprocess.run(INSTALL, cwd=folder, check=True, capture_output=True, text=True, timeout=PATIENCE)
    except subprocess.CalledProcessError as error:
        pytest.skip(f"npm cannot install the YAML language server: {' '.join(error.stderr.splitlines()[:3])}")
    except subprocess.TimeoutExpired:
        pytest.skip(f"npm did not install the YAML language server within {PATIENCE} seconds")


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_of_rules(tmp_path_factory.mktemp("editor"))


@pytest.fixture(scope="module")
def server(program: Path, rules: Path) -> Iterator[LanguageServer]:
    with working(program, rules) as server:
        yield server


def opened(server: LanguageServer, file: Path, before: str = "", after: str = "") -> tuple[str, list[dict[str, Any]]]:
    """Opens a rule file in which something is written otherwise; its text, and what is marked in it."""
    text = file.read_text("utf-8")
    assert before in text
    text = text.replace(before, after, 1)
    return text, server.problems(file, text)


def place_of(text: str, words: str) -> tuple[int, int]:
    """Line and column of the end of some words, counted from 0."""
    until = text[: text.index(words) + len(words)]
    return until.count("\n"), len(until) - until.rfind("\n") - 1


def test_nothing_is_marked_in_the_rules_that_the_service_comes_with(server: LanguageServer, rules: Path) -> None:
    assert [problem for path in FILES for problem in opened(server, rules / path)[1]] == []


@pytest.mark.parametrize(
    ("path", "before", "after", "message"),
    [
        ("fees/charging.yaml", "store.first_month:", "store.first_mouth:", "store.first_mouth is not allowed."),
        ("fees/charging.yaml", "{at_least: 2}", "{atleast: 2}", "Property atleast is not allowed."),
        ("fees/charging.yaml", "then: charge_in_full", "then: allow", "or one of: charge_in_full, charge_nothing"),
        ("eligibility/link.yaml", "role: administrator", "role: admin", 'Valid values: "administrator", "member".'),
        ("registration/fresh-sign-in.yaml", "[EU, JP]", "[EU, UK]", "not in the catalogue as these schemas know it"),
        ("catalogue/stores.yaml", "39.99 USD", "39.99", "an amount with its currency, as in `39.99 USD`"),
        ("fees/plans.yaml", "2000-01-01", "2019-02-30", "a calendar day, as in 2019-09-30"),
        ("invariants.yaml", "actor.organisation:", "actor.organization:", "actor.organization is not allowed."),
        ("tests/charging.yaml", "store.first_month:", "store.first_mouth:", "store.first_mouth is not allowed."),
    ],
)  # fmt: skip
def test_a_mistake_is_marked_at_its_line(
    server: LanguageServer, rules: Path, path: str, before: str, after: str, message: str
) -> None:
    text, problems = opened(server, rules / path, before, after)

    line = text[: text.index(after)].count("\n")
    assert [(problem["range"]["start"]["line"], message in problem["message"]) for problem in problems] == [
        (line, True)
    ]


def test_where_a_condition_begins_every_fact_is_offered_with_its_meaning(server: LanguageServer, rules: Path) -> None:
    file = rules / "fees" / "charging.yaml"
    text, _ = opened(server, file, "      seller.linked: true\n", "      s\n")

    items = server.completions(file, *place_of(text, "when:\n      s"))

    facts = facts_of_message(DECISIONS["charging"].facts, {}).keys()
    assert {item["label"] for item in items} == {*facts, "all", "any", "not"}
    (home,) = (item for item in items if item["label"] == "store.home")
    assert "Whether it is the seller's home store." in str(home["documentation"])


@pytest.mark.parametrize(
    ("path", "before", "after", "offered"),
    [
        ("eligibility/link.yaml", "actor.role: administrator", "actor.role: ", {"administrator", "member"}),
        ("registration/fresh-sign-in.yaml", "store.code: [EU, JP]", "store.code: [", {"EU", "JP", "US", "BR"}),
        ("fees/charging.yaml", "  store.first_month: true", "  store.first_month:\n        not: ", {"true", "false"}),
        ("fees/charging.yaml", "then: charge_in_full", "then: ", {"charge_in_full", "charge_nothing", "share_plan"}),
        ("fees/charging.yaml", "{share_plan: international-selling}", "{share_plan: ", {"international-selling"}),
        ("registration/asks.yaml", "ask_for: legal_name}", "ask_for: ", {"legal_name", "vat_number"}),
        ("catalogue/stores.yaml", "region: north_america", "region: ", {"europe", "asia_pacific"}),
        ("tests/link.yaml", "actor.role: administrator", "actor.role: ", {"administrator", "member", "unknown"}),
    ],
)  # fmt: skip
def test_after_a_key_its_values_are_offered(
    server: LanguageServer, rules: Path, path: str, before: str, after: str, offered: set[str]
) -> None:
    file = rules / path
    text, _ = opened(server, file, before, after)

    assert {item["label"] for item in server.completions(file, *place_of(text, after))} >= offered


def test_a_new_file_that_names_its_schema_is_helped_from_its_first_word_on(server: LanguageServer, rules: Path) -> None:
    file = rules / "fees" / "spring.yaml"
    server.problems(file, "# yaml-language-server: $schema=../.schema/charging.json\n\n")

    items = {item["label"]: item["insertText"] for item in server.completions(file, 1, 0)}

    assert items["rules_of"] == "rules_of: charging"


def test_a_fact_says_what_the_contract_says_of_it(server: LanguageServer, rules: Path) -> None:
    file = rules / "eligibility" / "link.yaml"
    text, _ = opened(server, file)

    shown = server.hover(file, *place_of(text, "actor.ro"))

    assert "The role on the account; unknown unless the caller says." in shown
    assert "* `administrator`: Administers the account." in shown


def test_an_effect_says_what_it_does(server: LanguageServer, rules: Path) -> None:
    file = rules / "fees" / "charging.yaml"
    text, _ = opened(server, file)

    assert "the store's share of the plan" in server.hover(file, *place_of(text, "{share_plan: inter"))
