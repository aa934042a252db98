"""A statement as a PDF (A4): the same as the page says, and the same bytes of the same statement.

Chinese is set in STSong-Light, one of the fonts that every PDF reader knows and no file has to bring; what is Latin in
Helvetica and Courier. What lies beyond those (pictographs) is shown as an empty box.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.platypus import CondPageBreak, Paragraph, SimpleDocTemplate, Spacer, Table

from linkedaccounts.statements.view import SUMS, StatementView, TransactionBlock

CHINESE, LATIN, BOLD, CODE = "STSong-Light", "Helvetica", "Helvetica-Bold", "Courier"
MARGIN, FOOT = 16 * mm, 9 * mm
WIDE = A4[0] - 2 * MARGIN - 12  # a frame keeps 6 points free on either side
INK, SOFT, LINE = HexColor("#1d2330"), HexColor("#5c6576"), HexColor("#d9dce3")
ENTRY_COLUMNS, FACT_COLUMNS = (36 * mm, WIDE - 58 * mm, 22 * mm), (36 * mm, WIDE - 36 * mm)
_NOT_LATIN = re.compile(r"[^\x00-\xff]+")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")
_BEYOND = re.compile(r"[\U00010000-\U0010ffff]")


def statement_pdf(view: StatementView) -> bytes:
    """The file; laid out twice, as each page says how many there are."""
    registerFont(UnicodeCIDFont(CHINESE))
    _, pages = _built(view, 0)
    content, _ = _built(view, pages)
    return content


def _built(view: StatementView, pages: int) -> tuple[bytes, int]:
    out = BytesIO()
    document = SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN + FOOT,
        title=f"{view.title} · {view.seller}",
        lang=view.say.language,
        invariant=1,
    )

    def foot(canvas: Any, layout: Any) -> None:
        text = f"{view.title} · {view.say('page', page=layout.page, pages=pages)}"
        line = _text(text, size=8, colour=SOFT, right=True)
        line.wrap(WIDE, FOOT)
        line.drawOn(canvas, MARGIN + 6, MARGIN)

    document.build(list(_story(view)), onFirstPage=foot, onLaterPages=foot)
    return out.getvalue(), document.page


def _story(view: StatementView) -> Iterable[Any]:
    say = view.say
    yield _text(view.title, size=18, bold=True)
    yield _text(f"{say('seller')}: {view.seller}")
    yield _text(view.period, colour=SOFT)
    yield from _heading(say("sums"))
    if view.sums:
        yield _table([say("currency"), *map(say, SUMS)], [[row.currency, *row.amounts] for row in view.sums], right=1)
        yield _text(say("sums_note"), size=8, colour=SOFT)
    else:
        yield _text(say("no_sums"))
    yield from _heading(say("accounts"))
    headings = [say(name) for name in ("store", "account", "registered", "linked")]
    yield _table(headings, [[row.store, row.account, row.registered, row.linked] for row in view.accounts])
    yield from _heading(say("transactions"))
    for one in view.transactions:
        yield from _transaction(one, say("rule"))
    if not view.transactions:
        yield _text(say("no_transactions"))


def _heading(text: str) -> Iterable[Any]:
    yield CondPageBreak(40 * mm)
    yield Spacer(1, 5 * mm)
    yield _text(text, size=12, bold=True)
    yield Spacer(1, 1.5 * mm)


def _transaction(one: TransactionBlock, rule: str) -> Iterable[Any]:
    """What belongs together stays on a page, unless a note is longer than a page."""
    yield CondPageBreak(56 * mm)
    where = f"{one.day} · {one.label} · {one.store} · {one.account}"
    head = [_text(where, bold=True), _text(one.amount, bold=True, right=True)]
    yield Table([head], colWidths=(WIDE - 36 * mm, 36 * mm), style=[*_CELLS, ("LINEABOVE", (0, 0), (-1, 0), 0.8, INK)])
    entries = []
    for entry in one.entries:
        why = f"{entry.sentence} [{rule} {entry.rule}]" if entry.rule else entry.sentence
        entries.append([_text(entry.label), _text(why), _text(entry.amount, right=True)])
    yield Table(entries, colWidths=ENTRY_COLUMNS, style=_CELLS)
    facts = [[_text(fact.label, size=8, colour=SOFT), _text(fact.value, size=8, code=fact.code)] for fact in one.facts]
    yield Table(facts, colWidths=FACT_COLUMNS, style=_CLOSE, splitInRow=1)
    yield Spacer(1, 4 * mm)


_CELLS = [
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LEFTPADDING", (0, 0), (-1, -1), 0),
    ("RIGHTPADDING", (0, 0), (-1, -1), 4),
    ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
    ("TOPPADDING", (0, 0), (-1, -1), 2),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
]
_CLOSE = [*_CELLS[:4], ("TOPPADDING", (0, 0), (-1, -1), 0.5), ("BOTTOMPADDING", (0, 0), (-1, -1), 0.5)]


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]], right: int = 99) -> Table:
    """A table whose columns from ``right`` on hold amounts; its headings come again on each page."""
    cells = [[_text(cell, size=8, colour=SOFT, right=at >= right) for at, cell in enumerate(headings)]]
    cells += [[_text(cell, right=at >= right) for at, cell in enumerate(row)] for row in rows]
    narrow = 16 * mm if right == 1 else WIDE / len(headings)
    widths = [narrow, *[(WIDE - narrow) / (len(headings) - 1)] * (len(headings) - 1)]
    line = ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE)
    return Table(cells, colWidths=widths, repeatRows=1, style=[*_CELLS, line])


def _text(
    text: str, *, size: int = 9, colour: Any = INK, bold: bool = False, right: bool = False, code: bool = False
) -> Paragraph:
    """A paragraph that shows ``text`` and nothing of it as markup; Chinese breaks anywhere, Latin between words."""
    shown = _BEYOND.sub("□", _UNPRINTABLE.sub(" ", text))
    marked = _NOT_LATIN.sub(lambda found: f'<font name="{CHINESE}">{found.group()}</font>', escape(shown))
    style = ParagraphStyle(
        "text",
        fontName=CODE if code else BOLD if bold else LATIN,
        fontSize=size,
        leading=size * 1.35,
        textColor=colour,
        wordWrap="CJK" if _NOT_LATIN.search(shown) else None,
        splitLongWords=1,
    )
    if right:
        style.alignment = TA_RIGHT
    return Paragraph(marked, style)
