"""A published file is read whole or refused whole, with all that is wrong with it."""

from __future__ import annotations

import io
import tomllib
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkedaccounts.application.rate_books import BookRejected
from linkedaccounts.storage import ecb_file
from linkedaccounts.storage.ecb_file import PROBLEMS_LISTED, read_ecb_file

BROKEN = Path(__file__).parent / "broken"
PROBLEMS = tomllib.loads((BROKEN / "problems.toml").read_text("utf-8"))
CSV = b"Date,USD,JPY,\n2019-09-30,1.0889,117.59,\n2019-09-27,1.0935,N/A,\n"


def _zipped(files: dict[str, bytes]) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return whole.getvalue()


def _refusal(data: bytes) -> tuple[str, ...]:
    with pytest.raises(BookRejected) as refused:
        read_ecb_file(data)
    return refused.value.problems


def test_a_csv_is_a_book_against_the_euro() -> None:
    book = read_ecb_file(CSV).book
    assert (book.base, book.first_day, book.last_day) == ("EUR", date(2019, 9, 27), date(2019, 9, 30))
    assert book.per_base(date(2019, 9, 30)) == {"USD": Decimal("1.0889"), "JPY": Decimal("117.59")}


def test_what_was_not_published_has_no_figure() -> None:
    assert read_ecb_file(CSV).book.per_base(date(2019, 9, 27)) == {"USD": Decimal("1.0935")}


def test_a_zip_gives_the_book_and_the_text_of_its_csv() -> None:
    published = read_ecb_file(_zipped({"eurofxref-hist.csv": CSV}))
    assert published.text == CSV
    assert published.book.last_day == date(2019, 9, 30)


@pytest.mark.parametrize(
    "text",
    [
        CSV.replace(b",\n", b"\n"),
        CSV.replace(b"\n", b"\r\n"),
        CSV.removesuffix(b"\n"),
        CSV.replace(b"Date,USD,JPY,\n", b"Date,USD,JPY\n"),
    ],
    ids=["no comma at the end", "carriage returns", "no line end at the end", "no comma in the header only"],
)
def test_the_ways_to_end_a_line_say_the_same(text: bytes) -> None:
    book, usual = read_ecb_file(text).book, read_ecb_file(CSV).book
    assert [book.per_base(day) for day in book.days] == [usual.per_base(day) for day in usual.days]


@pytest.mark.parametrize("defect", sorted(path.stem for path in BROKEN.glob("*.csv")))
def test_a_broken_file_is_refused_with_every_problem_by_line_and_column(defect: str) -> None:
    assert list(_refusal((BROKEN / f"{defect}.csv").read_bytes())) == PROBLEMS[defect]["problems"]


def test_every_broken_file_exists() -> None:
    assert set(PROBLEMS) == {path.stem for path in BROKEN.glob("*.csv")}


def test_no_more_problems_are_listed_than_anyone_reads() -> None:
    listed = _refusal((BROKEN / "more-problems-than-anyone-reads.csv").read_bytes())
    assert len(listed) == PROBLEMS_LISTED + 1
    assert listed[-1] == "and 27 more problems"


@given(st.integers(0, len(CSV) - 1), st.sampled_from(b"0123456789.,-/NAx \n\r\xff"))
def test_one_wrong_character_is_refused_or_leaves_a_sound_book(place: int, character: int) -> None:
    text = CSV[:place] + bytes([character]) + CSV[place + 1 :]
    try:
        book = read_ecb_file(text).book
    except BookRejected as refused:
        told = refused.problems
        assert told
    else:
        assert len(book.days) == text.count(b"\n") - 1
        assert all(figure > 0 for day in book.days for figure in book.per_base(day).values())


@pytest.mark.parametrize("end", range(len(CSV)))
def test_a_file_cut_off_anywhere_but_at_the_end_of_a_line_is_refused(end: int) -> None:
    at_the_end_of_a_line = b"\n" in (CSV[end - 1 : end], CSV[end : end + 1])
    if at_the_end_of_a_line and CSV[:end].startswith(b"Date,USD,JPY,\n2019"):
        assert read_ecb_file(CSV[:end]).book.last_day == date(2019, 9, 30)
    else:
        assert _refusal(CSV[:end])


def test_a_zip_without_exactly_one_csv_is_refused() -> None:
    assert _refusal(_zipped({"a.txt": b""})) == ("the zip has 0 csv files, not one",)
    assert _refusal(_zipped({"a.csv": CSV, "b.csv": CSV})) == ("the zip has 2 csv files, not one",)


@pytest.mark.parametrize("length", [2, 30, 100])
def test_a_damaged_zip_is_refused(length: int) -> None:
    [problem] = _refusal(_zipped({"eurofxref-hist.csv": CSV})[:length])
    assert problem.startswith("the zip cannot be read: ")


def test_a_zip_whose_content_is_damaged_is_refused() -> None:
    data = bytearray(_zipped({"eurofxref-hist.csv": CSV}))
    data[60] ^= 0xFF
    [problem] = _refusal(bytes(data))
    assert problem.startswith("the zip cannot be read: ")


def test_what_a_zip_unpacks_to_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ecb_file, "LARGEST_BYTES", 1_000_000)
    bomb = _zipped({"eurofxref-hist.csv": b"0" * 50_000_000})
    assert len(bomb) < 100_000
    assert _refusal(bomb) == ("the file has more than 1000000 bytes",)


def test_what_a_csv_has_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ecb_file, "LARGEST_BYTES", len(CSV) - 1)
    assert _refusal(CSV) == (f"the file has more than {len(CSV) - 1} bytes",)
