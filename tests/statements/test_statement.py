"""A statement as a page and as a PDF says all that the statement does, and says it the same each time."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import pytest
from pypdf import PdfReader

from linkedaccounts.application.billing.why import TellWhy
from linkedaccounts.domain.ledger import AppliedRate, Transaction, TransactionKind
from linkedaccounts.domain.money import Money
from linkedaccounts.domain.text import LANGUAGES
from linkedaccounts.policy.policy import Policy
from linkedaccounts.statements.amounts import full, plain
from linkedaccounts.statements.html_page import statement_page
from linkedaccounts.statements.pdf_page import statement_pdf
from linkedaccounts.statements.view import StatementView, saved, saved_by_currency, view
from tests.cli.pages import Page
from tests.statements.seller import MISTAKE, NOTE, Seller

Rendering = Callable[[StatementView], str]


def page_text(shown: StatementView) -> str:
    return packed(Page(statement_page(shown)).text)


def pdf_text(shown: StatementView) -> str:
    return packed("".join(page.extract_text() for page in PdfReader(BytesIO(statement_pdf(shown))).pages))


def packed(text: str) -> str:
    """Without spaces and ends of lines, which a PDF does not keep."""
    return re.sub(r"\s+", "", text)


each_form = pytest.mark.parametrize("read", [page_text, pdf_text], ids=["page", "PDF"])
each_language = pytest.mark.parametrize("language", LANGUAGES)


def fact_texts(one: Transaction) -> list[str]:
    rate = one.grounds.rate
    said = [str(one.day), full(one.amount), full(Money(one.unlinked, one.currency)), str(one.cycle.last_day), one.note]
    said += [one.id, one.of or "", one.grounds.quote_id, one.grounds.policy_version, one.account, one.store]
    said += [text for entry in one.entries for text in (plain(Money(entry.owed, one.currency)), entry.rule_id)]
    said += [f"{rate.numerator} / {rate.denominator}", str(rate.day)] if rate else []
    return [packed(text) for text in said if text]


@each_language
@each_form
def test_every_fact_of_every_transaction_stands_there(seller: Seller, language: str, read: Rendering) -> None:
    subject = seller.subject()
    text = read(view(subject, language))
    kinds = {one.kind for one in subject.statement.transactions}

    assert kinds == set(TransactionKind)
    assert [said for one in subject.statement.transactions for said in fact_texts(one) if said not in text] == []


@each_form
def test_each_entry_says_why_in_the_readers_language(seller: Seller, read: Rendering) -> None:
    rules = [rule for decision in seller.policy.decisions.values() for rule in decision.rules]
    (rule,) = [rule for rule in rules if rule.id == "plan-share"]
    for language in LANGUAGES:
        sentence = rule.message.render(language, {"cap": "39.99 USD"})
        assert packed(sentence) in read(view(seller.subject(), language))


@each_form
def test_the_sums_on_it_are_those_of_the_statement(seller: Seller, read: Rendering) -> None:
    subject = seller.subject()
    saved_by = saved_by_currency(subject.statement.transactions)
    text = read(view(subject, "en"))
    for sums in subject.statement.sums:
        amounts = [sums.opening, sums.standard_fees, sums.discounts, sums.refunds, sums.closing]
        amounts.append(saved_by[sums.opening.currency])
        assert packed(sums.opening.currency.code + "".join(map(plain, amounts))) in text


def test_the_transactions_of_a_month_lead_from_its_opening_to_its_closing(seller: Seller) -> None:
    statement = seller.subject().statement
    for sums in statement.sums:
        moved = [one.amount.minor for one in statement.transactions if one.currency == sums.opening.currency]
        assert sums.opening.minor + sum(moved) == sums.closing.minor


def test_a_reversal_takes_back_what_its_charge_saved_and_a_refund_saves_nothing(seller: Seller) -> None:
    found = seller.subject().statement.transactions
    (reversal,) = [one for one in found if one.kind is TransactionKind.REVERSAL]
    (charge,) = [one for one in found if one.id == reversal.of]
    (refund,) = [one for one in found if one.kind is TransactionKind.REFUND]

    assert saved(charge).minor == charge.unlinked - charge.amount.minor > 0
    assert saved(reversal).minor == -saved(charge).minor
    assert saved(refund).minor == 0


@each_language
def test_the_same_statement_is_the_same_bytes(seller: Seller, language: str) -> None:
    one, other = view(seller.subject(), language), view(seller.subject(), language)

    assert statement_page(one) == statement_page(other)
    assert statement_pdf(one) == statement_pdf(other)


def test_in_which_order_the_accounts_come_changes_nothing(seller: Seller) -> None:
    subject = seller.subject()
    turned = replace(subject, accounts=tuple(reversed(subject.accounts)))

    assert statement_page(view(turned, "en")) == statement_page(view(subject, "en"))
    assert statement_pdf(view(turned, "en")) == statement_pdf(view(subject, "en"))


def test_a_note_is_shown_as_it_was_written_and_is_never_markup(seller: Seller) -> None:
    html = statement_page(view(seller.subject(), "en"))

    assert "<script" not in html
    assert "<b>客户" not in html
    for read in (page_text, pdf_text):
        assert packed(MISTAKE) in read(view(seller.subject(), "en"))
        assert packed(NOTE[:200]) in read(view(seller.subject(), "en"))


def test_the_page_fetches_nothing(seller: Seller) -> None:
    assert Page(statement_page(view(seller.subject(), "zh-CN"))).fetched == []


@each_language
def test_a_long_statement_goes_on_over_pages_and_each_says_which_it_is(seller: Seller, language: str) -> None:
    shown = view(seller.long_subject(2), language)
    pages = PdfReader(BytesIO(statement_pdf(shown))).pages

    assert len(pages) >= 4
    for number, page in enumerate(pages, 1):
        foot = shown.say("page", page=number, pages=len(pages))
        assert packed(foot) in packed(page.extract_text())


def test_a_month_without_transactions_says_so(seller: Seller) -> None:
    shown = view(seller.subject("2018-01"), "en")

    for read in (page_text, pdf_text):
        assert packed("Nothing was charged or given back in this month.") in read(shown)


def test_where_there_is_no_note_none_is_announced(seller: Seller) -> None:
    subject = seller.subject()
    plain_ones = tuple(replace(one, note="") for one in subject.statement.transactions)

    shown = view(replace(subject, statement=replace(subject.statement, transactions=plain_ones)), "en")

    assert "Note" in page_text(view(subject, "en"))
    assert "Note" not in page_text(shown)


@pytest.mark.parametrize("note", ["\x00\x1f\x7f", "😀 and 𠮷", "a" * 200, "<a href='x'>&amp;", "字" * 200])
def test_whatever_a_note_holds_there_is_a_page_and_a_pdf(seller: Seller, note: str) -> None:
    subject = seller.subject()
    noted = tuple(replace(one, note=note) if one.note else one for one in subject.statement.transactions)
    shown = view(replace(subject, statement=replace(subject.statement, transactions=noted)), "en")

    assert packed(seller.subject().statement.transactions[-1].id) in page_text(shown)
    assert packed(seller.subject().statement.transactions[-1].id) in pdf_text(shown)


def test_a_policy_that_cannot_be_read_any_more_leaves_the_codes_of_the_reasons(seller: Seller) -> None:
    def lost(version: str) -> Policy:
        raise LookupError(version)

    shown = view(replace(seller.subject(), tell=TellWhy(lost)), "en")

    assert shown.transactions[0].entries[0].sentence.startswith("By rule `plan-share` (PLAN_SHARE);")
    assert shown.transactions[0].entries[0].rule == "plan-share"


def test_a_pegged_rate_says_that_it_is_one(seller: Seller) -> None:
    subject = seller.subject()
    first = subject.statement.transactions[0]
    pegged = AppliedRate("AED", "USD", "1", "3.6725", None, "peg")
    one = replace(first, grounds=replace(first.grounds, rate=pegged))
    shown = view(replace(subject, statement=replace(subject.statement, transactions=(one,))), "en")

    assert "1 AED = 0.272294 USD (1 / 3.6725); official peg" in statement_page(shown)
