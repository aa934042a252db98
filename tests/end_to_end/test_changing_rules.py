"""The changes of docs/changing-rules.md: each is made as the page has it, and does what it says; wrong tries too."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from linkedaccounts.application.fee_quote import QuoteRequest, StoreAccount
from linkedaccounts.application.quote_fees import QuoteFees
from linkedaccounts.cli.main import main
from linkedaccounts.policy.model import FactValue
from linkedaccounts.policy.policy import Policy
from linkedaccounts.policy.problems import PolicyRejected
from tests.end_to_end.edits import EDIT, admitted, blocks, book, edited
from tests.end_to_end.running import ROOT
from tests.policy.rule_files import RULES, copy_of_rules

PAGE = (ROOT / "docs" / "changing-rules.md").read_text("utf-8")
HEAD, *CHANGES = re.split(r"^## \d+\. ", PAGE, flags=re.MULTILINE)
CAP, FREE, YOUNG, SPLIT, SUSPENDED = CHANGES
TRY = re.compile(r"^\| `(?P<before>.*?)` \| (?:`(?P<after>.*?)`|\*nothing\*) \| `` (?P<said>.*) `` \|$", re.MULTILINE)
TRIES = [(change, *found.group("before", "after", "said")) for change in CHANGES for found in TRY.finditer(change)]
LINKABLE: dict[str, FactValue] = {
    "actor.role": "administrator",
    "actor.organisation": "owner",
    "action.account_count": 2,
}


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return copy_of_rules(tmp_path)


def charged(policy: Policy, day: str, *stores: str, registered_on: str = "2018-01-15") -> list[str]:
    """What a linked seller pays in these stores."""
    quote_fees = QuoteFees(lambda: policy, book, lambda: date(2026, 6, 1))
    accounts = tuple(StoreAccount(store, registered_on) for store in stores)
    return [str(line.charge) for line in quote_fees(QuoteRequest(accounts, linked=True, day=day)).lines]


@pytest.mark.parametrize(
    "change, before, day, stores, charges",
    [
        pytest.param(CAP, "2026-12-31", "2027-01-01", ("US", "IN", "CA"), [], id="cap"),
        pytest.param(FREE, "2027-02-28", "2027-03-01", ("BR", "CA"), ["0.00 BRL", "29.99 CAD"], id="free"),
        pytest.param(YOUNG, "2026-12-31", "2027-01-01", ("BR", "CA"), ["9.50 BRL", "14.99 CAD"], id="young"),
        pytest.param(SPLIT, "2026-12-31", "2027-01-01", ("US", "EU"), ["19.99 USD"], id="split"),
    ],
)
def test_a_change_holds_from_its_day_on_and_not_before(
    rules: Path, change: str, before: str, day: str, stores: tuple[str, ...], charges: list[str]
) -> None:
    old = admitted(rules)
    edited(rules, change)
    new = admitted(rules)

    registered_on = "2026-06-15"
    assert charged(new, before, *stores, registered_on=registered_on) == charged(
        old, before, *stores, registered_on=registered_on
    )
    after = charged(new, day, *stores, registered_on=registered_on)
    assert after != charged(old, day, *stores, registered_on=registered_on)
    assert after[: len(charges)] == charges


def test_linking_a_suspended_account_is_refused_with_the_new_reason_in_both_languages(rules: Path) -> None:
    edited(rules, SUSPENDED)
    policy = admitted(rules)

    facts = {**LINKABLE, "account.status": "suspended", "account.in_group": False, "account.store_shared": False}
    judged = policy.judge("link", facts)

    assert not judged.allowed
    (rule,) = judged.rules
    europe = {"store": policy.catalogue.stores["EU"].name}
    assert rule.message.render("en", europe) == (
        "The account in Europe is suspended. Please write to us before you link it."
    )
    assert rule.message.render("zh-CN", europe) == "欧洲的账户已被暂停。关联前请与我们联系。"
    assert blocks(SUSPENDED, "yaml")[-1] in (RULES / "tests" / "link.yaml").read_text("utf-8")


@pytest.mark.parametrize("change", CHANGES, ids=[change.partition("\n")[0] for change in CHANGES])
def test_comparing_says_what_the_page_quotes(rules: Path, change: str) -> None:
    edited(rules, change)

    compared = CliRunner().invoke(main, ["policy", "compare", str(RULES), str(rules)]).output

    (quoted,) = blocks(change, "text")
    assert [line for line in quoted.split("\n") if line not in compared] == []


@pytest.mark.parametrize("change", [CAP, SPLIT], ids=["cap", "split"])
def test_the_command_of_the_page_writes_what_the_page_has(tmp_path: Path, rules: Path, change: str) -> None:
    by_hand = copy_of_rules(tmp_path / "by-hand")
    edited(by_hand, change)
    (line,) = blocks(change, "sh")
    arguments = [quoted or plain for quoted, plain in re.findall(r'"(.*?)"|(\S+)', line)][1:]

    written = CliRunner().invoke(main, [str(rules) if each == "rules" else each for each in arguments])

    assert written.exit_code == 0, written.output
    assert (rules / "fees" / "plans.yaml").read_text("utf-8") == (by_hand / "fees" / "plans.yaml").read_text("utf-8")


@pytest.mark.parametrize("change, before, after, said", TRIES, ids=[f"{b} → {a}" for _, b, a, _ in TRIES])
def test_a_wrong_try_is_stopped_at_its_place_with_the_sentence_of_the_page(
    rules: Path, change: str, before: str, after: str | None, said: str
) -> None:
    edited(rules, change)
    file = rules / [edit["path"] for edit in EDIT.finditer(change) if not edit["path"].startswith("tests/")][-1]
    text = file.read_text("utf-8")
    assert text.count(before) == 1
    lines = [line for line in text.splitlines(keepends=True) if before not in line]
    file.write_text("".join(lines) if after is None else text.replace(before, after), "utf-8")

    with pytest.raises(PolicyRejected) as stopped:
        admitted(rules)

    sentences = [f"{each.place}: {each.message} [{each.code}]; {each.hint}" for each in stopped.value.problems]
    assert any(sentence.startswith(said) for sentence in sentences), sentences


def test_the_quote_that_the_page_begins_with_comes_out(rules: Path) -> None:
    (quote,) = blocks(HEAD, "yaml")
    (rules / "tests" / "more.yaml").write_text(quote, "utf-8")

    admitted(rules)
